//! Changing the directory: thin doors to the services. Expected failures are data.

use async_graphql::{Context, Enum, ID, InputObject, InputType, MaybeUndefined, Object, Result, SimpleObject};
use hearten_ids::{PersonId, RoleGrantId, TeamId};

use super::{
    edit::{self, PersonDetails, TeamDetails, Told},
    import::{self, ImportOutcome},
    import_rows::ImportFile,
    roles,
    types::{LeaveReasonName, Person, Relationship, Role, RoleGrant, Team},
};
use crate::graphql::{
    context::{RequestContext, request},
    error::{Refusal, UserError},
    idempotency::key_of,
    input::input_id,
    payload::settle,
    scalars::Date,
};

/// A named value of a person.
#[derive(Debug, Clone, InputObject)]
pub struct PersonAttributeInput {
    /// The name, such as "site"; kept in lower case.
    name: String,
    /// The value, such as "Ulm".
    value: String,
}

/// A person to be added.
#[derive(Debug, Clone, InputObject)]
pub struct PersonCreateInput {
    /// The name others see.
    display_name: String,
    /// The e-mail address; nobody else may have it.
    email: Option<String>,
    /// The job title.
    title: Option<String>,
    /// What ties the person to the organization.
    #[graphql(default_with = "Relationship::Employee")]
    relationship: Relationship,
    /// The team.
    team: Option<ID>,
    /// Who the person reports to.
    manager: Option<ID>,
    /// The first day.
    hired_on: Option<Date>,
    /// The language the person reads, such as "de".
    locale: Option<String>,
    /// Named values: at most 20.
    attributes: Option<Vec<PersonAttributeInput>>,
    /// The id in the system of record; nobody else may have it.
    external_id: Option<String>,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day changes nothing twice.
    idempotency_key: Option<String>,
}

/// What is to change of a person. What is left out stays; null empties.
#[derive(Debug, Clone, InputObject)]
pub struct PersonUpdateInput {
    /// The person.
    person: ID,
    /// The name others see.
    display_name: Option<String>,
    /// The e-mail address; nobody else may have it.
    email: MaybeUndefined<String>,
    /// The job title.
    title: MaybeUndefined<String>,
    /// What ties the person to the organization.
    relationship: Option<Relationship>,
    /// The team.
    team: MaybeUndefined<ID>,
    /// Who the person reports to.
    manager: MaybeUndefined<ID>,
    /// The first day.
    hired_on: MaybeUndefined<Date>,
    /// The last day. Once it has passed, the person is here no more and cannot sign in.
    left_on: MaybeUndefined<Date>,
    /// Why the person left.
    leave_reason: MaybeUndefined<LeaveReasonName>,
    /// The language the person reads.
    locale: MaybeUndefined<String>,
    /// All named values: what is not among them is removed.
    attributes: Option<Vec<PersonAttributeInput>>,
    /// The id in the system of record.
    external_id: MaybeUndefined<String>,
}

/// A person to be signed out everywhere.
#[derive(Debug, Clone, InputObject)]
pub struct PersonSignOutInput {
    /// The person.
    person: ID,
}

/// A team to be added.
#[derive(Debug, Clone, InputObject)]
pub struct TeamCreateInput {
    /// The name.
    name: String,
    /// The team above; left out only for the root.
    parent: Option<ID>,
    /// Who leads it.
    lead: Option<ID>,
    /// The id in the system of record; no other team may have it.
    external_id: Option<String>,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day changes nothing twice.
    idempotency_key: Option<String>,
}

/// What is to change of a team. What is left out stays; null empties.
#[derive(Debug, Clone, InputObject)]
pub struct TeamUpdateInput {
    /// The team.
    team: ID,
    /// The name.
    name: Option<String>,
    /// The team above.
    parent: MaybeUndefined<ID>,
    /// Who leads it.
    lead: MaybeUndefined<ID>,
    /// Whether it is kept for history only.
    archived: Option<bool>,
    /// The id in the system of record.
    external_id: MaybeUndefined<String>,
}

/// A role to be granted.
#[derive(Debug, Clone, InputObject)]
pub struct RoleGrantInput {
    /// Who is to hold it.
    person: ID,
    /// ADMIN, PEOPLE_PARTNER or EXECUTIVE; the others follow from the chart.
    role: Role,
    /// For PEOPLE_PARTNER: the sub-tree it is limited to; the whole organization when left out.
    team: Option<ID>,
}

/// A granted role to be taken back.
#[derive(Debug, Clone, InputObject)]
pub struct RoleRevokeInput {
    /// The grant.
    role_grant: ID,
}

/// CSV files to be imported. Rows are matched by external id; columns that are not there change nothing.
#[derive(Debug, Clone, InputObject)]
pub struct DirectoryImportInput {
    /// Teams: external_id, name, parent, lead.
    teams: Option<String>,
    /// Persons: external_id, name, and any of email, title, relationship, team, manager, hired_on, left_on,
    /// leave_reason, locale, attribute:NAME.
    persons: Option<String>,
    /// Check and report, but change nothing.
    #[graphql(default = false)]
    dry_run: bool,
}

/// What became of a person.
#[derive(SimpleObject)]
pub struct PersonPayload {
    /// The person as they stand now; null when nothing was changed.
    person: Option<Person>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// What became of a team.
#[derive(SimpleObject)]
pub struct TeamPayload {
    /// The team as it stands now; null when nothing was changed.
    team: Option<Team>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// What became of a role.
#[derive(SimpleObject)]
pub struct RoleGrantPayload {
    /// The grant; null when it was taken back or nothing was changed.
    role_grant: Option<RoleGrant>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// What came of an import.
#[derive(SimpleObject)]
pub struct DirectoryImportPayload {
    /// The report; null when the import did not begin.
    report: Option<ImportReportSummary>,
    /// Why the import did not begin; empty when it did.
    errors: Vec<UserError>,
}

/// What an import did, or would do. With problems, nothing was changed.
#[derive(SimpleObject)]
pub struct ImportReportSummary {
    /// Whether the changes were made.
    applied: bool,
    /// Rows read, of both files.
    rows: i32,
    /// Persons and teams that are new.
    created: i32,
    /// Persons and teams that differ from before.
    updated: i32,
    /// Persons and teams that do not.
    unchanged: i32,
    /// How many problems there are.
    problem_count: i32,
    /// The first 100 problems.
    problems: Vec<ImportProblemInfo>,
}

/// Which file a problem is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "ImportFile", remote = "ImportFile")]
pub enum ImportFileName {
    /// The file of teams.
    Teams,
    /// The file of persons.
    Persons,
}

/// A problem of an import.
#[derive(SimpleObject)]
pub struct ImportProblemInfo {
    /// The file.
    file: ImportFileName,
    /// The line, counted from 1 with the header.
    line: i32,
    /// The column, where the problem is in one.
    column: Option<String>,
    /// What is wrong and what is accepted.
    message: String,
}

impl From<ImportOutcome> for ImportReportSummary {
    fn from(outcome: ImportOutcome) -> Self {
        let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        Self {
            applied: outcome.applied,
            rows: count(outcome.rows),
            created: count(outcome.created),
            updated: count(outcome.updated),
            unchanged: count(outcome.unchanged),
            problem_count: count(outcome.problems.count),
            problems: outcome
                .problems
                .listed
                .into_iter()
                .map(|problem| ImportProblemInfo {
                    file: problem.file.into(),
                    line: i32::try_from(problem.line).unwrap_or(i32::MAX),
                    column: problem.column,
                    message: problem.message,
                })
                .collect(),
        }
    }
}

fn told<T, U>(value: MaybeUndefined<T>, read: impl FnOnce(T) -> Result<U, UserError>) -> Result<Told<U>, UserError> {
    Ok(match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(read(value)?)),
    })
}

fn pairs(attributes: Option<Vec<PersonAttributeInput>>) -> Option<Vec<(String, String)>> {
    attributes.map(|list| list.into_iter().map(|one| (one.name, one.value)).collect())
}

impl PersonCreateInput {
    fn details(self) -> Result<PersonDetails, UserError> {
        Ok(PersonDetails {
            display_name: Some(self.display_name),
            email: Some(self.email),
            title: Some(self.title),
            relationship: Some(self.relationship.into()),
            team: Some(self.team.map(|id| input_id(["team"], &id)).transpose()?),
            manager: Some(self.manager.map(|id| input_id(["manager"], &id)).transpose()?),
            hired_on: Some(self.hired_on.map(|day| day.0)),
            left_on: None,
            leave_reason: None,
            locale: Some(self.locale),
            attributes: pairs(self.attributes),
            external_id: Some(self.external_id),
        })
    }
}

impl PersonUpdateInput {
    fn details(self) -> Result<PersonDetails, UserError> {
        Ok(PersonDetails {
            display_name: self.display_name,
            email: told(self.email, Ok)?,
            title: told(self.title, Ok)?,
            relationship: self.relationship.map(Into::into),
            team: told(self.team, |id| input_id(["team"], &id))?,
            manager: told(self.manager, |id| input_id(["manager"], &id))?,
            hired_on: told(self.hired_on, |day| Ok(day.0))?,
            left_on: told(self.left_on, |day| Ok(day.0))?,
            leave_reason: told(self.leave_reason, |reason| Ok(reason.into()))?,
            locale: told(self.locale, Ok)?,
            attributes: pairs(self.attributes),
            external_id: told(self.external_id, Ok)?,
        })
    }
}

fn person_payload(ctx: &RequestContext, outcome: Result<PersonId, Refusal>) -> Result<Option<PersonPayload>> {
    let (id, errors) = settle(outcome)?;
    Ok(Some(PersonPayload { person: id.and_then(|id| Person::find(ctx, id)), errors }))
}

fn team_payload(ctx: &RequestContext, outcome: Result<TeamId, Refusal>) -> Result<Option<TeamPayload>> {
    let (id, errors) = settle(outcome)?;
    Ok(Some(TeamPayload { team: id.and_then(|id| Team::find(ctx, id)), errors }))
}

/// The directory.
#[derive(Default)]
pub struct DirectoryMutations;

/// The directory.
#[Object]
impl DirectoryMutations {
    /// Adds a person.
    async fn person_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person.")] input: PersonCreateInput,
    ) -> Result<Option<PersonPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "personCreate", input.idempotency_key.as_deref(), &input.to_value())?;
            edit::create_person(ctx, input.details()?, key).await
        };
        person_payload(ctx, outcome.await)
    }

    /// Changes a person. A last day that has passed signs the person out for good.
    async fn person_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which person, and what is to change.")] input: PersonUpdateInput,
    ) -> Result<Option<PersonPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["person"], &input.person)?;
            edit::update_person(ctx, id, input.details()?).await?;
            Ok(id)
        };
        person_payload(ctx, outcome.await)
    }

    /// Signs a person out everywhere: every token issued so far is void at once, sockets included.
    async fn person_sign_out(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which person.")] input: PersonSignOutInput,
    ) -> Result<Option<PersonPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["person"], &input.person)?;
            edit::sign_out_person(ctx, id).await?;
            Ok(id)
        };
        person_payload(ctx, outcome.await)
    }

    /// Adds a team.
    async fn team_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The team.")] input: TeamCreateInput,
    ) -> Result<Option<TeamPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "teamCreate", input.idempotency_key.as_deref(), &input.to_value())?;
            let details = TeamDetails {
                name: Some(input.name),
                parent: Some(input.parent.map(|id| input_id(["parent"], &id)).transpose()?),
                lead: Some(input.lead.map(|id| input_id(["lead"], &id)).transpose()?),
                archived: None,
                external_id: Some(input.external_id),
            };
            edit::create_team(ctx, details, key).await
        };
        team_payload(ctx, outcome.await)
    }

    /// Changes a team.
    async fn team_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which team, and what is to change.")] input: TeamUpdateInput,
    ) -> Result<Option<TeamPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["team"], &input.team)?;
            let details = TeamDetails {
                name: input.name,
                parent: told(input.parent, |id| input_id(["parent"], &id))?,
                lead: told(input.lead, |id| input_id(["lead"], &id))?,
                archived: input.archived,
                external_id: told(input.external_id, Ok)?,
            };
            edit::update_team(ctx, id, details).await?;
            Ok(id)
        };
        team_payload(ctx, outcome.await)
    }

    /// Grants a role to somebody else.
    async fn role_grant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which role, and to whom.")] input: RoleGrantInput,
    ) -> Result<Option<RoleGrantPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let person = input_id(["person"], &input.person)?;
            let team = input.team.map(|id| input_id(["team"], &id)).transpose()?;
            roles::grant_role(ctx, person, input.role.into(), team).await
        };
        let (id, errors): (Option<RoleGrantId>, _) = settle(outcome.await)?;
        let asker = ctx.asker()?;
        let role_grant =
            id.and_then(|id| asker.snapshot.grants.values().flatten().find(|held| held.id == id)).map(Into::into);
        Ok(Some(RoleGrantPayload { role_grant, errors }))
    }

    /// Takes a granted role back.
    async fn role_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which grant.")] input: RoleRevokeInput,
    ) -> Result<Option<RoleGrantPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["roleGrant"], &input.role_grant)?;
            roles::revoke_role(ctx, id).await
        };
        let (_, errors) = settle(outcome.await)?;
        Ok(Some(RoleGrantPayload { role_grant: None, errors }))
    }

    /// Imports teams and persons from CSV: the whole files or nothing. Larger files go through `hearten import`.
    async fn directory_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The files.")] input: DirectoryImportInput,
    ) -> Result<Option<DirectoryImportPayload>> {
        let teams = input.teams.as_deref().map(str::as_bytes);
        let persons = input.persons.as_deref().map(str::as_bytes);
        let outcome = import::import_as_asker(request(ctx)?, teams, persons, input.dry_run).await;
        let (report, errors) = settle(outcome)?;
        Ok(Some(DirectoryImportPayload { report: report.map(Into::into), errors }))
    }
}
