//! Marking notifications as seen, and how to be told: thin doors to the services.

use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result, SimpleObject};

use super::{
    service::{self, Seen},
    types::{DigestCadence, NotificationSettings},
};
use crate::graphql::{
    context::request,
    error::{Refusal, UserError},
    input::input_id,
    payload::settle,
};

/// Which notifications were seen: these, or all up to one.
#[derive(Debug, Clone, OneofObject)]
pub enum NotificationsSeeInput {
    /// These, at most 100. Those that are not yours, or were seen before, stay as they are.
    Notifications(Vec<ID>),
    /// This one and all before it.
    UpTo(ID),
}

/// How you want to be told. What is left out stays as it is.
#[derive(Debug, Clone, InputObject)]
pub struct NotificationSettingsUpdateInput {
    /// How often a digest of what you have not seen comes by mail.
    digest: Option<DigestCadence>,
    /// The areas you are not told of, such as "goal": the whole new list.
    muted_areas: Option<Vec<String>>,
}

/// What became of notifications.
#[derive(SimpleObject)]
pub struct NotificationsSeePayload {
    /// How many are left that you have not seen, up to a thousand; null when nothing was changed.
    unseen_count: Option<i32>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// What became of your settings.
#[derive(SimpleObject)]
pub struct NotificationSettingsUpdatePayload {
    /// The settings as they stand now; null when nothing was changed.
    settings: Option<NotificationSettings>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// Notifications.
#[derive(Default)]
pub struct HappeningMutations;

/// Notifications.
#[Object]
impl HappeningMutations {
    /// Marks notifications of yours as seen.
    async fn notifications_see(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: NotificationsSeeInput,
    ) -> Result<Option<NotificationsSeePayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let seen = match input {
                NotificationsSeeInput::Notifications(ids) => {
                    Seen::These(ids.iter().map(|id| input_id(["notifications"], id)).collect::<Result<_, _>>()?)
                }
                NotificationsSeeInput::UpTo(id) => Seen::UpTo(input_id(["upTo"], &id)?),
            };
            service::see(ctx, seen).await
        };
        let (done, errors) = settle::<()>(outcome.await as Result<(), Refusal>)?;
        let unseen_count = if done.is_some() { service::unseen_count(ctx).await? } else { None };
        Ok(Some(NotificationsSeePayload { unseen_count, errors }))
    }

    /// Changes how you are told.
    async fn notification_settings_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: NotificationSettingsUpdateInput,
    ) -> Result<Option<NotificationSettingsUpdatePayload>> {
        let ctx = request(ctx)?;
        let (settings, errors) = settle(service::change_settings(ctx, input.digest, input.muted_areas).await)?;
        Ok(Some(NotificationSettingsUpdatePayload { settings, errors }))
    }
}
