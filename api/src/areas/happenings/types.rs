//! Notifications as the schema shows them.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, Object, Result, SimpleObject};
use hearten_entity::notification;
use hearten_ids::{AnyId, NotificationId};

use super::HappeningKind;
use crate::{
    areas::directory::types::Person,
    graphql::{
        context::request,
        node::{Node, NodeBatch},
        paging::Placed,
        scalars::DateTime,
    },
};

/// Something that was done and concerns you.
pub struct Notification {
    row: notification::Model,
    kind: HappeningKind,
    about: Option<AnyId>,
    // The subjects of the whole page.
    subjects: Arc<NodeBatch>,
}

impl Notification {
    /// The notifications in rows that are shown together; without those of a kind that this version does not know.
    pub fn of_rows(rows: Vec<notification::Model>) -> Vec<Self> {
        let subjects = Arc::new(NodeBatch::new(rows.iter().filter_map(|row| row.subject.parse().ok()).collect()));
        let known = rows.into_iter().filter_map(|row| Some((row.kind.parse().ok()?, row.subject.parse().ok(), row)));
        known.map(|(kind, about, row)| Self { row, kind, about, subjects: Arc::clone(&subjects) }).collect()
    }

    /// Its number in time.
    pub fn key(&self) -> NotificationId {
        self.row.id
    }

    /// What happened.
    pub fn happening(&self) -> HappeningKind {
        self.kind
    }
}

impl Placed for Notification {
    type Place = NotificationId;

    fn place(&self) -> NotificationId {
        self.row.id
    }
}

/// Something that was done and concerns you, or that you did yourself.
#[Object]
impl Notification {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.row.id.to_string().into()
    }

    /// What happened.
    async fn kind(&self) -> HappeningKind {
        self.kind
    }

    /// The object it happened to, as you see it now; null where it is gone or you may not see it any more.
    async fn subject(&self, ctx: &Context<'_>) -> Result<Option<&Node>> {
        match self.about {
            Some(id) => Ok(self.subjects.get(request(ctx)?, id).await?),
            None => Ok(None),
        }
    }

    /// Who did it; null for what the service does by itself, and for somebody you may not see.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let ctx = request(ctx)?;
        Ok(self.row.actor_id.and_then(|actor| Person::find(ctx, actor)))
    }

    /// When it happened.
    async fn happened_at(&self) -> DateTime {
        DateTime(self.row.happened_at)
    }

    /// When you saw it; null while you have not. What you did yourself counts as seen.
    async fn seen_at(&self) -> Option<DateTime> {
        self.row.seen_at.map(DateTime)
    }
}

/// How often a digest comes by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum DigestCadence {
    /// Never.
    None,
    /// On working days, where there is something to tell.
    Daily,
    /// On Mondays, where there is something to tell.
    Weekly,
}

impl DigestCadence {
    /// The name it is stored under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Daily => "DAILY",
            Self::Weekly => "WEEKLY",
        }
    }

    /// Reads a stored name.
    pub fn from_stored(name: &str) -> Self {
        match name {
            "DAILY" => Self::Daily,
            "WEEKLY" => Self::Weekly,
            _ => Self::None,
        }
    }
}

/// How you want to be told.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct NotificationSettings {
    /// How often a digest of what you have not seen comes by mail.
    pub digest: DigestCadence,
    /// Areas you are not told of: the first parts of kinds, such as "goal". They stay in your timeline.
    pub muted_areas: Vec<String>,
}

/// How you want to be told.
#[ComplexObject]
impl NotificationSettings {
    /// Every area that can be muted.
    async fn areas(&self) -> Vec<&'static str> {
        super::service::areas()
    }
}
