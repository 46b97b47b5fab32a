//! What people write about a conversation: how they come into it, what they write down together, and what each notes for
//! themselves. Nothing of it is ever logged.

use hearten_entity::{InOrganization, conversation, conversation_attendee, private_note};
use hearten_ids::{ConversationId, PersonId, PrivateNoteId};
use hearten_policy::{Action, Resource};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};
use serde_json::json;

use super::{
    service::{find_conversation, hold_in_tx, unseen},
    store::{LONGEST_NOTE, LONGEST_POINT, MOST_POINTS},
    telling,
};
use crate::graphql::{
    context::RequestContext,
    error::{ErrorCode, Exception, Refusal, UserError, UserErrorCode},
    input,
};

/// How somebody comes into a conversation.
#[derive(Debug)]
pub struct Preparation {
    /// 1 to 5; none where they do not say.
    pub mood: Option<i32>,
    /// What matters most to them.
    pub priorities: Vec<String>,
    /// What is in their way.
    pub blockers: Vec<String>,
}

/// Takes the asker's check-in before a planned conversation; it replaces an earlier one.
///
/// # Errors
/// As [`hold_in_tx`]; refusals for what the input says, and for what is not planned any more.
pub async fn prepare(ctx: &RequestContext, id: ConversationId, said: Preparation) -> Result<(), Refusal> {
    use conversation_attendee::Column;
    let asker = ctx.asker()?;
    let tx = ctx.db.begin().await?;
    let held = hold_in_tx(ctx, &tx, id).await?;
    let me = own_person(ctx)?;
    held.require_planned()?;
    let mut problems = Vec::new();
    if said.mood.is_some_and(|mood| !(1..=5).contains(&mood)) {
        problems.push(UserError::at(UserErrorCode::Invalid, ["mood"], "1 to 5"));
    }
    let priorities = points("priorities", &said.priorities, &mut problems);
    let blockers = points("blockers", &said.blockers, &mut problems);
    if !problems.is_empty() {
        return Err(problems.into());
    }
    conversation_attendee::Entity::update_in_org(asker.organization())
        .filter(Column::ConversationId.eq(id))
        .filter(Column::PersonId.eq(me))
        .col_expr(Column::Mood, Expr::value(said.mood))
        .col_expr(Column::Priorities, Expr::value(json!(priorities)))
        .col_expr(Column::Blockers, Expr::value(json!(blockers)))
        .col_expr(Column::PreparedAt, Expr::value(ctx.app.clock.now()))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

fn own_person(ctx: &RequestContext) -> Result<PersonId, Exception> {
    ctx.asker()?.person().ok_or_else(|| Exception::code(ErrorCode::Forbidden))
}

fn points(place: &'static str, texts: &[String], problems: &mut Vec<UserError>) -> Vec<String> {
    if texts.len() > MOST_POINTS {
        problems.push(UserError::at(UserErrorCode::TooLong, [place], format!("at most {MOST_POINTS}")));
        return Vec::new();
    }
    let mut read = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        match input::text([place, &at.to_string()], text, LONGEST_POINT) {
            Ok(text) => read.push(text),
            Err(problem) => problems.push(problem),
        }
    }
    read
}

/// A note, with the line ends of one kind. An empty one is no error: it is how a note is taken back.
fn note(text: &str) -> Result<String, UserError> {
    let text = text.replace("\r\n", "\n");
    if text.trim().is_empty() { Ok(String::new()) } else { input::text(["text"], &text, LONGEST_NOTE) }
}

/// Writes the note that all participants share. `version` is the one that was read.
///
/// # Errors
/// As [`hold_in_tx`]; CONFLICT when somebody wrote meanwhile; refusals for the text and for a conversation that does not
/// take place.
pub async fn write_shared(ctx: &RequestContext, id: ConversationId, text: &str, version: i32) -> Result<(), Refusal> {
    use conversation::Column;
    let tx = ctx.db.begin().await?;
    let mut held = hold_in_tx(ctx, &tx, id).await?;
    held.require_took_place()?;
    let text = note(text)?;
    if held.conversation.shared_version != version {
        return Err(Exception::code(ErrorCode::Conflict).into());
    }
    held.conversation.shared_note = Some(text).filter(|text| !text.is_empty());
    conversation::Entity::update_in_org(held.series.organization_id)
        .filter(Column::Id.eq(id))
        .col_expr(Column::SharedNote, Expr::value(held.conversation.shared_note.clone()))
        .col_expr(Column::SharedVersion, Expr::value(version.wrapping_add(1)))
        .exec(&tx)
        .await?;
    telling::index_in_tx(&tx, &held.conversation, &held.attendees).await?;
    tx.commit().await?;
    Ok(())
}

/// Writes the asker's own note about a conversation; it replaces an earlier one, and an empty one removes it.
///
/// # Errors
/// A refusal NOT_FOUND for who took no part; refusals for the text.
pub async fn write_private(ctx: &RequestContext, id: ConversationId, text: &str) -> Result<(), Refusal> {
    let asker = ctx.asker()?;
    find_conversation(ctx, id).await?.ok_or_else(|| unseen("conversation", "conversation"))?;
    let author = own_person(ctx)?;
    asker.require(Action::WritePrivateNote, Resource::PrivateNote { author })?;
    let text = note(text)?;
    if text.is_empty() {
        return remove_private(ctx, id).await;
    }
    let now = ctx.app.clock.now();
    let row = private_note::ActiveModel {
        id: Set(PrivateNoteId(ctx.app.random.id(now))),
        organization_id: Set(asker.organization()),
        conversation_id: Set(id),
        author_id: Set(author),
        text: Set(text),
        written_at: Set(now),
    };
    let again = OnConflict::columns([private_note::Column::ConversationId, private_note::Column::AuthorId])
        .update_columns([private_note::Column::Text, private_note::Column::WrittenAt])
        .to_owned();
    private_note::Entity::insert(row).on_conflict(again).exec_without_returning(ctx.db.write()).await?;
    Ok(())
}

/// Removes the asker's own note about a conversation, if there is one.
///
/// # Errors
/// A refusal NOT_FOUND for who took no part.
pub async fn remove_private(ctx: &RequestContext, id: ConversationId) -> Result<(), Refusal> {
    let asker = ctx.asker()?;
    find_conversation(ctx, id).await?.ok_or_else(|| unseen("conversation", "conversation"))?;
    let author = own_person(ctx)?;
    asker.require(Action::WritePrivateNote, Resource::PrivateNote { author })?;
    private_note::Entity::delete_in_org(asker.organization())
        .filter(private_note::Column::ConversationId.eq(id))
        .filter(private_note::Column::AuthorId.eq(author))
        .exec(ctx.db.write())
        .await?;
    Ok(())
}

/// The asker's own note about a conversation.
///
/// # Errors
/// When the database is away.
pub async fn find_private(ctx: &RequestContext, id: ConversationId) -> Result<Option<private_note::Model>, Exception> {
    let row = ctx.loaders()?.conversations().own_note_of(id).await?;
    let asker = ctx.asker()?;
    Ok(row.filter(|row| asker.may(Action::ReadPrivateNote, Resource::PrivateNote { author: row.author_id })))
}
