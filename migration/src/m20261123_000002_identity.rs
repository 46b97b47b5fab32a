//! Accounts, API tokens and trusted documents.

use sea_orm_migration::prelude::*;

use crate::table::{create, drop_all, index, optional, primary_key, required};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        identities(manager).await?;
        api_tokens(manager).await?;
        documents(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["documents", "api_tokens", "identities"]).await
    }
}

async fn identities(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("person_id").uuid().to_owned(),
        required("issuer").text().to_owned(),
        required("subject").text().to_owned(),
        required("linked_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "identities", columns, &[("organization_id", "organizations"), ("person_id", "persons")]).await?;
    index(manager, "identities", &["organization_id", "issuer", "subject"], true).await?;
    index(manager, "identities", &["person_id"], false).await?;
    Ok(())
}

async fn api_tokens(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("name").text().to_owned(),
        required("secret_hash").blob().to_owned(),
        optional("previous_hash").blob().to_owned(),
        optional("previous_until").timestamp_with_time_zone().to_owned(),
        required("scopes").json_binary().to_owned(),
        required("networks").json_binary().to_owned(),
        optional("created_by").uuid().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
        required("expires_at").timestamp_with_time_zone().to_owned(),
        optional("last_used_at").timestamp_with_time_zone().to_owned(),
        optional("revoked_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "api_tokens", columns, &[("organization_id", "organizations")]).await?;
    index(manager, "api_tokens", &["organization_id", "created_at"], false).await?;
    Ok(())
}

async fn documents(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("sha256").text().to_owned(),
        required("body").text().to_owned(),
        required("registered_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "documents", columns, &[("organization_id", "organizations")]).await?;
    index(manager, "documents", &["organization_id", "sha256"], true).await?;
    Ok(())
}
