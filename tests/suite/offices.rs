//! Owners, board members and admins: nobody becomes one by keeping the directory, and the last admin cannot be lost.

use chrono::TimeDelta;
use hearten_api::areas::directory::{founding, upkeep};
use serde_json::{Value, json};

use crate::harness::{Client, Reply, Role, TestApp};

const CREATE: &str = "mutation($input: PersonCreateInput!) {
    personCreate(input: $input) { person { relationship } errors { code path } } }";
const UPDATE: &str = "mutation($input: PersonUpdateInput!) {
    personUpdate(input: $input) { person { relationship } errors { code path } } }";
const IMPORT: &str = "mutation($persons: String!) { directoryImport(input: { persons: $persons }) {
    report { applied problems { line column } } errors { code } } }";
const ROLES: &str = "{ viewer { roles { role } } }";

async fn ask(client: &Client, document: &str, input: Value) -> Reply {
    client.query(document, json!({ "input": input })).await
}

/// Whether the import was applied, and the places of its problems.
async fn import(client: &Client, persons: &str) -> (bool, Vec<String>) {
    let data = client.query(IMPORT, json!({ "persons": persons })).await.data();
    let report = &data["directoryImport"]["report"];
    let place = |one: &Value| format!("{} {}", one["line"], one["column"].as_str().unwrap_or("-"));
    let places = report["problems"].as_array().unwrap().iter().map(place).collect();
    (report["applied"].as_bool().unwrap(), places)
}

#[tokio::test]
async fn nobody_becomes_an_owner_by_keeping_the_directory() {
    let app = TestApp::start().await;
    let (emil, paula, petra, olga) =
        (app.person("emil").await, app.person("paula").await, app.person("petra").await, app.person("olga").await);
    let north = app.client(Role::PartnerOfNorth).await;
    let whole = [app.client(Role::Partner).await, app.client(Role::FullToken).await];
    let refused = ["FORBIDDEN at relationship"];
    for office in ["OWNER", "BOARD_MEMBER"] {
        let raised = ask(&north, UPDATE, json!({ "person": emil, "relationship": office })).await;
        assert_eq!(raised.refused_at("personUpdate"), refused);
        let new = json!({ "displayName": "New", "team": app.team("north-a").await, "relationship": office });
        assert_eq!(ask(&north, CREATE, new).await.refused_at("personCreate"), refused);
        for client in &whole {
            for person in [&emil, &paula, &petra] {
                let raised = ask(client, UPDATE, json!({ "person": person, "relationship": office })).await;
                assert_eq!(raised.refused_at("personUpdate"), refused);
            }
            let new = json!({ "displayName": "New", "relationship": office });
            assert_eq!(ask(client, CREATE, new).await.refused_at("personCreate"), refused);
            let file = format!(
                "external_id,name,relationship\nemil,Emil Acmeson,{office}\nnew,New,{office}\nolga,Olga Acmeson,OWNER\n"
            );
            let places = ["2 relationship", "3 relationship"].map(str::to_owned).into();
            assert_eq!(import(client, &file).await, (false, places), "what stays as it is is nobody's to refuse");
        }
    }
    for client in &whole {
        let taken = ask(client, UPDATE, json!({ "person": olga, "relationship": "EMPLOYEE" })).await;
        assert_eq!(taken.refused_at("personUpdate"), refused);
        let file = "external_id,name,relationship\nolga,Olga Acmeson,EMPLOYEE\n";
        assert_eq!(import(client, file).await, (false, vec!["2 relationship".to_owned()]));
        let other = ask(client, UPDATE, json!({ "person": emil, "relationship": "CONTRACTOR" })).await.data();
        assert_eq!(other["personUpdate"]["person"]["relationship"], "CONTRACTOR");
    }
    let roles = app.client_of("emil").await.data(ROLES).await;
    assert_eq!(roles["viewer"]["roles"], json!([{ "role": "EMPLOYEE" }]));
}

#[tokio::test]
async fn an_admin_names_owners_but_never_himself() {
    let app = TestApp::start().await;
    let admin = app.client(Role::Admin).await;
    let named =
        ask(&admin, UPDATE, json!({ "person": app.person("emil").await, "relationship": "OWNER" })).await.data();
    assert_eq!(named["personUpdate"]["person"]["relationship"], "OWNER");
    let roles = app.client_of("emil").await.data(ROLES).await;
    assert_eq!(roles["viewer"]["roles"], json!([{ "role": "EXECUTIVE" }]));
    let new = ask(&admin, CREATE, json!({ "displayName": "New", "relationship": "BOARD_MEMBER" })).await.data();
    assert_eq!(new["personCreate"]["person"]["relationship"], "BOARD_MEMBER");
    let himself = ask(&admin, UPDATE, json!({ "person": app.person("adam").await, "relationship": "OWNER" })).await;
    assert_eq!(himself.refused_at("personUpdate"), ["FORBIDDEN at relationship"]);
    let file = "external_id,name,relationship\nanna,Anna Acmeson,OWNER\nadam,Adam Acmeson,OWNER\n";
    assert_eq!(import(&admin, file).await, (false, vec!["3 relationship".to_owned()]));
    let file = "external_id,name,relationship\nanna,Anna Acmeson,OWNER\nolga,Olga Acmeson,EMPLOYEE\n";
    assert_eq!(import(&admin, file).await, (true, Vec::new()));
}

#[tokio::test]
async fn only_an_admin_changes_the_address_of_an_owner() {
    let app = TestApp::start().await;
    let (partner, admin) = (app.client(Role::Partner).await, app.client(Role::Admin).await);
    let input = json!({ "person": app.person("bert").await, "email": "petra.two@acme.example" });
    assert_eq!(ask(&partner, UPDATE, input.clone()).await.refused_at("personUpdate"), ["FORBIDDEN at email"]);
    let file = "external_id,name,email\nolga,Olga Acmeson,petra.three@acme.example\n";
    assert_eq!(import(&partner, file).await, (false, vec!["2 email".to_owned()]));
    ask(&admin, UPDATE, input).await.data();
    assert_eq!(import(&admin, file).await, (true, Vec::new()));
}

#[tokio::test]
async fn an_admin_who_stays_remains_whatever_is_planned() {
    let app = TestApp::start().await;
    let (admin, partner) = (app.client(Role::Admin).await, app.client(Role::Partner).await);
    let (adam, alice) = (app.person("adam").await, app.person("alice").await);
    let both = "external_id,name,left_on\nadam,Adam Acmeson,2026-11-01\nalice,Alice Acmeson,2026-12-31\n";
    let places = vec!["2 left_on".to_owned(), "3 left_on".to_owned()];
    assert_eq!(import(&admin, both).await, (false, places.clone()));
    assert_eq!(import(&partner, both).await, (false, places));
    ask(&admin, UPDATE, json!({ "person": alice, "leftOn": "2026-12-31" })).await.data();
    let planned = ask(&partner, UPDATE, json!({ "person": adam, "leftOn": "2027-06-30" })).await;
    assert_eq!(planned.refused_at("personUpdate"), ["WRONG_STATE at leftOn"], "alice leaves before");
    let last = "external_id,name,left_on\nadam,Adam Acmeson,2027-06-30\n";
    assert_eq!(import(&admin, last).await, (false, vec!["2 left_on".to_owned()]));
    let revoke = "mutation($grant: ID!) { roleRevoke(input: { roleGrant: $grant }) { errors { code path } } }";
    let directory = app.directory().await;
    let grant = directory.grants[&adam.parse().unwrap()][0].id.to_string();
    let revoked = admin.query(revoke, json!({ "grant": grant })).await;
    assert_eq!(revoked.refused_at("roleRevoke"), ["WRONG_STATE at roleGrant"], "one who leaves does not count");
    ask(&admin, UPDATE, json!({ "person": adam, "title": "Keeper" })).await.data();
    app.advance(TimeDelta::days(60));
    let gone = upkeep::see_off(app.app(), app.db().await, app.acme.id).await.unwrap();
    assert_eq!(gone, 1);
    let still = app.client(Role::Admin).await.data(ROLES).await;
    assert_eq!(still["viewer"]["roles"][0]["role"], "ADMIN");
}

#[tokio::test]
async fn an_organization_without_a_living_admin_can_be_opened_again() {
    let app = TestApp::start().await;
    let db = app.db().await;
    let first = |person: &'static str| founding::make_first_admin(app.app(), db, app.acme.id, person);
    assert!(first("emil").await.unwrap_err().to_string().contains("there is an admin already"));
    // As an older version let it happen: the grants are there, and nobody to use them.
    let change = hearten_api::areas::directory::change::Change::begin(app.app(), db, app.acme.id).await.unwrap();
    let chart = &change.before.chart;
    let admins = ["adam", "alice"].map(|name| {
        let mut record = chart.person_by_external_id(name).unwrap().clone();
        record.left_on = Some(app.clock.today() - TimeDelta::days(1));
        record.deactivated = true;
        record
    });
    change.commit(admins.into(), Vec::new()).await.unwrap();
    assert!(first("alice").await.unwrap_err().to_string().contains("has left"));
    first("emil").await.unwrap();
    let roles = app.client_of("emil").await.data(ROLES).await;
    assert_eq!(roles["viewer"]["roles"][0]["role"], "ADMIN");
}
