//! Versions of the model: when one is made, what it rests on, when it is shown, and of whom.

use chrono::Months;
use hearten_api::areas::retention::{features::freeze, model::make_version, upkeep};
use hearten_entity::{InOrganization, audit_event, risk_model};
use serde_json::{Value, json};

use super::{hire, import, leave};
use crate::harness::{Client, Role, TestApp};

const CARD: &str =
    "{ retentionModel { version prior gate shown trainedFrom trainedUntil persons personMonths leavers auc
    brier calibrationSlope skill beatsBaseRate drift { feature psi } caveats } }";

async fn card(app: &TestApp) -> Value {
    app.client(Role::Partner).await.data(CARD).await["retentionModel"].clone()
}

/// The risk of a team, by external id; of everybody where there is none.
async fn risk(app: &TestApp, client: &Client, team: Option<&str>) -> Value {
    let fields = "retention { __typename
        ... on RetentionGroupFigures { month version people caveats
            threeMonths { lowPercent highPercent expectedLeavers leaversLow leaversHigh }
            twelveMonths { lowPercent highPercent expectedLeavers leaversLow leaversHigh }
            raising { feature { name actionable } oddsFactor } lowering { feature { name actionable } oddsFactor } }
        ... on RetentionGroupHidden { reason minimumGroup } }";
    let Some(team) = team else {
        return client.data(&format!("{{ organization {{ {fields} }} }}")).await["organization"]["retention"].clone();
    };
    let id = app.team(team).await;
    client.data(&format!("{{ node(id: \"{id}\") {{ ... on Team {{ {fields} }} }} }}")).await["node"]["retention"]
        .clone()
}

fn hidden(reason: &str) -> Value {
    json!({ "__typename": "RetentionGroupHidden", "reason": reason, "minimumGroup": 20 })
}

/// Freezes the present month and makes its version.
async fn make(app: &TestApp) -> bool {
    let db = app.app().database.open().await.unwrap();
    freeze(app.app(), &db, app.acme.id).await.unwrap();
    make_version(app.app(), &db, app.acme.id).await.unwrap()
}

/// Goes to the first day of the next month.
fn go_on(app: &TestApp) {
    let next = app.clock.today().checked_add_months(Months::new(1)).unwrap();
    let first = chrono::Datelike::with_day(&next, 1).unwrap();
    app.set_clock(first.and_hms_opt(3, 0, 0).unwrap().and_utc());
}

/// Lets months pass; in each, those of `leavers` leave by own decision. What is known is frozen, no version is made.
async fn months_pass(app: &TestApp, leavers: &[Vec<String>]) {
    let db = app.app().database.open().await.unwrap();
    for who in leavers {
        freeze(app.app(), &db, app.acme.id).await.unwrap();
        let day = format!("{}", app.clock.today().checked_add_days(chrono::Days::new(3)).unwrap());
        let rows: Vec<(&str, &str, &str)> = who.iter().map(|one| (one.as_str(), day.as_str(), "VOLUNTARY")).collect();
        leave(app, &rows).await;
        go_on(app);
    }
}

#[tokio::test]
async fn a_version_is_made_once_a_month_and_says_what_it_rests_on() {
    let app = TestApp::start().await;
    let partner = app.client(Role::Partner).await;
    assert!(card(&app).await.is_null());
    assert_eq!(risk(&app, &partner, None).await, hidden("NO_MODEL"));
    let db = app.app().database.open().await.unwrap();
    assert!(!make_version(app.app(), &db, app.acme.id).await.unwrap(), "nothing was frozen");
    assert!(make(&app).await && !make(&app).await);
    // No month is over of which anything was known: there is nothing to learn from.
    let first = card(&app).await;
    assert_eq!((&first["version"], &first["shown"], &first["personMonths"]), (&json!(1), &json!(false), &json!(0)));
    assert_eq!(risk(&app, &partner, None).await, hidden("NO_MODEL"));
    go_on(&app);
    let mut done = upkeep::Done::new();
    upkeep::look(app.app(), &db, &mut done).await.unwrap();
    upkeep::look(app.app(), &db, &mut done).await.unwrap();
    let second = card(&app).await;
    assert_eq!(
        (&second["version"], &second["gate"], &second["shown"]),
        (&json!(2), &json!("PRIOR_ONLY"), &json!(true))
    );
    assert_eq!((&second["persons"], &second["leavers"]), (&json!(31), &json!(0)));
    assert_eq!((&second["trainedFrom"], &second["trainedUntil"]), (&json!("2026-11-01"), &json!("2026-11-01")));
    // Nothing was measured, and that is said.
    for measure in ["auc", "brier", "calibrationSlope", "skill", "beatsBaseRate"] {
        assert!(second[measure].is_null(), "{measure}");
    }
    let said = second["caveats"].as_array().unwrap();
    assert!(["NOT_COMPARED", "PRIOR_ONLY", "NOT_CALIBRATED"].iter().all(|one| said.contains(&json!(one))), "{said:?}");
    let all = risk(&app, &partner, Some("all")).await;
    assert_eq!((&all["people"], &all["version"], &all["month"]), (&json!(31), &json!(2), &json!("2026-12-01")));
    for (band, months) in [("threeMonths", 3.0), ("twelveMonths", 12.0)] {
        let number = |name: &str| all[band][name].as_f64().unwrap();
        assert!(number("lowPercent") < number("highPercent") && number("highPercent") < 60.0, "{all}");
        let expected = number("expectedLeavers");
        assert!(0.0 < expected && expected < 31.0 * months * 0.03, "{all}");
        assert!(number("leaversLow") <= expected && expected <= number("leaversHigh"), "{all}");
    }
    let drivers = ["raising", "lowering"].map(|side| all[side].as_array().unwrap().clone());
    assert!(drivers.iter().flatten().all(|driver| driver["feature"]["actionable"] == true), "{all}");
    assert!(drivers.iter().all(|side| side.len() <= 3) && drivers.iter().any(|side| !side.is_empty()), "{all}");
    assert_eq!(risk(&app, &partner, Some("north")).await, hidden("BELOW_MINIMUM"));
    // What it says lapses after a year in which no other version was made.
    app.set_clock("2028-01-01T09:00:00Z".parse().unwrap());
    assert_eq!(risk(&app, &app.client(Role::Partner).await, None).await, hidden("NO_MODEL"));
}

#[tokio::test]
async fn risk_is_told_to_those_who_answer_for_the_team_and_it_is_recorded() {
    let app = TestApp::start().await;
    hire(&app, "north-a", "n", 25, "2024-01-01").await;
    hire(&app, "all", "m", 10, "2024-01-01").await;
    make(&app).await;
    go_on(&app);
    make(&app).await;
    let figures = json!("RetentionGroupFigures");
    for (person, everybody, north) in [
        ("adam", true, true),
        ("petra", true, true),
        ("paula", false, true),
        ("bert", true, true),
        ("chris", false, true),
        ("nadia", false, true),
        ("nora", false, false),
        ("simon", false, false),
        ("emil", false, false),
    ] {
        let client = app.client_of(person).await;
        assert_eq!(risk(&app, &client, None).await["__typename"] == figures, everybody, "{person}");
        assert_eq!(risk(&app, &client, Some("north")).await["__typename"] == figures, north, "{person}");
    }
    let mut events = audit_event::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
    events.retain(|event| event.action == "retention.read");
    let of = |actor: &str| events.iter().filter(|event| event.actor == actor).count();
    assert_eq!((of(&app.person("nadia").await), of(&app.person("emil").await)), (1, 0));
    assert_eq!(of(&app.person("bert").await), 2);
    // What a model may know everybody can read; the card only who leads or looks after people.
    let features = "{ retentionFeatures { name unit meaning actionable group } }";
    let names = app.client_of("emil").await.data(features).await["retentionFeatures"].clone();
    assert_eq!(names.as_array().unwrap().len(), 12);
    let known: Vec<&str> = names.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert!(
        known.contains(&"group_favourability") && !known.contains(&"age") && !known.contains(&"gender"),
        "{known:?}"
    );
    for (role, reads) in [
        (Role::Employee, false),
        (Role::Manager, true),
        (Role::Executive, true),
        (Role::PartnerOfNorth, true),
        (Role::Admin, true),
        (Role::FullToken, false),
    ] {
        let data = app.client(role).await.data("{ retentionModel { version } retentionFeatures { name } }").await;
        assert_eq!(data["retentionModel"].is_object(), reads, "{role:?}");
        assert_eq!(data["retentionFeatures"].is_array(), role != Role::FullToken, "{role:?}");
    }
}

/// Figures are of the month: who moves between teams takes nothing visible along.
#[tokio::test]
async fn what_is_said_of_a_month_stays_when_people_move() {
    let app = TestApp::start().await;
    hire(&app, "north-a", "n", 25, "2024-01-01").await;
    hire(&app, "south-a", "s", 25, "2024-01-01").await;
    hire(&app, "all", "m", 20, "2024-01-01").await;
    make(&app).await;
    go_on(&app);
    make(&app).await;
    let partner = app.client(Role::Partner).await;
    let before = (risk(&app, &partner, Some("north")).await, risk(&app, &partner, Some("south")).await);
    assert_eq!((&before.0["people"], &before.1["people"]), (&json!(37), &json!(37)));
    import(&app, "external_id,name,team\nn0,n 0 Acmeson,south-a\n").await;
    let after = (risk(&app, &partner, Some("north")).await, risk(&app, &partner, Some("south")).await);
    assert_eq!(before, after);
    go_on(&app);
    make(&app).await;
    let partner = app.client(Role::Partner).await;
    assert_eq!(risk(&app, &partner, Some("north")).await["people"], 36);
}

#[tokio::test]
async fn of_two_nodes_that_make_a_version_at_once_one_does() {
    let mut app = TestApp::start().await;
    let second = app.add_node().await;
    let (one, two) = (app.app().database.open().await.unwrap(), app.app_of(second).database.open().await.unwrap());
    freeze(app.app(), &one, app.acme.id).await.unwrap();
    let (first, other) =
        tokio::join!(make_version(app.app(), &one, app.acme.id), make_version(app.app_of(second), &two, app.acme.id));
    let mut made = [first.unwrap(), other.unwrap()];
    made.sort_unstable();
    let rows = risk_model::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
    assert_eq!((made, rows.len()), ([false, true], 1));
}

/// Newcomers leave and nobody else does: that is worth knowing, and it is measured on months the model had not seen.
#[tokio::test]
async fn a_model_that_beats_the_base_rate_is_shown() {
    let app = TestApp::start().await;
    hire(&app, "north-a", "y", 100, "2026-09-01").await;
    hire(&app, "south-a", "o", 150, "2012-01-01").await;
    let leavers: Vec<Vec<String>> =
        (0..9).map(|month| (0..9).map(|n| format!("y{}", month * 9 + n)).collect()).collect();
    months_pass(&app, &leavers).await;
    make(&app).await;
    let card = card(&app).await;
    assert_eq!((&card["leavers"], &card["beatsBaseRate"], &card["shown"]), (&json!(81), &json!(true), &json!(true)));
    assert!(card["auc"].as_f64().unwrap() > 0.8 && card["skill"].as_f64().unwrap() > 0.0, "{card}");
    assert_ne!(card["gate"], "PRIOR_ONLY");
    let partner = app.client(Role::Partner).await;
    let figures = risk(&app, &partner, None).await;
    assert_eq!(figures["__typename"], "RetentionGroupFigures", "{figures}");
}

/// People leave whatever is known of them: then a model tells nothing that turnover does not, and is not shown.
#[tokio::test]
async fn a_model_that_beats_nothing_says_so_and_is_not_shown() {
    let app = TestApp::start().await;
    for team in ["north-a", "north-b", "south-a", "south-b"] {
        hire(&app, team, &format!("{team}-"), 50, "2018-01-01").await;
    }
    let teams = ["north-a", "north-b", "south-a", "south-b"];
    let leavers: Vec<Vec<String>> =
        (0..7).map(|month| (0..4).map(|n| format!("{}-{month}", teams[n])).collect()).collect();
    months_pass(&app, &leavers).await;
    make(&app).await;
    let card = card(&app).await;
    assert_eq!((&card["leavers"], &card["gate"], &card["shown"]), (&json!(28), &json!("GROUPS_ONLY"), &json!(false)));
    assert_eq!(card["beatsBaseRate"], false);
    assert!(card["caveats"].as_array().unwrap().contains(&json!("BEATS_NOTHING")), "{card}");
    let partner = app.client(Role::Partner).await;
    assert_eq!(risk(&app, &partner, None).await, hidden("NOT_BETTER"));
    // What it would have said of groups was not even stored.
    let row = risk_model::Entity::in_org(app.acme.id).one(app.db().await.read()).await.unwrap().unwrap();
    assert_eq!((row.shown, row.groups), (false, json!([])));
}
