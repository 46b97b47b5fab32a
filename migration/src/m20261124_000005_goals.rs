//! Cycles, goals, key results, alignments, check-ins, and what changed about a goal.

use sea_orm_migration::prelude::*;

use crate::table::{create, drop_all, index, optional, primary_key, required};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        cycles(manager).await?;
        goals(manager).await?;
        key_results(manager).await?;
        alignments(manager).await?;
        check_ins(manager).await?;
        changes(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = ["goal_changes", "goal_check_ins", "goal_alignments", "key_results", "goals", "goal_cycles"];
        drop_all(manager, &tables).await
    }
}

async fn cycles(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("name").text().to_owned(),
        required("starts_on").date().to_owned(),
        required("ends_on").date().to_owned(),
        required("state").text().to_owned(),
        required("version").big_integer().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
        optional("closed_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "goal_cycles", columns, &[("organization_id", "organizations")]).await?;
    index(manager, "goal_cycles", &["organization_id", "name"], true).await?;
    Ok(())
}

async fn goals(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("cycle_id").uuid().to_owned(),
        required("level").text().to_owned(),
        optional("team_id").uuid().to_owned(),
        optional("owner_id").uuid().to_owned(),
        required("title").text().to_owned(),
        required("description").text().to_owned(),
        required("visibility").text().to_owned(),
        required("state").text().to_owned(),
        required("check_in_every_days").integer().to_owned(),
        required("check_in_due_on").date().to_owned(),
        required("stale_told").boolean().to_owned(),
        optional("checked_in_at").timestamp_with_time_zone().to_owned(),
        optional("confidence").text().to_owned(),
        optional("confidence_score").integer().to_owned(),
        optional("manual_ppm").integer().to_owned(),
        optional("progress_ppm").integer().to_owned(),
        required("progress_source").text().to_owned(),
        optional("score").integer().to_owned(),
        optional("score_note").text().to_owned(),
        optional("origin_id").uuid().to_owned(),
        optional("external_id").text().to_owned(),
        optional("created_by").uuid().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
        optional("closed_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "goals", columns, &[("organization_id", "organizations"), ("cycle_id", "goal_cycles")]).await?;
    index(manager, "goals", &["organization_id", "cycle_id", "state"], false).await?;
    index(manager, "goals", &["cycle_id", "external_id"], true).await?;
    index(manager, "goals", &["organization_id", "owner_id", "state"], false).await?;
    index(manager, "goals", &["organization_id", "team_id"], false).await?;
    index(manager, "goals", &["organization_id", "state", "stale_told", "check_in_due_on"], false).await?;
    Ok(())
}

async fn key_results(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("cycle_id").uuid().to_owned(),
        required("goal_id").uuid().to_owned(),
        required("position").integer().to_owned(),
        required("title").text().to_owned(),
        required("kind").text().to_owned(),
        optional("unit").text().to_owned(),
        required("weight").integer().to_owned(),
        optional("start_value").big_integer().to_owned(),
        optional("target_value").big_integer().to_owned(),
        optional("current_value").big_integer().to_owned(),
        required("done").boolean().to_owned(),
        required("milestones").json_binary().to_owned(),
        required("keeps_current").boolean().to_owned(),
        required("measured").boolean().to_owned(),
        required("progress_ppm").integer().to_owned(),
        required("progress_source").text().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "key_results", columns, &[("organization_id", "organizations"), ("goal_id", "goals")]).await?;
    index(manager, "key_results", &["organization_id", "goal_id"], false).await?;
    index(manager, "key_results", &["organization_id", "cycle_id"], false).await?;
    index(manager, "key_results", &["goal_id"], false).await?;
    Ok(())
}

async fn alignments(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("cycle_id").uuid().to_owned(),
        required("child_id").uuid().to_owned(),
        required("parent_id").uuid().to_owned(),
        optional("key_result_id").uuid().to_owned(),
        required("weight").integer().to_owned(),
        required("contributes").boolean().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
    ];
    create(
        manager,
        "goal_alignments",
        columns,
        &[("organization_id", "organizations"), ("child_id", "goals"), ("parent_id", "goals")],
    )
    .await?;
    index(manager, "goal_alignments", &["organization_id", "cycle_id"], false).await?;
    index(manager, "goal_alignments", &["organization_id", "child_id"], false).await?;
    index(manager, "goal_alignments", &["organization_id", "parent_id"], false).await?;
    // Nothing is not equal to nothing: that a goal supports another as a whole only once is checked under the lock.
    index(manager, "goal_alignments", &["child_id", "parent_id", "key_result_id"], true).await?;
    index(manager, "goal_alignments", &["parent_id"], false).await?;
    Ok(())
}

async fn check_ins(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("goal_id").uuid().to_owned(),
        optional("person_id").uuid().to_owned(),
        required("confidence").text().to_owned(),
        required("confidence_score").integer().to_owned(),
        required("note").text().to_owned(),
        optional("progress_ppm").integer().to_owned(),
        required("values").json_binary().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "goal_check_ins", columns, &[("organization_id", "organizations"), ("goal_id", "goals")]).await?;
    index(manager, "goal_check_ins", &["organization_id", "goal_id"], false).await?;
    index(manager, "goal_check_ins", &["goal_id"], false).await?;
    Ok(())
}

async fn changes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("goal_id").uuid().to_owned(),
        optional("person_id").uuid().to_owned(),
        required("field").text().to_owned(),
        optional("old_value").text().to_owned(),
        optional("new_value").text().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "goal_changes", columns, &[("organization_id", "organizations"), ("goal_id", "goals")]).await?;
    index(manager, "goal_changes", &["organization_id", "goal_id"], false).await?;
    index(manager, "goal_changes", &["goal_id"], false).await?;
    Ok(())
}
