//! The home screens: everything in one query, in a number of statements that no number of items changes; and the search
//! across areas.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    docs::Demo,
    expectations, goals,
    harness::{Client, Role, TestApp, draft},
};

const HOME: &str = "{ viewer {
    person { displayName team { name } manager { displayName } }
    home {
        expectedOfMe { id what amount unit dueAt state from { displayName } }
        expectationsAwaitingMe { id what state }
        goals { id title progress confidence stale }
        nextConversation { id scheduledAt series { title } participants { displayName } }
        actionItems { id text dueOn } openActionItems
        invitations { id wave { closesAt survey { title } } }
        priorityRounds { id title closesAt }
        requestsOfMine { id title state dueAt } requestsAwaitingMe { id title dueAt asker { displayName } }
        thanks { id message giver { displayName } } wallet { allowance earned } unseenCount
    }
} }";

/// A queue of dana's and a value of the company, each of its own.
async fn queue_and_value(app: &TestApp, nth: usize) -> (Value, Value) {
    let admin = app.client(Role::Admin).await;
    let create = "mutation($queue: String!, $value: String!, $owner: ID!) {
        requestQueueCreate(input: { draft: { name: $queue, owners: [$owner] } }) { queue { id } errors { code } }
        companyValueCreate(input: { name: $value, emoji: \"🦁\" }) { companyValue { id } errors { code } } }";
    let names = json!({ "queue": format!("Acme desk {nth}"), "value": format!("Acme courage {nth}"),
        "owner": app.person("dana").await });
    let made = admin.query(create, names).await.data();
    (made["requestQueueCreate"]["queue"]["id"].clone(), made["companyValueCreate"]["companyValue"]["id"].clone())
}

/// A little of everything for emil.
async fn a_day_passes(app: &TestApp, cycle: &str, nth: usize) {
    app.advance(TimeDelta::hours(1));
    let (emil, nora, anna) = (app.client_of("emil").await, app.client_of("nora").await, app.client_of("anna").await);
    let proposal = expectations::proposal(app, "emil").await;
    expectations::proposed(app, "nora", proposal).await;
    goals::goal(app, "emil", cycle, json!({ "title": format!("Acme aim {nth}") })).await;
    let with = if nth.is_multiple_of(2) { "nora" } else { "anna" };
    let series = json!({ "kind": "ONE_ON_ONE", "title": format!("Acme talk {nth}"), "participants": [app.person(with).await],
        "startsOn": "2026-12-01", "localTime": "10:00" });
    let begin = "mutation($input: ConversationSeriesCreateInput!) {
        conversationSeriesCreate(input: $input) { series { next { id } } errors { code message path } } }";
    emil.query(begin, json!({ "input": series })).await.data();
    let open = "mutation($input: RequestOpenInput!) { requestOpen(input: $input) { errors { code message path } } }";
    let (queue, value) = queue_and_value(app, nth).await;
    let to_emil = json!({ "person": app.person("emil").await });
    for (client, to) in [(&emil, json!({ "queue": queue })), (&nora, to_emil)] {
        let input = json!({ "kind": "TOOL", "title": "Acme tool", "to": to });
        client.query(open, json!({ "input": input })).await.data();
    }
    let give =
        "mutation($input: RecognitionGiveInput!) { recognitionGive(input: $input) { errors { code message path } } }";
    let thanks = json!({ "receivers": [app.person("emil").await], "message": format!("Thanks {nth}"), "points": 5,
        "companyValue": value });
    anna.query(give, json!({ "input": thanks })).await.data();
    app.launched(draft()).await;
}

async fn statements(app: &TestApp, client: &Client, document: &str) -> (u64, Value) {
    client.query(document, json!({})).await.data();
    let before = app.statements().get();
    let data = client.query(document, json!({})).await.data();
    (app.statements().get() - before, data)
}

#[tokio::test]
async fn the_home_screen_takes_a_dozen_statements_whatever_it_shows() {
    let app = TestApp::start().await;
    let cycle = goals::cycle(&app, "Acme quarter").await;
    let emil = app.client(Role::Employee).await;
    a_day_passes(&app, &cycle, 0).await;
    let named = HOME
        .replace("requestsOfMine {", "requestsOfMine { queue { name }")
        .replace("thanks {", "thanks { companyValue { name }");
    let (few_named, data) = statements(&app, &emil, &named).await;
    let home = &data["viewer"]["home"];
    assert!(home["requestsOfMine"][0]["queue"].is_object() && home["thanks"][0]["companyValue"].is_object(), "{home}");
    let (few, data) = statements(&app, &emil, HOME).await;
    let home = &data["viewer"]["home"];
    for list in ["expectedOfMe", "goals", "invitations", "requestsOfMine", "requestsAwaitingMe", "thanks"] {
        assert_eq!(home[list].as_array().unwrap().len(), 1, "{list}: {home}");
    }
    assert_eq!(home["nextConversation"]["series"]["title"], "Acme talk 0");
    assert_eq!(home["wallet"]["earned"], 5);
    assert!(home["unseenCount"].as_i64().unwrap() >= 4, "{home}");
    for nth in 1..6 {
        a_day_passes(&app, &cycle, nth).await;
    }
    let (many, data) = statements(&app, &emil, HOME).await;
    assert_eq!(data["viewer"]["home"]["thanks"].as_array().unwrap().len(), 5);
    assert!(few <= 12 && many <= 12, "{few} and {many} statements");
    assert_eq!(few, many);
    // The queues of all requests are one statement more; the values come with the thanks.
    let (many_named, _) = statements(&app, &emil, &named).await;
    assert!(few_named <= 12, "{few_named} statements");
    assert_eq!((few_named, many_named), (few + 1, few + 1));
}

/// One screen asks for more at once than there are connections, and several people ask while somebody writes.
#[tokio::test]
async fn homes_are_answered_with_fewer_connections_than_statements() {
    let app = TestApp::with(|config| config.database.connections_per_worker = 2).await;
    let cycle = goals::cycle(&app, "Acme quarter").await;
    a_day_passes(&app, &cycle, 0).await;
    let emil = app.client(Role::Employee).await;
    for round in 0..5 {
        let homes = (0..6).map(|_| emil.query(HOME, json!({})));
        let title = json!({ "title": format!("Acme aim of round {round}") });
        let (homes, _) = tokio::join!(futures_util::future::join_all(homes), goals::goal(&app, "emil", &cycle, title));
        for home in homes {
            assert_eq!(home.data()["viewer"]["home"]["thanks"].as_array().unwrap().len(), 1);
        }
        // Readers keep connections for a moment; a single statement that writes gets one all the same.
        let set = "mutation { notificationSettingsUpdate(input: { digest: WEEKLY }) { errors { code } } }";
        assert_eq!(emil.data(set).await["notificationSettingsUpdate"]["errors"], json!([]));
    }
}

#[tokio::test]
async fn the_demo_has_a_home_for_every_persona() {
    let demo = Demo::start().await;
    for persona in &demo.app.personas {
        let reply = demo.ask(&persona.role, HOME, json!({})).await;
        assert!(reply["errors"].is_null(), "{}: {reply}", persona.role);
        let home = &reply["data"]["viewer"]["home"];
        assert_eq!(home.is_null(), persona.role == "integration", "{}", persona.role);
    }
    let employee = demo.ask("employee", HOME, json!({})).await;
    let home = &employee["data"]["viewer"]["home"];
    for list in ["expectedOfMe", "goals", "invitations", "thanks"] {
        assert!(home[list].as_array().is_some_and(|items| !items.is_empty()), "{list}: {home}");
    }
    assert!(home["nextConversation"].is_object());
}

#[tokio::test]
async fn a_lead_sees_what_needs_a_lead() {
    let app = TestApp::start().await;
    let cycle = goals::cycle(&app, "Acme quarter").await;
    let team = json!({ "level": "TEAM", "team": app.team("north-a").await, "title": "Acme team aim" });
    goals::goal(&app, "nora", &cycle, team).await;
    app.advance(TimeDelta::days(15));
    let lead =
        "{ viewer { leadHome { teams { name } withoutConversation { person { displayName } } unthanked { displayName }
        goalsToLookAt { title stale } } } }";
    let data = app.client(Role::Manager).await.query(lead, json!({})).await.data();
    let home = &data["viewer"]["leadHome"];
    assert_eq!(home["teams"], json!([{ "name": "Acme North Sales A" }]));
    assert_eq!(home["withoutConversation"].as_array().unwrap().len(), 5);
    assert_eq!(home["unthanked"].as_array().unwrap().len(), 5);
    assert_eq!(home["goalsToLookAt"], json!([{ "title": "Acme team aim", "stale": true }]));
    let nobody =
        app.client(Role::Employee).await.query("{ viewer { leadHome { __typename } } }", json!({})).await.data();
    assert!(nobody["viewer"]["leadHome"].is_null());
}

async fn titles(client: &Client, text: &str) -> Vec<String> {
    let document = "query($text: String!) { search(text: $text) { nodes { __typename ... on Goal { title }
        ... on Recognition { message } ... on Responsibility { name } } } }";
    let data = client.query(document, json!({ "text": text })).await.data();
    let text = |node: &Value| {
        ["title", "message", "name"].iter().find_map(|field| node[field].as_str()).unwrap_or("?").to_owned()
    };
    data["search"]["nodes"].as_array().unwrap().iter().map(text).collect()
}

/// German compounds by their beginning, umlauts in each spelling; and nothing private, whoever asks.
#[tokio::test]
async fn words_are_found_across_areas_by_those_who_may_see_them() {
    let app = TestApp::start().await;
    let cycle = goals::cycle(&app, "Acme quarter").await;
    goals::goal(&app, "emil", &cycle, json!({ "title": "Mitarbeitergespräche führen" })).await;
    goals::goal(&app, "emil", &cycle, json!({ "title": "Geheimvorhaben", "visibility": "PRIVATE" })).await;
    let give = "mutation($input: RecognitionGiveInput!) { recognitionGive(input: $input) { errors { code message } } }";
    let anna = app.client_of("anna").await;
    for (message, visibility) in [("Danke für die Straßenprüfung", "PUBLIC"), ("Danke für das Heimlichste", "PRIVATE")]
    {
        let input = json!({ "receivers": [app.person("emil").await], "message": message, "visibility": visibility });
        anna.query(give, json!({ "input": input })).await.data();
    }
    let (emil, cara) = (app.client(Role::Employee).await, app.client_of("cara").await);
    for text in ["mitarbeiter", "Mitarbeitergespräch", "mitarbeitergesprache", "MITARBEITERGESPRAECH fuhr", "fuehren"]
    {
        assert_eq!(titles(&cara, text).await, ["Mitarbeitergespräche führen"], "{text}");
    }
    for text in ["strassenpr", "Straßenprüfung", "strassenpruefung"] {
        assert_eq!(titles(&cara, text).await, ["Danke für die Straßenprüfung"], "{text}");
    }
    assert_eq!(titles(&emil, "geheim").await, ["Geheimvorhaben"]);
    assert_eq!(titles(&emil, "heimlich").await, ["Danke für das Heimlichste"]);
    for role in Role::ALL.into_iter().filter(|role| !matches!(role, Role::Anonymous | Role::Employee)) {
        let client = app.client(role).await;
        for text in ["geheim", "heimlich"] {
            assert!(titles(&client, text).await.is_empty(), "{role:?} finds {text}");
        }
    }
}
