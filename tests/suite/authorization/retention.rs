//! Retention: turnover of everybody and of teams, in a tenant of more than twenty people and in one of fewer.

use super::ways::{Way, way};

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
];
