//! Publications as this node holds them: decoded once, kept while memory allows. A publication never changes, so what is
//! held is never stale.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use hearten_disclosure::{CommentTable, ParticipationTable, ReleasePlan, Released, ResultTable};
use hearten_entity::{InOrganization, publication};
use hearten_ids::{OrganizationId, PublicationId, SurveyId, WaveId};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use super::frame::Frame;
use crate::{
    areas::surveys::{service::get_survey_in, store::Survey},
    graphql::error::Exception,
    platform::db::Db,
};

/// The immutable results of a wave.
pub struct Published {
    /// The id.
    pub id: PublicationId,
    /// The tenant.
    pub organization: OrganizationId,
    /// The survey as it was launched. Its state may have moved on; nothing else of it changes.
    pub survey: Survey,
    /// The wave.
    pub wave: WaveId,
    /// When.
    pub published_at: DateTime<Utc>,
    /// The cuts.
    pub frame: Frame,
    /// Which cuts are shown.
    pub plan: ReleasePlan,
    /// The counts.
    pub table: Released<ResultTable>,
    /// The comments.
    pub comments: Released<CommentTable>,
    /// How many took part, in bands.
    pub participation: Released<ParticipationTable>,
}

/// What the `cuts` column holds: all of a publication that is not about answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct StoredCuts {
    /// The cuts.
    pub frame: Frame,
    /// What the plan says of them.
    pub plan: ReleasePlan,
    /// The participation table.
    pub participation: Vec<u8>,
}

/// The publications this node holds.
#[derive(Debug, Clone)]
pub struct Publications(moka::future::Cache<(OrganizationId, PublicationId), Arc<Published>>);

impl Default for Publications {
    fn default() -> Self {
        // Weighed by cells: about 256 MiB at most.
        Self(
            moka::future::Cache::builder()
                .max_capacity(256 << 20)
                .weigher(|_, publication: &Arc<Published>| {
                    let cells = publication.table.cuts() * publication.table.questions();
                    u32::try_from(cells * 64 + 4096).unwrap_or(u32::MAX)
                })
                .build(),
        )
    }
}

impl std::fmt::Debug for Published {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Published({})", self.id)
    }
}

impl Publications {
    /// The publication with this id, from memory or from the database.
    ///
    /// # Errors
    /// When the database is away or holds something this program did not write.
    pub async fn find(
        &self,
        db: &Db,
        organization: OrganizationId,
        id: PublicationId,
    ) -> Result<Option<Arc<Published>>, Exception> {
        if let Some(held) = self.0.get(&(organization, id)).await {
            return Ok(Some(held));
        }
        let row =
            publication::Entity::in_org(organization).filter(publication::Column::Id.eq(id)).one(db.read()).await?;
        let Some(row) = row else { return Ok(None) };
        let survey = get_survey_in(db, organization, row.survey_id).await?;
        let published = Arc::new(decode(row, survey)?);
        self.0.insert((organization, id), Arc::clone(&published)).await;
        Ok(Some(published))
    }
}

/// The newest publication of each of these surveys that has one.
///
/// # Errors
/// When the database is away.
pub async fn latest_ids(
    db: &Db,
    organization: OrganizationId,
    surveys: &[SurveyId],
) -> Result<HashMap<SurveyId, PublicationId>, Exception> {
    let rows: Vec<(SurveyId, PublicationId)> = publication::Entity::in_org(organization)
        .filter(publication::Column::SurveyId.is_in(surveys.iter().copied()))
        // Ids grow with time: the newest comes last and stays in the map.
        .order_by_asc(publication::Column::Id)
        .select_only()
        .column(publication::Column::SurveyId)
        .column(publication::Column::Id)
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(rows.into_iter().collect())
}

/// The publications of an organization from a moment on, the oldest first.
///
/// # Errors
/// When the database is away.
pub async fn ids_since(
    db: &Db,
    organization: OrganizationId,
    moment: DateTime<Utc>,
) -> Result<Vec<PublicationId>, Exception> {
    Ok(publication::Entity::in_org(organization)
        .filter(publication::Column::PublishedAt.gte(moment))
        .order_by_asc(publication::Column::Id)
        .select_only()
        .column(publication::Column::Id)
        .into_tuple()
        .all(db.read())
        .await?)
}

/// The newest publications of an organization between two moments, the newest first.
///
/// # Errors
/// When the database is away.
pub async fn latest_between(
    db: &Db,
    organization: OrganizationId,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    most: usize,
) -> Result<Vec<PublicationId>, Exception> {
    Ok(publication::Entity::in_org(organization)
        .filter(publication::Column::PublishedAt.gte(since))
        .filter(publication::Column::PublishedAt.lt(until))
        .order_by_desc(publication::Column::Id)
        .limit(most as u64)
        .select_only()
        .column(publication::Column::Id)
        .into_tuple()
        .all(db.read())
        .await?)
}

fn decode(row: publication::Model, survey: Survey) -> Result<Published, Exception> {
    let stored: StoredCuts = serde_json::from_value(row.cuts).map_err(Exception::internal)?;
    Ok(Published {
        id: row.id,
        organization: row.organization_id,
        survey,
        wave: row.wave_id,
        published_at: row.published_at,
        frame: stored.frame,
        plan: stored.plan,
        table: ResultTable::decode(&row.results).map_err(Exception::internal)?,
        comments: CommentTable::decode(&row.comments).map_err(Exception::internal)?,
        participation: ParticipationTable::decode(&stored.participation).map_err(Exception::internal)?,
    })
}
