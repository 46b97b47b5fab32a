//! Surveys, waves, sheets, comments and publications.

use sea_orm_migration::prelude::*;

use crate::table::{create, drop_all, index, optional, primary_key, required};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        surveys(manager).await?;
        waves(manager).await?;
        invitations(manager).await?;
        answer_sheets(manager).await?;
        comments(manager).await?;
        publications(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["publications", "comments", "answer_sheets", "invitations", "waves", "surveys"]).await
    }
}

async fn surveys(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("kind").text().to_owned(),
        required("state").text().to_owned(),
        required("title").json_binary().to_owned(),
        required("questionnaire").json_binary().to_owned(),
        required("audience").json_binary().to_owned(),
        required("notice").json_binary().to_owned(),
        required("axes").json_binary().to_owned(),
        optional("created_by").uuid().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
        optional("launched_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "surveys", columns, &[("organization_id", "organizations")]).await?;
    index(manager, "surveys", &["organization_id", "created_at"], false).await?;
    Ok(())
}

async fn waves(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("survey_id").uuid().to_owned(),
        required("number").integer().to_owned(),
        required("state").text().to_owned(),
        required("frame").json_binary().to_owned(),
        required("opened_at").timestamp_with_time_zone().to_owned(),
        optional("closes_at").timestamp_with_time_zone().to_owned(),
        optional("closed_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "waves", columns, &[("organization_id", "organizations"), ("survey_id", "surveys")]).await?;
    index(manager, "waves", &["survey_id", "number"], true).await?;
    index(manager, "waves", &["organization_id", "survey_id"], false).await?;
    Ok(())
}

async fn invitations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("wave_id").uuid().to_owned(),
        required("person_id").uuid().to_owned(),
        optional("team_id").uuid().to_owned(),
        required("attributes").json_binary().to_owned(),
        required("state").text().to_owned(),
    ];
    create(
        manager,
        "invitations",
        columns,
        &[("organization_id", "organizations"), ("wave_id", "waves"), ("person_id", "persons")],
    )
    .await?;
    index(manager, "invitations", &["wave_id", "person_id"], true).await?;
    index(manager, "invitations", &["organization_id", "person_id", "state"], false).await?;
    index(manager, "invitations", &["person_id"], false).await?;
    Ok(())
}

async fn answer_sheets(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("wave_id").uuid().to_owned(),
        optional("team_id").uuid().to_owned(),
        required("attributes").json_binary().to_owned(),
        required("packed").blob().to_owned(),
        optional("receipt_hash").blob().to_owned(),
    ];
    create(manager, "answer_sheets", columns, &[("organization_id", "organizations"), ("wave_id", "waves")]).await?;
    index(manager, "answer_sheets", &["wave_id", "receipt_hash"], true).await?;
    Ok(())
}

async fn comments(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("wave_id").uuid().to_owned(),
        required("question_key").text().to_owned(),
        optional("team_id").uuid().to_owned(),
        required("body").text().to_owned(),
        optional("receipt_hash").blob().to_owned(),
    ];
    create(manager, "comments", columns, &[("organization_id", "organizations"), ("wave_id", "waves")]).await?;
    index(manager, "comments", &["wave_id", "question_key"], false).await?;
    Ok(())
}

async fn publications(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("survey_id").uuid().to_owned(),
        required("wave_id").uuid().to_owned(),
        required("published_at").timestamp_with_time_zone().to_owned(),
        required("cuts").json_binary().to_owned(),
        required("results").blob().to_owned(),
        required("comments").blob().to_owned(),
    ];
    create(
        manager,
        "publications",
        columns,
        &[("organization_id", "organizations"), ("survey_id", "surveys"), ("wave_id", "waves")],
    )
    .await?;
    index(manager, "publications", &["wave_id"], true).await?;
    index(manager, "publications", &["organization_id", "survey_id"], false).await?;
    Ok(())
}
