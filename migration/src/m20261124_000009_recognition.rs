//! Recognition, the ledger of points, rewards, and what people let others celebrate.

use sea_orm_migration::prelude::*;

use crate::table::{create, drop_all, index, optional, primary_key, required};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        company_values(manager).await?;
        recognitions(manager).await?;
        recognition_receivers(manager).await?;
        recognition_reactions(manager).await?;
        recognition_balances(manager).await?;
        point_rules(manager).await?;
        point_accounts(manager).await?;
        point_transfers(manager).await?;
        point_postings(manager).await?;
        rewards(manager).await?;
        redemptions(manager).await?;
        celebration_choices(manager).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(
            manager,
            &[
                "celebration_choices",
                "redemptions",
                "rewards",
                "point_postings",
                "point_transfers",
                "point_accounts",
                "point_rules",
                "recognition_balances",
                "recognition_reactions",
                "recognition_receivers",
                "recognitions",
                "company_values",
            ],
        )
        .await
    }
}

async fn company_values(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("name").text().to_owned(),
        required("description").text().to_owned(),
        optional("emoji").text().to_owned(),
        required("active").boolean().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "company_values", columns, &[("organization_id", "organizations")]).await?;
    index(manager, "company_values", &["organization_id", "active"], false).await?;
    Ok(())
}

async fn recognitions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("giver_id").uuid().to_owned(),
        optional("giver_team_id").uuid().to_owned(),
        required("receivers").json_binary().to_owned(),
        optional("company_value_id").uuid().to_owned(),
        required("message").text().to_owned(),
        required("points").big_integer().to_owned(),
        required("visibility").text().to_owned(),
        optional("budget_team_id").uuid().to_owned(),
        optional("transfer_id").uuid().to_owned(),
        required("given_at").timestamp_with_time_zone().to_owned(),
        optional("withdrawn_at").timestamp_with_time_zone().to_owned(),
    ];
    create(
        manager,
        "recognitions",
        columns,
        &[("organization_id", "organizations"), ("giver_id", "persons"), ("company_value_id", "company_values")],
    )
    .await?;
    index(manager, "recognitions", &["organization_id", "given_at"], false).await?;
    index(manager, "recognitions", &["organization_id", "giver_id"], false).await?;
    index(manager, "recognitions", &["organization_id", "company_value_id"], false).await?;
    Ok(())
}

async fn recognition_receivers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("recognition_id").uuid().to_owned(),
        required("person_id").uuid().to_owned(),
        optional("team_id").uuid().to_owned(),
    ];
    create(
        manager,
        "recognition_receivers",
        columns,
        &[("organization_id", "organizations"), ("recognition_id", "recognitions"), ("person_id", "persons")],
    )
    .await?;
    index(manager, "recognition_receivers", &["recognition_id", "person_id"], true).await?;
    index(manager, "recognition_receivers", &["organization_id", "person_id", "recognition_id"], false).await?;
    index(manager, "recognition_receivers", &["organization_id", "team_id"], false).await?;
    Ok(())
}

async fn recognition_reactions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("recognition_id").uuid().to_owned(),
        required("person_id").uuid().to_owned(),
        required("emoji").text().to_owned(),
        required("reacted_at").timestamp_with_time_zone().to_owned(),
    ];
    create(
        manager,
        "recognition_reactions",
        columns,
        &[("organization_id", "organizations"), ("recognition_id", "recognitions"), ("person_id", "persons")],
    )
    .await?;
    index(manager, "recognition_reactions", &["recognition_id", "person_id"], true).await?;
    Ok(())
}

async fn recognition_balances(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        required("organization_id").uuid().primary_key().to_owned(),
        required("month").date().to_owned(),
        required("figures").json_binary().to_owned(),
    ];
    create(manager, "recognition_balances", columns, &[("organization_id", "organizations")]).await
}

async fn point_rules(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("points_per_unit").big_integer().to_owned(),
        required("currency").text().to_owned(),
        required("monthly_allowance").json_binary().to_owned(),
        required("approval_required").boolean().to_owned(),
        required("updated_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "point_rules", columns, &[("organization_id", "organizations")]).await?;
    index(manager, "point_rules", &["organization_id"], true).await?;
    Ok(())
}

async fn point_accounts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("kind").text().to_owned(),
        required("holder").uuid().to_owned(),
        required("balance")
            .big_integer()
            .check(Expr::col(Alias::new("kind")).eq("ISSUE").or(Expr::col(Alias::new("balance")).gte(0)))
            .to_owned(),
        optional("month").text().to_owned(),
    ];
    create(manager, "point_accounts", columns, &[("organization_id", "organizations")]).await?;
    index(manager, "point_accounts", &["organization_id", "kind", "holder"], true).await?;
    Ok(())
}

async fn point_transfers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("kind").text().to_owned(),
        required("made_at").timestamp_with_time_zone().to_owned(),
        optional("made_by").uuid().to_owned(),
        optional("reason").text().to_owned(),
        optional("recognition_id").uuid().to_owned(),
        optional("redemption_id").uuid().to_owned(),
        optional("reverses").uuid().to_owned(),
    ];
    create(manager, "point_transfers", columns, &[("organization_id", "organizations")]).await?;
    index(manager, "point_transfers", &["reverses"], true).await?;
    index(manager, "point_transfers", &["organization_id", "recognition_id"], false).await?;
    index(manager, "point_transfers", &["organization_id", "redemption_id"], false).await?;
    Ok(())
}

async fn point_postings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("transfer_id").uuid().to_owned(),
        required("account_id").uuid().to_owned(),
        required("amount").big_integer().to_owned(),
        required("balance_after").big_integer().to_owned(),
    ];
    create(
        manager,
        "point_postings",
        columns,
        &[("organization_id", "organizations"), ("transfer_id", "point_transfers"), ("account_id", "point_accounts")],
    )
    .await?;
    index(manager, "point_postings", &["transfer_id", "account_id"], true).await?;
    index(manager, "point_postings", &["organization_id", "account_id", "id"], false).await?;
    Ok(())
}

async fn rewards(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("title").text().to_owned(),
        required("description").text().to_owned(),
        required("price").big_integer().to_owned(),
        optional("stock").big_integer().check(Expr::col(Alias::new("stock")).gte(0)).to_owned(),
        required("active").boolean().to_owned(),
        required("needs_approval").boolean().to_owned(),
        required("created_at").timestamp_with_time_zone().to_owned(),
    ];
    create(manager, "rewards", columns, &[("organization_id", "organizations")]).await?;
    index(manager, "rewards", &["organization_id", "active"], false).await?;
    Ok(())
}

async fn redemptions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("reward_id").uuid().to_owned(),
        required("person_id").uuid().to_owned(),
        required("price").big_integer().to_owned(),
        required("took_stock").boolean().to_owned(),
        required("state").text().to_owned(),
        optional("reason").text().to_owned(),
        required("transfer_id").uuid().to_owned(),
        required("requested_at").timestamp_with_time_zone().to_owned(),
        optional("approved_at").timestamp_with_time_zone().to_owned(),
        optional("ended_at").timestamp_with_time_zone().to_owned(),
        optional("decided_by").uuid().to_owned(),
    ];
    create(
        manager,
        "redemptions",
        columns,
        &[
            ("organization_id", "organizations"),
            ("reward_id", "rewards"),
            ("person_id", "persons"),
            ("transfer_id", "point_transfers"),
        ],
    )
    .await?;
    index(manager, "redemptions", &["organization_id", "state"], false).await?;
    index(manager, "redemptions", &["organization_id", "person_id"], false).await?;
    index(manager, "redemptions", &["reward_id"], false).await?;
    Ok(())
}

async fn celebration_choices(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let columns = vec![
        primary_key(),
        required("organization_id").uuid().to_owned(),
        required("person_id").uuid().to_owned(),
        optional("birth_month").integer().to_owned(),
        optional("birth_day").integer().to_owned(),
        required("show_birthday").boolean().to_owned(),
        required("show_anniversary").boolean().to_owned(),
    ];
    create(manager, "celebration_choices", columns, &[("organization_id", "organizations"), ("person_id", "persons")])
        .await?;
    index(manager, "celebration_choices", &["organization_id", "person_id"], true).await?;
    Ok(())
}
