//! Beginning, moving, holding, skipping and ending.

use chrono::TimeDelta;
use hearten_entity::{InOrganization, conversation};
use serde_json::{Value, json};

use super::{CREATE, change, one_on_one, planned, seen, text};
use crate::harness::{Role, TestApp};

#[tokio::test]
async fn the_next_conversation_is_planned_when_the_last_is_over() {
    let app = TestApp::start().await;
    let talk = app.talk("nora", "emil").await;
    let (nora, emil) = (app.client_of("nora").await, app.client_of("emil").await);
    let first = seen(&emil, &talk.first).await;
    // Ten in Berlin is nine in UTC in November.
    assert_eq!(first["scheduledAt"], "2026-11-24T09:00:00.000Z");
    assert_eq!(first["endsAt"], "2026-11-24T09:30:00.000Z");
    assert_eq!(first["participants"].as_array().unwrap().len(), 2);
    app.advance(TimeDelta::days(1));
    change(&nora, "conversationHold", json!({ "conversation": talk.first })).await.data();
    let second = planned(&emil, &talk.series).await;
    assert_eq!((&second["number"], &second["scheduledAt"]), (&json!(2), &json!("2026-12-01T09:00:00.000Z")));
    change(&emil, "conversationSkip", json!({ "conversation": second["id"] })).await.data();
    let third = planned(&nora, &talk.series).await;
    assert_eq!((&third["number"], &third["scheduledAt"]), (&json!(3), &json!("2026-12-08T09:00:00.000Z")));
    // The third is held before its time; the fourth comes after its slot.
    app.advance(TimeDelta::days(8));
    change(&nora, "conversationHold", json!({ "conversation": third["id"], "heldAt": "2026-12-02T08:00:00Z" }))
        .await
        .data();
    let states: Vec<Value> = seen_states(&emil, &talk.series).await;
    assert_eq!(states, ["PLANNED", "HELD", "SKIPPED", "HELD"]);
    for id in [&talk.first, &text(&second["id"])] {
        for mutation in ["conversationHold", "conversationSkip"] {
            let again = change(&nora, mutation, json!({ "conversation": id })).await;
            assert_eq!(again.refused_at(mutation), ["WRONG_STATE at conversation"]);
        }
    }
}

async fn seen_states(client: &crate::harness::Client, series: &str) -> Vec<Value> {
    let read = "query($id: ID!) { node(id: $id) { ... on ConversationSeries { conversations { nodes { state } } } } }";
    let data = client.query(read, json!({ "id": series })).await.data();
    let nodes = data["node"]["conversations"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["state"].clone()).collect()
}

#[tokio::test]
async fn of_two_who_hold_at_once_one_does() {
    let app = TestApp::start().await;
    for round in 0..3 {
        let talk = app.talk("nora", "emil").await;
        let (nora, emil) = (app.client_of("nora").await, app.client_of("emil").await);
        let input = json!({ "conversation": talk.first });
        let calls = [nora.clone(), emil, nora.clone(), nora].map(|client| {
            let input = input.clone();
            async move { change(&client, "conversationHold", input).await }
        });
        let replies = futures_util::future::join_all(calls).await;
        let won = replies.iter().filter(|reply| reply.refusals("conversationHold").is_empty()).count();
        assert_eq!(won, 1, "round {round}: {replies:?}");
        let id: hearten_ids::ConversationSeriesId = talk.series.parse().unwrap();
        let rows = conversation::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
        let mut numbers: Vec<i32> = rows.iter().filter(|row| row.series_id == id).map(|row| row.number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 2], "one is held and one planned");
    }
}

#[tokio::test]
async fn what_a_series_cannot_be_is_refused_at_its_place() {
    let app = TestApp::start().await;
    let (emil, bert) = (app.client_of("emil").await, app.client_of("bert").await);
    let nora = app.person("nora").await;
    let with = |changes: Value| {
        let mut input = one_on_one(&nora);
        for (key, value) in changes.as_object().unwrap() {
            input[key] = value.clone();
        }
        input
    };
    let (own, gone, foreign) = (app.person("emil").await, app.person("gone").await, app.person("una").await);
    let anna = app.person("anna").await;
    let cases = [
        (json!({ "title": " " }), vec!["REQUIRED at title"]),
        (json!({ "title": "x".repeat(121) }), vec!["TOO_LONG at title"]),
        (json!({ "participants": [] }), vec!["INVALID at participants"]),
        (json!({ "participants": [own] }), vec!["INVALID at participants"]),
        (json!({ "participants": [nora, anna] }), vec!["INVALID at participants"]),
        (json!({ "participants": [gone] }), vec!["NOT_FOUND at participants.0"]),
        (json!({ "participants": [nora, foreign] }), vec!["NOT_FOUND at participants.1"]),
        (json!({ "participants": ["nonsense"] }), vec!["INVALID at participants.0"]),
        (json!({ "participants": vec![&nora; 50] }), vec!["TOO_LONG at participants"]),
        (json!({ "every": 0 }), vec!["INVALID at every"]),
        (json!({ "every": 27 }), vec!["INVALID at every"]),
        (json!({ "rhythm": "MONTHLY", "every": 13 }), vec!["INVALID at every"]),
        (json!({ "rhythm": "NONE", "startsOn": "2026-11-22" }), vec!["INVALID at startsOn"]),
        (json!({ "startsOn": "2029-01-01" }), vec!["INVALID at startsOn"]),
        (json!({ "localTime": "25:00" }), vec!["INVALID at localTime"]),
        (json!({ "localTime": "9:5" }), vec!["INVALID at localTime"]),
        (json!({ "timeZone": "Europe/Atlantis" }), vec!["INVALID at timeZone"]),
        (json!({ "durationMinutes": 4 }), vec!["INVALID at durationMinutes"]),
        (json!({ "template": "nonsense" }), vec!["INVALID at template"]),
        (json!({ "template": "ctm_0000000000000000000000009z" }), vec!["NOT_FOUND at template"]),
        (
            json!({ "title": "", "timeZone": "x", "localTime": "x" }),
            vec!["REQUIRED at title", "INVALID at localTime", "INVALID at timeZone"],
        ),
    ];
    for (changes, expected) in cases {
        let reply = emil.query(CREATE, json!({ "input": with(changes.clone()) })).await;
        assert_eq!(reply.refused_at("conversationSeriesCreate"), expected, "{changes}");
        assert!(reply.body["data"]["conversationSeriesCreate"]["series"].is_null());
    }
    // A board member sees leads only, and talks with them only.
    let reply = bert.query(CREATE, json!({ "input": one_on_one(&own) })).await;
    assert_eq!(reply.refused_at("conversationSeriesCreate"), ["NOT_FOUND at participants.0"]);
    bert.query(CREATE, json!({ "input": one_on_one(&nora) })).await.data();
    let rows = conversation::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
    assert_eq!(rows.len(), 1, "nothing was half done");
    let token = app.client(Role::FullToken).await;
    assert_eq!(token.query(CREATE, json!({ "input": one_on_one(&nora) })).await.code(), "FORBIDDEN");
}

#[tokio::test]
async fn a_moved_conversation_does_not_move_the_rhythm() {
    let app = TestApp::start().await;
    let talk = app.talk("nora", "emil").await;
    let emil = app.client_of("emil").await;
    let to = |at: &str| json!({ "conversation": talk.first, "scheduledAt": at });
    let moved = change(&emil, "conversationMove", to("2026-11-26T14:00:00Z")).await.data();
    assert_eq!(moved["conversationMove"]["conversation"]["moved"], true);
    for wrong in ["2026-11-23T09:00:00Z", "2029-11-26T14:00:00Z"] {
        let reply = change(&emil, "conversationMove", to(wrong)).await;
        assert_eq!(reply.refused_at("conversationMove"), ["INVALID at scheduledAt"]);
    }
    app.advance(TimeDelta::days(4));
    let early = json!({ "conversation": talk.first, "heldAt": "2026-11-28T14:00:00Z" });
    assert_eq!(change(&emil, "conversationHold", early).await.refused_at("conversationHold"), ["INVALID at heldAt"]);
    change(&emil, "conversationHold", json!({ "conversation": talk.first })).await.data();
    assert_eq!(planned(&emil, &talk.series).await["scheduledAt"], "2026-12-01T09:00:00.000Z");
}

#[tokio::test]
async fn a_series_follows_its_changes_and_ends() {
    let app = TestApp::start().await;
    let talk = app.talk("nora", "emil").await;
    let (nora, emil) = (app.client_of("nora").await, app.client_of("emil").await);
    let input = json!({ "series": talk.series, "title": "Coffee", "localTime": "15:30", "every": 2 });
    let changed = change(&emil, "conversationSeriesUpdate", input).await.data();
    let series = &changed["conversationSeriesUpdate"]["series"];
    assert_eq!(
        (&series["title"], &series["next"]["scheduledAt"]),
        (&json!("Coffee"), &json!("2026-11-24T14:30:00.000Z"))
    );
    let others = json!({ "series": talk.series, "participants": [app.person("anna").await] });
    let refused = change(&emil, "conversationSeriesUpdate", others).await;
    assert_eq!(refused.refused_at("conversationSeriesUpdate"), ["WRONG_STATE at participants"]);
    let wrong = json!({ "series": talk.series, "timeZone": "x", "durationMinutes": 1 });
    let refused = change(&emil, "conversationSeriesUpdate", wrong).await;
    assert_eq!(refused.refused_at("conversationSeriesUpdate"), ["INVALID at timeZone", "INVALID at durationMinutes"]);
    let ended = change(&nora, "conversationSeriesEnd", json!({ "series": talk.series })).await.data();
    assert_eq!(ended["conversationSeriesEnd"]["series"]["active"], false);
    assert_eq!(seen(&emil, &talk.first).await["state"], "CANCELLED");
    for (mutation, input) in [
        ("conversationSeriesEnd", json!({ "series": talk.series })),
        ("conversationSeriesUpdate", json!({ "series": talk.series, "title": "Tea" })),
        ("conversationPlan", json!({ "series": talk.series, "scheduledAt": "2026-12-01T09:00:00Z" })),
    ] {
        assert_eq!(change(&emil, mutation, input).await.refused_at(mutation), ["WRONG_STATE at series"]);
    }
    assert!(planned(&emil, &talk.series).await.is_null());
}

#[tokio::test]
async fn what_does_not_recur_is_planned_by_hand() {
    let app = TestApp::start().await;
    let mut input = one_on_one(&app.person("emil").await);
    input["rhythm"] = json!("NONE");
    let talk = app.talk_with("nora", input).await;
    let emil = app.client_of("emil").await;
    let plan = |at: &str| json!({ "series": talk.series, "scheduledAt": at });
    let early = change(&emil, "conversationPlan", plan("2026-12-01T09:00:00Z")).await;
    assert_eq!(early.refused_at("conversationPlan"), ["WRONG_STATE at series"]);
    app.advance(TimeDelta::days(2));
    change(&emil, "conversationHold", json!({ "conversation": talk.first })).await.data();
    assert!(planned(&emil, &talk.series).await.is_null());
    let past = change(&emil, "conversationPlan", plan("2026-11-24T09:00:00Z")).await;
    assert_eq!(past.refused_at("conversationPlan"), ["INVALID at scheduledAt"]);
    change(&emil, "conversationPlan", plan("2026-12-01T09:00:00Z")).await.data();
    assert_eq!(planned(&emil, &talk.series).await["number"], 2);
}

#[tokio::test]
async fn a_meeting_is_managed_by_its_host_and_who_leaves_keeps_what_they_took_part_in() {
    let app = TestApp::start().await;
    let (anna, arne) = (app.person("anna").await, app.person("arne").await);
    let mut input = one_on_one(&anna);
    input["kind"] = json!("TEAM");
    input["participants"] = json!([anna, arne, app.person("emil").await]);
    let talk = app.talk_with("nora", input).await;
    let (nora, emil) = (app.client_of("nora").await, app.client_of("emil").await);
    for (mutation, input) in [
        ("conversationSeriesEnd", json!({ "series": talk.series })),
        ("conversationSeriesUpdate", json!({ "series": talk.series, "title": "Mine" })),
    ] {
        assert_eq!(change(&emil, mutation, input).await.code(), "FORBIDDEN");
    }
    change(&emil, "agendaItemAdd", json!({ "conversation": talk.first, "text": "Before emil left" })).await.data();
    change(&emil, "conversationHold", json!({ "conversation": talk.first })).await.data();
    let second = text(&planned(&emil, &talk.series).await["id"]);
    let without = json!({ "series": talk.series, "participants": [anna, arne] });
    let changed = change(&nora, "conversationSeriesUpdate", without).await.data();
    let mut left: Vec<&str> = changed["conversationSeriesUpdate"]["series"]["participants"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|person| person["displayName"].as_str())
        .collect();
    left.sort_unstable();
    assert_eq!(left, ["Anna Acmeson", "Arne Acmeson", "Nora Acmeson"]);
    // What emil took part in stays; nothing that came later is there.
    let kept = seen(&emil, &talk.first).await;
    assert_eq!((kept["agenda"].as_array().unwrap().len(), &kept["viewerCan"]["write"]), (1, &json!(false)));
    assert!(kept["series"].is_null());
    assert!(seen(&emil, &second).await.is_null() && planned(&emil, &talk.series).await.is_null());
    let item = text(&kept["agenda"][0]["id"]);
    let edit = json!({ "conversation": second, "agendaItem": item, "text": "After emil left" });
    change(&nora, "agendaItemUpdate", edit).await.data();
    assert_eq!(seen(&emil, &talk.first).await["agenda"], json!([]));
    // Nor does a search give away what he cannot read: the old conversation is indexed again with what is there now.
    let renamed = json!({ "series": talk.series, "title": "Umbenannt" });
    change(&nora, "conversationSeriesUpdate", renamed).await.data();
    let done = json!({ "conversation": talk.first, "agendaItem": item, "done": true });
    change(&nora, "agendaItemUpdate", done).await.data();
    let note = json!({ "conversation": talk.first, "text": "Protokoll", "version": 0 });
    change(&nora, "sharedNoteWrite", note).await.data();
    for (word, of_emil, of_nora) in [
        ("After", json!([]), json!([{ "id": second }])),
        ("Umbenannt", json!([]), json!([{ "id": second }])),
        ("Protokoll", json!([{ "id": talk.first }]), json!([{ "id": talk.first }])),
    ] {
        let document = format!("{{ search(text: \"{word}\") {{ nodes {{ id }} }} }}");
        assert_eq!(emil.data(&document).await["search"]["nodes"], of_emil, "{word}");
        assert_eq!(nora.data(&document).await["search"]["nodes"], of_nora, "{word}");
    }
    let write = json!({ "conversation": talk.first, "text": "Still me", "version": 1 });
    assert_eq!(change(&emil, "sharedNoteWrite", write).await.code(), "FORBIDDEN");
    // A private note stays one's own.
    let note = json!({ "conversation": talk.first, "text": "Remember" });
    let noted = change(&emil, "privateNoteWrite", note).await.data();
    assert_eq!(noted["privateNoteWrite"]["conversation"]["privateNote"], "Remember");
    // And back.
    let all = json!({ "series": talk.series, "participants": [anna, app.person("emil").await] });
    change(&nora, "conversationSeriesUpdate", all).await.data();
    assert_eq!(seen(&emil, &second).await["viewerCan"]["write"], true);
}

#[tokio::test]
async fn a_series_ends_with_who_leaves_the_organization() {
    let app = TestApp::start().await;
    let talk = app.talk("nora", "emil").await;
    let mut input = one_on_one(&app.person("anna").await);
    input["kind"] = json!("TEAM");
    input["participants"] = json!([app.person("anna").await, app.person("emil").await]);
    let meeting = app.talk_with("nora", input).await;
    let leave =
        "mutation($id: ID!) { personUpdate(input: { person: $id, leftOn: \"2026-11-22\", leaveReason: VOLUNTARY }) {
        errors { code message path } } }";
    app.client(Role::Admin).await.query(leave, json!({ "id": app.person("emil").await })).await.data();
    let db = app.db().await;
    hearten_api::areas::conversations::upkeep::look(app.app(), db).await.unwrap();
    let nora = app.client_of("nora").await;
    assert_eq!(seen(&nora, &talk.first).await["state"], "CANCELLED");
    let read = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on ConversationSeries { active participants { displayName } } } }";
    let data = nora.query(read, json!({ "ids": [talk.series, meeting.series] })).await.data();
    assert_eq!((&data["nodes"][0]["active"], &data["nodes"][1]["active"]), (&json!(false), &json!(true)));
    assert_eq!(data["nodes"][1]["participants"].as_array().unwrap().len(), 2);
    assert_eq!(seen(&nora, &meeting.first).await["participants"].as_array().unwrap().len(), 2);
    // Looking again changes nothing.
    hearten_api::areas::conversations::upkeep::look(app.app(), db).await.unwrap();
    assert_eq!(seen(&nora, &meeting.first).await["state"], "PLANNED");
}
