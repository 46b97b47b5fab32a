//! Expectations with their history, capacities, and responsibilities.

use sea_orm_migration::prelude::*;

use crate::table::{create, drop_all, index, optional, primary_key, required};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        expectations(manager).await?;
        expectation_moves(manager).await?;
        work_capacities(manager).await?;
        overloads(manager).await?;
        responsibilities(manager).await?;
        responsibility_assignments(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "responsibility_assignments",
            "responsibilities",
            "overloads",
            "work_capacities",
            "expectation_moves",
            "expectations",
        ];
        drop_all(manager, &tables).await
    }
}

async fn expectations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("from_id").uuid().to_owned(),
        required("to_id").uuid().to_owned(),
        required("state").text().to_owned(),
        optional("awaits").text().to_owned(),
        required("what").text().to_owned(),
        required("amount").integer().to_owned(),
        required("unit").text().to_owned(),
        required("due_on").date().to_owned(),
        required("urgency").integer().to_owned(),
        optional("background").text().to_owned(),
        required("visible_to_manager").boolean().to_owned(),
        optional("reported_at").timestamp_with_time_zone().to_owned(),
        required("moves").integer().to_owned(),
        required("reminded_stage").integer().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
        required("changed_at").timestamp_with_time_zone().to_owned(),
    ];
    let references = [("organization_id", "organizations"), ("from_id", "persons"), ("to_id", "persons")];
    create(manager, "expectations", columns, &references).await?;
    // Lists are somebody's, in the order of due days; reminders look at everything that is accepted.
    index(manager, "expectations", &["to_id", "due_on"], false).await?;
    index(manager, "expectations", &["from_id", "due_on"], false).await?;
    index(manager, "expectations", &["organization_id", "state", "due_on"], false).await
}

async fn expectation_moves(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("expectation_id").uuid().to_owned(),
        required("number").integer().to_owned(),
        required("step").text().to_owned(),
        required("person_id").uuid().to_owned(),
        optional("reason").text().to_owned(),
        required("what").text().to_owned(),
        required("amount").integer().to_owned(),
        required("unit").text().to_owned(),
        required("due_on").date().to_owned(),
        required("moved_at").timestamp_with_time_zone().to_owned(),
    ];
    let references =
        [("organization_id", "organizations"), ("expectation_id", "expectations"), ("person_id", "persons")];
    create(manager, "expectation_moves", columns, &references).await?;
    // Two moves at once cannot both be the next.
    index(manager, "expectation_moves", &["expectation_id", "number"], true).await
}

async fn work_capacities(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        required("person_id").uuid().primary_key().to_owned(),
        required("organization_id").uuid().to_owned(),
        required("minutes_a_week").integer().to_owned(),
        required("set_by").uuid().to_owned(),
        required("set_at").timestamp_with_time_zone().to_owned(),
    ];
    let references = [("organization_id", "organizations"), ("person_id", "persons"), ("set_by", "persons")];
    create(manager, "work_capacities", columns, &references).await
}

async fn overloads(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("person_id").uuid().to_owned(),
        required("week").date().to_owned(),
        required("noticed_at").timestamp_with_time_zone().to_owned(),
        optional("closed_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "overloads", columns, &[("organization_id", "organizations"), ("person_id", "persons")]).await?;
    index(manager, "overloads", &["person_id", "week"], true).await?;
    index(manager, "overloads", &["organization_id", "closed_at", "noticed_at"], false).await
}

async fn responsibilities(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("name").text().to_owned(),
        required("name_key").text().to_owned(),
        required("home").text().to_owned(),
        optional("description").text().to_owned(),
        required("keywords").json_binary().to_owned(),
        required("words").text().to_owned(),
        optional("team_id").uuid().to_owned(),
        optional("parent_id").uuid().to_owned(),
        optional("retired_at").timestamp_with_time_zone().to_owned(),
        optional("created_by").uuid().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
    ];
    let references = [
        ("organization_id", "organizations"),
        ("team_id", "teams"),
        ("parent_id", "responsibilities"),
        ("created_by", "persons"),
    ];
    create(manager, "responsibilities", columns, &references).await?;
    index(manager, "responsibilities", &["organization_id", "name_key", "home"], true).await?;
    index(manager, "responsibilities", &["team_id"], false).await?;
    index(manager, "responsibilities", &["parent_id"], false).await
}

async fn responsibility_assignments(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("responsibility_id").uuid().to_owned(),
        required("part").text().to_owned(),
        optional("person_id").uuid().to_owned(),
        optional("team_id").uuid().to_owned(),
        required("from_on").date().to_owned(),
        optional("until_on").date().to_owned(),
        optional("assigned_by").uuid().to_owned(),
        required("assigned_at").timestamp_with_time_zone().to_owned(),
        optional("ended_at").timestamp_with_time_zone().to_owned(),
        optional("ended_by").uuid().to_owned(),
        optional("end_reason").text().to_owned(),
        required("handed_back").boolean().to_owned(),
    ];
    let references = [
        ("organization_id", "organizations"),
        ("responsibility_id", "responsibilities"),
        ("person_id", "persons"),
        ("team_id", "teams"),
    ];
    create(manager, "responsibility_assignments", columns, &references).await?;
    index(manager, "responsibility_assignments", &["responsibility_id"], false).await?;
    index(manager, "responsibility_assignments", &["person_id"], false).await?;
    index(manager, "responsibility_assignments", &["team_id"], false).await
}
