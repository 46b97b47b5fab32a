//! Turning the rows of an import into records on top of a chart: who is meant, and what stays as it was.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, NaiveDate, Utc};
use hearten_ids::{PersonId, TeamId};
use hearten_orgchart::{OrgChart, PersonRecord, Relationship, TeamRecord};

use super::{
    charts::has_left,
    import_rows::{ImportFile, PersonRow, Problems, TeamRow, Told},
    records::Texts,
    values,
};
use crate::{app::App, platform::random::Random};

/// Where each record came from, to tell problems by line.
#[derive(Default)]
pub struct Lines {
    /// The lines of the file of teams.
    pub teams: HashMap<TeamId, u64>,
    /// The lines of the file of persons.
    pub persons: HashMap<PersonId, u64>,
}

/// How many rows say what.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// Something new.
    pub created: usize,
    /// Something else than before.
    pub updated: usize,
    /// Nothing.
    pub unchanged: usize,
}

/// Turns rows into records on top of a chart.
pub struct Merge<'a> {
    chart: &'a OrgChart,
    random: &'a Random,
    now: DateTime<Utc>,
    today: NaiveDate,
    problems: &'a mut Problems,
    teams: HashMap<String, TeamId>,
    persons: HashMap<String, PersonId>,
    lines: Lines,
    texts: Texts,
    counts: Counts,
}

impl<'a> Merge<'a> {
    /// Nothing is merged yet.
    pub fn new(chart: &'a OrgChart, app: &'a App, problems: &'a mut Problems) -> Self {
        Self {
            chart,
            random: &app.random,
            now: app.clock.now(),
            today: app.clock.today(),
            problems,
            teams: HashMap::new(),
            persons: HashMap::new(),
            lines: Lines::default(),
            texts: Texts::default(),
            counts: Counts::default(),
        }
    }

    /// How many rows say what, and where each record came from.
    pub fn finish(self) -> (Counts, Lines) {
        (self.counts, self.lines)
    }

    /// Gives every external id its id, so that rows can name each other in any order.
    pub fn index(&mut self, teams: &[TeamRow], persons: &[PersonRow]) {
        for row in teams {
            let known = self.chart.team_by_external_id(&row.external_id).map(|team| team.id);
            let id = known.unwrap_or_else(|| TeamId(self.random.id(self.now)));
            self.lines.teams.insert(id, row.line);
            if self.teams.insert(row.external_id.clone(), id).is_some() {
                self.problems.add(ImportFile::Teams, row.line, Some("external_id"), "this external id stands twice");
            }
        }
        for row in persons {
            let known = self.chart.person_by_external_id(&row.external_id).map(|person| person.id);
            let id = known.unwrap_or_else(|| PersonId(self.random.id(self.now)));
            self.lines.persons.insert(id, row.line);
            if self.persons.insert(row.external_id.clone(), id).is_some() {
                self.problems.add(ImportFile::Persons, row.line, Some("external_id"), "this external id stands twice");
            }
        }
    }

    /// The team a value names: what is held where the file says nothing, and nothing where it is empty. None when there
    /// is no such team.
    fn find_team(
        &mut self,
        (file, line, column): (ImportFile, u64, &str),
        value: &Told<String>,
        held: Option<TeamId>,
    ) -> Option<Option<TeamId>> {
        let Some(told) = value else { return Some(held) };
        let Some(external_id) = told else { return Some(None) };
        let known = || self.chart.team_by_external_id(external_id).map(|team| team.id);
        let found = self.teams.get(external_id).copied().or_else(known);
        if found.is_none() {
            self.problems.add(file, line, Some(column), format!("there is no team {external_id:?}"));
        }
        found.map(Some)
    }

    /// The same of a person.
    fn find_person(
        &mut self,
        (file, line, column): (ImportFile, u64, &str),
        value: &Told<String>,
        held: Option<PersonId>,
    ) -> Option<Option<PersonId>> {
        let Some(told) = value else { return Some(held) };
        let Some(external_id) = told else { return Some(None) };
        let known = || self.chart.person_by_external_id(external_id).map(|person| person.id);
        let found = self.persons.get(external_id).copied().or_else(known);
        if found.is_none() {
            self.problems.add(file, line, Some(column), format!("there is no person {external_id:?}"));
        }
        found.map(Some)
    }

    /// The record of a row, when it says something new.
    pub fn team(&mut self, row: &TeamRow) -> Option<TeamRecord> {
        let id = *self.teams.get(&row.external_id)?;
        let held = self.chart.team(id);
        let file = ImportFile::Teams;
        let parent = self.find_team((file, row.line, "parent"), &row.parent, held.and_then(|held| held.parent));
        let lead = self.find_person((file, row.line, "lead"), &row.lead, held.and_then(|held| held.lead));
        // Without one of them it is no record to be checked any further.
        let (parent, lead) = (parent?, lead?);
        let record = TeamRecord {
            id,
            external_id: Some(row.external_id.as_str().into()),
            name: row.name.as_str().into(),
            parent,
            lead,
            archived: held.is_some_and(|held| held.archived),
        };
        self.count(held.is_some(), held == Some(&record)).then_some(record)
    }

    /// The record of a row, when it says something new.
    pub fn person(&mut self, row: PersonRow) -> Option<PersonRecord> {
        let id = *self.persons.get(&row.external_id)?;
        let held = self.chart.person(id);
        let file = ImportFile::Persons;
        let team = self.find_team((file, row.line, "team"), &row.team, held.and_then(|held| held.team));
        let manager = self.find_person((file, row.line, "manager"), &row.manager, held.and_then(|held| held.manager));
        let left_on = row.left_on.unwrap_or(held.and_then(|held| held.left_on));
        let hired_on = row.hired_on.unwrap_or(held.and_then(|held| held.hired_on));
        if let (Some(hired), Some(left)) = (hired_on, left_on)
            && left < hired
        {
            self.problems.add(file, row.line, Some("left_on"), "the last day is before the first");
        }
        let relationship = match row.relationship.flatten() {
            Some(name) => name.parse().unwrap_or(Relationship::Employee),
            None => held.map_or(Relationship::Employee, |held| held.relationship),
        };
        let texts = &mut self.texts;
        let attributes = attributes(held, row.attributes, texts);
        if attributes.len() > values::MOST_ATTRIBUTES {
            self.problems.add(file, row.line, None, values::too_many_attributes());
        }
        let (team, manager) = (team?, manager?);
        let record = PersonRecord {
            id,
            external_id: Some(row.external_id.as_str().into()),
            display_name: row.name.as_str().into(),
            email: told(row.email, held.and_then(|held| held.email.clone()), |text| text.into()),
            title: told(row.title, held.and_then(|held| held.title.clone()), |text| texts.share(text)),
            relationship,
            team,
            manager,
            hired_on,
            left_on,
            leave_reason: match row.leave_reason {
                None => held.and_then(|held| held.leave_reason),
                Some(name) => name.and_then(|name| name.parse().ok()),
            },
            locale: told(row.locale, held.and_then(|held| held.locale.clone()), |text| texts.share(text)),
            attributes,
            signed_out_before: held.and_then(|held| held.signed_out_before),
            deactivated: has_left(left_on, self.today),
        };
        self.count(held.is_some(), held == Some(&record)).then_some(record)
    }

    /// Counts a record; whether it says something new.
    fn count(&mut self, known: bool, same: bool) -> bool {
        match (known, same) {
            (_, true) => self.counts.unchanged += 1,
            (true, false) => self.counts.updated += 1,
            (false, false) => self.counts.created += 1,
        }
        !same
    }
}

fn told(value: Told<String>, held: Option<Arc<str>>, share: impl FnOnce(&str) -> Arc<str>) -> Option<Arc<str>> {
    match value {
        None => held,
        Some(None) => None,
        Some(Some(text)) => Some(share(&text)),
    }
}

/// The held attributes, changed by the columns the file has.
fn attributes(
    held: Option<&PersonRecord>,
    told: Vec<(String, Option<String>)>,
    texts: &mut Texts,
) -> Arc<[hearten_orgchart::Attribute]> {
    let mut all: Vec<_> = held.map(|held| held.attributes.to_vec()).unwrap_or_default();
    for (name, value) in told {
        all.retain(|(other, _)| **other != *name);
        if let Some(value) = value {
            all.push((texts.share(&name), texts.share(&value)));
        }
    }
    all.sort();
    all.into()
}
