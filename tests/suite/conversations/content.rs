//! Agendas, check-ins, notes, action items and templates.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{change, planned, seen, text};
use crate::harness::{Role, TestApp};

fn texts(agenda: &Value) -> Vec<&str> {
    agenda.as_array().unwrap().iter().filter_map(|item| item["text"].as_str()).collect()
}

#[tokio::test]
async fn what_is_open_is_carried_over_and_what_is_done_stays_where_it_was_done() {
    let app = TestApp::start().await;
    let talk = app.talk("nora", "emil").await;
    let (nora, emil) = (app.client_of("nora").await, app.client_of("emil").await);
    let mut items = Vec::new();
    for (client, words) in [(&nora, "Budget"), (&emil, "Holiday"), (&nora, "Tooling")] {
        let input = json!({ "conversation": talk.first, "text": words });
        items.push(text(&change(client, "agendaItemAdd", input).await.data()["agendaItemAdd"]["agendaItem"]));
    }
    let order = json!({ "conversation": talk.first, "agendaItems": [items[2], items[0]] });
    change(&emil, "agendaItemReorder", order).await.data();
    assert_eq!(texts(&seen(&emil, &talk.first).await["agenda"]), ["Tooling", "Budget", "Holiday"]);
    let done = json!({ "conversation": talk.first, "agendaItem": items[0], "done": true });
    change(&nora, "agendaItemUpdate", done).await.data();
    change(&nora, "conversationHold", json!({ "conversation": talk.first })).await.data();
    let second = text(&planned(&nora, &talk.series).await["id"]);
    let agenda = seen(&nora, &second).await["agenda"].clone();
    assert_eq!(texts(&agenda), ["Tooling", "Holiday"]);
    assert_eq!((&agenda[0]["carriedOver"], &agenda[0]["done"]), (&json!(true), &json!(false)));
    change(&emil, "agendaItemAdd", json!({ "conversation": second, "text": "New" })).await.data();
    let before = seen(&nora, &talk.first).await["agenda"].clone();
    assert_eq!(texts(&before), ["Tooling", "Budget", "Holiday"]);
    assert_eq!(before[1]["done"], true);
    change(&emil, "agendaItemRemove", json!({ "conversation": second, "agendaItem": items[2] })).await.data();
    assert_eq!(texts(&seen(&nora, &second).await["agenda"]), ["Holiday", "New"]);
    // What makes no sense changes nothing.
    let cases = [
        ("agendaItemAdd", json!({ "conversation": talk.first, "text": "Late" }), "WRONG_STATE at conversation"),
        ("agendaItemAdd", json!({ "conversation": second, "text": "" }), "REQUIRED at text"),
        ("agendaItemAdd", json!({ "conversation": second, "text": "x".repeat(501) }), "TOO_LONG at text"),
        ("agendaItemAdd", json!({ "conversation": second, "text": "x", "section": 0 }), "INVALID at section"),
        ("agendaItemRemove", json!({ "conversation": second, "agendaItem": items[0] }), "NOT_FOUND at agendaItem"),
        ("agendaItemUpdate", json!({ "conversation": second, "agendaItem": items[2] }), "NOT_FOUND at agendaItem"),
        (
            "agendaItemReorder",
            json!({ "conversation": second, "agendaItems": [items[0]] }),
            "NOT_FOUND at agendaItems.0",
        ),
        (
            "agendaItemReorder",
            json!({ "conversation": second, "agendaItems": [items[1], items[1]] }),
            "INVALID at agendaItems.1",
        ),
        ("agendaItemAdd", json!({ "conversation": "nonsense", "text": "x" }), "INVALID at conversation"),
    ];
    for (mutation, input, expected) in cases {
        assert_eq!(change(&emil, mutation, input).await.refused_at(mutation), [expected], "{mutation}");
    }
}

#[tokio::test]
async fn a_check_in_is_seen_by_both_and_changed_until_it_is_held() {
    let app = TestApp::start().await;
    let talk = app.talk("nora", "emil").await;
    let (nora, emil) = (app.client_of("nora").await, app.client_of("emil").await);
    let say = |mood: i32, priorities: Vec<&str>| json!({ "conversation": talk.first, "mood": mood, "priorities": priorities, "blockers": ["Waiting"] });
    change(&emil, "conversationPrepare", say(2, vec!["A"])).await.data();
    change(&emil, "conversationPrepare", say(4, vec!["A", "B"])).await.data();
    let expected = json!([{ "person": { "displayName": "Emil Acmeson" }, "mood": 4, "priorities": ["A", "B"],
                            "blockers": ["Waiting"] }]);
    assert_eq!(seen(&nora, &talk.first).await["checkIns"], expected);
    let wrong = change(&emil, "conversationPrepare", say(6, vec!["A", "B", "C", "D", "E", "F"])).await;
    assert_eq!(wrong.refused_at("conversationPrepare"), ["INVALID at mood", "TOO_LONG at priorities"]);
    let wrong = change(&emil, "conversationPrepare", say(1, vec!["A", " "])).await;
    assert_eq!(wrong.refused_at("conversationPrepare"), ["REQUIRED at priorities.1"]);
    change(&nora, "conversationHold", json!({ "conversation": talk.first })).await.data();
    let late = change(&emil, "conversationPrepare", say(1, vec![])).await;
    assert_eq!(late.refused_at("conversationPrepare"), ["WRONG_STATE at conversation"]);
    assert_eq!(seen(&nora, &talk.first).await["checkIns"], expected);
}

#[tokio::test]
async fn of_two_who_write_the_shared_note_at_once_one_is_told() {
    let app = TestApp::start().await;
    let talk = app.talk("nora", "emil").await;
    let (nora, emil) = (app.client_of("nora").await, app.client_of("emil").await);
    let write = |text: &str, version: i32| json!({ "conversation": talk.first, "text": text, "version": version });
    let calls = [(&nora, "From nora"), (&emil, "From emil"), (&emil, "Again emil")];
    let replies = calls.map(|(client, text)| change(client, "sharedNoteWrite", write(text, 0)));
    let replies = futures_util::future::join_all(replies).await;
    assert_eq!(replies.iter().filter(|reply| reply.errors().is_empty()).count(), 1);
    assert_eq!(replies.iter().filter(|reply| reply.code() == "CONFLICT").count(), 2);
    assert_eq!(seen(&nora, &talk.first).await["sharedNoteVersion"], 1);
    change(&emil, "sharedNoteWrite", write("Line one\r\nLine two", 1)).await.data();
    assert_eq!(seen(&nora, &talk.first).await["sharedNote"], "Line one\nLine two");
    let long = change(&emil, "sharedNoteWrite", write(&"x".repeat(20_001), 2)).await;
    assert_eq!(long.refused_at("sharedNoteWrite"), ["TOO_LONG at text"]);
    change(&emil, "sharedNoteWrite", write(" ", 2)).await.data();
    assert!(seen(&nora, &talk.first).await["sharedNote"].is_null());
}

#[tokio::test]
async fn action_items_come_together_across_series_and_remind_once() {
    let app = TestApp::start().await;
    let (one, two) = (app.talk("nora", "emil").await, app.talk("anna", "emil").await);
    let (nora, emil, anna) = (app.client_of("nora").await, app.client_of("emil").await, app.client_of("anna").await);
    let id = app.person("emil").await;
    let add = |talk: &str, text: &str, due: Option<&str>| json!({ "conversation": talk, "text": text, "owner": id, "dueOn": due });
    let first = change(&nora, "actionItemAdd", add(&one.first, "Write the plan", Some("2026-11-25"))).await.data();
    app.advance(TimeDelta::seconds(1));
    change(&anna, "actionItemAdd", add(&two.first, "Send the file", None)).await.data();
    let list = "{ viewer { actionItems(filter: { done: false }) { nodes { text overdue conversation { id } series { id } } } } }";
    let data = emil.data(list).await;
    let nodes = data["viewer"]["actionItems"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.iter().map(|node| text(&node["text"])).collect::<Vec<_>>(), ["Send the file", "Write the plan"]);
    assert_eq!(nodes[1]["conversation"]["id"], one.first.as_str());
    let item = text(&first["actionItemAdd"]["actionItem"]["id"]);
    // Nora sees what came of her conversation, not what came of Anna's.
    assert_eq!(nora.data(list).await["viewer"]["actionItems"]["nodes"], json!([]));
    let read = "query($id: ID!) { node(id: $id) { ... on ActionItem { text owner { displayName } } } }";
    assert!(nora.query(read, json!({ "id": item })).await.data()["node"].is_object());
    assert!(anna.query(read, json!({ "id": item })).await.data()["node"].is_null());
    let unseen = change(&anna, "actionItemComplete", json!({ "actionItem": item })).await;
    assert_eq!(unseen.refused_at("actionItemComplete"), ["NOT_FOUND at actionItem"]);
    let foreign = json!({ "actionItem": item, "owner": app.person("arne").await, "text": "" });
    let wrong = change(&nora, "actionItemUpdate", foreign).await;
    assert_eq!(wrong.refused_at("actionItemUpdate"), ["REQUIRED at text", "NOT_FOUND at owner"]);
    // Due: the owner is told once.
    app.advance(TimeDelta::days(3));
    for _ in 0..2 {
        hearten_api::areas::conversations::upkeep::look(app.app(), app.db().await).await.unwrap();
    }
    let told = "{ viewer { notifications(first: 100) { nodes { kind } } } }";
    let data = emil.data(told).await;
    let kinds: Vec<&str> = data["viewer"]["notifications"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|node| node["kind"].as_str())
        .collect();
    let count = |kind: &str| kinds.iter().filter(|other| **other == kind).count();
    assert_eq!((count("ACTION_ITEM_DUE"), count("ACTION_ITEM_ASSIGNED"), count("CONVERSATION_PLANNED")), (1, 2, 2));
    let done = change(&emil, "actionItemComplete", json!({ "actionItem": item })).await.data();
    assert!(done["actionItemComplete"]["actionItem"]["doneAt"].is_string());
    let undone = change(&nora, "actionItemComplete", json!({ "actionItem": item, "done": false })).await.data();
    assert!(undone["actionItemComplete"]["actionItem"]["doneAt"].is_null());
    assert_eq!(undone["actionItemComplete"]["actionItem"]["overdue"], true);
    let later = json!({ "actionItem": item, "dueOn": null, "text": "Write it well" });
    let changed = change(&nora, "actionItemUpdate", later).await.data();
    assert_eq!(changed["actionItemUpdate"]["actionItem"]["overdue"], false);
}

#[tokio::test]
async fn a_template_gives_an_agenda_its_sections() {
    let app = TestApp::start().await;
    let (partner, emil) = (app.client(Role::Partner).await, app.client_of("emil").await);
    let list = "{ conversationTemplates { id name builtIn sections { title talkingPoints } } }";
    let german = app.client_of("anna").await.data(list).await;
    let english = emil.data(list).await;
    assert_eq!(english["conversationTemplates"][0]["name"], "Regular 1:1");
    assert_eq!(german["conversationTemplates"][0]["name"], "Regelmäßiges 1:1");
    let create = "mutation($input: ConversationTemplateCreateInput!) { conversationTemplateCreate(input: $input) {
        template { id name builtIn } errors { code message path } } }";
    let section = json!({ "title": "Safety", "talkingPoints": ["What nearly went wrong?"] });
    let input = json!({ "name": "Plant", "sections": [section] });
    assert_eq!(emil.query(create, json!({ "input": input })).await.code(), "FORBIDDEN");
    let made = partner.query(create, json!({ "input": input })).await.data();
    let id = text(&made["conversationTemplateCreate"]["template"]["id"]);
    let wrong = json!({ "name": "", "sections": [{ "title": "A", "talkingPoints": [""] }, { "title": "" }] });
    assert_eq!(
        partner.query(create, json!({ "input": wrong })).await.refused_at("conversationTemplateCreate"),
        ["REQUIRED at name", "REQUIRED at sections.0.talkingPoints.0", "REQUIRED at sections.1.title"]
    );
    let mut talk = super::one_on_one(&app.person("nora").await);
    talk["template"] = json!(id);
    let talk = app.talk_with("emil", talk).await;
    let archive = "mutation($id: ID!) { conversationTemplateArchive(input: { template: $id }) {
        template { archived } errors { code message path } } }";
    let update = "mutation($id: ID!) { conversationTemplateUpdate(input: { template: $id, name: \"Other\",
        sections: [{ title: \"Other\" }] }) { template { name } errors { code message path } } }";
    partner.query(update, json!({ "id": id })).await.data();
    partner.query(archive, json!({ "id": id })).await.data();
    let again = partner.query(archive, json!({ "id": id })).await;
    assert_eq!(again.refused_at("conversationTemplateArchive"), ["WRONG_STATE at template"]);
    let built_in = english["conversationTemplates"][0]["id"].clone();
    let refused = partner.query(update, json!({ "id": built_in })).await;
    assert_eq!(refused.refused_at("conversationTemplateUpdate"), ["WRONG_STATE at template"]);
    // The series keeps what it began with.
    let read = "query($id: ID!) { node(id: $id) { ... on ConversationSeries { sections { title talkingPoints } } } }";
    let data = emil.query(read, json!({ "id": talk.series })).await.data();
    assert_eq!(data["node"]["sections"], json!([section]));
    let add = json!({ "conversation": talk.first, "text": "Ladder", "section": 0 });
    change(&emil, "agendaItemAdd", add).await.data();
    assert_eq!(seen(&emil, &talk.first).await["agenda"][0]["section"], 0);
}
