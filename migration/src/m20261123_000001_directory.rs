//! Organizations, teams, persons and their history.

use sea_orm_migration::prelude::*;

use crate::table::{create, drop_all, index, optional, primary_key, required};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        organizations(manager).await?;
        teams(manager).await?;
        persons(manager).await?;
        directory_changes(manager).await?;
        role_grants(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["role_grants", "directory_changes", "persons", "teams", "organizations"]).await
    }
}

async fn organizations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("slug").text().to_owned(),
        required("name").text().to_owned(),
        required("default_locale").text().to_owned(),
        required("chart_version").big_integer().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "organizations", columns, &[]).await?;
    index(manager, "organizations", &["slug"], true).await?;
    Ok(())
}

async fn teams(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        optional("external_id").text().to_owned(),
        required("name").text().to_owned(),
        optional("parent_id").uuid().to_owned(),
        optional("lead_id").uuid().to_owned(),
        required("archived").boolean().to_owned(),
        required("chart_version").big_integer().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "teams", columns, &[("organization_id", "organizations"), ("parent_id", "teams")]).await?;
    index(manager, "teams", &["organization_id", "external_id"], true).await?;
    index(manager, "teams", &["organization_id", "chart_version"], false).await?;
    index(manager, "teams", &["parent_id"], false).await?;
    index(manager, "teams", &["lead_id"], false).await?;
    Ok(())
}

async fn persons(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        optional("external_id").text().to_owned(),
        required("display_name").text().to_owned(),
        optional("email").text().to_owned(),
        optional("email_key").text().to_owned(),
        optional("title").text().to_owned(),
        required("relationship").text().to_owned(),
        optional("team_id").uuid().to_owned(),
        optional("manager_id").uuid().to_owned(),
        optional("hired_on").date().to_owned(),
        optional("left_on").date().to_owned(),
        optional("leave_reason").text().to_owned(),
        optional("locale").text().to_owned(),
        required("attributes").json_binary().to_owned(),
        optional("signed_out_before").timestamp_with_time_zone().to_owned(),
        required("deactivated").boolean().to_owned(),
        required("chart_version").big_integer().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
    ];
    create(
        manager,
        "persons",
        columns,
        &[("organization_id", "organizations"), ("team_id", "teams"), ("manager_id", "persons")],
    )
    .await?;
    index(manager, "persons", &["organization_id", "external_id"], true).await?;
    index(manager, "persons", &["organization_id", "email_key"], true).await?;
    index(manager, "persons", &["organization_id", "chart_version"], false).await?;
    index(manager, "persons", &["team_id"], false).await?;
    index(manager, "persons", &["manager_id"], false).await?;
    Ok(())
}

async fn directory_changes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("person_id").uuid().to_owned(),
        required("field").text().to_owned(),
        optional("old_value").text().to_owned(),
        optional("new_value").text().to_owned(),
        required("effective_on").date().to_owned(),
        required("recorded_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "directory_changes", columns, &[("organization_id", "organizations"), ("person_id", "persons")])
        .await?;
    index(manager, "directory_changes", &["organization_id", "person_id", "effective_on"], false).await?;
    index(manager, "directory_changes", &["person_id"], false).await?;
    Ok(())
}

async fn role_grants(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("person_id").uuid().to_owned(),
        required("role").text().to_owned(),
        optional("team_id").uuid().to_owned(),
        optional("granted_by").uuid().to_owned(),
        required("granted_at").timestamp_with_time_zone().to_owned(),
    ];
    create(
        manager,
        "role_grants",
        columns,
        &[("organization_id", "organizations"), ("person_id", "persons"), ("team_id", "teams")],
    )
    .await?;
    index(manager, "role_grants", &["organization_id", "person_id"], false).await?;
    index(manager, "role_grants", &["person_id"], false).await?;
    Ok(())
}
