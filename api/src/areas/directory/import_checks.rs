//! What is wrong with the records of an import, all of it: each problem at its line and column, however many there are.
//! The chart itself would tell the first only.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::Hash,
    sync::Arc,
};

use hearten_ids::{PersonId, TeamId};
use hearten_orgchart::{PersonRecord, TeamRecord};

use super::{
    charts::Snapshot,
    import_merge::Lines,
    import_rows::{ImportFile, Problems},
    places::{Place, message_of, place_of},
    reserved::{self, Right},
    roles,
};
use crate::graphql::error::Exception;

/// A circle is told by its first members.
const MOST_NAMED: usize = 10;

/// The checks of one import.
pub struct Checks<'a> {
    before: &'a Snapshot,
    // In the order of the files, and by id.
    team_list: &'a [TeamRecord],
    person_list: &'a [PersonRecord],
    teams: HashMap<TeamId, &'a TeamRecord>,
    persons: HashMap<PersonId, &'a PersonRecord>,
    lines: &'a Lines,
    problems: &'a mut Problems,
}

impl<'a> Checks<'a> {
    /// Checks of the records that say something new.
    pub fn new(
        before: &'a Snapshot,
        teams: &'a [TeamRecord],
        persons: &'a [PersonRecord],
        lines: &'a Lines,
        problems: &'a mut Problems,
    ) -> Self {
        Self {
            before,
            team_list: teams,
            person_list: persons,
            teams: teams.iter().map(|team| (team.id, team)).collect(),
            persons: persons.iter().map(|person| (person.id, person)).collect(),
            lines,
            problems,
        }
    }

    /// Checks everything.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody asks by whose right.
    pub fn run(mut self, right: Right<'_>) -> Result<(), Exception> {
        self.reserved(right)?;
        self.admins();
        self.addresses();
        self.roots();
        self.archived();
        self.circles();
        if self.problems.count == 0 {
            self.rest();
        }
        Ok(())
    }

    /// The person as they would stand after the import.
    fn person(&self, id: PersonId) -> Option<&'a PersonRecord> {
        self.persons.get(&id).copied().or_else(|| self.before.chart.person(id))
    }

    fn team(&self, id: TeamId) -> Option<&'a TeamRecord> {
        self.teams.get(&id).copied().or_else(|| self.before.chart.team(id))
    }

    fn person_line(&self, id: PersonId) -> u64 {
        self.lines.persons.get(&id).copied().unwrap_or(0)
    }

    fn team_line(&self, id: TeamId) -> u64 {
        self.lines.teams.get(&id).copied().unwrap_or(0)
    }

    fn of_person(&mut self, id: PersonId, place: Place, message: impl Into<String>) {
        self.problems.add(ImportFile::Persons, self.person_line(id), Some(place.column()), message);
    }

    fn of_team(&mut self, id: TeamId, place: Place, message: impl Into<String>) {
        self.problems.add(ImportFile::Teams, self.team_line(id), Some(place.column()), message);
    }

    /// What only who grants roles may write.
    fn reserved(&mut self, right: Right<'_>) -> Result<(), Exception> {
        let Right::Asker(ctx) = right else { return Ok(()) };
        let asker = ctx.asker()?;
        for person in self.person_list {
            for (place, why) in reserved::refused_parts(&asker, self.before, person) {
                self.of_person(person.id, place, why);
            }
        }
        Ok(())
    }

    fn admins(&mut self) {
        let held = |person: &&PersonRecord| self.before.grants.contains_key(&person.id);
        let records: Vec<&PersonRecord> = self.person_list.iter().filter(held).collect();
        let lost = roles::admins_lost(self.before, &records);
        for person in records.into_iter().filter(|person| lost.contains(&person.id)) {
            self.of_person(person.id, Place::LeftOn, roles::LAST_ADMIN);
        }
    }

    /// Addresses that two persons would share.
    fn addresses(&mut self) {
        let mut claimed: HashMap<String, PersonId> = HashMap::new();
        for person in self.person_list {
            let held = self.before.chart.person(person.id).and_then(|held| held.email.as_ref());
            let Some(email) = person.email.as_ref().filter(|email| held != Some(email)) else { continue };
            let key = email.to_lowercase();
            // Who holds it now keeps it, unless the file gives that person another one; a claim is told below.
            let holder = self.before.chart.person_by_email(email).filter(|holder| holder.id != person.id);
            let kept = holder.is_some_and(|holder| self.person(holder.id).is_some_and(|now| now.email == holder.email));
            match claimed.entry(key) {
                Entry::Occupied(first) => {
                    let line = self.person_line(*first.get());
                    self.of_person(person.id, Place::Email, format!("line {line} has the same e-mail address"));
                }
                Entry::Vacant(free) => {
                    free.insert(person.id);
                    if kept {
                        self.of_person(person.id, Place::Email, "somebody else has this e-mail address");
                    }
                }
            }
        }
    }

    /// Teams without one above, but for the root.
    fn roots(&mut self) {
        let root = self.before.chart.root_team().map(|root| root.id);
        let mut first = root.filter(|root| self.team(*root).is_some_and(|team| team.parent.is_none()));
        for team in self.team_list.iter().filter(|team| team.parent.is_none()) {
            if *first.get_or_insert(team.id) != team.id {
                let message = "an organization has one root team: name the team above";
                self.of_team(team.id, Place::Parent, message);
            }
        }
    }

    /// Members and teams below what is archived.
    fn archived(&mut self) {
        let is_archived =
            |team: Option<TeamId>| team.and_then(|id| self.before.chart.team(id)).is_some_and(|t| t.archived);
        let persons: Vec<&PersonRecord> =
            self.person_list.iter().filter(|person| person.is_active() && is_archived(person.team)).collect();
        let teams: Vec<TeamId> =
            self.team_list.iter().filter(|t| !t.archived && is_archived(t.parent)).map(|team| team.id).collect();
        for person in persons {
            let held = self.before.chart.person(person.id);
            let place = if held.is_some_and(|held| held.team == person.team) { Place::LeftOn } else { Place::Team };
            self.of_person(person.id, place, "this team is archived");
        }
        for team in teams {
            self.of_team(team, Place::Parent, "the team above is archived");
        }
    }

    /// Teams below themselves, and persons who report to themselves in the end.
    fn circles(&mut self) {
        let teams = circles(self.team_list.iter().map(|team| team.id), |id| self.team(id)?.parent);
        for circle in teams {
            let names = circle.iter().map(|id| self.team(*id).map_or("", |team| name(&team.external_id, &team.name)));
            let message = format!("teams lie under each other in a circle: {}", joined(names));
            let told = circle.iter().copied().filter(|id| self.lines.teams.contains_key(id));
            if let Some(first) = told.min_by_key(|id| self.team_line(*id)) {
                self.of_team(first, Place::Parent, message);
            }
        }
        let persons = circles(self.person_list.iter().map(|person| person.id), |id| self.person(id)?.manager);
        for circle in persons {
            let names = circle.iter().map(|id| self.person(*id).map_or("", |p| name(&p.external_id, &p.display_name)));
            let message = format!("persons report to each other in a circle: {}", joined(names));
            let told = circle.iter().copied().filter(|id| self.lines.persons.contains_key(id));
            if let Some(first) = told.min_by_key(|id| self.person_line(*id)) {
                self.of_person(first, Place::Manager, message);
            }
        }
    }

    /// What none of the checks looks for: the chart has the last word.
    fn rest(&mut self) {
        let chart = &self.before.chart;
        let (persons, teams) = (self.person_list, self.team_list);
        let Err(problem) = chart.apply(chart.version() + 1, persons.to_vec(), teams.to_vec()) else { return };
        let column = place_of(&problem, chart, persons, teams).map(Place::column);
        self.problems.add(ImportFile::Persons, 0, column, message_of(&problem));
    }
}

/// What the file calls an entry.
fn name<'a>(external_id: &'a Option<Arc<str>>, name: &'a str) -> &'a str {
    external_id.as_deref().unwrap_or(name)
}

/// A circle in the words of the file.
fn joined<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = if names.len() > MOST_NAMED { " → …" } else { "" };
    format!("{}{more}", names.take(MOST_NAMED).collect::<Vec<_>>().join(" → "))
}

/// The circles that going up again and again from `starts` leads into, each once.
fn circles<I: Copy + Eq + Hash>(starts: impl Iterator<Item = I>, above: impl Fn(I) -> Option<I>) -> Vec<Vec<I>> {
    let mut met_by: HashMap<I, usize> = HashMap::new();
    let mut found = Vec::new();
    for (walk, start) in starts.enumerate() {
        let (mut path, mut at) = (Vec::new(), Some(start));
        while let Some(id) = at {
            match met_by.entry(id) {
                Entry::Vacant(new) => {
                    new.insert(walk);
                    path.push(id);
                    at = above(id);
                }
                Entry::Occupied(met) => {
                    if *met.get() == walk {
                        found.push(path.split_off(path.iter().position(|other| *other == id).unwrap_or(0)));
                    }
                    break;
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_circle_is_found_once() {
        // 1 → 2 → 3 → 1; 4 → 3; 5 → 5; 6 → 7.
        let above = |id: u8| [None, Some(2), Some(3), Some(1), Some(3), Some(5), Some(7), None][usize::from(id)];
        assert_eq!(circles(1..=7, above), [vec![1, 2, 3], vec![5]]);
        assert_eq!(circles([4, 6].into_iter(), above), [vec![3, 1, 2]]);
    }
}
