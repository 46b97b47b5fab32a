//! Conversations: series and who takes part, each conversation, its agenda and what came of it, private notes, templates
//! and calendar feeds.

use sea_orm_migration::prelude::*;

use crate::table::{create, drop_all, index, optional, primary_key, required};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        conversation_series(manager).await?;
        conversation_participants(manager).await?;
        conversations(manager).await?;
        conversation_attendees(manager).await?;
        agenda_items(manager).await?;
        action_items(manager).await?;
        private_notes(manager).await?;
        conversation_templates(manager).await?;
        calendar_feeds(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "calendar_feeds",
            "conversation_templates",
            "private_notes",
            "action_items",
            "agenda_items",
            "conversation_attendees",
            "conversations",
            "conversation_participants",
            "conversation_series",
        ];
        drop_all(manager, &tables).await
    }
}

async fn conversation_series(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("kind").text().to_owned(),
        required("title").text().to_owned(),
        optional("host_id").uuid().to_owned(),
        required("rhythm").text().to_owned(),
        required("every").integer().to_owned(),
        required("starts_on").date().to_owned(),
        required("local_minute").integer().to_owned(),
        required("time_zone").text().to_owned(),
        required("duration_minutes").integer().to_owned(),
        optional("template_id").uuid().to_owned(),
        required("sections").json_binary().to_owned(),
        required("created_by").uuid().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
        optional("ended_at").timestamp_with_time_zone().to_owned(),
    ];
    let references = [("organization_id", "organizations"), ("created_by", "persons")];
    create(manager, "conversation_series", columns, &references).await?;
    Ok(())
}

async fn conversation_participants(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("series_id").uuid().to_owned(),
        required("person_id").uuid().to_owned(),
        required("joined_at").timestamp_with_time_zone().to_owned(),
        optional("left_at").timestamp_with_time_zone().to_owned(),
    ];
    let references =
        [("organization_id", "organizations"), ("series_id", "conversation_series"), ("person_id", "persons")];
    create(manager, "conversation_participants", columns, &references).await?;
    index(manager, "conversation_participants", &["series_id", "person_id"], true).await?;
    index(manager, "conversation_participants", &["organization_id", "person_id", "left_at"], false).await?;
    Ok(())
}

async fn conversations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("series_id").uuid().to_owned(),
        required("number").integer().to_owned(),
        required("title").text().to_owned(),
        required("state").text().to_owned(),
        required("slot_at").timestamp_with_time_zone().to_owned(),
        required("scheduled_at").timestamp_with_time_zone().to_owned(),
        required("duration_minutes").integer().to_owned(),
        optional("held_at").timestamp_with_time_zone().to_owned(),
        optional("shared_note").text().to_owned(),
        required("shared_version").integer().to_owned(),
        required("sequence").integer().to_owned(),
        required("changed_at").timestamp_with_time_zone().to_owned(),
    ];
    let references = [("organization_id", "organizations"), ("series_id", "conversation_series")];
    create(manager, "conversations", columns, &references).await?;
    index(manager, "conversations", &["series_id", "number"], true).await?;
    index(manager, "conversations", &["organization_id", "series_id", "state"], false).await?;
    index(manager, "conversations", &["organization_id", "scheduled_at"], false).await?;
    Ok(())
}

async fn conversation_attendees(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("conversation_id").uuid().to_owned(),
        required("person_id").uuid().to_owned(),
        optional("counterpart_id").uuid().to_owned(),
        optional("held_at").timestamp_with_time_zone().to_owned(),
        optional("mood").integer().to_owned(),
        required("priorities").json_binary().to_owned(),
        required("blockers").json_binary().to_owned(),
        optional("prepared_at").timestamp_with_time_zone().to_owned(),
    ];
    let references =
        [("organization_id", "organizations"), ("conversation_id", "conversations"), ("person_id", "persons")];
    create(manager, "conversation_attendees", columns, &references).await?;
    index(manager, "conversation_attendees", &["conversation_id", "person_id"], true).await?;
    index(manager, "conversation_attendees", &["organization_id", "person_id", "held_at"], false).await?;
    Ok(())
}

async fn agenda_items(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("series_id").uuid().to_owned(),
        required("text").text().to_owned(),
        optional("section").integer().to_owned(),
        required("author_id").uuid().to_owned(),
        required("position").integer().to_owned(),
        required("first_number").integer().to_owned(),
        required("edited_number").integer().to_owned(),
        optional("done_number").integer().to_owned(),
        optional("done_at").timestamp_with_time_zone().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
    ];
    let references =
        [("organization_id", "organizations"), ("series_id", "conversation_series"), ("author_id", "persons")];
    create(manager, "agenda_items", columns, &references).await?;
    index(manager, "agenda_items", &["organization_id", "series_id", "position"], false).await?;
    Ok(())
}

async fn action_items(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("series_id").uuid().to_owned(),
        required("conversation_id").uuid().to_owned(),
        required("text").text().to_owned(),
        required("owner_id").uuid().to_owned(),
        required("created_by").uuid().to_owned(),
        optional("due_on").date().to_owned(),
        optional("done_at").timestamp_with_time_zone().to_owned(),
        optional("reminded_at").timestamp_with_time_zone().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
    ];
    let references = [
        ("organization_id", "organizations"),
        ("series_id", "conversation_series"),
        ("conversation_id", "conversations"),
        ("owner_id", "persons"),
    ];
    create(manager, "action_items", columns, &references).await?;
    index(manager, "action_items", &["organization_id", "owner_id", "done_at"], false).await?;
    index(manager, "action_items", &["organization_id", "due_on"], false).await?;
    index(manager, "action_items", &["conversation_id"], false).await?;
    Ok(())
}

async fn private_notes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("conversation_id").uuid().to_owned(),
        required("author_id").uuid().to_owned(),
        required("text").text().to_owned(),
        required("written_at").timestamp_with_time_zone().to_owned(),
    ];
    let references =
        [("organization_id", "organizations"), ("conversation_id", "conversations"), ("author_id", "persons")];
    create(manager, "private_notes", columns, &references).await?;
    index(manager, "private_notes", &["conversation_id", "author_id"], true).await?;
    Ok(())
}

async fn conversation_templates(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("name").text().to_owned(),
        required("sections").json_binary().to_owned(),
        required("created_by").uuid().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
        optional("archived_at").timestamp_with_time_zone().to_owned(),
    ];
    let references = [("organization_id", "organizations"), ("created_by", "persons")];
    create(manager, "conversation_templates", columns, &references).await?;
    index(manager, "conversation_templates", &["organization_id", "name"], false).await?;
    Ok(())
}

async fn calendar_feeds(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("person_id").uuid().to_owned(),
        required("name").text().to_owned(),
        required("secret_hash").blob().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
        optional("last_fetched_at").timestamp_with_time_zone().to_owned(),
        optional("revoked_at").timestamp_with_time_zone().to_owned(),
    ];
    let references = [("organization_id", "organizations"), ("person_id", "persons")];
    create(manager, "calendar_feeds", columns, &references).await?;
    index(manager, "calendar_feeds", &["secret_hash"], true).await?;
    index(manager, "calendar_feeds", &["organization_id", "person_id"], false).await?;
    Ok(())
}
