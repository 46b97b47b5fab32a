//! Publishing, and reading what was published: every cut is decided by the policy before it is shown.

use std::sync::Arc;

use hearten_disclosure::Cell;
use hearten_entity::{InOrganization, publication, survey, wave};
use hearten_ids::{PublicationId, SurveyId};
use hearten_measure::Distribution;
use hearten_policy::{Action, CutScope, Resource};
use hearten_survey::{QuestionKind, SurveyState};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

/// Cuts as an organization stands at a moment: other areas cut what they publish the same way.
pub use super::{
    frame::{CutKey, Frame, FrameCut, Member},
    published::{Published, latest_between},
};
use super::{
    publishing::{compute, gather},
    types::Publication,
};
use crate::{
    areas::{
        audit,
        surveys::{
            closing::close_in_tx,
            launching::writable,
            service::{Facts, get_frame_in, waves_of},
            store::{WaveState, to_json},
        },
    },
    graphql::{
        context::{Asker, RequestContext},
        error::{Exception, Refusal, UserError, UserErrorCode},
    },
    platform::{bus::Event, outbox::Outbox},
};

/// Closes the open wave of a survey and seals it.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; a refusal when no wave is open.
pub async fn close(ctx: &RequestContext, id: SurveyId) -> Result<(), Refusal> {
    let asker = ctx.asker()?;
    let organization = asker.organization();
    let survey = writable(ctx, id, Action::CloseSurvey).await?;
    let waves = waves_of(&ctx.db, organization, survey.id).await?;
    let not_open = || UserError::at(UserErrorCode::WrongState, ["survey"], "this survey is not open");
    let wave = waves.into_iter().find(|wave| wave.state == WaveState::Open).ok_or_else(not_open)?;
    let tx = ctx.db.begin().await?;
    if !close_in_tx(&tx, organization, wave.id, &ctx.app.random, ctx.app.clock.now()).await? {
        return Err(not_open().into());
    }
    set_state(&tx, organization, id, SurveyState::Open, SurveyState::Closed).await?;
    audit::record_in_tx(ctx, &tx, "survey.close", &id.to_string(), None).await?;
    tx.commit().await?;
    Ok(())
}

async fn set_state(
    tx: &sea_orm::DatabaseTransaction,
    organization: hearten_ids::OrganizationId,
    id: SurveyId,
    from: SurveyState,
    to: SurveyState,
) -> Result<(), Exception> {
    survey::Entity::update_in_org(organization)
        .filter(survey::Column::Id.eq(id))
        .filter(survey::Column::State.eq(from.as_str()))
        .col_expr(survey::Column::State, Expr::value(to.as_str()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Publishes the closed wave of a survey, or withholds it when too few answered. None when it was withheld.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; a refusal when no wave is closed.
pub async fn publish(ctx: &RequestContext, id: SurveyId) -> Result<Option<PublicationId>, Refusal> {
    let asker = ctx.asker()?;
    let organization = asker.organization();
    let survey = writable(ctx, id, Action::PublishSurvey).await?;
    let waves = waves_of(&ctx.db, organization, survey.id).await?;
    let not_closed = || UserError::at(UserErrorCode::WrongState, ["survey"], "close the survey before publishing it");
    let wave = waves.into_iter().find(|wave| wave.state == WaveState::Closed).ok_or_else(not_closed)?;
    // A closed wave is sealed: nothing of it changes any more, so it can be read outside the transaction.
    let gathered = gather(ctx.db.read(), organization, &wave).await?;
    let withheld = gathered.respondents() < survey.notice.minimum_group as usize;
    let random = ctx.app.random.clone();
    let frame = get_frame_in(&ctx.db, organization, wave.id).await?;
    // Large waves take seconds: not on the event loop.
    let computed = tokio::task::spawn_blocking(move || compute(&survey, frame, &gathered, &random))
        .await
        .map_err(Exception::internal)??;
    let now = ctx.app.clock.now();
    let tx = ctx.db.begin().await?;
    let (wave_state, survey_state) = if withheld {
        (WaveState::Withheld, SurveyState::Withheld)
    } else {
        (WaveState::Published, SurveyState::Published)
    };
    let moved = wave::Entity::update_in_org(organization)
        .filter(wave::Column::Id.eq(wave.id))
        .filter(wave::Column::State.eq(WaveState::Closed.as_str()))
        .col_expr(wave::Column::State, Expr::value(wave_state.as_str()))
        .exec(&tx)
        .await?;
    if moved.rows_affected == 0 {
        return Err(not_closed().into());
    }
    set_state(&tx, organization, id, SurveyState::Closed, survey_state).await?;
    audit::record_in_tx(ctx, &tx, "survey.publish", &id.to_string(), None).await?;
    if withheld {
        tx.commit().await?;
        return Ok(None);
    }
    let publication_id = PublicationId(ctx.app.random.id(now));
    let row = publication::ActiveModel {
        id: Set(publication_id),
        organization_id: Set(organization),
        survey_id: Set(id),
        wave_id: Set(wave.id),
        published_at: Set(now),
        cuts: Set(to_json(&computed.cuts)?),
        results: Set(computed.results),
        comments: Set(computed.comments),
    };
    publication::Entity::insert(row).exec_without_returning(&tx).await?;
    let event = Event::PublicationAppeared { organization, survey: id, publication: publication_id };
    Outbox::write_in_tx(&tx, organization, &event, &ctx.app.random, now).await?;
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(Some(publication_id))
}

/// The publication with this id, when the asker may see some of it.
///
/// # Errors
/// When the database is away.
pub async fn find(ctx: &RequestContext, id: PublicationId) -> Result<Option<Publication>, Exception> {
    let asker = ctx.asker()?;
    let found = ctx.app.publications.find(&ctx.db, asker.organization(), id).await?;
    Ok(found.filter(|published| sees_some(&asker, published)).map(|published| Publication { published }))
}

/// The newest publication of a survey, when the asker may see some of it.
///
/// # Errors
/// When the database is away.
pub async fn find_latest(ctx: &RequestContext, survey: SurveyId) -> Result<Option<Publication>, Exception> {
    match ctx.loaders()?.latest_publication(survey).await? {
        Some(id) => find(ctx, id).await,
        None => Ok(None),
    }
}

fn sees_some(asker: &Asker, published: &Arc<Published>) -> bool {
    asker.may(Action::ReadPublication, Resource::Survey(published.facts().view()))
}

impl Published {
    /// What the policy has to know. The survey may have been read before it was published, so this does not rely on
    /// its state: there is a publication.
    pub fn facts(&self) -> Facts {
        let mut survey = self.survey.clone();
        survey.state = SurveyState::Published;
        Facts::of(&survey, false)
    }
}

/// The favourable share of the answers of a cut to all questions with a scale, as far as they are released; None where
/// nothing is.
pub fn favourable_share(published: &Published, cut: usize) -> Option<f64> {
    let questionnaire = &published.survey.questionnaire;
    let (mut favourable, mut all) = (0, 0);
    for (column, of) in questionnaire.shape().columns().iter().enumerate() {
        let Some(question) = questionnaire.find_question(&of.key) else { continue };
        let (QuestionKind::Rating { .. }, Cell::Shown(counts)) = (&question.kind, published.table.cell(cut, column))
        else {
            continue;
        };
        let answers = Distribution { counts: counts.options().to_vec(), skipped: counts.skipped() };
        let Some(found) = answers.favourability(question.kind.is_reversed()) else { continue };
        favourable += found.counts().0;
        all += found.n();
    }
    (all > 0).then(|| favourable as f64 / all as f64)
}

/// A cut as the policy knows it.
pub fn scope(cut: &FrameCut) -> CutScope {
    match &cut.key {
        CutKey::Everyone => CutScope::WHOLE,
        CutKey::Team { team } => CutScope::team(*team),
        CutKey::Attribute { .. } => CutScope { team: None, attribute: true },
    }
}

/// Whether the asker may do `action` with a cut of a publication.
pub fn may(asker: &Asker, published: &Published, facts: &Facts, cut: usize, action: Action) -> bool {
    published
        .frame
        .cuts
        .get(cut)
        .is_some_and(|cut| asker.may(action, Resource::Cut { survey: facts.view(), cut: scope(cut) }))
}
