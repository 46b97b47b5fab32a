//! What surveys do by themselves: a wave closes when its time is up, and single sheets and comments are deleted when the
//! notice says so. What was published stays.

use std::time::Duration;

use chrono::TimeDelta;
use hearten_entity::{InOrganization, answer_sheet, comment, organization, survey, wave};
use hearten_ids::OrganizationId;
use hearten_survey::SurveyState;
use sea_orm::{ColumnTrait, QueryFilter, sea_query::Expr};

use super::{
    closing::close_in_tx,
    service::surveys_by_id,
    store::{Wave, WaveRow, WaveState},
};
use crate::{app::App, graphql::error::Exception, platform::db::Db};

/// How often surveys look after themselves. Answers are refused from the due moment on, whenever that is.
const INTERVAL: Duration = Duration::from_secs(30);

/// Looks after all surveys until the process ends.
pub async fn run(app: &App, db: &Db) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        if let Err(error) = look(app, db).await {
            tracing::warn!(code = error.error_code().name(), "surveys could not look after themselves; trying again");
        }
    }
}

/// Closes what is due and deletes what has been kept long enough, in every organization.
///
/// # Errors
/// When the database fails.
pub async fn look(app: &App, db: &Db) -> Result<(), Exception> {
    for row in organization::Entity::all().all(db.read()).await? {
        close_due(app, db, row.id).await?;
        delete_kept(app, db, row.id).await?;
    }
    Ok(())
}

async fn close_due(app: &App, db: &Db, organization: OrganizationId) -> Result<(), Exception> {
    let now = app.clock.now();
    let due = wave::Entity::in_org(organization)
        .filter(wave::Column::State.eq(WaveState::Open.as_str()))
        .filter(wave::Column::ClosesAt.lte(now))
        .all(db.read())
        .await?;
    for row in due {
        let tx = db.begin().await?;
        if close_in_tx(&tx, organization, row.id, &app.random, now).await? {
            survey::Entity::update_in_org(organization)
                .filter(survey::Column::Id.eq(row.survey_id))
                .filter(survey::Column::State.eq(SurveyState::Open.as_str()))
                .col_expr(survey::Column::State, Expr::value(SurveyState::Closed.as_str()))
                .exec(&tx)
                .await?;
            tx.commit().await?;
            tracing::info!(wave = %row.id, "a wave was closed: its time was up");
        }
    }
    Ok(())
}

/// Also of a wave that was closed and never published: the notice promised it to the people who answered.
async fn delete_kept(app: &App, db: &Db, organization: OrganizationId) -> Result<(), Exception> {
    let now = app.clock.now();
    let rows = wave::Entity::in_org(organization)
        .filter(wave::Column::State.ne(WaveState::Open.as_str()))
        // No notice keeps answers for less than a day.
        .filter(wave::Column::ClosedAt.lt(now - TimeDelta::days(1)))
        .into_partial_model::<WaveRow>()
        .all(db.read())
        .await?;
    let waves: Vec<Wave> = rows.into_iter().map(Wave::try_from).collect::<Result<_, _>>()?;
    let ids: Vec<_> = waves.iter().map(|wave| wave.survey).collect();
    let surveys = surveys_by_id(db, &app.frozen_surveys, organization, &ids).await?;
    for wave in waves {
        let Some(survey) = surveys.iter().find(|survey| survey.id == wave.survey) else { continue };
        let kept = TimeDelta::days(i64::from(survey.notice.retention_days));
        if wave.closed_at.is_none_or(|closed| closed + kept > now) {
            continue;
        }
        let tx = db.begin().await?;
        answer_sheet::Entity::delete_in_org(organization)
            .filter(answer_sheet::Column::WaveId.eq(wave.id))
            .exec(&tx)
            .await?;
        comment::Entity::delete_in_org(organization).filter(comment::Column::WaveId.eq(wave.id)).exec(&tx).await?;
        tx.commit().await?;
    }
    Ok(())
}
