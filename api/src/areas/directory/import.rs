//! Importing a directory: dry run, a report by line, idempotent by external id, all or nothing.

use std::{collections::HashMap, io::Read, sync::Arc};

use chrono::NaiveDate;
use hearten_ids::{OrganizationId, PersonId, TeamId};
use hearten_orgchart::{ChartProblem, OrgChart, PersonRecord, Relationship, TeamRecord};
use hearten_policy::{Action, Resource};

use super::{
    change::Change,
    charts::{Snapshot, has_left},
    import_rows::{self, ImportFile, PersonRow, Problems, TeamRow},
    records::Texts,
};
use crate::{
    app::App,
    graphql::{
        context::RequestContext,
        error::{Exception, Refusal},
    },
    platform::{db::Db, random::Random},
};

/// What an import did, or would do.
#[derive(Debug)]
pub struct ImportOutcome {
    /// Whether the changes were made.
    pub applied: bool,
    /// Rows read, of both files.
    pub rows: usize,
    /// Persons and teams that are new.
    pub created: usize,
    /// Persons and teams that differ from before.
    pub updated: usize,
    /// Persons and teams that do not.
    pub unchanged: usize,
    /// What is wrong. With problems, nothing was changed.
    pub problems: Problems,
    /// The directory after the change, when one was made.
    pub snapshot: Option<Arc<Snapshot>>,
}

/// Whose e-mail addresses an import may change. An address can open an account, so that of somebody with a granted role
/// is only for who may take the role away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addresses {
    /// Everybody's: for admins, and for the operator.
    All,
    /// Those of persons to whom no role was granted.
    OfPersonsWithoutRole,
}

/// Imports on behalf of the asker.
///
/// # Errors
/// FORBIDDEN by policy.
pub async fn import_as_asker<T: Read, P: Read>(
    ctx: &RequestContext,
    teams: Option<T>,
    persons: Option<P>,
    dry_run: bool,
) -> Result<ImportOutcome, Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::ImportDirectory, Resource::Organization)?;
    let addresses = match asker.person() {
        Some(person) if asker.may(Action::RevokeRole, Resource::Person(person)) => Addresses::All,
        _ => Addresses::OfPersonsWithoutRole,
    };
    let outcome = import(&ctx.app, &ctx.db, asker.organization(), teams, persons, addresses, dry_run).await?;
    if let Some(snapshot) = &outcome.snapshot {
        ctx.see(Arc::clone(snapshot));
    }
    Ok(outcome)
}

/// Imports teams and persons, whoever asks: for the command line, which the operator runs.
///
/// # Errors
/// When the database fails; problems of the files are in the outcome.
pub async fn import<T: Read, P: Read>(
    app: &App,
    db: &Db,
    organization: OrganizationId,
    teams: Option<T>,
    persons: Option<P>,
    addresses: Addresses,
    dry_run: bool,
) -> Result<ImportOutcome, Exception> {
    let mut problems = Problems::default();
    let team_rows = teams.map(|file| import_rows::teams(file, &mut problems)).unwrap_or_default();
    let person_rows = persons.map(|file| import_rows::persons(file, &mut problems)).unwrap_or_default();
    let rows = team_rows.len() + person_rows.len();
    let nothing = |problems| ImportOutcome {
        applied: false,
        rows,
        created: 0,
        updated: 0,
        unchanged: 0,
        problems,
        snapshot: None,
    };
    if problems.count > 0 {
        return Ok(nothing(problems));
    }
    let change = Change::begin(app, db, organization).await?;
    let before = Arc::clone(&change.before);
    let mut merge = Merge::new(&before.chart, &app.random, app.clock.now(), app.clock.today(), &mut problems);
    merge.index(&team_rows, &person_rows);
    let teams: Vec<TeamRecord> = team_rows.iter().filter_map(|row| merge.team(row)).collect();
    let persons: Vec<PersonRecord> = person_rows.into_iter().filter_map(|row| merge.person(row)).collect();
    if addresses == Addresses::OfPersonsWithoutRole {
        merge.keep_addresses(&before, &persons);
    }
    let (created, updated, unchanged) = (merge.created, merge.updated, merge.unchanged);
    let lines = std::mem::take(&mut merge.lines);
    drop(merge);
    if problems.count > 0 {
        return Ok(nothing(problems));
    }
    // The same validation as for any change; here it is told by line.
    if let Err(problem) = before.chart.apply(before.chart.version() + 1, persons.clone(), teams.clone()) {
        let (file, line) = lines.place(&problem);
        problems.add(file, line, None, problem.to_string());
        return Ok(nothing(problems));
    }
    let done = |applied, snapshot| ImportOutcome {
        applied,
        rows,
        created,
        updated,
        unchanged,
        problems: Problems::default(),
        snapshot,
    };
    if dry_run || (teams.is_empty() && persons.is_empty()) {
        // Nothing to do: the transaction is rolled back, and with it the version.
        return Ok(done(false, None));
    }
    match change.commit(persons, teams).await {
        Ok(snapshot) => Ok(done(true, Some(snapshot))),
        Err(Refusal::Exception(exception)) => Err(exception),
        Err(Refusal::User(errors)) => {
            for error in errors {
                problems.add(ImportFile::Persons, 0, None, error.message);
            }
            Ok(nothing(problems))
        }
    }
}

/// Where each record came from, to tell problems by line.
#[derive(Default)]
struct Lines {
    teams: HashMap<TeamId, u64>,
    persons: HashMap<PersonId, u64>,
}

impl Lines {
    fn place(&self, problem: &ChartProblem) -> (ImportFile, u64) {
        use ChartProblem as P;
        let person = |id: &PersonId| (ImportFile::Persons, self.persons.get(id).copied().unwrap_or(0));
        let team = |id: &TeamId| (ImportFile::Teams, self.teams.get(id).copied().unwrap_or(0));
        match problem {
            P::DuplicatePerson(id) => person(id),
            P::SharedPersonExternalId { second, .. } | P::SharedEmail { second, .. } => person(second),
            P::UnknownTeam { person: id, .. }
            | P::ArchivedTeam { person: id, .. }
            | P::UnknownManager { person: id, .. } => person(id),
            P::ManagerCycle(circle) => {
                let first = circle.iter().filter(|id| self.persons.contains_key(id)).min_by_key(|id| self.persons[id]);
                first.map_or((ImportFile::Persons, 0), person)
            }
            P::DuplicateTeam(id) => team(id),
            P::SharedTeamExternalId { second, .. } | P::SeveralRoots { second, .. } => team(second),
            P::UnknownParent { team: id, .. }
            | P::ArchivedParent { team: id, .. }
            | P::UnknownLead { team: id, .. } => team(id),
            P::TeamCycle(circle) => {
                let first = circle.iter().filter(|id| self.teams.contains_key(id)).min_by_key(|id| self.teams[id]);
                first.map_or((ImportFile::Teams, 0), team)
            }
            P::OlderVersion { .. } | P::TooMany { .. } => (ImportFile::Persons, 0),
        }
    }
}

/// Turns rows into records on top of a chart.
struct Merge<'a> {
    chart: &'a OrgChart,
    random: &'a Random,
    now: chrono::DateTime<chrono::Utc>,
    today: NaiveDate,
    problems: &'a mut Problems,
    teams: HashMap<String, TeamId>,
    persons: HashMap<String, PersonId>,
    lines: Lines,
    texts: Texts,
    created: usize,
    updated: usize,
    unchanged: usize,
}

impl<'a> Merge<'a> {
    fn new(
        chart: &'a OrgChart,
        random: &'a Random,
        now: chrono::DateTime<chrono::Utc>,
        today: NaiveDate,
        problems: &'a mut Problems,
    ) -> Self {
        Self {
            chart,
            random,
            now,
            today,
            problems,
            teams: HashMap::new(),
            persons: HashMap::new(),
            lines: Lines::default(),
            texts: Texts::default(),
            created: 0,
            updated: 0,
            unchanged: 0,
        }
    }

    /// Gives every external id its id, so that rows can name each other in any order.
    fn index(&mut self, teams: &[TeamRow], persons: &[PersonRow]) {
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

    fn find_team(&mut self, file: ImportFile, line: u64, column: &str, external_id: &str) -> Option<TeamId> {
        let found = self
            .teams
            .get(external_id)
            .copied()
            .or_else(|| self.chart.team_by_external_id(external_id).map(|team| team.id));
        if found.is_none() {
            self.problems.add(file, line, Some(column), format!("there is no team {external_id:?}"));
        }
        found
    }

    fn find_person(&mut self, file: ImportFile, line: u64, column: &str, external_id: &str) -> Option<PersonId> {
        let found = self
            .persons
            .get(external_id)
            .copied()
            .or_else(|| self.chart.person_by_external_id(external_id).map(|person| person.id));
        if found.is_none() {
            self.problems.add(file, line, Some(column), format!("there is no person {external_id:?}"));
        }
        found
    }

    /// The record of a row, when it says something new.
    fn team(&mut self, row: &TeamRow) -> Option<TeamRecord> {
        let id = *self.teams.get(&row.external_id)?;
        let held = self.chart.team(id);
        let parent =
            row.parent.as_ref().and_then(|parent| self.find_team(ImportFile::Teams, row.line, "parent", parent));
        let lead = match &row.lead {
            None => held.and_then(|held| held.lead),
            Some(None) => None,
            Some(Some(lead)) => self.find_person(ImportFile::Teams, row.line, "lead", lead),
        };
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
    fn person(&mut self, row: PersonRow) -> Option<PersonRecord> {
        let id = *self.persons.get(&row.external_id)?;
        let held = self.chart.person(id);
        let file = ImportFile::Persons;
        let team = match &row.team {
            None => held.and_then(|held| held.team),
            Some(None) => None,
            Some(Some(team)) => self.find_team(file, row.line, "team", team),
        };
        let manager = match &row.manager {
            None => held.and_then(|held| held.manager),
            Some(None) => None,
            Some(Some(manager)) => self.find_person(file, row.line, "manager", manager),
        };
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
            attributes: attributes(held, row.attributes, texts),
            signed_out_before: held.and_then(|held| held.signed_out_before),
            deactivated: has_left(left_on, self.today),
        };
        self.count(held.is_some(), held == Some(&record)).then_some(record)
    }

    /// Refuses a new address for somebody with a granted role.
    fn keep_addresses(&mut self, before: &Snapshot, persons: &[PersonRecord]) {
        for person in persons.iter().filter(|person| before.grants.contains_key(&person.id)) {
            if self.chart.person(person.id).is_some_and(|held| held.email != person.email) {
                let line = self.lines.persons.get(&person.id).copied().unwrap_or(0);
                let message = "this person holds a granted role: only an admin may change the address";
                self.problems.add(ImportFile::Persons, line, Some("email"), message);
            }
        }
    }

    /// Counts a record; whether it says something new.
    fn count(&mut self, known: bool, same: bool) -> bool {
        match (known, same) {
            (_, true) => self.unchanged += 1,
            (true, false) => self.updated += 1,
            (false, false) => self.created += 1,
        }
        !same
    }
}

fn told(
    value: import_rows::Told<String>,
    held: Option<Arc<str>>,
    share: impl FnOnce(&str) -> Arc<str>,
) -> Option<Arc<str>> {
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
