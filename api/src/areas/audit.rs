//! The audit log: who did what, and who read what is sensitive. Append-only; written in the transaction of the change
//! where there is one, and before what is read is shown.

use hearten_entity::audit_event;
use hearten_ids::{AuditEventId, OrganizationId, PersonId};
use hearten_policy::Principal;
use moka::sync::Cache;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

use crate::graphql::{
    context::{Asker, RequestContext},
    error::Exception,
};

/// Records that the asker did or read something.
///
/// # Errors
/// When the database fails: what cannot be recorded does not happen.
pub async fn record_in_tx(
    ctx: &RequestContext,
    db: &impl ConnectionTrait,
    action: &str,
    subject: &str,
    person: Option<PersonId>,
) -> Result<(), Exception> {
    let asker = ctx.asker()?;
    let now = ctx.app.clock.now();
    let actor = actor_of(&asker);
    audit_event::Entity::insert(audit_event::ActiveModel {
        id: Set(AuditEventId(ctx.app.random.id(now))),
        organization_id: Set(asker.organization()),
        actor: Set(actor),
        action: Set(action.to_owned()),
        subject: Set(subject.to_owned()),
        person_id: Set(person),
        happened_at: Set(now),
    })
    .exec_without_returning(db)
    .await?;
    Ok(())
}

/// Records that the asker read something that is read again and again, as screens do: once an hour for each reader and
/// object on this node, so that reading it again costs no statement.
///
/// # Errors
/// When the database fails: what cannot be recorded is not shown.
pub async fn record_reading(ctx: &RequestContext, action: &'static str, subject: &str) -> Result<(), Exception> {
    let asker = ctx.asker()?;
    let reading = Reading {
        organization: asker.organization(),
        actor: actor_of(&asker),
        action,
        subject: subject.to_owned(),
        hour: ctx.app.clock.now().timestamp().div_euclid(60 * 60),
    };
    if ctx.app.recent_readings.0.contains_key(&reading) {
        return Ok(());
    }
    record_in_tx(ctx, ctx.db.write(), action, subject, None).await?;
    ctx.app.recent_readings.0.insert(reading, ());
    Ok(())
}

/// Readings this node has recorded lately. What it forgets is recorded once more.
#[derive(Debug, Clone)]
pub struct RecentReadings(Cache<Reading, ()>);

#[derive(Debug, PartialEq, Eq, Hash)]
struct Reading {
    organization: OrganizationId,
    actor: String,
    action: &'static str,
    subject: String,
    hour: i64,
}

/// Some 200 bytes each.
const MOST_READINGS: u64 = 100_000;

impl Default for RecentReadings {
    fn default() -> Self {
        Self(Cache::new(MOST_READINGS))
    }
}

fn actor_of(asker: &Asker) -> String {
    match asker.actor.principal {
        Principal::Person(id) => id.to_string(),
        Principal::ApiToken { id, .. } => id.to_string(),
    }
}
