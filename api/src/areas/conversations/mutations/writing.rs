//! What people write: agendas, notes, action items, templates; and their calendar feeds.

use async_graphql::{Context, ID, InputObject, InputType, MaybeUndefined, Object, Result, SimpleObject};
use hearten_ids::{ActionItemId, AgendaItemId, ConversationTemplateId};

use super::{
    super::{
        actions::{self, ActionItemChange, NewActionItem},
        agenda::{self, AgendaChange},
        feeds, notes, service,
        templates::{self, NewTemplate},
        types::{ActionItem, CalendarFeed, ConversationTemplate, reader},
    },
    series::{ConversationPayload, conversation_payload},
};
use crate::graphql::{
    context::{RequestContext, request},
    error::{Refusal, UserError, UserErrorCode},
    idempotency::key_of,
    input::input_id,
    payload::settle,
    scalars::Date,
};

/// A point to be added to an agenda.
#[derive(Debug, Clone, InputObject)]
pub struct AgendaItemAddInput {
    /// The conversation, which is planned.
    conversation: ID,
    /// What it says; at most 500 characters.
    text: String,
    /// The section of the series it belongs to, counted from 0.
    section: Option<i32>,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day changes nothing twice.
    idempotency_key: Option<String>,
}

/// A point of an agenda to be changed. What is left out stays.
#[derive(InputObject)]
pub struct AgendaItemUpdateInput {
    /// The conversation on whose agenda it stands.
    conversation: ID,
    /// The point.
    agenda_item: ID,
    /// What it says; at most 500 characters. While the conversation is planned.
    text: Option<String>,
    /// The section it belongs to, counted from 0; null for none.
    section: MaybeUndefined<i32>,
    /// Whether it is done, in this conversation.
    done: Option<bool>,
}

/// A point to be taken off an agenda.
#[derive(Debug, Clone, InputObject)]
pub struct AgendaItemRemoveInput {
    /// The conversation, which is planned.
    conversation: ID,
    /// The point, which is not done.
    agenda_item: ID,
}

/// The order of an agenda.
#[derive(Debug, Clone, InputObject)]
pub struct AgendaItemReorderInput {
    /// The conversation, which is planned.
    conversation: ID,
    /// The points in their order, at most 200; those left out follow behind, as they stood.
    agenda_items: Vec<ID>,
}

/// The note that participants share.
#[derive(InputObject)]
pub struct SharedNoteWriteInput {
    /// The conversation.
    conversation: ID,
    /// The whole note; at most 20,000 characters. An empty one removes it.
    text: String,
    /// The version you read: if somebody wrote meanwhile, the answer is CONFLICT.
    version: i32,
}

/// Your own note.
#[derive(InputObject)]
pub struct PrivateNoteWriteInput {
    /// The conversation.
    conversation: ID,
    /// The whole note; at most 20,000 characters. An empty one removes it.
    text: String,
}

/// Your own note, to be removed.
#[derive(Debug, Clone, InputObject)]
pub struct PrivateNoteRemoveInput {
    /// The conversation.
    conversation: ID,
}

/// Something somebody is to do.
#[derive(Debug, Clone, InputObject)]
pub struct ActionItemAddInput {
    /// The conversation in which it was said.
    conversation: ID,
    /// What is to be done; at most 500 characters.
    text: String,
    /// By whom: somebody who takes part; by you when left out.
    owner: Option<ID>,
    /// Until when.
    due_on: Option<Date>,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day changes nothing twice.
    idempotency_key: Option<String>,
}

/// An action item to be changed. What is left out stays.
#[derive(InputObject)]
pub struct ActionItemUpdateInput {
    /// The action item.
    action_item: ID,
    /// What is to be done; at most 500 characters.
    text: Option<String>,
    /// By whom: somebody who takes part.
    owner: Option<ID>,
    /// Until when; null for no day.
    due_on: MaybeUndefined<Date>,
}

/// An action item that is done, or is not after all.
#[derive(Debug, Clone, InputObject)]
pub struct ActionItemCompleteInput {
    /// The action item.
    action_item: ID,
    /// Whether it is done.
    #[graphql(default = true)]
    done: bool,
}

/// A section of a template.
#[derive(Debug, Clone, InputObject)]
pub struct ConversationSectionInput {
    /// What it is about; at most 120 characters.
    title: String,
    /// What one may talk about in it; at most 12, each at most 500 characters.
    #[graphql(default)]
    talking_points: Vec<String>,
}

/// A template to be made.
#[derive(Debug, Clone, InputObject)]
pub struct ConversationTemplateCreateInput {
    /// What it is called; at most 120 characters.
    name: String,
    /// 1 to 12 sections.
    sections: Vec<ConversationSectionInput>,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day changes nothing twice.
    idempotency_key: Option<String>,
}

/// A template to be replaced.
#[derive(Debug, Clone, InputObject)]
pub struct ConversationTemplateUpdateInput {
    /// The template, which is one of the organization's own.
    template: ID,
    /// What it is called; at most 120 characters.
    name: String,
    /// 1 to 12 sections.
    sections: Vec<ConversationSectionInput>,
}

/// A template to be taken out of use.
#[derive(Debug, Clone, InputObject)]
pub struct ConversationTemplateArchiveInput {
    /// The template, which is one of the organization's own.
    template: ID,
}

/// A calendar feed to be made.
#[derive(Debug, Clone, InputObject)]
pub struct CalendarFeedCreateInput {
    /// What you call it, such as "Phone"; at most 120 characters.
    name: String,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day makes no second feed. The retry's
    /// payload has no address: it is shown once; revoke the feed and make another if you missed it.
    idempotency_key: Option<String>,
}

/// A calendar feed to be revoked.
#[derive(Debug, Clone, InputObject)]
pub struct CalendarFeedRevokeInput {
    /// The feed.
    calendar_feed: ID,
}

/// What became of a point of an agenda.
#[derive(SimpleObject)]
pub struct AgendaItemPayload {
    /// The point that was added.
    agenda_item: Option<ID>,
    /// The conversation with its agenda as it stands now; null when nothing was changed.
    conversation: Option<super::super::types::Conversation>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// What became of an action item.
#[derive(SimpleObject)]
pub struct ActionItemPayload {
    /// The action item as it stands now; null when nothing was changed.
    action_item: Option<ActionItem>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// What became of a template.
#[derive(SimpleObject)]
pub struct ConversationTemplatePayload {
    /// The template as it stands now; null when nothing was changed.
    template: Option<ConversationTemplate>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// What became of a calendar feed.
#[derive(SimpleObject)]
pub struct CalendarFeedPayload {
    /// The feed as it stands now; null when nothing was changed.
    calendar_feed: Option<CalendarFeed>,
    /// The path of its address on this server, when it was made: shown here, and stored nowhere. Whoever has it reads the
    /// titles, names and times of your conversations.
    path: Option<String>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

async fn action_item_payload(
    ctx: &RequestContext,
    outcome: Result<ActionItemId, Refusal>,
) -> Result<ActionItemPayload> {
    let (id, errors) = settle(outcome)?;
    let action_item = match id {
        Some(id) => service::find_action_item(ctx, id).await?.map(ActionItem::from),
        None => None,
    };
    Ok(ActionItemPayload { action_item, errors })
}

async fn template_payload(
    ctx: &RequestContext,
    outcome: Result<ConversationTemplateId, Refusal>,
) -> Result<ConversationTemplatePayload> {
    let (id, errors) = settle(outcome)?;
    let found = match id {
        Some(id) => templates::find(ctx, id).await?,
        None => None,
    };
    let locale = reader(ctx)?;
    let template = found.map(|template| ConversationTemplate::for_reader(template, locale.as_deref()));
    Ok(ConversationTemplatePayload { template, errors })
}

fn sections(inputs: Vec<ConversationSectionInput>) -> Vec<(String, Vec<String>)> {
    inputs.into_iter().map(|input| (input.title, input.talking_points)).collect()
}

/// What people write.
#[derive(Default)]
pub struct WritingMutations;

/// What people write.
#[Object(name = "ConversationWritingMutations")]
impl WritingMutations {
    /// Adds a point to the agenda of a planned conversation. Until it is done, it is carried over to the next.
    async fn agenda_item_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation, and what to add.")] input: AgendaItemAddInput,
    ) -> Result<Option<AgendaItemPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "agendaItemAdd", input.idempotency_key.as_deref(), &input.to_value())?;
            let id = input_id(["conversation"], &input.conversation)?;
            let added = agenda::add(ctx, id, &input.text, input.section, key).await?;
            Ok((id, added))
        };
        let (done, errors) = settle(outcome.await)?;
        let Some((id, added)) = done else {
            return Ok(Some(AgendaItemPayload { agenda_item: None, conversation: None, errors }));
        };
        let conversation = service::find_conversation(ctx, id).await?.map(Into::into);
        Ok(Some(AgendaItemPayload { agenda_item: Some(added.to_string().into()), conversation, errors }))
    }

    /// Changes a point of an agenda, or marks it as done.
    async fn agenda_item_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which point, and what changes.")] input: AgendaItemUpdateInput,
    ) -> Result<Option<ConversationPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["conversation"], &input.conversation)?;
            let item = input_id(["agendaItem"], &input.agenda_item)?;
            let section = match input.section {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(section) => Some(Some(section)),
            };
            agenda::update(ctx, id, item, AgendaChange { text: input.text, section, done: input.done }).await?;
            Ok(id)
        };
        conversation_payload(ctx, outcome.await).await.map(Some)
    }

    /// Takes a point off the agenda that is not done.
    async fn agenda_item_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which point.")] input: AgendaItemRemoveInput,
    ) -> Result<Option<ConversationPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["conversation"], &input.conversation)?;
            agenda::remove(ctx, id, input_id(["agendaItem"], &input.agenda_item)?).await?;
            Ok(id)
        };
        conversation_payload(ctx, outcome.await).await.map(Some)
    }

    /// Puts the agenda of a planned conversation into an order.
    async fn agenda_item_reorder(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation, and which order.")] input: AgendaItemReorderInput,
    ) -> Result<Option<ConversationPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["conversation"], &input.conversation)?;
            if input.agenda_items.len() > 200 {
                return Err(UserError::at(UserErrorCode::TooLong, ["agendaItems"], "at most 200 points").into());
            }
            let mut order: Vec<AgendaItemId> = Vec::with_capacity(input.agenda_items.len());
            for (at, item) in input.agenda_items.iter().enumerate() {
                order.push(input_id(["agendaItems", &at.to_string()], item)?);
            }
            agenda::reorder(ctx, id, &order).await?;
            Ok(id)
        };
        conversation_payload(ctx, outcome.await).await.map(Some)
    }

    /// Writes the note that participants share.
    async fn shared_note_write(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation, and the note.")] input: SharedNoteWriteInput,
    ) -> Result<Option<ConversationPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["conversation"], &input.conversation)?;
            notes::write_shared(ctx, id, &input.text, input.version).await?;
            Ok(id)
        };
        conversation_payload(ctx, outcome.await).await.map(Some)
    }

    /// Writes your own note about a conversation, which nobody else reads.
    async fn private_note_write(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation, and the note.")] input: PrivateNoteWriteInput,
    ) -> Result<Option<ConversationPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["conversation"], &input.conversation)?;
            notes::write_private(ctx, id, &input.text).await?;
            Ok(id)
        };
        conversation_payload(ctx, outcome.await).await.map(Some)
    }

    /// Removes your own note about a conversation.
    async fn private_note_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation.")] input: PrivateNoteRemoveInput,
    ) -> Result<Option<ConversationPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["conversation"], &input.conversation)?;
            notes::remove_private(ctx, id).await?;
            Ok(id)
        };
        conversation_payload(ctx, outcome.await).await.map(Some)
    }

    /// Writes down what somebody is to do.
    async fn action_item_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be done, by whom, until when.")] input: ActionItemAddInput,
    ) -> Result<Option<ActionItemPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "actionItemAdd", input.idempotency_key.as_deref(), &input.to_value())?;
            let id = input_id(["conversation"], &input.conversation)?;
            let owner = input.owner.as_ref().map(|owner| input_id(["owner"], owner)).transpose()?;
            let new = NewActionItem { text: input.text, owner, due_on: input.due_on.map(|day| day.0) };
            actions::add(ctx, id, new, key).await
        };
        action_item_payload(ctx, outcome.await).await.map(Some)
    }

    /// Changes an action item. For its owner and for those who take part in the series.
    async fn action_item_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which action item, and what changes.")] input: ActionItemUpdateInput,
    ) -> Result<Option<ActionItemPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["actionItem"], &input.action_item)?;
            let due_on = match input.due_on {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(day) => Some(Some(day.0)),
            };
            let owner = input.owner.as_ref().map(|owner| input_id(["owner"], owner)).transpose()?;
            let change = ActionItemChange { text: input.text, owner, due_on, done: None };
            actions::update(ctx, id, change).await?;
            Ok(id)
        };
        action_item_payload(ctx, outcome.await).await.map(Some)
    }

    /// Marks an action item as done, or as not done after all.
    async fn action_item_complete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which action item.")] input: ActionItemCompleteInput,
    ) -> Result<Option<ActionItemPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["actionItem"], &input.action_item)?;
            let change = ActionItemChange { done: Some(input.done), ..ActionItemChange::default() };
            actions::update(ctx, id, change).await?;
            Ok(id)
        };
        action_item_payload(ctx, outcome.await).await.map(Some)
    }

    /// Makes a template of the organization's own. For people partners and admins.
    async fn conversation_template_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the template is to be.")] input: ConversationTemplateCreateInput,
    ) -> Result<Option<ConversationTemplatePayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "conversationTemplateCreate", input.idempotency_key.as_deref(), &input.to_value())?;
            let new = NewTemplate { name: input.name, sections: sections(input.sections) };
            templates::create(ctx, new, key).await
        };
        template_payload(ctx, outcome.await).await.map(Some)
    }

    /// Replaces a template. Series that began with it keep what they began with.
    async fn conversation_template_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which template, and what it becomes.")] input: ConversationTemplateUpdateInput,
    ) -> Result<Option<ConversationTemplatePayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["template"], &input.template)?;
            let new = NewTemplate { name: input.name, sections: sections(input.sections) };
            templates::update(ctx, id, new).await?;
            Ok(id)
        };
        template_payload(ctx, outcome.await).await.map(Some)
    }

    /// Takes a template out of use.
    async fn conversation_template_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which template.")] input: ConversationTemplateArchiveInput,
    ) -> Result<Option<ConversationTemplatePayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["template"], &input.template)?;
            templates::archive(ctx, id).await?;
            Ok(id)
        };
        template_payload(ctx, outcome.await).await.map(Some)
    }

    /// Makes a secret address at which a calendar reads your conversations. Its path is in the payload, once.
    async fn calendar_feed_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What you call it.")] input: CalendarFeedCreateInput,
    ) -> Result<Option<CalendarFeedPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "calendarFeedCreate", input.idempotency_key.as_deref(), &input.to_value())?;
            feeds::create(ctx, &input.name, key).await
        };
        let (made, errors) = settle(outcome.await)?;
        let (row, secret) = made.unzip();
        let path = secret.flatten().map(|secret| format!("/calendar/{secret}.ics"));
        Ok(Some(CalendarFeedPayload { calendar_feed: row.map(CalendarFeed::from), path, errors }))
    }

    /// Revokes a calendar feed at once.
    async fn calendar_feed_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which feed.")] input: CalendarFeedRevokeInput,
    ) -> Result<Option<CalendarFeedPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["calendarFeed"], &input.calendar_feed).map_err(Refusal::from)?;
            feeds::revoke(ctx, id).await
        };
        let (row, errors) = settle(outcome.await)?;
        Ok(Some(CalendarFeedPayload { calendar_feed: row.map(CalendarFeed::from), path: None, errors }))
    }
}
