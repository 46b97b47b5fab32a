//! Who was here when, in which team, and how it ended: read from the directory and its history.

use std::collections::HashMap;

use chrono::NaiveDate;
use hearten_entity::{InOrganization, directory_change};
use hearten_ids::{OrganizationId, PersonId, TeamId};
use hearten_orgchart::{LeaveReason, OrgChart, PersonRecord, Relationship};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::graphql::error::Exception;

/// How somebody's time here ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exit {
    /// By their own decision.
    Voluntary,
    /// By the organization's decision.
    Involuntary,
    /// Retired, the contract ran out, anything else, or nobody said why.
    Other,
}

impl From<Option<LeaveReason>> for Exit {
    fn from(reason: Option<LeaveReason>) -> Self {
        match reason {
            Some(LeaveReason::Voluntary) => Self::Voluntary,
            Some(LeaveReason::Involuntary) => Self::Involuntary,
            Some(LeaveReason::Retirement | LeaveReason::EndOfContract | LeaveReason::Other) | None => Self::Other,
        }
    }
}

/// Somebody's time in the organization.
#[derive(Debug, Clone)]
pub struct Stay {
    /// Who.
    pub person: PersonId,
    /// The first day; none where nobody knows it: they were here from the beginning.
    pub from: Option<NaiveDate>,
    /// The last day and how it came; none for who stays.
    pub exit: Option<(NaiveDate, Exit)>,
    /// The team now, or at the end.
    team: Option<TeamId>,
    /// Earlier teams with the day they were left, the latest first.
    earlier: Vec<(NaiveDate, Option<TeamId>)>,
}

impl Stay {
    /// The stay of somebody who never changed teams.
    #[cfg(test)]
    pub fn new(
        person: PersonId,
        from: Option<NaiveDate>,
        exit: Option<(NaiveDate, Exit)>,
        team: Option<TeamId>,
    ) -> Self {
        Self { person, from, exit, team, earlier: Vec::new() }
    }

    /// Whether the person was here on a day.
    pub fn covers(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.exit.is_none_or(|(last, _)| day <= last)
    }

    /// The teams the person was in between two days, the second excluded; a team more than once where they came back.
    pub fn teams_between(&self, from: NaiveDate, until: NaiveDate) -> impl Iterator<Item = TeamId> {
        let first = self.from.map_or(from, |day| day.max(from));
        let end = until.pred_opt().unwrap_or(until);
        let last = self.exit.map_or(end, |(day, _)| day.min(end));
        let moved = self.earlier.iter().map(|(on, _)| *on).filter(move |on| first < *on && *on <= last);
        let days = [first].into_iter().chain(moved).filter(move |_| first <= last);
        days.filter_map(|day| self.team_on(day))
    }

    /// The team the person was in on a day.
    pub fn team_on(&self, day: NaiveDate) -> Option<TeamId> {
        let later = self.earlier.iter().take_while(|(left_on, _)| *left_on > day);
        later.last().map_or(self.team, |(_, team)| *team)
    }
}

/// The teams people came from, with the days they moved: those of one person together, the latest first.
#[derive(Debug, Default)]
pub struct Moves(HashMap<PersonId, Vec<(NaiveDate, Option<TeamId>)>>);

impl Moves {
    /// Reads all moves between teams of an organization, in one statement.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn read(db: &impl ConnectionTrait, organization: OrganizationId) -> Result<Self, Exception> {
        use directory_change::Column;
        let rows: Vec<(PersonId, Option<String>, NaiveDate)> = directory_change::Entity::in_org(organization)
            .filter(Column::Field.eq("TEAM"))
            // The first entry of everybody comes from nowhere.
            .filter(Column::OldValue.is_not_null())
            .order_by_desc(Column::EffectiveOn)
            .order_by_desc(Column::Id)
            .select_only()
            .columns([Column::PersonId, Column::OldValue, Column::EffectiveOn])
            .into_tuple()
            .all(db)
            .await?;
        let mut moves = Self::default();
        for (person, old, on) in rows {
            let team = old.and_then(|id| id.parse().ok());
            moves.0.entry(person).or_default().push((on, team));
        }
        Ok(moves)
    }
}

/// The stays of all who work or worked here: employees and contractors. Who is gone without a last day was never counted
/// out, so no figure of a day can have them.
pub fn stays(chart: &OrgChart, mut moves: Moves) -> Vec<Stay> {
    let works =
        |person: &&PersonRecord| matches!(person.relationship, Relationship::Employee | Relationship::Contractor);
    let known = |person: &&PersonRecord| person.is_active() || person.left_on.is_some();
    let everybody = chart.persons().iter().chain(chart.former_persons().iter());
    everybody
        .filter(works)
        .filter(known)
        .map(|person| Stay {
            person: person.id,
            from: person.hired_on,
            exit: person.left_on.map(|last| (last, person.leave_reason.into())),
            team: person.team,
            earlier: moves.0.remove(&person.id).unwrap_or_default(),
        })
        .collect()
}

/// Since when leavers are on record: since this service was used, which began on a day, or since the first leaver from
/// before it whom the directory brought along.
pub fn records_from(stays: &[Stay], began: NaiveDate) -> NaiveDate {
    let first = stays.iter().filter_map(|stay| stay.exit).map(|(day, _)| day).min();
    first.map_or(began, |day| day.min(began))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn team(n: u128) -> TeamId {
        TeamId(Uuid::from_u128(n))
    }

    #[test]
    fn a_person_is_in_the_team_of_the_day() {
        let stay = Stay {
            person: PersonId(Uuid::from_u128(1)),
            from: Some(day("2024-02-01")),
            exit: Some((day("2026-03-31"), Exit::Voluntary)),
            team: Some(team(3)),
            earlier: vec![(day("2026-01-10"), Some(team(2))), (day("2025-01-10"), Some(team(1)))],
        };
        let on = |text: &str| stay.team_on(day(text));
        assert_eq!([on("2024-02-01"), on("2025-01-09")], [Some(team(1)); 2]);
        assert_eq!([on("2025-01-10"), on("2026-01-09")], [Some(team(2)); 2]);
        assert_eq!([on("2026-01-10"), on("2026-03-31")], [Some(team(3)); 2]);
        let between = |from: &str, until: &str| -> Vec<TeamId> { stay.teams_between(day(from), day(until)).collect() };
        assert_eq!(between("2024-01-01", "2025-01-10"), [team(1)]);
        assert_eq!(between("2025-01-09", "2026-01-11"), [team(1), team(3), team(2)]);
        assert_eq!(between("2026-03-31", "2027-01-01"), [team(3)]);
        assert!(between("2026-04-01", "2027-01-01").is_empty() && between("2023-01-01", "2024-02-01").is_empty());
        let here = |text: &str| stay.covers(day(text));
        assert!(!here("2024-01-31") && here("2024-02-01") && here("2026-03-31") && !here("2026-04-01"));
    }

    #[test]
    fn only_the_own_decision_is_voluntary() {
        let exits = LeaveReason::ALL.iter().map(|reason| Exit::from(Some(*reason)));
        let voluntary = exits.filter(|exit| *exit == Exit::Voluntary).count();
        assert_eq!((voluntary, Exit::from(None)), (1, Exit::Other));
    }
}
