//! Writing a happening: a row for each person it concerns, and one message of the outbox.

use hearten_entity::notification;
use hearten_ids::{NotificationId, OrganizationId, PersonId};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

use super::HappeningKind;
use crate::{
    app::App,
    graphql::error::Exception,
    platform::{bus::Event, outbox::Outbox},
};

/// Rows written by one statement: eight values each, below the bounds of both back ends.
const BATCH: usize = 1_000;
/// Up to so many persons are named on the bus. Of more, everybody who listens looks for themselves.
const MOST_NAMED: usize = 50;

/// Something that was done.
#[derive(Debug, Clone)]
pub struct Happening {
    /// What.
    pub kind: HappeningKind,
    /// The id of the object it was done to: of something that `node` finds.
    pub subject: String,
    /// Who did it; none for what the service does by itself.
    pub actor: Option<PersonId>,
    /// Whom it concerns, in any order, each counted once. The actor is added: what somebody did belongs to their timeline.
    pub concerns: Vec<PersonId>,
}

/// Tells of a happening, in the transaction of the change. Wake the outbox after the commit.
///
/// # Errors
/// When the database fails.
pub async fn record_in_tx(
    app: &App,
    tx: &impl ConnectionTrait,
    organization: OrganizationId,
    happening: Happening,
) -> Result<(), Exception> {
    let Happening { kind, subject, actor, mut concerns } = happening;
    concerns.extend(actor);
    concerns.sort_unstable();
    concerns.dedup();
    let now = app.clock.now();
    for batch in concerns.chunks(BATCH) {
        let rows = batch.iter().map(|person| notification::ActiveModel {
            id: Set(NotificationId(app.random.id(now))),
            organization_id: Set(organization),
            person_id: Set(*person),
            kind: Set(kind.as_str().to_owned()),
            subject: Set(subject.clone()),
            actor_id: Set(actor),
            happened_at: Set(now),
            seen_at: Set((actor == Some(*person)).then_some(now)),
        });
        notification::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    let named = if concerns.len() <= MOST_NAMED { concerns } else { Vec::new() };
    let event = Event::Happened { organization, happening: kind.as_str().to_owned(), subject, persons: named };
    Outbox::write_in_tx(tx, organization, &event, &app.random, now).await?;
    Ok(())
}
