//! How many left: of whom it is told, and what of it.

use hearten_entity::{InOrganization, audit_event};
use serde_json::{Value, json};

use super::{hire, import, leave, morning, turnover};
use crate::harness::{Role, TestApp};

const YEAR: (&str, &str) = ("2025-11-01", "2026-11-01");

#[tokio::test]
async fn turnover_is_told_of_twenty_people_at_least() {
    let app = TestApp::start().await;
    let partner = app.client(Role::Partner).await;
    let of = async |team| turnover(&app, &partner, team, YEAR.0, YEAR.1).await;
    // Thirty-one work here, and Gerd did until October: owners and the board do not count.
    let all = of(Some("all")).await;
    assert_eq!((&all["__typename"], &all["leavers"]), (&json!("TurnoverFigures"), &json!(1)));
    let average = (12.0 * 32.0 + 31.0) / 13.0;
    assert!((all["averageHeadcount"].as_f64().unwrap() - average).abs() < 1e-9, "{all}");
    assert!((all["rate"].as_f64().unwrap() - 1.0 / average).abs() < 1e-9);
    assert_eq!(all["rate"], all["annualRate"]);
    assert_eq!(of(None).await, all);
    let hidden = |reason: &str| json!({ "__typename": "TurnoverHidden", "reason": reason, "minimumGroup": 20 });
    for small in ["north", "north-a", "south"] {
        assert_eq!(of(Some(small)).await, hidden("BELOW_MINIMUM"));
    }
    // Thirty-three with Gerd in North, and nineteen besides, of whom both together would tell.
    hire(&app, "north-a", "n", 20, "2024-01-01").await;
    assert_eq!(of(Some("north")).await, hidden("COMPLEMENTARY"));
    // Twenty-seven of Team A leave twenty-five.
    assert_eq!(of(Some("north-a")).await["averageHeadcount"].as_f64().unwrap().round(), 27.0);
    hire(&app, "all", "m", 1, "2026-10-15").await;
    let north = of(Some("north")).await;
    assert_eq!((&north["leavers"], of(Some("south")).await), (&json!(1), hidden("BELOW_MINIMUM")));
    // Who comes after the span adds nobody to it.
    hire(&app, "south-a", "s", 20, "2026-11-02").await;
    assert_eq!(of(Some("south")).await, hidden("BELOW_MINIMUM"));
}

#[tokio::test]
async fn turnover_is_told_to_those_who_answer_for_the_team() {
    let app = TestApp::start().await;
    hire(&app, "north-a", "n", 25, "2024-01-01").await;
    hire(&app, "north-b", "b", 25, "2024-01-01").await;
    hire(&app, "all", "m", 10, "2024-01-01").await;
    let sees = async |person: &str, team: Option<&str>| {
        let client = app.client_of(person).await;
        turnover(&app, &client, team, YEAR.0, YEAR.1).await["__typename"].clone()
    };
    let figures = json!("TurnoverFigures");
    for (person, everybody, north) in [
        ("adam", true, true),
        ("petra", true, true),
        ("paula", false, true),
        ("bert", true, true),
        ("olga", true, true),
        // Leads the root team, and nadia North.
        ("chris", false, true),
        ("nadia", false, true),
        ("nora", false, false),
        ("simon", false, false),
        ("emil", false, false),
    ] {
        assert_eq!(sees(person, None).await == figures, everybody, "{person}");
        assert_eq!(sees(person, Some("north")).await == figures, north, "{person}");
    }
    assert_eq!(sees("nora", Some("north-a")).await, figures);
    let token = app.client(Role::FullToken).await;
    assert!(turnover(&app, &token, None, YEAR.0, YEAR.1).await.is_null());
    // What was shown was recorded, and nothing else.
    let mut events = audit_event::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
    events.retain(|event| event.action == "turnover.read");
    let (nora, simon) = (app.person("nora").await, app.person("simon").await);
    let subjects: Vec<&str> =
        events.iter().filter(|event| event.actor == nora).map(|event| event.subject.as_str()).collect();
    assert_eq!(subjects, [app.team("north-a").await]);
    assert!(events.iter().all(|event| event.actor != simon));
}

/// Why somebody left is told of five leavers of a calendar year at least, but to those who may read it of each.
#[tokio::test]
async fn reasons_are_told_of_five_leavers_of_a_year() {
    let app = TestApp::start().await;
    hire(&app, "north-a", "n", 30, "2024-01-01").await;
    hire(&app, "south-a", "s", 30, "2024-01-01").await;
    hire(&app, "all", "m", 20, "2024-01-01").await;
    app.set_clock(morning("2027-01-05"));
    let (bert, petra) = (app.client(Role::Executive).await, app.client(Role::Partner).await);
    let (nadia, paula) = (app.client_of("nadia").await, app.client(Role::PartnerOfNorth).await);
    let year = async |client, team| turnover(&app, client, team, "2026-01-01", "2027-01-01").await["byReason"].clone();
    let hidden = |reason: &str| json!({ "__typename": "TurnoverReasonsHidden", "reason": reason, "minimumLeavers": 5 });
    leave(
        &app,
        &[("n0", "2026-12-01", "VOLUNTARY"), ("n1", "2026-12-02", "INVOLUNTARY"), ("n2", "2026-12-03", "RETIREMENT")],
    )
    .await;
    // With Gerd, four.
    assert_eq!(year(&bert, None).await, hidden("BELOW_MINIMUM"));
    assert_eq!(year(&nadia, Some("north")).await, hidden("BELOW_MINIMUM"));
    let counts = |voluntary, involuntary, other| (json!(voluntary), json!(involuntary), json!(other));
    let told = |reasons: &Value| {
        assert_eq!(reasons["__typename"], "TurnoverByReason", "{reasons}");
        (reasons["voluntary"].clone(), reasons["involuntary"].clone(), reasons["other"].clone())
    };
    assert_eq!(told(&year(&petra, None).await), counts(2, 1, 1));
    assert_eq!(told(&year(&paula, Some("north")).await), counts(2, 1, 1));
    leave(&app, &[("n3", "2026-12-31", "VOLUNTARY")]).await;
    assert_eq!(told(&year(&bert, None).await), counts(3, 1, 1));
    assert_eq!(told(&year(&nadia, Some("north")).await), counts(3, 1, 1));
    // One more leaves from South: with North shown, the whole would tell why.
    leave(&app, &[("s0", "2026-06-30", "VOLUNTARY")]).await;
    assert_eq!(told(&year(&bert, None).await), counts(4, 1, 1));
    // Who also looks after North reads why each of its leavers went, and so would read it of the one of South.
    let olga = app.client_of("olga").await;
    assert_eq!(told(&year(&olga, None).await), counts(4, 1, 1));
    let grant = "mutation($person: ID!, $team: ID!) {
        roleGrant(input: { person: $person, role: PEOPLE_PARTNER, team: $team }) { errors { message } } }";
    let variables = json!({ "person": app.person("olga").await, "team": app.team("north").await });
    let granted = app.client(Role::Admin).await.query(grant, variables).await.data();
    assert_eq!(granted["roleGrant"]["errors"], json!([]));
    let olga = app.client_of("olga").await;
    assert_eq!(year(&olga, None).await, hidden("BELOW_MINIMUM"));
    assert_eq!(told(&year(&olga, Some("north")).await), counts(3, 1, 1));
    assert_eq!(year(&bert, Some("north")).await, hidden("COMPLEMENTARY"));
    assert_eq!(year(&bert, Some("south")).await, hidden("BELOW_MINIMUM"));
    let simon = app.client_of("simon").await;
    let south = turnover(&app, &simon, Some("south"), "2026-01-01", "2027-01-01").await;
    // That somebody left everybody sees who works there.
    assert_eq!((&south["leavers"], &south["byReason"]), (&json!(1), &hidden("BELOW_MINIMUM")));
    // A span that begins or ends within a year would tell of a month by subtraction.
    for (from, until) in [("2026-01-01", "2026-12-01"), ("2026-02-01", "2027-01-01"), ("2025-02-01", "2026-12-01")] {
        assert_eq!(turnover(&app, &bert, None, from, until).await["byReason"], hidden("NOT_WHOLE_YEARS"));
        assert_eq!(turnover(&app, &petra, None, from, until).await["byReason"]["__typename"], "TurnoverByReason");
    }
    // Years in which nobody left add nothing to keep.
    let two = turnover(&app, &bert, None, "2025-01-01", "2027-01-01").await;
    assert_eq!(told(&two["byReason"]), counts(4, 1, 1));
    assert!((two["annualRate"].as_f64().unwrap() * 2.0 - two["rate"].as_f64().unwrap()).abs() < 1e-12);
}

/// A month is told by the teams people were in then, not by those they are in now.
#[tokio::test]
async fn everybody_counts_where_they_were() {
    let app = TestApp::start().await;
    hire(&app, "north-a", "n", 30, "2024-01-01").await;
    hire(&app, "south-a", "s", 30, "2024-01-01").await;
    hire(&app, "all", "m", 20, "2024-01-01").await;
    let mut moved = "external_id,name,team\n".to_owned();
    (0..5).for_each(|n| moved.push_str(&format!("n{n},n {n} Acmeson,south-a\n")));
    app.set_clock(morning("2026-12-15"));
    import(&app, &moved).await;
    app.set_clock(morning("2027-02-10"));
    leave(&app, &[("n0", "2027-01-20", "OTHER")]).await;
    let partner = app.client(Role::Partner).await;
    let of = async |team, from, until| {
        let found = turnover(&app, &partner, Some(team), from, until).await;
        (found["averageHeadcount"].as_f64().unwrap(), found["leavers"].as_i64().unwrap())
    };
    assert_eq!(of("north", "2026-11-01", "2026-12-01").await, (42.0, 0));
    assert_eq!(of("south", "2026-11-01", "2026-12-01").await, (42.0, 0));
    assert_eq!(of("north", "2026-12-01", "2027-01-01").await, (39.5, 0));
    assert_eq!(of("south", "2026-12-01", "2027-01-01").await, (44.5, 0));
    assert_eq!(of("north", "2027-01-01", "2027-02-01").await, (37.0, 0));
    assert_eq!(of("south", "2027-01-01", "2027-02-01").await, (46.5, 1));
}

#[tokio::test]
async fn spans_that_are_none_are_refused() {
    let app = TestApp::start().await;
    let partner = app.client(Role::Partner).await;
    for (from, until) in [
        ("2025-11-02", "2026-11-01"),
        ("2025-11-01", "2026-10-31"),
        ("2025-12-01", "2026-12-01"),
        ("2026-11-01", "2026-11-01"),
        ("2026-11-01", "2026-01-01"),
        ("2021-10-01", "2026-11-01"),
    ] {
        let document =
            format!("{{ organization {{ turnover(from: \"{from}\", until: \"{until}\") {{ __typename }} }} }}");
        assert_eq!(partner.query(&document, json!({})).await.code(), "BAD_USER_INPUT", "{from} {until}");
    }
}
