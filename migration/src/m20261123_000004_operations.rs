//! Idempotency, the outbox and the audit log.

use sea_orm_migration::prelude::*;

use crate::table::{create, drop_all, index, optional, primary_key, required};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        idempotency_keys(manager).await?;
        outbox_messages(manager).await?;
        audit_events(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["audit_events", "outbox_messages", "idempotency_keys"]).await
    }
}

async fn idempotency_keys(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("input_hash").blob().to_owned(),
        required("outcome").json_binary().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "idempotency_keys", columns, &[("organization_id", "organizations")]).await?;
    index(manager, "idempotency_keys", &["organization_id", "created_at"], false).await?;
    Ok(())
}

async fn outbox_messages(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("topic").text().to_owned(),
        required("payload").json_binary().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
        optional("delivered_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "outbox_messages", columns, &[("organization_id", "organizations")]).await?;
    index(manager, "outbox_messages", &["delivered_at", "created_at"], false).await?;
    Ok(())
}

async fn audit_events(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("actor").text().to_owned(),
        required("action").text().to_owned(),
        required("subject").text().to_owned(),
        optional("person_id").uuid().to_owned(),
        required("happened_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "audit_events", columns, &[("organization_id", "organizations")]).await?;
    index(manager, "audit_events", &["organization_id", "happened_at"], false).await?;
    index(manager, "audit_events", &["organization_id", "person_id"], false).await?;
    Ok(())
}
