//! The audit log: who did what, and who read what is sensitive. Append-only; written in the transaction of the change
//! where there is one.

use hearten_entity::audit_event;
use hearten_ids::{AuditEventId, PersonId};
use hearten_policy::Principal;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

use crate::graphql::{context::RequestContext, error::Exception};

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
    let actor = match asker.actor.principal {
        Principal::Person(id) => id.to_string(),
        Principal::ApiToken { id, .. } => id.to_string(),
    };
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
