//! The feed: what the asker may see, newest first, narrowed as wanted. Nothing is counted: a count would tell of what is
//! hidden.

use chrono::{DateTime, Utc};
use hearten_entity::{InOrganization, recognition, recognition_receiver};
use hearten_ids::{CompanyValueId, PersonId, RecognitionId, TeamId};
use hearten_policy::{Action, Resource};
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, QueryTrait, Select};

use super::{
    service::{possible, sees},
    store::Recognition,
    types,
};
use crate::graphql::{
    context::{Asker, RequestContext},
    error::{ErrorCode, Exception},
    paging::{Arranged, Listing, Page, listing, newest_first},
};

/// Rows read at once while a page is filled, and after how many reads a page that is not full is answered as it is.
const BATCH: usize = 100;
const MOST_BATCHES: usize = 20;
/// After how many reads without anything the asker may see the feed is refused.
const MOST_BATCHES_FOR_NOTHING: usize = 100;
/// Teams below one that a filter names, at most: the chart may have more, SQL need not take them.
const MOST_TEAMS: usize = 2_000;
/// What one field of a person looks at without a query of its own.
pub const LOOKED_AT: usize = 101;

/// What is wanted of the feed.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Given to somebody who was in this team or one below.
    pub team: Option<TeamId>,
    /// Given to this person.
    pub receiver: Option<PersonId>,
    /// Given by this person.
    pub giver: Option<PersonId>,
    /// Naming this value.
    pub company_value: Option<CompanyValueId>,
    /// Given at this moment or later.
    pub since: Option<DateTime<Utc>>,
}

fn narrowed(asker: &Asker, wanted: &Wanted) -> Result<Option<Select<recognition::Entity>>, Exception> {
    use recognition::Column;
    let organization = asker.organization();
    let mut query = recognition::Entity::in_org(organization).filter(possible(asker));
    let receivers = || {
        recognition_receiver::Entity::in_org(organization)
            .select_only()
            .column(recognition_receiver::Column::RecognitionId)
    };
    if let Some(team) = wanted.team {
        if !asker.may(Action::ReadTeam, Resource::Team(team)) {
            return Ok(None);
        }
        let below: Vec<TeamId> = asker.snapshot.chart.subtree(team).iter().map(|team| team.id).collect();
        if below.len() > MOST_TEAMS {
            let message = format!("filter.team: this team has more than {MOST_TEAMS} below it; name a smaller one");
            return Err(Exception::bad_input(message));
        }
        let to = receivers().filter(recognition_receiver::Column::TeamId.is_in(below));
        query = query.filter(Column::Id.in_subquery(to.into_query()));
    }
    for person in [wanted.receiver, wanted.giver].into_iter().flatten() {
        if !asker.snapshot.chart.person(person).is_some_and(|record| asker.may_read(record)) {
            return Ok(None);
        }
    }
    if let Some(person) = wanted.receiver {
        let to = receivers().filter(recognition_receiver::Column::PersonId.eq(person));
        query = query.filter(Column::Id.in_subquery(to.into_query()));
    }
    if let Some(person) = wanted.giver {
        query = query.filter(Column::GiverId.eq(person));
    }
    if let Some(value) = wanted.company_value {
        query = query.filter(Column::CompanyValueId.eq(value));
    }
    if let Some(since) = wanted.since {
        query = query.filter(Column::GivenAt.gte(since));
    }
    Ok(Some(query))
}

/// A page of the feed. Between what somebody sees may lie many that they do not: a page that became too expensive to fill
/// is shorter than asked for, says that there are more, and its last cursor goes on where the search stopped.
///
/// # Errors
/// BAD_USER_INPUT for a filter that is too wide; when the database fails.
pub async fn page(
    ctx: &RequestContext,
    wanted: &Wanted,
    page: Page<RecognitionId>,
) -> Result<Listing<types::Recognition>, Exception> {
    let asker = ctx.asker()?;
    let Some(query) = narrowed(&asker, wanted)? else {
        return Ok(listing(Vec::<(RecognitionId, _)>::new(), false, false, None));
    };
    let mut found: Vec<Recognition> = Vec::new();
    let mut batch = Page { size: BATCH, ..page.clone() };
    let mut more = false;
    for read in 1.. {
        let rows = newest_first(query.clone(), recognition::Column::Id, &batch).all(ctx.db.read()).await?;
        let last = rows.len() <= BATCH;
        let end = rows.iter().take(BATCH).next_back().map(|row| row.id);
        if page.backwards {
            batch.before = end
        } else {
            batch.after = end
        }
        for row in rows.into_iter().take(BATCH) {
            let thanks = Recognition::try_from(row)?;
            if sees(&asker, &thanks) {
                found.push(thanks);
            }
        }
        if last || found.len() > page.size {
            break;
        }
        if read >= MOST_BATCHES && !found.is_empty() {
            more = true;
            break;
        }
        if read >= MOST_BATCHES_FOR_NOTHING {
            let message = "nothing you may see was found among the newest ten thousand; narrow the filter";
            return Err(Exception::with(ErrorCode::QueryTooComplex, message));
        }
    }
    let Arranged { rows, has_previous, has_next } = page.arrange(found);
    let (has_previous, has_next) = (has_previous || (more && page.backwards), has_next || (more && !page.backwards));
    // A cursor names thanks that are shown: a place between those that are not would tell of them.
    let items = rows.into_iter().map(|thanks| (thanks.id, types::Recognition::from(thanks)));
    Ok(listing(items, has_previous, has_next, None))
}

/// A page of what a person received. The first page comes from what the request's loader read for all persons at once;
/// other pages, and first pages of which the loader did not see enough, take a query of their own.
///
/// # Errors
/// When the database fails.
pub async fn received(
    ctx: &RequestContext,
    person: PersonId,
    wanted: Page<RecognitionId>,
) -> Result<Listing<types::Recognition>, Exception> {
    if wanted.after.is_none() && wanted.before.is_none() && !wanted.backwards {
        let asker = ctx.asker()?;
        let newest = ctx.loaders()?.received_by(person).await?;
        let all_seen = newest.len() < LOOKED_AT;
        let visible: Vec<Recognition> = newest.into_iter().filter(|thanks| sees(&asker, thanks)).collect();
        if all_seen || visible.len() > wanted.size {
            let Arranged { rows, has_previous, has_next } = wanted.arrange(visible);
            let items = rows.into_iter().map(|thanks| (thanks.id, types::Recognition::from(thanks)));
            return Ok(listing(items, has_previous, has_next, None));
        }
    }
    page(ctx, &Wanted { receiver: Some(person), ..Wanted::default() }, wanted).await
}
