//! Who has not talked with their manager for a while: for whoever is above both. Only when they last did, and nothing else
//! of it.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use hearten_entity::{InOrganization, conversation_attendee, directory_change};
use hearten_ids::{OrganizationId, PersonId};
use hearten_policy::{Action, Resource};
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};

use super::types::ConversationGap;
use crate::{
    areas::directory::types::ReportDepth,
    graphql::{
        context::RequestContext,
        error::Exception,
        paging::{Listing, Page, Window, listing},
    },
    platform::db::Db,
};

/// How many weeks may be asked for.
pub const WEEKS: std::ops::RangeInclusive<i32> = 1..=52;

/// A report and the manager they have not talked with.
#[derive(Debug, Clone, Copy)]
pub struct Gap {
    /// Who reports.
    pub report: PersonId,
    /// To whom.
    pub manager: PersonId,
    /// When they last held a 1:1.
    pub last_held_at: Option<DateTime<Utc>>,
}

/// The pairs of people who held a 1:1 since a moment, each in both orders; of one person only, when one is given.
///
/// # Errors
/// When the database is away.
pub async fn pairs_since(
    db: &Db,
    organization: OrganizationId,
    since: DateTime<Utc>,
    of: Option<PersonId>,
) -> Result<HashSet<(PersonId, PersonId)>, Exception> {
    use conversation_attendee::Column;
    let mut query = conversation_attendee::Entity::in_org(organization)
        .filter(Column::HeldAt.gte(since))
        .filter(Column::CounterpartId.is_not_null());
    if let Some(person) = of {
        query = query.filter(Column::CounterpartId.eq(person));
    }
    let rows: Vec<(PersonId, PersonId)> = query
        .select_only()
        .column(Column::PersonId)
        .column(Column::CounterpartId)
        .distinct()
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(rows.into_iter().collect())
}

/// Who came to their present manager since a day: nobody has missed anything with somebody new.
async fn newly_reporting(
    db: &Db,
    organization: OrganizationId,
    since: NaiveDate,
) -> Result<HashSet<PersonId>, Exception> {
    use directory_change::Column;
    let rows: Vec<PersonId> = directory_change::Entity::in_org(organization)
        .filter(Column::Field.is_in(["MANAGER", "HIRED"]))
        .filter(Column::EffectiveOn.gt(since))
        .select_only()
        .column(Column::PersonId)
        .distinct()
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(rows.into_iter().collect())
}

/// When each of these pairs last held a 1:1.
async fn last_held(
    db: &Db,
    organization: OrganizationId,
    pairs: &[(PersonId, PersonId)],
) -> Result<HashMap<(PersonId, PersonId), DateTime<Utc>>, Exception> {
    use conversation_attendee::Column;
    let rows: Vec<(PersonId, PersonId, DateTime<Utc>)> = conversation_attendee::Entity::in_org(organization)
        .filter(Column::PersonId.is_in(pairs.iter().map(|pair| pair.0)))
        .filter(Column::CounterpartId.is_in(pairs.iter().map(|pair| pair.1)))
        .filter(Column::HeldAt.is_not_null())
        .select_only()
        .column(Column::PersonId)
        .column(Column::CounterpartId)
        .column_as(Column::HeldAt.max(), "last")
        .group_by(Column::PersonId)
        .group_by(Column::CounterpartId)
        .into_tuple()
        .all(db.read())
        .await?;
    Ok(rows.into_iter().map(|(person, other, at)| ((person, other), at)).collect())
}

/// A page of those below the asker who have not talked with their manager for `weeks`, in the order of names, or with
/// depth ALL in the order of the reporting lines.
///
/// # Errors
/// BAD_USER_INPUT for weeks outside [`WEEKS`].
pub async fn page(
    ctx: &RequestContext,
    weeks: i32,
    depth: ReportDepth,
    page: Page<usize>,
) -> Result<Option<Listing<ConversationGap>>, Exception> {
    let asker = ctx.asker()?;
    let Some(me) = asker.person() else { return Ok(None) };
    if !WEEKS.contains(&weeks) {
        return Err(Exception::bad_input(format!("weeks: {} to {}", WEEKS.start(), WEEKS.end())));
    }
    let chart = &asker.snapshot.chart;
    let below = match depth {
        ReportDepth::Direct => chart.direct_reports(me),
        ReportDepth::All => chart.all_reports(me),
    };
    if below.is_empty() {
        return Ok(Some(listing(Vec::<(usize, _)>::new(), false, false, Some(0))));
    }
    let since = ctx.app.clock.now() - TimeDelta::weeks(i64::from(weeks));
    let of = matches!(depth, ReportDepth::Direct).then_some(me);
    let talked = pairs_since(&ctx.db, asker.organization(), since, of).await?;
    let new = newly_reporting(&ctx.db, asker.organization(), since.date_naive()).await?;
    let mut pairs = Vec::new();
    for record in below.iter() {
        let Some(manager) = record.manager else { continue };
        let hired_since = record.hired_on.is_some_and(|day| day > since.date_naive());
        if !talked.contains(&(record.id, manager))
            && !hired_since
            && !new.contains(&record.id)
            && asker.may(Action::ReadConversationGap, Resource::Person(record.id))
        {
            pairs.push((record.id, manager));
        }
    }
    let start = page.after.map_or(0, |at| at.saturating_add(1));
    let end = page.before.unwrap_or(pairs.len());
    let Window { range, has_previous, has_next } = page.window(start, end, pairs.len());
    let (first, shown) = (range.start, &pairs[range]);
    let last = if shown.is_empty() { HashMap::new() } else { last_held(&ctx.db, asker.organization(), shown).await? };
    let items = (first..).zip(shown).map(|(at, pair)| {
        let gap = Gap { report: pair.0, manager: pair.1, last_held_at: last.get(pair).copied() };
        (at, ConversationGap { gap })
    });
    Ok(Some(listing(items, has_previous, has_next, Some(pairs.len()))))
}
