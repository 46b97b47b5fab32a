//! The roles people are granted, and that there is always an admin.

use hearten_entity::{InOrganization, role_grant};
use hearten_ids::{OrganizationId, PersonId, RoleGrantId, TeamId};
use hearten_orgchart::PersonRecord;
use hearten_policy::{Action, Resource, Role};
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::{charts::Snapshot, edit::begin};
use crate::{
    app::App,
    areas::audit,
    graphql::{
        context::RequestContext,
        error::{Exception, Refusal, UserError, UserErrorCode},
    },
};

/// What is said to who would take the last admin away.
pub const LAST_ADMIN: &str = "this is the last admin who stays; make somebody else admin first";

/// Who has the role of admin, here or not.
pub fn admins(snapshot: &Snapshot) -> impl Iterator<Item = PersonId> {
    let grants = snapshot.grants.values().flatten();
    grants.filter(|held| held.grant.role == Role::Admin).map(|held| held.person)
}

/// Whether somebody is here, and is not known to leave. A last day ends a role by itself, with nobody there to be asked:
/// so only who has none counts where an admin must remain.
const fn stays(person: &PersonRecord) -> bool {
    person.is_active() && person.left_on.is_none()
}

/// The admins among `records` who stay no longer once these are written, when no admin who stays would remain.
pub fn admins_lost(before: &Snapshot, records: &[&PersonRecord]) -> Vec<PersonId> {
    let written = |id: PersonId| records.iter().find(|record| record.id == id).copied();
    let remains = admins(before).any(|id| written(id).or_else(|| before.chart.person(id)).is_some_and(stays));
    if remains {
        return Vec::new();
    }
    let leaves = |id: &PersonId| {
        let Some((now, held)) = written(*id).zip(before.chart.active_person(*id)) else { return false };
        (now.left_on, now.deactivated) != (held.left_on, held.deactivated)
    };
    admins(before).filter(leaves).collect()
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
    ctx.asker()?.require(Action::GrantRole, Resource::Person(person))?;
    if matches!(role, Role::Manager | Role::Employee) {
        let message = "this role follows from the org chart and is not granted";
        return Err(UserError::at(UserErrorCode::Invalid, ["role"], message).into());
    }
    if team.is_some() && role != Role::PeoplePartner {
        let message = "only PEOPLE_PARTNER can be limited to a team";
        return Err(UserError::at(UserErrorCode::Invalid, ["team"], message).into());
    }
    let (change, asker) = begin(ctx).await?;
    asker.require(Action::GrantRole, Resource::Person(person))?;
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
    let Some(revoked) = revoked.filter(|person| asker.may(Action::ReadPerson, Resource::Person(*person))) else {
        // Only who may see all grants is told that there is none.
        asker.require(Action::ReadRoles, Resource::Organization)?;
        return Err(no_such().into());
    };
    asker.require(Action::RevokeRole, Resource::Person(revoked))?;
    let (change, asker) = begin(ctx).await?;
    asker.require(Action::RevokeRole, Resource::Person(revoked))?;
    let held = change.before.grants.values().flatten().find(|held| held.id == id).cloned();
    let Some(held) = held else { return Err(no_such().into()) };
    let others = || admins(&change.before).filter(|admin| *admin != held.person);
    if held.grant.role == Role::Admin && !others().any(|id| change.before.chart.person(id).is_some_and(stays)) {
        return Err(UserError::at(UserErrorCode::WrongState, ["roleGrant"], LAST_ADMIN).into());
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
