//! Whom somebody might thank: what others did for them, and whose day it is. Expectations and goals say what was
//! reached; this area says what is worth a word.

use std::collections::HashSet;

use async_graphql::Enum;
use chrono::{NaiveDate, TimeDelta};
use hearten_entity::{InOrganization, recognition};
use hearten_ids::{AnyId, PersonId};
use hearten_policy::{Action, Resource};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    celebrations::{self, CelebrationKind},
    store::Recognition,
};
use crate::{
    areas::{expectations::service as expectations, goals::service as goals},
    graphql::{context::RequestContext, error::Exception},
};

/// Suggestions shown, at most.
const MOST_SHOWN: usize = 10;
/// Whoever was thanked by the asker within these days needs no reminder.
const THANKED_LATELY: TimeDelta = TimeDelta::days(14);
/// A day is worth a word so long before and after it.
const AROUND: TimeDelta = TimeDelta::days(3);
/// The asker's own thanks looked at, at most.
const MOST_THANKS: u64 = 500;

/// Why somebody might be thanked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
pub enum SuggestionReason {
    /// They met an expectation of yours.
    MetExpectation,
    /// They reached a goal: somebody who reports to you, or who works in your team.
    ClosedGoal,
    /// Their anniversary is near.
    Anniversary,
    /// Their birthday is near.
    Birthday,
}

/// Somebody who might be thanked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suggestion {
    /// Who.
    pub person: PersonId,
    /// Why.
    pub reason: SuggestionReason,
    /// What it is about, where there is an object.
    pub about: Option<AnyId>,
    /// When it was, or will be.
    pub on: NaiveDate,
}

/// What other areas know, and whose day it is among those close to the asker: each person once, in the order given, without
/// those the asker cannot thank or thanked lately.
///
/// # Errors
/// When the database fails.
pub async fn suggestions(ctx: &RequestContext) -> Result<Vec<Suggestion>, Exception> {
    let asker = ctx.asker()?;
    let Some(me) = asker.person() else { return Ok(Vec::new()) };
    let today = ctx.app.clock.today();
    let close = close_to(ctx, me)?;
    let days = celebrations::between(ctx, today - AROUND, today + AROUND).await?;
    let days = days.into_iter().filter(|day| close.contains(&day.person)).map(|day| Suggestion {
        person: day.person,
        reason: match day.kind {
            CelebrationKind::Birthday => SuggestionReason::Birthday,
            CelebrationKind::Anniversary => SuggestionReason::Anniversary,
        },
        about: None,
        on: day.on,
    });
    let all: Vec<Suggestion> = known(ctx).await?.into_iter().chain(days).collect();
    if all.is_empty() {
        return Ok(all);
    }
    let mut seen = thanked_lately(ctx, me).await?;
    let may = |person: PersonId| asker.may(Action::GiveRecognition, Resource::Person(person));
    Ok(all.into_iter().filter(|one| may(one.person) && seen.insert(one.person)).take(MOST_SHOWN).collect())
}

/// What other areas know: expectations of the asker that were met, and goals of people close to them that were reached.
async fn known(ctx: &RequestContext) -> Result<Vec<Suggestion>, Exception> {
    let since = ctx.app.clock.now() - THANKED_LATELY;
    let met = expectations::met_lately(ctx, since).await?.into_iter().map(|one| Suggestion {
        person: one.to,
        reason: SuggestionReason::MetExpectation,
        about: Some(AnyId::ExpectationId(one.id)),
        on: one.changed_at.date_naive(),
    });
    let reached = goals::reached_lately(ctx, since).await?;
    let reached = reached.iter().filter_map(|goal| {
        Some(Suggestion {
            person: goal.place.owner?,
            reason: SuggestionReason::ClosedGoal,
            about: Some(AnyId::GoalId(goal.id)),
            on: goal.closed_at?.date_naive(),
        })
    });
    Ok(met.chain(reached).collect())
}

/// The members of the own team, the manager, and who reports to the asker.
fn close_to(ctx: &RequestContext, me: PersonId) -> Result<HashSet<PersonId>, Exception> {
    let asker = ctx.asker()?;
    let chart = &asker.snapshot.chart;
    let mut close: HashSet<PersonId> = chart.direct_reports(me).iter().map(|person| person.id).collect();
    close.extend(chart.manager(me).map(|manager| manager.id));
    if let Some(team) = chart.person(me).and_then(|record| record.team) {
        close.extend(chart.members(team).iter().map(|person| person.id));
    }
    Ok(close)
}

async fn thanked_lately(ctx: &RequestContext, me: PersonId) -> Result<HashSet<PersonId>, Exception> {
    let since = ctx.app.clock.now() - THANKED_LATELY;
    let rows = recognition::Entity::in_org(ctx.asker()?.organization())
        .filter(recognition::Column::GiverId.eq(me))
        .filter(recognition::Column::GivenAt.gte(since))
        .filter(recognition::Column::WithdrawnAt.is_null())
        .order_by_desc(recognition::Column::Id)
        .limit(MOST_THANKS)
        .all(ctx.db.read())
        .await?;
    let mut thanked = HashSet::new();
    for row in rows {
        thanked.extend(Recognition::try_from(row)?.receivers);
    }
    Ok(thanked)
}
