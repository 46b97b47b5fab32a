//! Changing single entries of the directory, and the roles people have.

use std::sync::Arc;

use chrono::NaiveDate;
use hearten_entity::{InOrganization, role_grant};
use hearten_ids::{OrganizationId, PersonId, RoleGrantId, TeamId};
use hearten_orgchart::{Attribute, LeaveReason, PersonRecord, Relationship, TeamRecord};
use hearten_policy::{Action, Resource, Role};
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    change::Change,
    charts::{Snapshot, has_left},
    import_rows::is_address,
};
use crate::{
    app::App,
    areas::audit,
    graphql::{
        context::{Asker, RequestContext},
        error::{Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
    },
};

/// What a client says of a value: nothing, that it is empty, or what it is.
pub type Told<T> = Option<Option<T>>;

/// What is told of a person. What is not told stays as it is.
#[derive(Debug, Default)]
pub struct PersonDetails {
    /// The name others see.
    pub display_name: Option<String>,
    /// The e-mail address.
    pub email: Told<String>,
    /// The job title.
    pub title: Told<String>,
    /// What ties the person to the organization.
    pub relationship: Option<Relationship>,
    /// The team.
    pub team: Told<TeamId>,
    /// The manager.
    pub manager: Told<PersonId>,
    /// The first day.
    pub hired_on: Told<NaiveDate>,
    /// The last day.
    pub left_on: Told<NaiveDate>,
    /// Why the person left.
    pub leave_reason: Told<LeaveReason>,
    /// The language.
    pub locale: Told<String>,
    /// All attributes.
    pub attributes: Option<Vec<(String, String)>>,
    /// The id in the system of record.
    pub external_id: Told<String>,
}

const LONGEST_NAME: usize = 200;
const MOST_ATTRIBUTES: usize = 20;

impl PersonDetails {
    /// Writes what is told into a record.
    ///
    /// # Errors
    /// A user error for a value that is not accepted.
    pub fn apply(self, record: &mut PersonRecord, today: NaiveDate) -> Result<(), UserError> {
        if let Some(name) = self.display_name {
            record.display_name = input::text(["displayName"], &name, LONGEST_NAME)?.into();
        }
        if let Some(email) = self.email {
            if email.as_ref().is_some_and(|address| !is_address(address)) {
                return Err(UserError::at(UserErrorCode::Invalid, ["email"], "this is not an e-mail address"));
            }
            record.email = email.map(Into::into);
        }
        if let Some(title) = self.title {
            record.title = optional(["title"], title)?;
        }
        if let Some(locale) = self.locale {
            if let Some(tag) = &locale {
                hearten_survey::Locale::parse(tag)
                    .map_err(|error| UserError::at(UserErrorCode::Invalid, ["locale"], error.to_string()))?;
            }
            record.locale = locale.map(Into::into);
        }
        if let Some(external_id) = self.external_id {
            record.external_id = optional(["externalId"], external_id)?;
        }
        if let Some(pairs) = self.attributes {
            record.attributes = attributes(pairs)?;
        }
        record.relationship = self.relationship.unwrap_or(record.relationship);
        record.team = self.team.unwrap_or(record.team);
        record.manager = self.manager.unwrap_or(record.manager);
        record.hired_on = self.hired_on.unwrap_or(record.hired_on);
        record.left_on = self.left_on.unwrap_or(record.left_on);
        record.leave_reason = self.leave_reason.unwrap_or(record.leave_reason);
        if let (Some(hired), Some(left)) = (record.hired_on, record.left_on)
            && left < hired
        {
            return Err(UserError::at(UserErrorCode::Invalid, ["leftOn"], "the last day is before the first"));
        }
        record.deactivated = has_left(record.left_on, today);
        Ok(())
    }
}

fn optional<const N: usize>(path: [&str; N], value: Option<String>) -> Result<Option<Arc<str>>, UserError> {
    value.map(|value| input::text(path, &value, LONGEST_NAME).map(Into::into)).transpose()
}

fn attributes(pairs: Vec<(String, String)>) -> Result<Arc<[Attribute]>, UserError> {
    if pairs.len() > MOST_ATTRIBUTES {
        let message = format!("at most {MOST_ATTRIBUTES} attributes");
        return Err(UserError::at(UserErrorCode::TooLong, ["attributes"], message));
    }
    let mut checked: Vec<Attribute> = pairs
        .into_iter()
        .map(|(name, value)| {
            let name = input::text(["attributes", "name"], &name.to_lowercase(), 40)?;
            let value = input::text(["attributes", "value"], &value, LONGEST_NAME)?;
            Ok((name.into(), value.into()))
        })
        .collect::<Result<_, UserError>>()?;
    checked.sort();
    if checked.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(UserError::at(UserErrorCode::Invalid, ["attributes"], "an attribute is named twice"));
    }
    Ok(checked.into())
}

/// A person of whom nothing is known yet.
pub fn blank_person(id: PersonId) -> PersonRecord {
    PersonRecord {
        id,
        external_id: None,
        display_name: "".into(),
        email: None,
        title: None,
        relationship: Relationship::Employee,
        team: None,
        manager: None,
        hired_on: None,
        left_on: None,
        leave_reason: None,
        locale: None,
        attributes: Arc::new([]),
        signed_out_before: None,
        deactivated: false,
    }
}

/// Adds a person.
///
/// # Errors
/// FORBIDDEN where the asker may not write in the team; refusals for values that are not accepted.
pub async fn create_person(
    ctx: &RequestContext,
    details: PersonDetails,
    key: Option<Key>,
) -> Result<PersonId, Refusal> {
    require_write(ctx, details.team.flatten())?;
    if let Some(done) = recall(ctx, key.as_ref()).await? {
        return Ok(done);
    }
    let id = PersonId(ctx.app.random.id(ctx.app.clock.now()));
    if details.display_name.is_none() {
        return Err(UserError::at(UserErrorCode::Required, ["displayName"], "a name is required").into());
    }
    let mut record = blank_person(id);
    details.apply(&mut record, ctx.app.clock.today())?;
    let (change, asker) = begin(ctx).await?;
    side(&asker, "manager", None, record.manager)?;
    remember(ctx, key.as_ref(), &change, &id).await?;
    ctx.see(change.commit(vec![record], Vec::new()).await?);
    Ok(id)
}

/// What the same request answered before, if it had a key and was made before.
async fn recall<T: DeserializeOwned>(ctx: &RequestContext, key: Option<&Key>) -> Result<Option<T>, Exception> {
    match key {
        Some(key) => key.recall(ctx.db.read(), ctx.app.clock.now()).await,
        None => Ok(None),
    }
}

/// Keeps what a request with a key answers, with the change itself.
async fn remember<T: Serialize>(
    ctx: &RequestContext,
    key: Option<&Key>,
    change: &Change<'_>,
    outcome: &T,
) -> Result<(), Exception> {
    match key {
        Some(key) => key.remember(&change.tx, outcome, ctx.app.clock.now()).await,
        None => Ok(()),
    }
}

/// Changes a person.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy, for the person and for the team they move to; refusals for values that are not
/// accepted.
pub async fn update_person(ctx: &RequestContext, id: PersonId, details: PersonDetails) -> Result<(), Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::WriteDirectory, Resource::Person(id))?;
    if let Some(team) = details.team {
        require_write(ctx, team)?;
    }
    let (change, asker) = begin(ctx).await?;
    asker.require(Action::WriteDirectory, Resource::Person(id))?;
    let held = change.before.chart.person(id).ok_or_else(Exception::not_found)?;
    let mut record = held.clone();
    details.apply(&mut record, ctx.app.clock.today())?;
    side(&asker, "manager", held.manager, record.manager)?;
    if held.email != record.email {
        require_address_of(&asker, &change.before, id)?;
    }
    let was_active = held.is_active();
    if was_active && !record.is_active() {
        keep_an_admin(&change.before, id)?;
    }
    ctx.see(change.commit(vec![record], Vec::new()).await?);
    Ok(())
}

/// Makes every token the person holds void, from now on.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy.
pub async fn sign_out_person(ctx: &RequestContext, id: PersonId) -> Result<(), Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::SignOutPerson, Resource::Person(id))?;
    let change = Change::begin(&ctx.app, &ctx.db, asker.actor.organization).await?;
    let mut record = change.before.chart.person(id).cloned().ok_or_else(Exception::not_found)?;
    record.signed_out_before = Some(ctx.app.clock.now());
    ctx.see(change.commit(vec![record], Vec::new()).await?);
    Ok(())
}

/// What is told of a team. What is not told stays as it is.
#[derive(Debug, Default)]
pub struct TeamDetails {
    /// The name.
    pub name: Option<String>,
    /// The team above.
    pub parent: Told<TeamId>,
    /// Who leads it.
    pub lead: Told<PersonId>,
    /// Whether it is kept for history only.
    pub archived: Option<bool>,
    /// The id in the system of record.
    pub external_id: Told<String>,
}

impl TeamDetails {
    fn apply(self, record: &mut TeamRecord) -> Result<(), UserError> {
        if let Some(name) = self.name {
            record.name = input::text(["name"], &name, LONGEST_NAME)?.into();
        }
        if let Some(external_id) = self.external_id {
            record.external_id = optional(["externalId"], external_id)?;
        }
        record.parent = self.parent.unwrap_or(record.parent);
        record.lead = self.lead.unwrap_or(record.lead);
        record.archived = self.archived.unwrap_or(record.archived);
        Ok(())
    }
}

/// Adds a team.
///
/// # Errors
/// FORBIDDEN where the asker may not write under the parent; refusals for values that are not accepted.
pub async fn create_team(ctx: &RequestContext, details: TeamDetails, key: Option<Key>) -> Result<TeamId, Refusal> {
    require_write(ctx, details.parent.flatten())?;
    if let Some(done) = recall(ctx, key.as_ref()).await? {
        return Ok(done);
    }
    if details.name.is_none() {
        return Err(UserError::at(UserErrorCode::Required, ["name"], "a name is required").into());
    }
    let id = TeamId(ctx.app.random.id(ctx.app.clock.now()));
    let mut record = TeamRecord { id, external_id: None, name: "".into(), parent: None, lead: None, archived: false };
    details.apply(&mut record)?;
    let (change, asker) = begin(ctx).await?;
    side(&asker, "lead", None, record.lead)?;
    remember(ctx, key.as_ref(), &change, &id).await?;
    ctx.see(change.commit(Vec::new(), vec![record]).await?);
    Ok(id)
}

/// Changes a team.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy, for the team and for the one it moves under; refusals for a circle and for values
/// that are not accepted.
pub async fn update_team(ctx: &RequestContext, id: TeamId, details: TeamDetails) -> Result<(), Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::WriteDirectory, Resource::Team(id))?;
    if let Some(parent) = details.parent {
        require_write(ctx, parent)?;
    }
    let (change, asker) = begin(ctx).await?;
    asker.require(Action::WriteDirectory, Resource::Team(id))?;
    let held = change.before.chart.team(id).ok_or_else(Exception::not_found)?;
    let mut record = held.clone();
    details.apply(&mut record)?;
    if held.parent != record.parent {
        // Out of the team above as well as into the new one.
        require_write(ctx, held.parent)?;
    }
    side(&asker, "lead", held.lead, record.lead)?;
    ctx.see(change.commit(Vec::new(), vec![record]).await?);
    Ok(())
}

/// Begins a change, and lets the asker see the directory as nobody can change it meanwhile: what is decided from here on
/// holds when it is written.
async fn begin(ctx: &RequestContext) -> Result<(Change<'_>, Arc<Asker>), Exception> {
    let change = Change::begin(&ctx.app, &ctx.db, ctx.asker()?.organization()).await?;
    ctx.see(Arc::clone(&change.before));
    Ok((change, ctx.asker()?))
}

/// Passes when the asker may write on both sides of a change of manager or lead: who somebody reports to or is led by
/// decides who sees their dates and results. Somebody who has left has no side.
fn side(asker: &Asker, field: &str, from: Option<PersonId>, to: Option<PersonId>) -> Result<(), Refusal> {
    if from == to {
        return Ok(());
    }
    if let Some(from) = from.filter(|id| asker.snapshot.chart.active_person(*id).is_some()) {
        asker.require(Action::WriteDirectory, Resource::Person(from))?;
    }
    let Some(to) = to else { return Ok(()) };
    if asker.snapshot.chart.person(to).is_none() {
        return Err(UserError::at(UserErrorCode::NotFound, [field], "there is no such person").into());
    }
    Ok(asker.require(Action::WriteDirectory, Resource::Person(to))?)
}

/// Passes when the asker may change the address of `person`. An address can open an account, so that of somebody with a
/// granted role is only for who may take the role away.
fn require_address_of(asker: &Asker, snapshot: &Snapshot, person: PersonId) -> Result<(), Exception> {
    if snapshot.grants.contains_key(&person) {
        asker.require(Action::RevokeRole, Resource::Person(person))?;
    }
    Ok(())
}

/// The asker may write in `team`, or anywhere when no team is named.
fn require_write(ctx: &RequestContext, team: Option<TeamId>) -> Result<(), Exception> {
    let resource = team.map_or(Resource::Organization, Resource::Team);
    ctx.asker()?.require(Action::WriteDirectory, resource)
}

/// Grants a role.
///
/// # Errors
/// FORBIDDEN by policy; a refusal for roles that follow from the chart, for a scope of a role that has none, and for
/// persons who are not here.
pub async fn grant_role(
    ctx: &RequestContext,
    person: PersonId,
    role: Role,
    team: Option<TeamId>,
) -> Result<RoleGrantId, Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::GrantRole, Resource::Person(person))?;
    if matches!(role, Role::Manager | Role::Employee) {
        let message = "this role follows from the org chart and is not granted";
        return Err(UserError::at(UserErrorCode::Invalid, ["role"], message).into());
    }
    if team.is_some() && role != Role::PeoplePartner {
        let message = "only PEOPLE_PARTNER can be limited to a team";
        return Err(UserError::at(UserErrorCode::Invalid, ["team"], message).into());
    }
    let change = Change::begin(&ctx.app, &ctx.db, asker.actor.organization).await?;
    if change.before.chart.active_person(person).is_none() {
        return Err(UserError::at(UserErrorCode::NotFound, ["person"], "there is no such person here").into());
    }
    if team.is_some_and(|team| change.before.chart.team(team).is_none()) {
        return Err(UserError::at(UserErrorCode::NotFound, ["team"], "there is no such team").into());
    }
    let held = change.before.grants.get(&person).into_iter().flatten();
    if let Some(same) = held.into_iter().find(|held| held.grant.role == role && held.grant.team == team) {
        return Ok(same.id);
    }
    let organization = asker.organization();
    let id = insert_grant(&ctx.app, &change.tx, organization, person, role, team, asker.person()).await?;
    audit::record_in_tx(ctx, &change.tx, "role.grant", &id.to_string(), Some(person)).await?;
    ctx.see(change.commit(Vec::new(), Vec::new()).await?);
    Ok(id)
}

/// Writes a grant, whoever asks: for services that have decided.
///
/// # Errors
/// When the database fails.
pub async fn insert_grant(
    app: &App,
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    person: PersonId,
    role: Role,
    team: Option<TeamId>,
    granted_by: Option<PersonId>,
) -> Result<RoleGrantId, Exception> {
    let now = app.clock.now();
    let id = RoleGrantId(app.random.id(now));
    role_grant::Entity::insert(role_grant::ActiveModel {
        id: Set(id),
        organization_id: Set(organization),
        person_id: Set(person),
        role: Set(role.as_str().to_owned()),
        team_id: Set(team),
        granted_by: Set(granted_by),
        granted_at: Set(now),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(id)
}

/// Takes a granted role back.
///
/// # Errors
/// FORBIDDEN by policy; NOT_FOUND; a refusal for the last admin.
pub async fn revoke_role(ctx: &RequestContext, id: RoleGrantId) -> Result<(), Refusal> {
    let asker = ctx.asker()?;
    let no_such = || UserError::at(UserErrorCode::NotFound, ["roleGrant"], "there is no such grant");
    let revoked = asker.snapshot.grants.values().flatten().find(|held| held.id == id).map(|held| held.person);
    let Some(revoked) = revoked else {
        // Only who may see all grants is told that there is none.
        asker.require(Action::ReadRoles, Resource::Organization)?;
        return Err(no_such().into());
    };
    asker.require(Action::RevokeRole, Resource::Person(revoked))?;
    let change = Change::begin(&ctx.app, &ctx.db, asker.actor.organization).await?;
    let held = change.before.grants.values().flatten().find(|held| held.id == id).cloned();
    let Some(held) = held else { return Err(no_such().into()) };
    if held.grant.role == Role::Admin {
        keep_an_admin(&change.before, held.person)?;
    }
    role_grant::Entity::delete_in_org(asker.actor.organization)
        .filter(role_grant::Column::Id.eq(id))
        .exec(&change.tx)
        .await
        .map_err(Exception::from)?;
    audit::record_in_tx(ctx, &change.tx, "role.revoke", &id.to_string(), Some(held.person)).await?;
    ctx.see(change.commit(Vec::new(), Vec::new()).await?);
    Ok(())
}

/// Passes when somebody but `person` is admin and here.
fn keep_an_admin(snapshot: &Snapshot, person: PersonId) -> Result<(), Refusal> {
    let admins: Vec<PersonId> = snapshot
        .grants
        .values()
        .flatten()
        .filter(|held| held.grant.role == Role::Admin && snapshot.chart.active_person(held.person).is_some())
        .map(|held| held.person)
        .collect();
    if admins.contains(&person) && admins.iter().all(|admin| *admin == person) {
        let message = "this is the last admin; make somebody else admin first";
        return Err(UserError::whole(UserErrorCode::WrongState, message).into());
    }
    Ok(())
}
