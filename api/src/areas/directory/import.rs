//! Importing a directory: dry run, a report by line, idempotent by external id, all or nothing.

use std::{io::Read, sync::Arc};

use hearten_ids::OrganizationId;
use hearten_orgchart::{PersonRecord, TeamRecord};
use hearten_policy::{Action, Resource};

use super::{
    change::Change,
    charts::Snapshot,
    import_checks::Checks,
    import_merge::{Counts, Merge},
    import_rows::{self, ImportFile, Problems},
    reserved::Right,
};
use crate::{
    app::App,
    areas::audit,
    graphql::{
        context::RequestContext,
        error::{Exception, Refusal},
    },
    platform::db::Db,
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
    let outcome = import(&ctx.app, &ctx.db, asker.organization(), teams, persons, Right::Asker(ctx), dry_run).await?;
    if let Some(snapshot) = &outcome.snapshot {
        ctx.see(Arc::clone(snapshot));
    }
    Ok(outcome)
}

/// Imports teams and persons by somebody's right; that of the operator is for the command line.
///
/// # Errors
/// FORBIDDEN when the asker has lost the right meanwhile; when the database fails. Problems of the files are in the
/// outcome.
pub async fn import<T: Read, P: Read>(
    app: &App,
    db: &Db,
    organization: OrganizationId,
    teams: Option<T>,
    persons: Option<P>,
    right: Right<'_>,
    dry_run: bool,
) -> Result<ImportOutcome, Exception> {
    let mut problems = Problems::default();
    let team_rows = teams.map(|file| import_rows::teams(file, &mut problems)).unwrap_or_default();
    let person_rows = persons.map(|file| import_rows::persons(file, &mut problems)).unwrap_or_default();
    let rows = team_rows.len() + person_rows.len();
    let outcome = |counts: Counts, problems, snapshot: Option<Arc<Snapshot>>| ImportOutcome {
        applied: snapshot.is_some(),
        rows,
        created: counts.created,
        updated: counts.updated,
        unchanged: counts.unchanged,
        problems,
        snapshot,
    };
    let nothing = |problems| Ok(outcome(Counts::default(), problems, None));
    if problems.count > 0 {
        return nothing(problems);
    }
    let change = Change::begin(app, db, organization).await?;
    let before = Arc::clone(&change.before);
    if let Right::Asker(ctx) = right {
        // As nobody can change it meanwhile: what is decided from here on holds when it is written.
        ctx.see(Arc::clone(&before));
        ctx.asker()?.require(Action::ImportDirectory, Resource::Organization)?;
    }
    let mut merge = Merge::new(&before.chart, app, &mut problems);
    merge.index(&team_rows, &person_rows);
    let teams: Vec<TeamRecord> = team_rows.iter().filter_map(|row| merge.team(row)).collect();
    let persons: Vec<PersonRecord> = person_rows.into_iter().filter_map(|row| merge.person(row)).collect();
    let (counts, lines) = merge.finish();
    Checks::new(&before, &teams, &persons, &lines, &mut problems).run(right)?;
    if problems.count > 0 {
        return nothing(problems);
    }
    if dry_run || (teams.is_empty() && persons.is_empty()) {
        // Nothing to do: the transaction is rolled back, and with it the version.
        return Ok(outcome(counts, problems, None));
    }
    if let Right::Asker(ctx) = right {
        audit::record_in_tx(ctx, &change.tx, "directory.import", &organization.to_string(), None).await?;
    }
    match change.commit(persons, teams).await {
        Ok(snapshot) => Ok(outcome(counts, problems, Some(snapshot))),
        Err(Refusal::Exception(exception)) => Err(exception),
        Err(Refusal::User(errors)) => {
            for error in errors {
                problems.add(ImportFile::Persons, 0, None, error.message);
            }
            nothing(problems)
        }
    }
}
