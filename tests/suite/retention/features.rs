//! What is frozen of everybody once a month: what was known then, and nothing that is between people.

use chrono::{Datelike, NaiveDate, TimeDelta};
use hearten_api::areas::retention::features::{Frozen, freeze, frozen_since};
use hearten_entity::{InOrganization, service_request};
use hearten_retention::Feature;
use sea_orm::{ColumnTrait, QueryFilter, sea_query::Expr};
use serde_json::json;

use super::hire;
use crate::{
    expectations::{accepted, judge},
    goals,
    harness::{Role, TestApp, answers, draft},
    recognition::give,
};

async fn freeze_now(app: &TestApp) -> usize {
    let db = app.app().database.open().await.unwrap();
    freeze(app.app(), &db, app.acme.id).await.unwrap()
}

async fn frozen(app: &TestApp) -> Vec<Frozen> {
    frozen_since(app.db().await.read(), app.acme.id, "2020-01-01".parse().unwrap()).await.unwrap()
}

/// What was frozen of a person in the last month that was.
async fn last_of(app: &TestApp, person: &str) -> Frozen {
    let id = app.person(person).await;
    let mut rows = frozen(app).await;
    rows.retain(|row| row.person.to_string() == id);
    rows.pop().unwrap()
}

async fn value(app: &TestApp, person: &str, feature: Feature) -> Option<f32> {
    last_of(app, person).await.row.get(feature)
}

/// Freezes the next month.
async fn next_month(app: &TestApp) -> usize {
    let today = app.clock.today();
    let next = today.with_day(1).unwrap().checked_add_months(chrono::Months::new(1)).unwrap();
    app.set_clock(next.and_hms_opt(3, 0, 0).unwrap().and_utc());
    freeze_now(app).await
}

#[tokio::test]
async fn a_month_is_frozen_once_and_stays() {
    let app = TestApp::start().await;
    // Thirty-one work here; owners and the board do not, nor does Gerd any more.
    assert_eq!(freeze_now(&app).await, 31);
    assert_eq!(freeze_now(&app).await, 0);
    let before = frozen(&app).await;
    let day: NaiveDate = "2026-11-23".parse().unwrap();
    assert!(before.iter().all(|row| (row.month, row.as_of) == (day.with_day(1).unwrap(), day)));
    let emil = last_of(&app, "emil").await.row;
    let of = |feature| emil.get(feature);
    // Since the first day in February 2020: more than is told apart.
    assert_eq!(of(Feature::MonthsSinceRoleChange), Some(60.0));
    assert_eq!(of(Feature::Span), Some(5.0));
    // Of seven in the team in a year, Gerd left.
    assert!((of(Feature::TeamTurnover12m).unwrap() - 1.0 / 7.0).abs() < 1e-6);
    assert_eq!(value(&app, "carl", Feature::TeamTurnover12m).await, Some(0.0));
    // Where an area is not used, nothing is known; that is not zero.
    for unknown in [Feature::WeeksSinceOneOnOne, Feature::OpenGoals, Feature::OverdueRequests] {
        assert_eq!(of(unknown), None);
    }
    assert_eq!(value(&app, "chris", Feature::MonthsSinceManagerChange).await, None);
    assert_eq!(value(&app, "chris", Feature::Span).await, None);
    let update = "mutation($id: ID!, $boss: ID!) {
        personUpdate(input: { person: $id, title: \"Buyer\", manager: $boss }) { errors { message } } }";
    let variables = json!({ "id": app.person("emil").await, "boss": app.person("nils").await });
    app.client(Role::Admin).await.query(update, variables).await.data();
    assert_eq!((freeze_now(&app).await, frozen(&app).await), (0, before.clone()));
    assert_eq!(next_month(&app).await, 31);
    let emil = last_of(&app, "emil").await;
    assert_eq!(emil.month, "2026-12-01".parse().unwrap());
    assert_eq!(emil.row.get(Feature::MonthsSinceRoleChange), Some(0.0));
    assert_eq!(emil.row.get(Feature::MonthsSinceManagerChange), Some(0.0));
    assert_eq!(emil.row.get(Feature::Span), Some(6.0));
    let kept: Vec<Frozen> = frozen(&app).await.into_iter().filter(|row| row.as_of == day).collect();
    assert_eq!(kept, before);
}

#[tokio::test]
async fn of_two_nodes_that_freeze_at_once_one_does() {
    let mut app = TestApp::start().await;
    let second = app.add_node().await;
    let (one, two) = (app.app().database.open().await.unwrap(), app.app_of(second).database.open().await.unwrap());
    let (first, other) =
        tokio::join!(freeze(app.app(), &one, app.acme.id), freeze(app.app_of(second), &two, app.acme.id));
    let mut written = [first.unwrap(), other.unwrap()];
    written.sort_unstable();
    assert_eq!((written, frozen(&app).await.len()), ([0, 31], 31));
}

#[tokio::test]
async fn more_people_take_no_more_statements() {
    let app = TestApp::start().await;
    let db = app.app().database.open().await.unwrap();
    let mut counts = Vec::new();
    for round in 0..3 {
        let (before, written) = (app.statements().get(), freeze(app.app(), &db, app.acme.id).await.unwrap());
        counts.push(app.statements().get() - before);
        assert_eq!(written, 31 + round * 150);
        hire(&app, "north-a", &format!("n{round}x"), 150, "2024-01-01").await;
        app.settle().await;
        app.advance(TimeDelta::days(31));
        // Also the directory is read anew where it has changed, which is no part of this.
        app.client(Role::Admin).await.data("{ organization { headcount } }").await;
    }
    assert_eq!(counts[1], counts[2], "{counts:?}");
}

#[tokio::test]
async fn thanks_and_one_on_ones_count_where_others_see_them() {
    let app = TestApp::start().await;
    let thanked = [json!({}), json!({ "visibility": "TEAM" }), json!({ "visibility": "PRIVATE" })];
    for more in thanked {
        give(&app, "anna", &["emil"], more).await;
    }
    for (who, other) in [("nora", "emil"), ("anna", "arne")] {
        crate::conversations::held(&app, who, other).await;
    }
    next_month(&app).await;
    assert_eq!(value(&app, "emil", Feature::RecognitionReceived90d).await, Some(2.0));
    assert_eq!(value(&app, "anna", Feature::RecognitionReceived90d).await, Some(0.0));
    // With the manager eight days ago; a talk of colleagues is theirs, so anna has gone longest without one.
    assert_eq!(value(&app, "emil", Feature::WeeksSinceOneOnOne).await, Some(1.0));
    assert_eq!(value(&app, "anna", Feature::WeeksSinceOneOnOne).await, Some(26.0));
    for _ in 0..4 {
        next_month(&app).await;
    }
    assert_eq!(value(&app, "emil", Feature::RecognitionReceived90d).await, None);
}

#[tokio::test]
async fn goals_promises_and_requests_count_where_others_see_them() {
    let app = TestApp::start().await;
    let cycle = goals::cycle(&app, "Q4").await;
    for visibility in ["PUBLIC", "TEAM", "PRIVATE"] {
        goals::goal(&app, "emil", &cycle, json!({ "visibility": visibility })).await;
    }
    // Promised to nora: one is kept between the two, one is missed, one is open.
    accepted(&app, "nora", "emil", json!({ "visibleToManager": false })).await;
    accepted(&app, "nora", "emil", json!({})).await;
    let missed = accepted(&app, "nora", "anna", json!({})).await;
    let ask = "mutation($to: ID!) { requestOpen(input: { to: { person: $to }, kind: TOOL, title: \"Scanner\" }) {
        request { id } errors { message } } }";
    let asked = app.client_of("emil").await.query(ask, json!({ "to": app.person("nils").await })).await.data();
    assert!(asked["requestOpen"]["request"]["id"].is_string(), "{asked}");
    next_month(&app).await;
    assert_eq!(value(&app, "emil", Feature::OpenGoals).await, Some(2.0));
    assert_eq!(value(&app, "emil", Feature::StaleGoals).await, Some(0.0));
    assert_eq!(value(&app, "anna", Feature::OpenGoals).await, Some(0.0));
    assert_eq!(value(&app, "nora", Feature::ExpectationsOpen).await, Some(2.0));
    assert_eq!(value(&app, "nora", Feature::ExpectationsMissed90d).await, Some(0.0));
    assert_eq!(value(&app, "emil", Feature::ExpectationsOpen).await, Some(0.0));
    assert_eq!(value(&app, "emil", Feature::OverdueRequests).await, Some(1.0));
    // Nobody checks in any more, a promise is missed, and the request is answered.
    app.advance(TimeDelta::days(5));
    judge(&app.client_of("nora").await, &missed, "MISSED").await.data();
    service_request::Entity::update_in_org(app.acme.id)
        .filter(service_request::Column::AnsweredAt.is_null())
        .col_expr(service_request::Column::AnsweredAt, Expr::value(app.clock.now()))
        .exec(app.db().await.write())
        .await
        .unwrap();
    next_month(&app).await;
    assert_eq!(value(&app, "nora", Feature::ExpectationsOpen).await, Some(1.0));
    assert_eq!(value(&app, "nora", Feature::ExpectationsMissed90d).await, Some(1.0));
    assert_eq!(value(&app, "emil", Feature::StaleGoals).await, Some(2.0));
    assert_eq!(value(&app, "emil", Feature::OverdueRequests).await, Some(0.0));
}

/// Rule 7: what somebody answers is no input of anything about them. Only what was published of the group is, and it is the
/// same for who answered one way, another way, or not at all.
#[tokio::test]
async fn answers_count_as_published_results_of_groups_only() {
    let app = TestApp::start().await;
    let survey = app.launched(draft()).await;
    for (at, person) in (0..).zip(survey.invited().await) {
        if person != "arne" {
            survey.answer(&person, answers(1 + at % 5, 1 + at % 4, at % 11, None)).await;
        }
    }
    next_month(&app).await;
    assert!(frozen(&app).await.iter().all(|row| row.row.get(Feature::GroupFavourability).is_none()));
    survey.close().await;
    survey.publish().await.expect("enough answered");
    next_month(&app).await;
    let of_group = value(&app, "emil", Feature::GroupFavourability).await;
    assert!(of_group.is_some_and(|share| (0.0..=1.0).contains(&share)), "{of_group:?}");
    for colleague in ["nora", "anna", "anton", "aylin", "arne"] {
        assert_eq!(value(&app, colleague, Feature::GroupFavourability).await, of_group, "{colleague}");
    }
    // A year later it says nothing any more.
    app.advance(TimeDelta::days(370));
    next_month(&app).await;
    assert_eq!(value(&app, "emil", Feature::GroupFavourability).await, None);
}
