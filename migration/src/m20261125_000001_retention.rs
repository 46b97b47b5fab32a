//! What was known of each person's situation month by month, and the models that were fitted to it.

use sea_orm_migration::prelude::*;

use crate::table::{create, drop_all, index, optional, primary_key, required};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        risk_features(manager).await?;
        risk_models(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["risk_models", "risk_features"]).await
    }
}

async fn risk_features(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("person_id").uuid().to_owned(),
        required("month").date().to_owned(),
        required("as_of").date().to_owned(),
        required("packed").blob().to_owned(),
    ];
    let references = [("organization_id", "organizations"), ("person_id", "persons")];
    create(manager, "risk_features", columns, &references).await?;
    index(manager, "risk_features", &["organization_id", "month", "person_id"], true).await?;
    index(manager, "risk_features", &["person_id"], false).await?;
    Ok(())
}

async fn risk_models(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("number").integer().to_owned(),
        required("month").date().to_owned(),
        required("fitted_at").timestamp_with_time_zone().to_owned(),
        required("gate").text().to_owned(),
        optional("model").json_binary().to_owned(),
        required("card").json_binary().to_owned(),
        required("groups").json_binary().to_owned(),
        required("shown").boolean().to_owned(),
    ];
    create(manager, "risk_models", columns, &[("organization_id", "organizations")]).await?;
    index(manager, "risk_models", &["organization_id", "month"], true).await?;
    index(manager, "risk_models", &["organization_id", "number"], true).await?;
    Ok(())
}
