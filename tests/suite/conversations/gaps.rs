//! Who has not talked with their manager, and how large a share of a team has.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{change, planned, text};
use crate::harness::{Client, Role, TestApp};

async fn gaps(client: &Client, weeks: i32, depth: &str) -> Vec<(String, String, Value)> {
    let document = format!(
        "{{ viewer {{ conversationGaps(weeks: {weeks}, depth: {depth}, first: 100) {{ totalCount nodes {{
            person {{ displayName }} manager {{ displayName }} lastHeldAt }} }} }} }}"
    );
    let data = client.data(&document).await;
    let list = &data["viewer"]["conversationGaps"];
    let name = |person: &Value| text(&person["displayName"]).replace(" Acmeson", "");
    let nodes = list["nodes"].as_array().unwrap();
    assert_eq!(list["totalCount"], nodes.len());
    nodes.iter().map(|gap| (name(&gap["person"]), name(&gap["manager"]), gap["lastHeldAt"].clone())).collect()
}

fn names(gaps: &[(String, String, Value)]) -> Vec<&str> {
    gaps.iter().map(|gap| gap.0.as_str()).collect()
}

#[tokio::test]
async fn a_manager_sees_with_whom_nobody_talked() {
    let app = TestApp::start().await;
    let (nora, nadia, emil) = (app.client_of("nora").await, app.client_of("nadia").await, app.client_of("emil").await);
    assert_eq!(names(&gaps(&nora, 4, "DIRECT").await), ["Anna", "Anton", "Arne", "Aylin", "Emil"]);
    let talk = app.talk("nora", "emil").await;
    change(&emil, "conversationHold", json!({ "conversation": talk.first })).await.data();
    assert_eq!(names(&gaps(&nora, 4, "DIRECT").await), ["Anna", "Anton", "Arne", "Aylin"]);
    // A talk of two peers is none with the manager, nor is a meeting, nor one that was skipped.
    let peers = app.talk("anna", "arne").await;
    change(&app.client_of("anna").await, "conversationHold", json!({ "conversation": peers.first })).await.data();
    let skipped = app.talk("nora", "anna").await;
    change(&nora, "conversationSkip", json!({ "conversation": skipped.first })).await.data();
    let mut meeting = super::one_on_one(&app.person("anton").await);
    meeting["kind"] = json!("TEAM");
    let meeting = app.talk_with("nora", meeting).await;
    change(&nora, "conversationHold", json!({ "conversation": meeting.first })).await.data();
    assert_eq!(names(&gaps(&nora, 4, "DIRECT").await), ["Anna", "Anton", "Arne", "Aylin"]);
    // Above, the pairs below are there, with the day and nothing else.
    app.advance(TimeDelta::days(15));
    let all = gaps(&nadia, 2, "ALL").await;
    let emils = all.iter().find(|gap| gap.0 == "Emil").unwrap();
    assert_eq!((emils.1.as_str(), &emils.2), ("Nora", &json!("2026-11-23T09:00:00.000Z")));
    assert_eq!(all.len(), 12);
    assert!(!names(&gaps(&nadia, 4, "ALL").await).contains(&"Emil"));
    assert_eq!(names(&gaps(&nadia, 4, "DIRECT").await), ["Nils", "Nora"]);
    assert!(gaps(&emil, 4, "ALL").await.is_empty());
    let wrong = nora.query("{ viewer { conversationGaps(weeks: 53) { nodes { lastHeldAt } } } }", json!({})).await;
    assert_eq!(wrong.code(), "BAD_USER_INPUT");
    let token = app.client(Role::FullToken).await;
    assert!(token.data("{ viewer { conversationGaps { totalCount } } }").await["viewer"]["conversationGaps"].is_null());
}

#[tokio::test]
async fn who_has_a_new_manager_has_missed_nothing_yet() {
    let app = TestApp::start().await;
    let nils = app.client_of("nils").await;
    let move_to =
        "mutation($person: ID!, $manager: ID!) { personUpdate(input: { person: $person, manager: $manager }) {
        errors { code message path } } }";
    let variables = json!({ "person": app.person("emil").await, "manager": app.person("nils").await });
    app.client(Role::Admin).await.query(move_to, variables).await.data();
    assert!(!names(&gaps(&nils, 4, "DIRECT").await).contains(&"Emil"));
    app.set_clock("2026-12-22T09:00:00Z".parse().unwrap());
    let nils = app.client_of("nils").await;
    assert!(names(&gaps(&nils, 4, "DIRECT").await).contains(&"Emil"));
}

#[tokio::test]
async fn pages_of_gaps_follow_each_other() {
    let app = TestApp::start().await;
    let nora = app.client_of("nora").await;
    let mut seen = Vec::new();
    let mut after = Value::Null;
    loop {
        let read = "query($after: String) { viewer { conversationGaps(first: 2, after: $after) {
            nodes { person { displayName } } pageInfo { hasNextPage endCursor } } } }";
        let data = nora.query(read, json!({ "after": after })).await.data();
        let page = &data["viewer"]["conversationGaps"];
        seen.extend(page["nodes"].as_array().unwrap().iter().map(|gap| text(&gap["person"]["displayName"])));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen.len(), 5);
}

async fn coverage(client: &Client, team: &str) -> Value {
    let read = "query($id: ID!) { node(id: $id) { ... on Team { conversationCoverage(weeks: 4) {
        ... on ConversationCoverageShare { share people weeks } ... on ConversationCoverageHidden { reason } } } } }";
    client.query(read, json!({ "id": team })).await.data()["node"]["conversationCoverage"].clone()
}

#[tokio::test]
async fn a_share_is_shown_of_groups_to_those_above() {
    let app = TestApp::start().await;
    let nora = app.client_of("nora").await;
    for person in ["emil", "anna"] {
        let talk = app.talk("nora", person).await;
        change(&nora, "conversationHold", json!({ "conversation": talk.first })).await.data();
    }
    let (north, team_a, south) = (app.team("north").await, app.team("north-a").await, app.team("south").await);
    let (partner, paula, bert) =
        (app.client(Role::Partner).await, app.client(Role::PartnerOfNorth).await, app.client(Role::Executive).await);
    // Two of the six of North A, with nora, who has not talked with nadia: a third, to the nearest twentieth.
    let expected = json!({ "share": 0.35, "people": 6, "weeks": 4 });
    for client in [&paula, &bert, &nora] {
        assert_eq!(coverage(client, &team_a).await, expected);
    }
    assert_eq!(coverage(&bert, &north).await["people"], 12);
    // Of the six at the top petra knows about herself and paula, who reports to her: with all four teams shown, four would
    // be left of the whole. So one team is not.
    let mut hidden = 0;
    for team in ["north-a", "north-b", "south-a", "south-b"] {
        let shown = coverage(&partner, &app.team(team).await).await;
        hidden += usize::from(shown["reason"] == "COMPLEMENTARY");
    }
    assert_eq!(hidden, 1);
    assert!(coverage(&nora, &north).await.is_null() && coverage(&paula, &south).await.is_null());
    for role in [Role::Employee, Role::Admin, Role::FullToken] {
        assert!(coverage(&app.client(role).await, &team_a).await.is_null(), "{role:?}");
    }
    // A team of four is too small, and so is what it leaves of the team above.
    let admin = app.client(Role::Admin).await;
    let create = "mutation($parent: ID!) { teamCreate(input: { name: \"Small\", parent: $parent }) { team { id } errors { code } } }";
    let small = text(&admin.query(create, json!({ "parent": team_a })).await.data()["teamCreate"]["team"]["id"]);
    let shift = "mutation($person: ID!, $team: ID!) { personUpdate(input: { person: $person, team: $team }) { errors { code } } }";
    for person in ["emil", "anna", "anton", "arne"] {
        let variables = json!({ "person": app.person(person).await, "team": small });
        admin.query(shift, variables).await.data();
    }
    assert_eq!(coverage(&bert, &small).await, json!({ "reason": "BELOW_MINIMUM" }));
    assert_eq!(coverage(&bert, &team_a).await["people"], 6);
    let shift_five = json!({ "person": app.person("aylin").await, "team": small });
    admin.query(shift, shift_five).await.data();
    // Five of six: with the six shown, the five would give away the sixth.
    assert_eq!(coverage(&bert, &small).await, json!({ "reason": "COMPLEMENTARY" }));
    let wrong =
        format!("{{ node(id: \"{team_a}\") {{ ... on Team {{ conversationCoverage(weeks: 5) {{ __typename }} }} }} }}");
    assert_eq!(partner.query(&wrong, json!({})).await.code(), "BAD_USER_INPUT");
}

/// A lead who sees four of a team of six in her reports, and knows about herself, would read the sixth off the share.
#[tokio::test]
async fn a_share_is_not_shown_to_whoever_could_subtract_all_but_one() {
    let app = TestApp::start().await;
    let (nora, bert) = (app.client_of("nora").await, app.client(Role::Executive).await);
    let team = app.team("north-a").await;
    assert_eq!(coverage(&nora, &team).await["people"], 6);
    let to = json!({ "person": app.person("emil").await, "manager": app.person("petra").await });
    let move_to = "mutation($person: ID!, $manager: ID!) {
        personUpdate(input: { person: $person, manager: $manager }) { errors { code } } }";
    app.client(Role::Admin).await.query(move_to, to).await.data();
    assert_eq!(coverage(&nora, &team).await, json!({ "reason": "COMPLEMENTARY" }));
    assert_eq!(coverage(&bert, &team).await["people"], 6, "who knows nobody's gap singly is shown it");
}

#[tokio::test]
async fn home_has_the_next_conversation_and_what_is_to_be_done() {
    use hearten_api::{areas::conversations::service, auth::Session, graphql::context::RequestContext};
    use hearten_ids::RequestId;
    use hearten_policy::{Actor, Principal};
    let app = TestApp::start().await;
    let talk = app.talk("nora", "emil").await;
    let emil = app.client_of("emil").await;
    for n in 0..7 {
        let due = (n % 2 == 0).then(|| format!("2026-12-{:02}", 20 - n));
        let input = json!({ "conversation": talk.first, "text": format!("Task {n}"), "dueOn": due });
        change(&emil, "actionItemAdd", input).await.data();
    }
    let db = app.app().database.open().await.unwrap();
    let snapshot = app.directory().await;
    let person = snapshot.chart.person_by_external_id("emil").unwrap().id;
    let actor = Actor { organization: app.acme.id, principal: Principal::Person(person), grants: Vec::new() };
    let session = Session { actor, expires_at: app.clock.now() + TimeDelta::hours(1) };
    let id = RequestId(app.app().random.id(app.clock.now()));
    let ctx = RequestContext::new(std::sync::Arc::clone(app.app()), db, id, Some((session, snapshot)));
    app.settle().await;
    let before = app.statements().get();
    let home = service::home(&ctx).await.unwrap();
    assert_eq!(app.statements().get() - before, 2);
    assert_eq!((home.open_action_items, home.action_items.len()), (7, 5));
    assert!(home.next_conversation.is_some());
    assert_eq!(planned(&emil, &talk.series).await["id"], talk.first.as_str());
}
