//! Retention: turnover of everybody and of teams, how long they stay and how many may leave, in a tenant of more than twenty
//! people and in one of fewer.

use chrono::{DateTime, Utc};
use hearten_api::areas::retention::{features::freeze, model::make_version};

use super::{
    scene::Scene,
    ways::{Way, way},
};
use crate::harness::TestApp;

pub const WAYS: &[Way] = &[
    way(
        "TurnoverFigures",
        "of everybody",
        "{ organization { turnover(from: \"2025-11-01\", until: \"2026-11-01\") { ... on TurnoverFigures { … } } } }",
        "/organization/turnover",
    ),
    way(
        "TurnoverFigures",
        "of the root team",
        "{ node(id: <all>) { ... on Team { turnover(from: \"2025-11-01\", until: \"2026-11-01\") {
            ... on TurnoverFigures { … } } } } }",
        "/node/turnover",
    ),
    way(
        "TurnoverHidden",
        "of North A",
        "{ node(id: <team_a>) { ... on Team { turnover(from: \"2025-11-01\", until: \"2026-11-01\") {
            ... on TurnoverHidden { … } } } } }",
        "/node/turnover",
    ),
    way(
        "TurnoverByReason",
        "of everybody, in a year to November",
        "{ organization { turnover(from: \"2025-11-01\", until: \"2026-11-01\") { ... on TurnoverFigures {
            byReason { ... on TurnoverByReason { … } } } } } }",
        "/organization/turnover/byReason",
    ),
    way(
        "TurnoverReasonsHidden",
        "of everybody, in a year to November",
        "{ organization { turnover(from: \"2025-11-01\", until: \"2026-11-01\") { ... on TurnoverFigures {
            byReason { ... on TurnoverReasonsHidden { … } } } } } }",
        "/organization/turnover/byReason",
    ),
    way("RetentionFeature", "of all", "{ retentionFeatures { … } }", "/retentionFeatures/0"),
    way("RetentionModel", "the newest", "{ retentionModel { … } }", "/retentionModel"),
    way("RetentionDrift", "of an input", "{ retentionModel { drift { … } } }", "/retentionModel/drift/0"),
    way(
        "RetentionGroupFigures",
        "of everybody",
        "{ organization { retention { ... on RetentionGroupFigures { … } } } }",
        "/organization/retention",
    ),
    way(
        "RetentionGroupFigures",
        "of the root team",
        "{ node(id: <all>) { ... on Team { retention { ... on RetentionGroupFigures { … } } } } }",
        "/node/retention",
    ),
    way(
        "RetentionBand",
        "of everybody, three months",
        "{ organization { retention { ... on RetentionGroupFigures { threeMonths { … } } } } }",
        "/organization/retention/threeMonths",
    ),
    way(
        "RetentionDriver",
        "of everybody, raising",
        "{ organization { retention { ... on RetentionGroupFigures { raising { … } } } } }",
        "/organization/retention/raising/0",
    ),
    way(
        "RetentionGroupHidden",
        "of North A",
        "{ node(id: <team_a>) { ... on Team { retention { ... on RetentionGroupHidden { … } } } } }",
        "/node/retention",
    ),
    way(
        "SurvivalCurve",
        "of everybody",
        "{ organization { survival { ... on SurvivalCurve { … } } } }",
        "/organization/survival",
    ),
    way(
        "SurvivalPoint",
        "of everybody",
        "{ organization { survival { ... on SurvivalCurve { points { … } } } } }",
        "/organization/survival/points/0",
    ),
    way(
        "SurvivalHidden",
        "of North A",
        "{ node(id: <team_a>) { ... on Team { survival { ... on SurvivalHidden { … } } } } }",
        "/node/survival",
    ),
];

/// Freezes a month and the next, and makes the model of the second; then it is as late as before.
pub async fn set(scene: &mut Scene, app: &TestApp) {
    let tenant = if scene.word == "Acme" { &app.acme } else { &app.umbra };
    let db = app.app().database.open().await.unwrap();
    let now: DateTime<Utc> = app.clock.now();
    for days in [30, 0] {
        app.set_clock(now - chrono::TimeDelta::days(days));
        freeze(app.app(), &db, tenant.id).await.unwrap();
    }
    make_version(app.app(), &db, tenant.id).await.unwrap();
}
