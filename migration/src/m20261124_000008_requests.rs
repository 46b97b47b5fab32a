//! Requests with their queues, frictions with their roadmap, and rounds of priorities.

use sea_orm_migration::prelude::*;

use crate::table::{create, drop_all, index, optional, primary_key, required};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        request_queues(manager).await?;
        request_queue_owners(manager).await?;
        service_requests(manager).await?;
        request_messages(manager).await?;
        request_moves(manager).await?;
        request_reports(manager).await?;
        team_responses(manager).await?;
        frictions(manager).await?;
        friction_votes(manager).await?;
        roadmap_steps(manager).await?;
        priority_rounds(manager).await?;
        priority_invitations(manager).await?;
        priority_ballots(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(
            manager,
            &[
                "priority_ballots",
                "priority_invitations",
                "priority_rounds",
                "roadmap_steps",
                "friction_votes",
                "frictions",
                "team_responses",
                "request_reports",
                "request_moves",
                "request_messages",
                "service_requests",
                "request_queue_owners",
                "request_queues",
            ],
        )
        .await
    }
}

async fn request_queues(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("name").text().to_owned(),
        required("description").text().to_owned(),
        optional("team_id").uuid().to_owned(),
        required("hours_low").integer().to_owned(),
        required("hours_normal").integer().to_owned(),
        required("hours_high").integer().to_owned(),
        optional("integrations_since").timestamp_with_time_zone().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
        optional("archived_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "request_queues", columns, &[("organization_id", "organizations")]).await?;
    index(manager, "request_queues", &["organization_id", "name"], false).await?;
    Ok(())
}

async fn request_queue_owners(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("queue_id").uuid().to_owned(),
        required("person_id").uuid().to_owned(),
    ];
    create(
        manager,
        "request_queue_owners",
        columns,
        &[("organization_id", "organizations"), ("queue_id", "request_queues"), ("person_id", "persons")],
    )
    .await?;
    index(manager, "request_queue_owners", &["queue_id", "person_id"], true).await?;
    index(manager, "request_queue_owners", &["organization_id", "person_id"], false).await?;
    index(manager, "request_queue_owners", &["person_id"], false).await?;
    Ok(())
}

async fn service_requests(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("kind").text().to_owned(),
        required("title").text().to_owned(),
        required("details").text().to_owned(),
        required("urgency").text().to_owned(),
        required("visibility").text().to_owned(),
        required("asker_id").uuid().to_owned(),
        optional("asker_team_id").uuid().to_owned(),
        optional("queue_id").uuid().to_owned(),
        optional("assignee_id").uuid().to_owned(),
        optional("escalated_to").uuid().to_owned(),
        required("escalation_level").integer().to_owned(),
        optional("blocking_goal").text().to_owned(),
        required("state").text().to_owned(),
        optional("decline_reason").text().to_owned(),
        required("opened_at").timestamp_with_time_zone().to_owned(),
        optional("needed_by").timestamp_with_time_zone().to_owned(),
        required("clock_since").timestamp_with_time_zone().to_owned(),
        required("service_hours").integer().to_owned(),
        required("paused_seconds").big_integer().to_owned(),
        optional("waiting_since").timestamp_with_time_zone().to_owned(),
        required("due_at").timestamp_with_time_zone().to_owned(),
        optional("climbs_at").timestamp_with_time_zone().to_owned(),
        optional("answered_at").timestamp_with_time_zone().to_owned(),
        optional("settled_at").timestamp_with_time_zone().to_owned(),
    ];
    create(
        manager,
        "service_requests",
        columns,
        &[("organization_id", "organizations"), ("asker_id", "persons"), ("queue_id", "request_queues")],
    )
    .await?;
    index(manager, "service_requests", &["organization_id", "asker_id", "state"], false).await?;
    index(manager, "service_requests", &["organization_id", "assignee_id", "state"], false).await?;
    index(manager, "service_requests", &["organization_id", "queue_id", "state"], false).await?;
    index(manager, "service_requests", &["organization_id", "escalated_to"], false).await?;
    index(manager, "service_requests", &["organization_id", "asker_team_id"], false).await?;
    index(manager, "service_requests", &["organization_id", "state", "climbs_at"], false).await?;
    index(manager, "service_requests", &["organization_id", "opened_at"], false).await?;
    index(manager, "service_requests", &["asker_id"], false).await?;
    index(manager, "service_requests", &["queue_id"], false).await?;
    Ok(())
}

async fn request_messages(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("request_id").uuid().to_owned(),
        optional("author_id").uuid().to_owned(),
        required("kind").text().to_owned(),
        required("body").text().to_owned(),
        required("written_at").timestamp_with_time_zone().to_owned(),
    ];
    create(
        manager,
        "request_messages",
        columns,
        &[("organization_id", "organizations"), ("request_id", "service_requests")],
    )
    .await?;
    index(manager, "request_messages", &["organization_id", "request_id"], false).await?;
    index(manager, "request_messages", &["request_id"], false).await?;
    Ok(())
}

async fn request_moves(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("request_id").uuid().to_owned(),
        required("kind").text().to_owned(),
        optional("actor_id").uuid().to_owned(),
        optional("person_id").uuid().to_owned(),
        optional("queue_id").uuid().to_owned(),
        optional("note").text().to_owned(),
        required("moved_at").timestamp_with_time_zone().to_owned(),
    ];
    create(
        manager,
        "request_moves",
        columns,
        &[
            ("organization_id", "organizations"),
            ("request_id", "service_requests"),
            ("person_id", "persons"),
            ("queue_id", "request_queues"),
        ],
    )
    .await?;
    index(manager, "request_moves", &["organization_id", "request_id"], false).await?;
    index(manager, "request_moves", &["request_id"], false).await?;
    index(manager, "request_moves", &["queue_id"], false).await?;
    index(manager, "request_moves", &["person_id"], false).await?;
    Ok(())
}

async fn request_reports(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("quarter").text().to_owned(),
        required("figures").json_binary().to_owned(),
        required("computed_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "request_reports", columns, &[("organization_id", "organizations")]).await?;
    index(manager, "request_reports", &["organization_id", "quarter"], true).await?;
    Ok(())
}

async fn team_responses(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("team_id").uuid().to_owned(),
        required("asked").text().to_owned(),
        required("said").text().to_owned(),
        required("did").text().to_owned(),
        required("author_id").uuid().to_owned(),
        required("published_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "team_responses", columns, &[("organization_id", "organizations")]).await?;
    index(manager, "team_responses", &["organization_id", "team_id"], false).await?;
    Ok(())
}

async fn frictions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("title").text().to_owned(),
        required("process").text().to_owned(),
        required("description").text().to_owned(),
        required("frequency").text().to_owned(),
        required("minutes").integer().to_owned(),
        required("people").integer().to_owned(),
        required("vote_count").integer().to_owned(),
        required("vote_minutes_sum").big_integer().to_owned(),
        required("vote_minutes_count").integer().to_owned(),
        required("cost").big_integer().to_owned(),
        optional("team_id").uuid().to_owned(),
        optional("reporter_id").uuid().to_owned(),
        required("state").text().to_owned(),
        optional("reject_reason").text().to_owned(),
        optional("merged_into").uuid().to_owned(),
        required("reported_at").timestamp_with_time_zone().to_owned(),
        required("changed_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "frictions", columns, &[("organization_id", "organizations")]).await?;
    index(manager, "frictions", &["organization_id", "cost"], false).await?;
    index(manager, "frictions", &["organization_id", "vote_count"], false).await?;
    index(manager, "frictions", &["organization_id", "merged_into"], false).await?;
    Ok(())
}

async fn friction_votes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("friction_id").uuid().to_owned(),
        required("person_id").uuid().to_owned(),
        optional("minutes").integer().to_owned(),
        required("voted_at").timestamp_with_time_zone().to_owned(),
    ];
    create(
        manager,
        "friction_votes",
        columns,
        &[("organization_id", "organizations"), ("friction_id", "frictions"), ("person_id", "persons")],
    )
    .await?;
    index(manager, "friction_votes", &["friction_id", "person_id"], true).await?;
    index(manager, "friction_votes", &["organization_id", "person_id"], false).await?;
    index(manager, "friction_votes", &["person_id"], false).await?;
    Ok(())
}

async fn roadmap_steps(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("friction_id").uuid().to_owned(),
        required("title").text().to_owned(),
        required("owner_id").uuid().to_owned(),
        optional("due_on").date().to_owned(),
        required("state").text().to_owned(),
        required("cost_before").big_integer().to_owned(),
        optional("minutes_after").integer().to_owned(),
        optional("people_after").integer().to_owned(),
        optional("result_note").text().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
        optional("done_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "roadmap_steps", columns, &[("organization_id", "organizations"), ("friction_id", "frictions")])
        .await?;
    index(manager, "roadmap_steps", &["organization_id", "friction_id"], false).await?;
    index(manager, "roadmap_steps", &["friction_id"], false).await?;
    Ok(())
}

async fn priority_rounds(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("title").json_binary().to_owned(),
        required("options").json_binary().to_owned(),
        required("audience").json_binary().to_owned(),
        required("state").text().to_owned(),
        required("minimum_group").integer().to_owned(),
        optional("cadence_weeks").integer().to_owned(),
        required("opens_at").timestamp_with_time_zone().to_owned(),
        required("closes_at").timestamp_with_time_zone().to_owned(),
        optional("closed_at").timestamp_with_time_zone().to_owned(),
        required("frame").json_binary().to_owned(),
        required("plan").json_binary().to_owned(),
        required("results").blob().to_owned(),
        optional("previous_id").uuid().to_owned(),
        optional("created_by").uuid().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "priority_rounds", columns, &[("organization_id", "organizations")]).await?;
    index(manager, "priority_rounds", &["organization_id", "state"], false).await?;
    index(manager, "priority_rounds", &["previous_id"], true).await?;
    Ok(())
}

async fn priority_invitations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("round_id").uuid().to_owned(),
        required("person_id").uuid().to_owned(),
        optional("team_id").uuid().to_owned(),
        required("took_part").boolean().to_owned(),
    ];
    create(
        manager,
        "priority_invitations",
        columns,
        &[("organization_id", "organizations"), ("round_id", "priority_rounds"), ("person_id", "persons")],
    )
    .await?;
    index(manager, "priority_invitations", &["round_id", "person_id"], true).await?;
    index(manager, "priority_invitations", &["organization_id", "person_id"], false).await?;
    index(manager, "priority_invitations", &["person_id"], false).await?;
    Ok(())
}

async fn priority_ballots(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("round_id").uuid().to_owned(),
        required("person_id").uuid().to_owned(),
        required("ranking").blob().to_owned(),
    ];
    create(
        manager,
        "priority_ballots",
        columns,
        &[("organization_id", "organizations"), ("round_id", "priority_rounds"), ("person_id", "persons")],
    )
    .await?;
    index(manager, "priority_ballots", &["round_id", "person_id"], true).await?;
    index(manager, "priority_ballots", &["person_id"], false).await?;
    Ok(())
}
