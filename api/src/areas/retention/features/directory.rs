//! From the directory and its history: how long somebody has had the role and the manager, how many left the team, and how
//! many share the manager.

use std::collections::{HashMap, HashSet};

use chrono::{Datelike, Months, NaiveDate};
use hearten_entity::{InOrganization, directory_change};
use hearten_ids::{PersonId, TeamId};
use hearten_orgchart::{OrgChart, PersonRecord};
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};

use super::Inquiry;
use crate::graphql::error::Exception;

/// How far back the turnover of a team looks, in months.
const TURNOVER_MONTHS: u32 = 12;

/// What the directory says.
pub struct Directory {
    day: NaiveDate,
    /// The last change of title or manager, by person and field.
    changed: HashMap<(PersonId, String), NaiveDate>,
    /// Of each team, who was in it lately and how many of them left.
    teams: HashMap<TeamId, (usize, usize)>,
}

impl Directory {
    /// One statement.
    pub async fn read(inquiry: &Inquiry<'_>) -> Result<Self, Exception> {
        use directory_change::Column;
        let rows: Vec<(PersonId, String, NaiveDate)> = directory_change::Entity::in_org(inquiry.organization)
            .filter(Column::Field.is_in(["TITLE", "MANAGER"]))
            .filter(Column::EffectiveOn.lt(inquiry.day))
            .select_only()
            .columns([Column::PersonId, Column::Field])
            .column_as(Column::EffectiveOn.max(), "last")
            .group_by(Column::PersonId)
            .group_by(Column::Field)
            .into_tuple()
            .all(inquiry.db.read())
            .await?;
        let changed = rows.into_iter().map(|(person, field, on)| ((person, field), on)).collect();
        Ok(Self { day: inquiry.day, changed, teams: teams(inquiry) })
    }

    /// Whole months since the title last changed, or since the first day.
    pub fn months_in_role(&self, person: &PersonRecord) -> Option<f64> {
        self.months_since("TITLE", person)
    }

    /// Whole months since the person came to the manager, or since the first day; unknown for who reports to nobody.
    pub fn months_with_manager(&self, person: &PersonRecord) -> Option<f64> {
        person.manager?;
        self.months_since("MANAGER", person)
    }

    fn months_since(&self, field: &str, person: &PersonRecord) -> Option<f64> {
        let changed = self.changed.get(&(person.id, field.to_owned())).copied();
        let since = changed.max(person.hired_on)?;
        Some(f64::from(whole_months(since, self.day)))
    }

    /// The share of those in the team in the last twelve months that left the organization.
    pub fn team_turnover(&self, person: &PersonRecord) -> Option<f64> {
        let (members, leavers) = self.teams.get(&person.team?)?;
        (*members > 0).then(|| *leavers as f64 / *members as f64)
    }

    /// How many report to the person's manager.
    pub fn span(&self, chart: &OrgChart, person: &PersonRecord) -> Option<f64> {
        let manager = chart.manager(person.id)?;
        Some(chart.direct_reports(manager.id).len() as f64)
    }
}

fn teams(inquiry: &Inquiry<'_>) -> HashMap<TeamId, (usize, usize)> {
    let until = inquiry.day;
    let from = until.checked_sub_months(Months::new(TURNOVER_MONTHS)).unwrap_or(until);
    let mut teams: HashMap<TeamId, (usize, usize)> = HashMap::new();
    for stay in inquiry.stays {
        let seen: HashSet<TeamId> = stay.teams_between(from, until).collect();
        for team in seen {
            teams.entry(team).or_default().0 += 1;
        }
        // Who leaves today is still here.
        if let Some((last, _)) = stay.exit.filter(|(last, _)| (from..until).contains(last))
            && let Some(team) = stay.team_on(last)
        {
            teams.entry(team).or_default().1 += 1;
        }
    }
    teams
}

/// Whole months from a day to a later one; 0 where it is not later.
pub fn whole_months(from: NaiveDate, to: NaiveDate) -> u32 {
    let months = (to.year() - from.year()) * 12 + to.month() as i32 - from.month() as i32;
    u32::try_from(months - i32::from(to.day() < from.day())).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_whole_ones() {
        let months = |from: &str, to: &str| whole_months(from.parse().unwrap(), to.parse().unwrap());
        assert_eq!(months("2026-01-15", "2026-02-14"), 0);
        assert_eq!(months("2026-01-15", "2026-02-15"), 1);
        assert_eq!(months("2024-11-30", "2026-11-30"), 24);
        assert_eq!(months("2026-12-01", "2026-11-30"), 0);
    }
}
