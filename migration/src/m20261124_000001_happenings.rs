//! Notifications, how people want to be told, and mails to be sent.

use sea_orm_migration::prelude::*;

use crate::table::{create, drop_all, index, optional, primary_key, required};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        notifications(manager).await?;
        preferences(manager).await?;
        mails(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["mails", "notification_preferences", "notifications"]).await
    }
}

async fn notifications(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("person_id").uuid().to_owned(),
        required("kind").text().to_owned(),
        required("subject").text().to_owned(),
        optional("actor_id").uuid().to_owned(),
        required("happened_at").timestamp_with_time_zone().to_owned(),
        optional("seen_at").timestamp_with_time_zone().to_owned(),
    ];
    let references = [("organization_id", "organizations"), ("person_id", "persons")];
    create(manager, "notifications", columns, &references).await?;
    index(manager, "notifications", &["organization_id", "person_id", "id"], false).await?;
    index(manager, "notifications", &["person_id", "seen_at"], false).await?;
    Ok(())
}

async fn preferences(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        required("person_id").uuid().primary_key().to_owned(),
        required("organization_id").uuid().to_owned(),
        required("muted").json_binary().to_owned(),
        required("digest").text().to_owned(),
        optional("next_digest_at").timestamp_with_time_zone().to_owned(),
        optional("digested_up_to").uuid().to_owned(),
    ];
    let references = [("organization_id", "organizations"), ("person_id", "persons")];
    create(manager, "notification_preferences", columns, &references).await?;
    index(manager, "notification_preferences", &["next_digest_at"], false).await?;
    Ok(())
}

async fn mails(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("person_id").uuid().to_owned(),
        required("kind").text().to_owned(),
        required("arguments").json_binary().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
        required("attempts").integer().to_owned(),
        optional("next_attempt_at").timestamp_with_time_zone().to_owned(),
        optional("sent_at").timestamp_with_time_zone().to_owned(),
        optional("failure").text().to_owned(),
    ];
    let references = [("organization_id", "organizations"), ("person_id", "persons")];
    create(manager, "mails", columns, &references).await?;
    index(manager, "mails", &["next_attempt_at"], false).await?;
    Ok(())
}
