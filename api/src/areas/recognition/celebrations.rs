//! Whose day it is: anniversaries of the first day, which a person can keep to themselves, and birthdays, which only the
//! person can enter. There is no year of birth: nobody needs an age.

use std::collections::HashMap;

use async_graphql::Enum;
use chrono::{Datelike, NaiveDate, TimeDelta};
use hearten_entity::{InOrganization, celebration_choice};
use hearten_ids::{CelebrationChoiceId, OrganizationId, PersonId};
use hearten_policy::{Action, Resource};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::OnConflict};

use crate::graphql::{
    context::RequestContext,
    error::{ErrorCode, Exception, Refusal, UserError, UserErrorCode},
};

/// Days that can be asked for at once.
pub const MOST_DAYS: i64 = 62;

/// What is celebrated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Enum)]
pub enum CelebrationKind {
    /// A birthday.
    Birthday,
    /// Whole years since the first day.
    Anniversary,
}

/// Somebody's day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Celebration {
    /// When.
    pub on: NaiveDate,
    /// Whose.
    pub person: PersonId,
    /// What.
    pub kind: CelebrationKind,
    /// How many years, of an anniversary.
    pub years: Option<i32>,
}

/// What a person wants others to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Month and day of birth.
    pub birthday: Option<(u32, u32)>,
    /// Whether others see the birthday.
    pub show_birthday: bool,
    /// Whether others see anniversaries.
    pub show_anniversary: bool,
}

impl Default for Choice {
    fn default() -> Self {
        Self { birthday: None, show_birthday: false, show_anniversary: true }
    }
}

impl From<&celebration_choice::Model> for Choice {
    fn from(row: &celebration_choice::Model) -> Self {
        let part = |value: Option<i32>| value.and_then(|value| u32::try_from(value).ok());
        Self {
            birthday: part(row.birth_month).zip(part(row.birth_day)),
            show_birthday: row.show_birthday,
            show_anniversary: row.show_anniversary,
        }
    }
}

/// The day in a year on which a day of another year is celebrated: of 29 February, in other years, the 28th.
fn in_year(month: u32, day: u32, year: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day).or_else(|| NaiveDate::from_ymd_opt(year, month, day.checked_sub(1)?))
}

/// The days a person has between two dates, as far as they let others know.
fn days_of(
    person: PersonId,
    hired_on: Option<NaiveDate>,
    choice: Choice,
    from: NaiveDate,
    to: NaiveDate,
) -> impl Iterator<Item = Celebration> {
    let birthday = choice.birthday.filter(|_| choice.show_birthday);
    let hired = hired_on.filter(|_| choice.show_anniversary);
    (from.year()..=to.year()).flat_map(move |year| {
        let birthday = birthday.and_then(|(month, day)| in_year(month, day, year));
        let birthday = birthday.map(|on| Celebration { on, person, kind: CelebrationKind::Birthday, years: None });
        let years = hired.map_or(0, |hired| year - hired.year());
        let anniversary = hired.filter(|_| years > 0).and_then(|hired| in_year(hired.month(), hired.day(), year));
        let kind = CelebrationKind::Anniversary;
        let anniversary = anniversary.map(|on| Celebration { on, person, kind, years: Some(years) });
        birthday.into_iter().chain(anniversary).filter(move |one| (from..=to).contains(&one.on))
    })
}

/// What is celebrated between two dates among the people the asker sees, by day, then by name.
///
/// # Errors
/// BAD_USER_INPUT when the dates are the wrong way round or too far apart; when the database fails.
pub async fn between(ctx: &RequestContext, from: NaiveDate, to: NaiveDate) -> Result<Vec<Celebration>, Exception> {
    let asker = ctx.asker()?;
    if from > to || to - from >= TimeDelta::days(MOST_DAYS) {
        return Err(Exception::bad_input(format!("from, to: a span of 1 to {MOST_DAYS} days")));
    }
    if asker.person().is_none() {
        return Ok(Vec::new());
    }
    let choices = choices_in(ctx.db.read(), asker.organization()).await?;
    let mut found = Vec::new();
    for record in asker.snapshot.chart.persons().iter() {
        let choice = choices.get(&record.id).copied().unwrap_or_default();
        // Most have no day in the span, and need no decision.
        for day in days_of(record.id, record.hired_on, choice, from, to) {
            if asker.may(Action::ReadCelebration, Resource::Person(record.id)) {
                found.push(day);
            }
        }
    }
    // Persons come in the order of names, which a stable sort keeps.
    found.sort_by_key(|celebration| (celebration.on, celebration.kind));
    Ok(found)
}

/// What people of an organization chose.
async fn choices_in(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
) -> Result<HashMap<PersonId, Choice>, Exception> {
    let rows = celebration_choice::Entity::in_org(organization).all(db).await?;
    Ok(rows.iter().map(|row| (row.person_id, Choice::from(row))).collect())
}

/// What the asker chose; None for an API token.
///
/// # Errors
/// When the database fails.
pub async fn own_choice(ctx: &RequestContext) -> Result<Option<Choice>, Exception> {
    let asker = ctx.asker()?;
    let Some(person) = asker.person() else { return Ok(None) };
    let row = celebration_choice::Entity::in_org(asker.organization())
        .filter(celebration_choice::Column::PersonId.eq(person))
        .one(ctx.db.read())
        .await?;
    Ok(Some(row.as_ref().map(Choice::from).unwrap_or_default()))
}

/// Changes what the asker wants others to know.
///
/// # Errors
/// FORBIDDEN for API tokens; a refusal for a day no year has.
pub async fn choose(ctx: &RequestContext, choice: Choice) -> Result<Choice, Refusal> {
    use celebration_choice::Column;
    let asker = ctx.asker()?;
    let person = asker.person().ok_or_else(|| Exception::code(ErrorCode::Forbidden))?;
    // A leap year has every day there is.
    if choice.birthday.is_some_and(|(month, day)| NaiveDate::from_ymd_opt(2024, month, day).is_none()) {
        return Err(UserError::at(UserErrorCode::Invalid, ["birthday"], "there is no such day in a year").into());
    }
    let part = |value: Option<u32>| value.and_then(|value| i32::try_from(value).ok());
    let row = celebration_choice::ActiveModel {
        id: Set(CelebrationChoiceId(ctx.app.random.id(ctx.app.clock.now()))),
        organization_id: Set(asker.organization()),
        person_id: Set(person),
        birth_month: Set(part(choice.birthday.map(|(month, _)| month))),
        birth_day: Set(part(choice.birthday.map(|(_, day)| day))),
        show_birthday: Set(choice.show_birthday),
        show_anniversary: Set(choice.show_anniversary),
    };
    let mut again = OnConflict::columns([Column::OrganizationId, Column::PersonId]);
    again.update_columns([Column::BirthMonth, Column::BirthDay, Column::ShowBirthday, Column::ShowAnniversary]);
    celebration_choice::Entity::insert(row).on_conflict(again).exec_without_returning(ctx.db.write()).await?;
    Ok(choice)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_found_across_new_year_and_in_years_without_the_29th() {
        let person = PersonId(Uuid::from_u128(1));
        let choice = Choice { birthday: Some((2, 29)), show_birthday: true, show_anniversary: true };
        let days = |from, to, choice| {
            let found = days_of(person, Some(day("2020-01-02")), choice, day(from), day(to));
            found.map(|one| (one.on.to_string(), one.years)).collect::<Vec<_>>()
        };
        assert_eq!(days("2025-12-20", "2026-01-10", choice), [("2026-01-02".to_owned(), Some(6))]);
        assert_eq!(days("2026-02-20", "2026-03-10", choice), [("2026-02-28".to_owned(), None)]);
        assert_eq!(days("2024-02-28", "2024-02-29", choice), [("2024-02-29".to_owned(), None)]);
        assert_eq!(days("2020-01-01", "2020-01-31", choice), [], "the first day is no anniversary");
        assert_eq!(days("2026-02-20", "2026-03-10", Choice { show_birthday: false, ..choice }), []);
        assert_eq!(days("2025-12-20", "2026-01-10", Choice { show_anniversary: false, ..choice }), []);
    }
}
