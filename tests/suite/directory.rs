//! Changing the directory: what is changed shows in the very next read, is remembered, and what would not fit is refused
//! with a code and a place.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Reply, Role, TestApp};

const CREATE: &str = "mutation($input: PersonCreateInput!) {
    personCreate(input: $input) { person { id displayName email team { id } } errors { code message path } } }";
const UPDATE: &str = "mutation($input: PersonUpdateInput!) {
    personUpdate(input: $input) { person { id displayName title email locale } errors { code message path } } }";
const TEAM_CREATE: &str = "mutation($input: TeamCreateInput!) {
    teamCreate(input: $input) { team { id name } errors { code message path } } }";
const TEAM_UPDATE: &str = "mutation($input: TeamUpdateInput!) {
    teamUpdate(input: $input) { team { id name parent { id } } errors { code message path } } }";

async fn ask(app: &TestApp, document: &str, input: Value) -> Reply {
    app.client(Role::Admin).await.query(document, json!({ "input": input })).await
}

fn id(data: &Value, at: &str) -> String {
    data.pointer(at).and_then(Value::as_str).unwrap_or_else(|| panic!("nothing at {at} in {data}")).to_owned()
}

#[tokio::test]
async fn a_new_person_is_there_in_the_next_read() {
    let app = TestApp::start().await;
    let team = app.team("north-a").await;
    let input = json!({
        "displayName": "Zoe Acmeson", "email": "Zoe@acme.example", "team": team, "manager": app.person("nora").await,
        "hiredOn": "2026-11-01", "attributes": [{ "name": "Site", "value": "Ulm" }],
    });
    let created = ask(&app, CREATE, input).await.data();
    let zoe = id(&created, "/personCreate/person/id");
    let employee = app.client(Role::Employee).await;
    let read = format!("{{ node(id: \"{zoe}\") {{ ... on Person {{ displayName manager {{ displayName }} }} }} }}");
    assert_eq!(employee.data(&read).await["node"]["manager"]["displayName"], "Nora Acmeson");
    let counted = format!("{{ node(id: \"{team}\") {{ ... on Team {{ headcount members {{ totalCount }} }} }} }}");
    assert_eq!(employee.data(&counted).await["node"], json!({ "headcount": 7, "members": { "totalCount": 7 } }));
    let own = app.client_with(Some(app.acme_token(&zoe)));
    let me = "{ viewer { roles { role } person { email attributes { name value } } } }";
    let seen = own.data(me).await;
    assert_eq!(seen["viewer"]["person"]["attributes"], json!([{ "name": "site", "value": "Ulm" }]));
    assert_eq!(seen["viewer"]["person"]["email"], "Zoe@acme.example");
}

#[tokio::test]
async fn absent_differs_from_null() {
    let app = TestApp::start().await;
    let emil = app.person("emil").await;
    let kept = ask(&app, UPDATE, json!({ "person": emil, "locale": "de" })).await.data();
    let person = &kept["personUpdate"]["person"];
    assert_eq!((&person["title"], &person["locale"]), (&json!("Seller"), &json!("de")));
    let emptied = ask(&app, UPDATE, json!({ "person": emil, "title": null, "email": null })).await.data();
    let person = &emptied["personUpdate"]["person"];
    assert_eq!((&person["title"], &person["email"], &person["locale"]), (&Value::Null, &Value::Null, &json!("de")));
}

#[tokio::test]
async fn a_move_is_remembered() {
    let app = TestApp::start().await;
    let (emil, from, to) = (app.person("emil").await, app.team("north-a").await, app.team("north-b").await);
    app.advance(TimeDelta::days(3));
    ask(&app, UPDATE, json!({ "person": emil, "team": to, "title": "Senior Seller" })).await.data();
    let read = format!(
        "{{ node(id: \"{emil}\") {{ ... on Person {{ history(first: 2) {{
            totalCount nodes {{ field oldValue newValue effectiveOn recordedAt }} }} }} }} }}"
    );
    let seen = app.client(Role::Employee).await.data(&read).await;
    let history = &seen["node"]["history"];
    assert_eq!(history["totalCount"], 7);
    let mut newest: Vec<Value> = history["nodes"].as_array().unwrap().clone();
    newest.sort_by_key(|entry| entry["field"].to_string());
    let at = json!({ "effectiveOn": "2026-11-26", "recordedAt": "2026-11-26T09:00:00.000Z" });
    assert_eq!(newest[0]["field"], "TEAM");
    assert_eq!((&newest[0]["oldValue"], &newest[0]["newValue"]), (&json!(from), &json!(to)));
    assert_eq!(newest[1]["field"], "TITLE");
    assert_eq!((&newest[1]["oldValue"], &newest[1]["newValue"]), (&json!("Seller"), &json!("Senior Seller")));
    for entry in newest {
        assert_eq!((&entry["effectiveOn"], &entry["recordedAt"]), (&at["effectiveOn"], &at["recordedAt"]));
    }
}

#[tokio::test]
async fn circles_and_doubles_are_refused_at_their_place() {
    let app = TestApp::start().await;
    let (north, north_a) = (app.team("north").await, app.team("north-a").await);
    let (nora, emil) = (app.person("nora").await, app.person("emil").await);
    let cases = [
        (TEAM_UPDATE, "teamUpdate", json!({ "team": north, "parent": north_a }), "CYCLE at parent"),
        (TEAM_UPDATE, "teamUpdate", json!({ "team": north, "parent": north }), "CYCLE at parent"),
        (TEAM_UPDATE, "teamUpdate", json!({ "team": north, "parent": null }), "INVALID at parent"),
        (TEAM_UPDATE, "teamUpdate", json!({ "team": north, "externalId": "south" }), "TAKEN at externalId"),
        (TEAM_UPDATE, "teamUpdate", json!({ "team": north, "lead": app.person("ulla").await }), "NOT_FOUND at lead"),
        (TEAM_CREATE, "teamCreate", json!({ "name": "Second root" }), "INVALID at parent"),
        (TEAM_CREATE, "teamCreate", json!({ "name": "X", "parent": app.team("u-all").await }), "NOT_FOUND at parent"),
        (UPDATE, "personUpdate", json!({ "person": nora, "manager": emil }), "CYCLE at manager"),
        (UPDATE, "personUpdate", json!({ "person": nora, "email": "emil@acme.example" }), "TAKEN at email"),
        (UPDATE, "personUpdate", json!({ "person": nora, "externalId": "emil" }), "TAKEN at externalId"),
        (CREATE, "personCreate", json!({ "displayName": "New", "email": "EMIL@ACME.EXAMPLE" }), "TAKEN at email"),
        (CREATE, "personCreate", json!({ "displayName": "New", "externalId": "emil" }), "TAKEN at externalId"),
        (CREATE, "personCreate", json!({ "displayName": "New", "team": app.team("u-all").await }), "NOT_FOUND at team"),
    ];
    for (document, field, input, expected) in cases {
        assert_eq!(ask(&app, document, input.clone()).await.refused_at(field), [expected], "{input}");
    }
    let before = app.client(Role::Admin).await.data("{ organization { headcount } teams { totalCount } }").await;
    assert_eq!(before, json!({ "organization": { "headcount": 33 }, "teams": { "totalCount": 9 } }));
}

#[tokio::test]
async fn values_are_refused_at_their_place() {
    let app = TestApp::start().await;
    let emil = app.person("emil").await;
    let long = "x".repeat(201);
    let attributes: Vec<Value> = (0..21).map(|n| json!({ "name": format!("n{n}"), "value": "v" })).collect();
    let cases = [
        (json!({ "displayName": "" }), "REQUIRED at displayName"),
        (json!({ "displayName": long }), "TOO_LONG at displayName"),
        (json!({ "displayName": "a\u{7}b" }), "INVALID at displayName"),
        (json!({ "email": "no address" }), "INVALID at email"),
        (json!({ "locale": "not a tag" }), "INVALID at locale"),
        (json!({ "title": long }), "TOO_LONG at title"),
        (json!({ "hiredOn": "2026-02-01", "leftOn": "2026-01-01" }), "INVALID at leftOn"),
        (json!({ "attributes": attributes }), "TOO_LONG at attributes"),
        (json!({ "team": app.person("emil").await }), "INVALID at team"),
        (json!({ "manager": "per_nonsense" }), "INVALID at manager"),
    ];
    for (mut input, expected) in cases {
        input["person"] = json!(emil);
        assert_eq!(ask(&app, UPDATE, input.clone()).await.refused_at("personUpdate"), [expected], "{input}");
    }
    let other = json!({ "person": emil, "manager": app.person("ulla").await });
    assert_eq!(ask(&app, UPDATE, other).await.refused_at("personUpdate"), ["NOT_FOUND at manager"]);
    let other = json!({ "person": emil, "team": app.team("u-team").await });
    assert_eq!(ask(&app, UPDATE, other).await.refused_at("personUpdate"), ["NOT_FOUND at team"]);
    let other = json!({ "person": app.person("ulla").await, "title": "Mine" });
    assert_eq!(ask(&app, UPDATE, other).await.code(), "NOT_FOUND");
}

#[tokio::test]
async fn an_archived_team_takes_nobody() {
    let app = TestApp::start().await;
    let team = id(
        &ask(&app, TEAM_CREATE, json!({ "name": "Acme short-lived", "parent": app.team("south").await })).await.data(),
        "/teamCreate/team/id",
    );
    ask(&app, TEAM_UPDATE, json!({ "team": team, "archived": true })).await.data();
    let into = json!({ "person": app.person("dana").await, "team": team });
    assert_eq!(ask(&app, UPDATE, into).await.refused_at("personUpdate"), ["WRONG_STATE at team"]);
    let below = json!({ "name": "Below", "parent": team });
    assert_eq!(ask(&app, TEAM_CREATE, below).await.refused_at("teamCreate"), ["WRONG_STATE at parent"]);
    let full = json!({ "team": app.team("north-a").await, "archived": true });
    assert_eq!(ask(&app, TEAM_UPDATE, full).await.refused_at("teamUpdate"), ["WRONG_STATE at archived"]);
    let above = json!({ "team": app.team("south").await, "archived": true });
    assert_eq!(ask(&app, TEAM_UPDATE, above).await.refused_at("teamUpdate"), ["WRONG_STATE at archived"]);
    let duri = json!({ "person": app.person("duri").await, "leftOn": "2026-11-01" });
    ask(&app, UPDATE, duri).await.data();
    let last = json!({ "person": app.person("duri").await, "team": team });
    ask(&app, UPDATE, last).await.data();
    let back = json!({ "person": app.person("duri").await, "leftOn": null });
    assert_eq!(ask(&app, UPDATE, back).await.refused_at("personUpdate"), ["WRONG_STATE at leftOn"]);
}

#[tokio::test]
async fn there_is_always_an_admin() {
    let app = TestApp::start().await;
    let admin = app.client(Role::Admin).await;
    let grants = "{ organization { roleGrants { nodes { id role person { displayName } } } } }";
    let listed = admin.data(grants).await;
    let nodes = listed["organization"]["roleGrants"]["nodes"].as_array().unwrap();
    let mut admins: Vec<(&str, &str)> = nodes
        .iter()
        .filter(|grant| grant["role"] == "ADMIN")
        .map(|grant| (grant["person"]["displayName"].as_str().unwrap(), grant["id"].as_str().unwrap()))
        .collect();
    admins.sort_unstable();
    let revoke = "mutation($grant: ID!) {
        roleRevoke(input: { roleGrant: $grant }) { roleGrant { id } errors { code message path } } }";
    let [(_, adam), (_, alice)] = admins[..] else { panic!("two admins: {admins:?}") };
    admin.query(revoke, json!({ "grant": alice })).await.data();
    assert_eq!(admin.query(revoke, json!({ "grant": alice })).await.refusals("roleRevoke"), ["NOT_FOUND"]);
    let last = admin.query(revoke, json!({ "grant": adam })).await;
    assert_eq!(last.refused_at("roleRevoke"), ["WRONG_STATE at roleGrant"]);
    let leave = json!({ "person": app.person("adam").await, "leftOn": "2026-11-01" });
    assert_eq!(ask(&app, UPDATE, leave).await.refused_at("personUpdate"), ["WRONG_STATE at leftOn"]);
}

#[tokio::test]
async fn a_granted_role_counts_at_once() {
    let app = TestApp::start().await;
    let anna = app.client_of("anna").await;
    let create = "mutation { teamCreate(input: { name: \"Mine\" }) { errors { code } } }";
    assert_eq!(anna.query(create, json!({})).await.code(), "FORBIDDEN");
    let grant = "mutation($person: ID!) {
        roleGrant(input: { person: $person, role: PEOPLE_PARTNER }) { roleGrant { id role } errors { code } } }";
    let admin = app.client(Role::Admin).await;
    let variables = json!({ "person": app.person("anna").await });
    let first = admin.query(grant, variables.clone()).await.data();
    assert_eq!(admin.query(grant, variables).await.data(), first, "granting again changes nothing");
    assert_eq!(anna.query(create, json!({})).await.refusals("teamCreate"), ["INVALID"], "she may, but there is a root");
    let revoke = "mutation($grant: ID!) { roleRevoke(input: { roleGrant: $grant }) { errors { code } } }";
    admin.query(revoke, json!({ "grant": first["roleGrant"]["roleGrant"]["id"] })).await.data();
    assert_eq!(anna.query(create, json!({})).await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn a_partner_of_one_division_moves_nobody_across_its_border() {
    let app = TestApp::start().await;
    let partner = app.client(Role::PartnerOfNorth).await;
    let (emil, nils, sara, nadia) =
        (app.person("emil").await, app.person("nils").await, app.person("sara").await, app.person("nadia").await);
    let (north_a, south) = (app.team("north-a").await, app.team("south").await);
    let inside = partner.query(UPDATE, json!({ "input": { "person": emil, "manager": nils } })).await;
    assert_eq!(inside.data()["personUpdate"]["errors"], json!([]));
    let led = partner.query(TEAM_UPDATE, json!({ "input": { "team": north_a, "lead": nils } })).await;
    assert_eq!(led.data()["teamUpdate"]["errors"], json!([]));
    for (document, input) in [
        (UPDATE, json!({ "person": emil, "manager": sara })),
        // Nadia is inside, but the one she reports to is not.
        (UPDATE, json!({ "person": nadia, "manager": nils })),
        (UPDATE, json!({ "person": emil, "team": south })),
        (TEAM_UPDATE, json!({ "team": north_a, "lead": sara })),
        (TEAM_UPDATE, json!({ "team": north_a, "parent": south })),
        (CREATE, json!({ "displayName": "New", "team": north_a, "manager": sara })),
        (TEAM_CREATE, json!({ "name": "New", "parent": north_a, "lead": sara })),
    ] {
        let reply = partner.query(document, json!({ "input": input })).await;
        assert_eq!(reply.code(), "FORBIDDEN", "{input}");
    }
    let directory = app.directory().await;
    let emil = directory.chart.person_by_external_id("emil").unwrap();
    assert_eq!(emil.manager, directory.chart.person_by_external_id("nils").map(|nils| nils.id));
    assert!(directory.chart.persons().iter().all(|person| &*person.display_name != "New"));
}

#[tokio::test]
async fn only_an_admin_changes_the_address_of_somebody_with_a_role() {
    let app = TestApp::start().await;
    let (partner, admin) = (app.client(Role::Partner).await, app.client(Role::Admin).await);
    let adam = app.person("adam").await;
    let input = json!({ "input": { "person": adam, "email": "petra.two@acme.example" } });
    assert_eq!(partner.query(UPDATE, input.clone()).await.refused_at("personUpdate"), ["FORBIDDEN at email"]);
    let titled = partner.query(UPDATE, json!({ "input": { "person": adam, "title": "Keeper" } })).await.data();
    assert_eq!(titled["personUpdate"]["errors"], json!([]));
    let import = "mutation($persons: String!) { directoryImport(input: { persons: $persons }) {
        report { applied problems { line column } } } }";
    let file = json!({ "persons": "external_id,name,email\nadam,Adam Acmeson,petra.two@acme.example\n" });
    let refused = partner.query(import, file.clone()).await.data();
    let expected = json!({ "applied": false, "problems": [{ "line": 2, "column": "email" }] });
    assert_eq!(refused["directoryImport"]["report"], expected);
    let by_token = app.client(Role::FullToken).await.query(import, file.clone()).await.data();
    assert_eq!(by_token["directoryImport"]["report"], expected);
    let by_admin = admin.query(import, file).await.data();
    assert_eq!(by_admin["directoryImport"]["report"]["applied"], true);
    let again = admin.query(UPDATE, json!({ "input": { "person": adam, "email": "adam@acme.example" } })).await.data();
    assert_eq!(again["personUpdate"]["errors"], json!([]));
}

#[tokio::test]
async fn where_somebody_goes_is_decided_when_they_go() {
    let mut app = TestApp::start().await;
    let second = app.add_node().await;
    let (partner, admin) = (app.client(Role::PartnerOfNorth).await, app.client_at(second, Role::Admin).await);
    let (north_a, north_b) = (app.team("north-a").await, app.team("north-b").await);
    let emil = app.person("emil").await;
    let inputs = [
        (CREATE, json!({ "displayName": "New", "team": north_b })),
        (UPDATE, json!({ "person": emil, "team": north_b })),
        (TEAM_CREATE, json!({ "name": "New", "parent": north_b })),
        (TEAM_UPDATE, json!({ "team": north_a, "parent": north_b })),
    ];
    // Changes wait on the first node, where all of this may be done still; meanwhile the second takes the ground away.
    let waiting = app.app().charts.reserve_change(app.acme.id).await;
    let asked = inputs.map(|(document, input)| {
        let partner = partner.clone();
        tokio::spawn(async move { partner.query(document, json!({ "input": input })).await })
    });
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let away = json!({ "input": { "team": north_b, "parent": app.team("south").await } });
    admin.query(TEAM_UPDATE, away).await.data();
    drop(waiting);
    for reply in asked {
        assert_eq!(reply.await.unwrap().code(), "FORBIDDEN");
    }
    let directory = app.directory().await;
    assert_eq!(directory.chart.person(emil.parse().unwrap()).unwrap().team, Some(north_a.parse().unwrap()));
}

#[tokio::test]
async fn what_was_read_while_the_bus_was_away_is_checked_once_it_is_back() {
    let mut app = TestApp::start().await;
    let second = app.add_node().await;
    let emil = app.person("emil").await;
    let seen = async |connected| {
        let charts = &app.app_of(second).charts;
        let held = charts.current(app.db().await, connected, app.acme.id).await.unwrap();
        held.chart.person(emil.parse().unwrap()).unwrap().display_name.to_string()
    };
    assert_eq!(seen(true).await, "Emil Acmeson");
    ask(&app, UPDATE, json!({ "person": emil, "displayName": "Emil One" })).await.data();
    assert_eq!(seen(false).await, "Emil One");
    ask(&app, UPDATE, json!({ "person": emil, "displayName": "Emil Two" })).await.data();
    assert_eq!(seen(true).await, "Emil Two", "the bus is back before it says what was missed");
}
