//! Finding expectations, each behind the policy, and what other screens take from them.

use chrono::{DateTime, Utc};
use hearten_entity::{InOrganization, expectation};
use hearten_expectation::{Party, State};
use hearten_ids::ExpectationId;
use hearten_policy::{Action, Resource};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect};

use super::store::Expectation;
pub use super::{
    pages::page,
    workload_types::{of_person as workload, of_team as team_workload},
};
use crate::graphql::{
    context::{Asker, RequestContext},
    error::Exception,
};

/// Whether the asker may see it.
pub fn sees(asker: &Asker, expectation: &Expectation) -> bool {
    asker.may(Action::ReadExpectation, Resource::Expectation(expectation.facts()))
}

/// The expectation with this id, when the asker may see it.
///
/// # Errors
/// When the database is away.
pub async fn find(ctx: &RequestContext, id: ExpectationId) -> Result<Option<Expectation>, Exception> {
    let asker = ctx.asker()?;
    if asker.person().is_none() {
        return Ok(None);
    }
    let found = ctx.loaders()?.load(id).await?;
    Ok(found.filter(|expectation| sees(&asker, expectation)))
}

/// What the home screen shows of expectations.
#[derive(Debug, Clone, Default)]
pub struct Home {
    /// What is expected of the asker and open: proposed to them or accepted, the nearest due day first.
    pub expected: Vec<Expectation>,
    /// What waits for the asker: counter-proposals to answer, and work reported as done to judge; the nearest due day
    /// first.
    pub awaiting: Vec<Expectation>,
}

/// What the home screen shows of expectations, up to `first` of each kind, of the hundred with
/// the nearest due day: one statement. Nothing for an API token.
///
/// # Errors
/// When the database is away.
pub async fn home(ctx: &RequestContext, first: usize) -> Result<Home, Exception> {
    const MOST_AT_HOME: u64 = 100;
    use expectation::Column;
    let asker = ctx.asker()?;
    let Some(me) = asker.person() else { return Ok(Home::default()) };
    let expected = Condition::all()
        .add(Column::ToId.eq(me))
        .add(Column::State.is_in([State::Proposed.as_str(), State::Accepted.as_str()]))
        .add(Column::ReportedAt.is_null());
    let answers = |side: Party, column: Column| {
        Condition::all()
            .add(column.eq(me))
            .add(Column::State.eq(State::Negotiated.as_str()))
            .add(Column::Awaits.eq(side.as_str()))
    };
    let judges = Condition::all()
        .add(Column::FromId.eq(me))
        .add(Column::State.eq(State::Accepted.as_str()))
        .add(Column::ReportedAt.is_not_null());
    let awaiting =
        Condition::any().add(answers(Party::From, Column::FromId)).add(answers(Party::To, Column::ToId)).add(judges);
    let rows = expectation::Entity::in_org(asker.organization())
        .filter(Condition::any().add(expected).add(awaiting))
        .order_by_asc(Column::DueOn)
        .order_by_asc(Column::Id)
        .limit(MOST_AT_HOME)
        .all(ctx.db.read())
        .await?;
    let all = rows.into_iter().map(Expectation::try_from).collect::<Result<Vec<_>, Exception>>()?;
    let is_to_do = |one: &Expectation| {
        one.to == me && matches!(one.standing.state, State::Proposed | State::Accepted) && one.reported_at.is_none()
    };
    let (mut expected, mut awaiting): (Vec<_>, Vec<_>) = all.into_iter().partition(is_to_do);
    expected.truncate(first);
    awaiting.truncate(first);
    Ok(Home { expected, awaiting })
}

/// The most that [`met_lately_in`] finds.
const MOST_MET: u64 = 50;

/// What others met, or more than met, of what the asker expected, since a moment, the newest first and at most fifty:
/// occasions to say thank you.
///
/// # Errors
/// When the database is away.
pub async fn met_lately(ctx: &RequestContext, since: DateTime<Utc>) -> Result<Vec<Expectation>, Exception> {
    use expectation::Column;
    let asker = ctx.asker()?;
    let Some(me) = asker.person() else { return Ok(Vec::new()) };
    let rows = expectation::Entity::in_org(asker.organization())
        .filter(Column::FromId.eq(me))
        .filter(Column::State.is_in([State::Met.as_str(), State::Exceeded.as_str()]))
        .filter(Column::ChangedAt.gte(since))
        .order_by_desc(Column::ChangedAt)
        .order_by_desc(Column::Id)
        .limit(MOST_MET)
        .all(ctx.db.read())
        .await?;
    let found: Vec<Expectation> = rows.into_iter().map(Expectation::try_from).collect::<Result<_, _>>()?;
    Ok(found.into_iter().filter(|one| sees(&asker, one)).collect())
}
