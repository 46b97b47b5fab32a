//! Changing single entries of the directory.

use std::sync::Arc;

use chrono::NaiveDate;
use hearten_ids::{PersonId, TeamId};
use hearten_orgchart::{LeaveReason, PersonRecord, Relationship, TeamRecord};
use hearten_policy::{Action, Resource};
use serde::{Serialize, de::DeserializeOwned};

use super::{change::Change, charts::has_left, reserved, roles, values};
use crate::{
    areas::audit,
    graphql::{
        context::{Asker, RequestContext},
        error::{ErrorCode, Exception, Refusal, UserError, UserErrorCode},
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

impl PersonDetails {
    /// Writes what is told into a record.
    ///
    /// # Errors
    /// A user error for a value that is not accepted.
    pub fn apply(self, record: &mut PersonRecord, today: NaiveDate) -> Result<(), UserError> {
        if let Some(name) = self.display_name {
            record.display_name = input::text(["displayName"], &name, values::LONGEST_NAME)?.into();
        }
        if let Some(email) = self.email {
            if email.as_ref().is_some_and(|address| !values::is_address(address)) {
                return Err(UserError::at(UserErrorCode::Invalid, ["email"], "this is not an e-mail address"));
            }
            record.email = email.map(Into::into);
        }
        if let Some(title) = self.title {
            record.title = values::optional(["title"], title)?;
        }
        if let Some(locale) = self.locale {
            locale.as_deref().map_or(Ok(()), values::check_locale)?;
            record.locale = locale.map(Into::into);
        }
        if let Some(external_id) = self.external_id {
            record.external_id = values::optional(["externalId"], external_id)?;
        }
        if let Some(pairs) = self.attributes {
            record.attributes = values::attributes(pairs)?;
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
    let team = details.team.flatten();
    // Asked again below: this answer is for who may not do it at all, and for who did it before.
    may_write_in(ctx.asker()?.as_ref(), "team", team)?;
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
    may_write_in(&asker, "team", team)?;
    side(&asker, "manager", None, record.manager)?;
    reserved::check(&asker, &change.before, &record)?;
    remember(ctx, key.as_ref(), &change, &id).await?;
    audit::record_in_tx(ctx, &change.tx, "person.create", &id.to_string(), Some(id)).await?;
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
    let team = details.team;
    let may = |asker: &Asker| -> Result<(), Refusal> {
        asker.require(Action::WriteDirectory, Resource::Person(id))?;
        team.map_or(Ok(()), |team| may_write_in(asker, "team", team))
    };
    // Before, so that nobody else waits for what is refused; and within the change, where it holds.
    may(ctx.asker()?.as_ref())?;
    let (change, asker) = begin(ctx).await?;
    may(&asker)?;
    let held = change.before.chart.person(id).ok_or_else(Exception::not_found)?;
    let mut record = held.clone();
    details.apply(&mut record, ctx.app.clock.today())?;
    side(&asker, "manager", held.manager, record.manager)?;
    reserved::check(&asker, &change.before, &record)?;
    if !roles::admins_lost(&change.before, &[&record]).is_empty() {
        return Err(UserError::at(UserErrorCode::WrongState, ["leftOn"], roles::LAST_ADMIN).into());
    }
    audit::record_in_tx(ctx, &change.tx, "person.update", &id.to_string(), Some(id)).await?;
    ctx.see(change.commit(vec![record], Vec::new()).await?);
    Ok(())
}

/// Makes every token the person holds void, from now on.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy.
pub async fn sign_out_person(ctx: &RequestContext, id: PersonId) -> Result<(), Refusal> {
    ctx.asker()?.require(Action::SignOutPerson, Resource::Person(id))?;
    let (change, asker) = begin(ctx).await?;
    asker.require(Action::SignOutPerson, Resource::Person(id))?;
    let mut record = change.before.chart.person(id).cloned().ok_or_else(Exception::not_found)?;
    record.signed_out_before = Some(ctx.app.clock.now());
    audit::record_in_tx(ctx, &change.tx, "person.sign_out", &id.to_string(), Some(id)).await?;
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
            record.name = input::text(["name"], &name, values::LONGEST_NAME)?.into();
        }
        if let Some(external_id) = self.external_id {
            record.external_id = values::optional(["externalId"], external_id)?;
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
    let parent = details.parent.flatten();
    may_write_in(ctx.asker()?.as_ref(), "parent", parent)?;
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
    may_write_in(&asker, "parent", parent)?;
    side(&asker, "lead", None, record.lead)?;
    remember(ctx, key.as_ref(), &change, &id).await?;
    audit::record_in_tx(ctx, &change.tx, "team.create", &id.to_string(), None).await?;
    ctx.see(change.commit(Vec::new(), vec![record]).await?);
    Ok(id)
}

/// Changes a team.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy, for the team and for the one it moves under; refusals for a circle and for values
/// that are not accepted.
pub async fn update_team(ctx: &RequestContext, id: TeamId, details: TeamDetails) -> Result<(), Refusal> {
    let parent = details.parent;
    let may = |asker: &Asker| -> Result<(), Refusal> {
        asker.require(Action::WriteDirectory, Resource::Team(id))?;
        parent.map_or(Ok(()), |parent| may_write_in(asker, "parent", parent))
    };
    may(ctx.asker()?.as_ref())?;
    let (change, asker) = begin(ctx).await?;
    may(&asker)?;
    let held = change.before.chart.team(id).ok_or_else(Exception::not_found)?;
    let mut record = held.clone();
    details.apply(&mut record)?;
    if held.parent != record.parent {
        // Out of the team above as well as into the new one.
        may_write_in(&asker, "parent", held.parent)?;
    }
    side(&asker, "lead", held.lead, record.lead)?;
    audit::record_in_tx(ctx, &change.tx, "team.update", &id.to_string(), None).await?;
    ctx.see(change.commit(Vec::new(), vec![record]).await?);
    Ok(())
}

/// Begins a change, and lets the asker see the directory as nobody can change it meanwhile: what is decided from here on
/// holds when it is written.
pub(super) async fn begin(ctx: &RequestContext) -> Result<(Change<'_>, Arc<Asker>), Exception> {
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

/// Passes when the asker may write in `team`, which the input names at `field`; or what is in no team, without one.
fn may_write_in(asker: &Asker, field: &str, team: Option<TeamId>) -> Result<(), Refusal> {
    let resource = team.map_or(Resource::Organization, Resource::Team);
    match asker.require(Action::WriteDirectory, resource) {
        Err(hidden) if team.is_some() && hidden.error_code() == ErrorCode::NotFound => {
            Err(UserError::at(UserErrorCode::NotFound, [field], "there is no such team").into())
        }
        decided => Ok(decided?),
    }
}
