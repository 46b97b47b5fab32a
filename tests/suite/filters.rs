//! Lists of persons and teams by filter and order: what is wanted is found, page by page, and no filter tells what its
//! asker may not read.

use serde_json::{Value, json};

use crate::harness::{Client, Reply, Role, TestApp};

const PERSONS: &str = "query($filter: PersonFilterInput, $orderBy: PersonOrderInput, $first: Int, $after: String,
        $last: Int, $before: String) {
    persons(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
        totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        nodes { displayName } } }";
const TEAMS: &str = "query($filter: TeamFilterInput, $orderBy: TeamOrderInput, $first: Int, $after: String) {
    teams(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } nodes { name } } }";

/// The first names of the persons a list shows.
fn names(reply: &Value) -> Vec<String> {
    let nodes = reply["persons"]["nodes"].as_array().unwrap();
    let first = |node: &Value| node["displayName"].as_str().unwrap().split(' ').next().unwrap().to_lowercase();
    nodes.iter().map(first).collect()
}

async fn persons(client: &Client, filter: Value) -> Vec<String> {
    names(&client.query(PERSONS, json!({ "filter": filter, "first": 100 })).await.data())
}

async fn asked(client: &Client, filter: Value, order_by: Value) -> Reply {
    client.query(PERSONS, json!({ "filter": filter, "orderBy": order_by, "first": 100 })).await
}

#[tokio::test]
async fn persons_are_found_by_what_everybody_may_read() {
    let app = TestApp::start().await;
    let (emil, north) = (app.client(Role::Employee).await, app.team("north").await);
    assert_eq!(persons(&emil, json!({ "relationship": { "eq": "CONTRACTOR" } })).await, ["aylin"]);
    let offices = json!({ "relationship": { "in": ["OWNER", "BOARD_MEMBER"] } });
    assert_eq!(persons(&emil, offices).await, ["bert", "olga"]);
    assert_eq!(persons(&emil, json!({ "displayName": { "contains": "ACMESON" } })).await.len(), 33);
    assert_eq!(persons(&emil, json!({ "displayName": { "eq": "Anna Acmeson" } })).await, ["anna"]);
    assert!(persons(&emil, json!({ "displayName": { "eq": "anna acmeson" } })).await.is_empty());
    let leads = json!({ "title": { "in": ["Team Lead", "Head of North"] }, "team": north });
    let mut found = persons(&emil, leads).await;
    found.sort_unstable();
    assert_eq!(found, ["nils", "nora"]);
    let either = json!({ "or": [
        { "title": { "contains": "head of" } },
        { "and": [{ "team": north }, { "title": { "eq": "Team Lead" } }] },
    ] });
    assert_eq!(persons(&emil, either).await, ["nadia", "nils", "nora", "simon"]);
    let nowhere = json!({ "team": app.team("u-team").await });
    assert!(persons(&emil, nowhere).await.is_empty(), "a team of another tenant is no team");
}

#[tokio::test]
async fn former_persons_are_listed_to_those_who_may_see_them() {
    let app = TestApp::start().await;
    let former = json!({ "active": { "eq": false } });
    for (role, expected) in [
        (Role::Admin, vec!["gerd"]),
        (Role::Partner, vec!["gerd"]),
        (Role::PartnerOfNorth, vec!["gerd"]),
        (Role::FullToken, vec!["gerd"]),
        (Role::Employee, vec![]),
        (Role::Manager, vec![]),
        (Role::Executive, vec![]),
    ] {
        let reply = asked(&app.client(role).await, former.clone(), Value::Null).await.data();
        assert_eq!(names(&reply), expected, "{role:?}");
        assert_eq!(reply["persons"]["totalCount"], Value::Null, "how many have left is nobody's count");
    }
    let admin = app.client(Role::Admin).await;
    let of = |team: String| json!({ "active": { "eq": false }, "team": team });
    assert_eq!(persons(&admin, of(app.team("north").await)).await, ["gerd"]);
    assert!(persons(&admin, of(app.team("south").await)).await.is_empty());
}

#[tokio::test]
async fn nobody_learns_first_days_by_filter_or_order() {
    let app = TestApp::start().await;
    let (north_a, north, south) = (app.team("north-a").await, app.team("north").await, app.team("south").await);
    let since = |team: Option<&String>| json!({ "team": team, "or": [{ "hiredOn": { "gte": "2022-01-01" } }] });
    let by_day = json!({ "field": "HIRED_ON" });
    for (role, of_all, of_north_a, of_north, of_south) in [
        (Role::Employee, false, false, false, false),
        (Role::Executive, false, false, false, false),
        // Nora leads North A.
        (Role::Manager, false, true, false, false),
        (Role::PartnerOfNorth, false, true, true, false),
        (Role::Partner, true, true, true, true),
        (Role::Admin, true, true, true, true),
        (Role::FullToken, true, true, true, true),
    ] {
        let client = app.client(role).await;
        let teams = [(None, of_all), (Some(&north_a), of_north_a), (Some(&north), of_north), (Some(&south), of_south)];
        for (team, may) in teams {
            let expected = if may { "" } else { "FORBIDDEN" };
            assert_eq!(asked(&client, since(team), Value::Null).await.code(), expected, "{role:?} {team:?}");
            let ordered = asked(&client, json!({ "team": team }), by_day.clone()).await;
            assert_eq!(ordered.code(), expected, "{role:?} {team:?}");
        }
    }
    let partner = app.client(Role::Partner).await;
    let late = json!({ "team": north_a, "hiredOn": { "gte": "2021-03-01", "lte": "2022-01-01" } });
    assert_eq!(persons(&partner, late).await, ["anton", "aylin"]);
    assert!(persons(&partner, json!({ "hiredOn": { "null": true } })).await.is_empty());
}

/// Walks a list in both directions, two at a time.
async fn walked(client: &Client, filter: &Value, order_by: &Value) -> (Vec<String>, Vec<String>) {
    let (mut forwards, mut backwards) = (Vec::new(), Vec::new());
    let mut cursor = Value::Null;
    loop {
        let page = json!({ "filter": filter, "orderBy": order_by, "first": 2, "after": cursor });
        let data = client.query(PERSONS, page).await.data();
        forwards.extend(names(&data));
        cursor = data["persons"]["pageInfo"]["endCursor"].clone();
        if data["persons"]["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    cursor = Value::Null;
    loop {
        let page = json!({ "filter": filter, "orderBy": order_by, "last": 2, "before": cursor });
        let data = client.query(PERSONS, page).await.data();
        backwards.splice(0..0, names(&data));
        cursor = data["persons"]["pageInfo"]["startCursor"].clone();
        if data["persons"]["pageInfo"]["hasPreviousPage"] == false {
            break;
        }
    }
    (forwards, backwards)
}

#[tokio::test]
async fn every_order_pages_both_ways() {
    let app = TestApp::start().await;
    let partner = app.client(Role::Partner).await;
    let team = json!({ "team": app.team("north").await, "title": { "eq": "Seller" } });
    let by_name = ["anna", "anton", "arne", "aylin", "bela", "berk", "bina", "bodo", "brit", "emil"];
    let by_seat = ["anna", "anton", "arne", "aylin", "emil", "bela", "berk", "bina", "bodo", "brit"];
    let reversed = |names: &[&str]| names.iter().rev().map(ToString::to_string).collect::<Vec<_>>();
    let order = |field: &str, direction: &str| json!({ "field": field, "direction": direction });
    let (forwards, backwards) = walked(&partner, &team, &Value::Null).await;
    assert_eq!((&forwards[..], &backwards[..]), (&by_seat.map(str::to_owned)[..], &by_seat.map(str::to_owned)[..]));
    let (forwards, backwards) = walked(&partner, &team, &order("NAME", "ASC")).await;
    assert_eq!((&forwards[..], &backwards[..]), (&by_name.map(str::to_owned)[..], &by_name.map(str::to_owned)[..]));
    let (forwards, backwards) = walked(&partner, &team, &order("NAME", "DESC")).await;
    assert_eq!((forwards, backwards), (reversed(&by_name), reversed(&by_name)));
    let (ascending, backwards) = walked(&partner, &team, &order("HIRED_ON", "ASC")).await;
    assert_eq!(ascending, backwards);
    let mut years: Vec<Vec<&str>> = ascending.chunks(2).map(|year| year.iter().map(String::as_str).collect()).collect();
    years.iter_mut().for_each(|same_day| same_day.sort_unstable());
    assert_eq!(years, [["bela", "emil"], ["anna", "bodo"], ["anton", "bina"], ["aylin", "berk"], ["arne", "brit"]]);
    let (descending, backwards) = walked(&partner, &team, &order("HIRED_ON", "DESC")).await;
    assert_eq!(descending, backwards);
    assert_eq!(descending, ascending.into_iter().rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_cursor_belongs_to_its_order() {
    let app = TestApp::start().await;
    let partner = app.client(Role::Partner).await;
    let page = |order: &str, after: Value| json!({ "orderBy": { "field": order }, "first": 2, "after": after });
    for (order, other) in [("NAME", "HIRED_ON"), ("HIRED_ON", "NAME")] {
        let first = partner.query(PERSONS, page(order, Value::Null)).await.data();
        let cursor = first["persons"]["pageInfo"]["endCursor"].clone();
        assert_eq!(partner.query(PERSONS, page(other, cursor)).await.code(), "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn nobody_is_passed_over_when_the_one_at_the_cursor_has_gone() {
    let app = TestApp::start().await;
    let admin = app.client(Role::Admin).await;
    let wanted = json!({ "title": { "eq": "Seller" } });
    let first = admin.query(PERSONS, json!({ "filter": wanted, "first": 3 })).await.data();
    assert_eq!(names(&first), ["anna", "anton", "arne"]);
    let cursor = first["persons"]["pageInfo"]["endCursor"].clone();
    let leave = "mutation($person: ID!) {
        personUpdate(input: { person: $person, leftOn: \"2026-11-01\" }) { errors { code } } }";
    admin.query(leave, json!({ "person": app.person("arne").await })).await.data();
    let before = admin.query(PERSONS, json!({ "filter": wanted, "last": 2, "before": cursor })).await.data();
    assert_eq!(names(&before), ["anna", "anton"]);
    let after = admin.query(PERSONS, json!({ "filter": wanted, "first": 1, "after": cursor })).await.data();
    assert_eq!(names(&after), ["aylin"]);
}

#[tokio::test]
async fn what_is_beyond_the_limits_is_refused_at_its_place() {
    let app = TestApp::start().await;
    let emil = app.client(Role::Employee).await;
    let name = |text: &str| json!({ "displayName": { "eq": text } });
    let nested = |depth: usize| (1..depth).fold(name("x"), |inner, _| json!({ "and": [inner] }));
    assert_eq!(asked(&emil, nested(3), Value::Null).await.code(), "");
    assert_eq!(asked(&emil, json!({ "or": vec![name("x"); 20] }), Value::Null).await.code(), "");
    for (filter, place) in [
        (nested(4), "filter.and.0.and.0.and"),
        (json!({ "or": vec![name("x"); 21] }), "filter.or"),
        (json!({ "and": [{ "or": vec![name("x"); 15] }, { "or": vec![name("x"); 6] }] }), "filter"),
        (json!({ "or": [] }), "filter.or"),
        (json!({ "displayName": { "in": vec!["x"; 101] } }), "filter.displayName.in"),
        (json!({ "title": { "contains": "" } }), "filter.title.contains"),
        (json!({ "title": { "contains": "x".repeat(201) } }), "filter.title.contains"),
        (json!({ "relationship": { "in": [] } }), "filter.relationship.in"),
        (json!({ "or": [{ "active": { "eq": false } }] }), "filter.or.0.active"),
        (json!({ "and": [{ "team": "no id" }] }), "filter.and.0.team"),
    ] {
        let reply = asked(&emil, filter.clone(), Value::Null).await;
        assert_eq!(reply.code(), "BAD_USER_INPUT", "{filter}");
        let message = reply.errors()[0]["message"].as_str().unwrap();
        assert!(message.starts_with(&format!("{place}:")), "{filter}: {message}");
    }
}

#[tokio::test]
async fn counts_are_of_whole_lists_only() {
    let app = TestApp::start().await;
    let emil = app.client(Role::Employee).await;
    let team = json!({ "team": app.team("north").await });
    for (filter, order_by, expected) in [
        (Value::Null, Value::Null, json!(33)),
        (json!({ "active": { "eq": true } }), Value::Null, json!(33)),
        (team.clone(), Value::Null, json!(12)),
        (team, json!({ "field": "NAME" }), json!(12)),
        (json!({ "title": { "eq": "Seller" } }), Value::Null, Value::Null),
    ] {
        let reply = asked(&emil, filter, order_by).await.data();
        assert_eq!(reply["persons"]["totalCount"], expected);
    }
}

#[tokio::test]
async fn teams_are_found_by_place_and_name() {
    let app = TestApp::start().await;
    let emil = app.client(Role::Employee).await;
    let ask = async |filter: Value, order_by: Value| {
        let data = emil.query(TEAMS, json!({ "filter": filter, "orderBy": order_by })).await.data();
        let nodes = data["teams"]["nodes"].as_array().unwrap().clone();
        nodes.iter().map(|team| team["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let sales = ["Acme North Sales", "Acme North Sales A", "Acme North Sales B"];
    assert_eq!(ask(json!({ "name": { "contains": "sales" } }), Value::Null).await, sales);
    let within = json!({ "within": app.team("north-sales").await });
    assert_eq!(ask(within.clone(), Value::Null).await, sales);
    let down = ask(within.clone(), json!({ "field": "NAME", "direction": "DESC" })).await;
    assert_eq!(down, sales.into_iter().rev().collect::<Vec<_>>());
    let both = json!({ "or": [{ "and": [within, { "name": { "eq": "Acme North Sales B" } }] },
        { "name": { "in": ["Acme South"] } }] });
    assert_eq!(ask(both, Value::Null).await, ["Acme North Sales B", "Acme South"]);
    let page = json!({ "orderBy": { "field": "NAME", "direction": "DESC" }, "first": 8 });
    let first = emil.query(TEAMS, page).await.data();
    assert_eq!(first["teams"]["totalCount"], 9);
    let after = first["teams"]["pageInfo"]["endCursor"].clone();
    let page = json!({ "orderBy": { "field": "NAME", "direction": "DESC" }, "after": after });
    assert_eq!(emil.query(TEAMS, page).await.data()["teams"]["nodes"], json!([{ "name": "Acme Everyone" }]));
}
