//! Nobody but who takes part reads a conversation, and nobody but the author a private note: whatever the role, by whatever
//! door.

use hearten_entity::{InOrganization, private_note, search_entry};
use serde_json::{Value, json};

use super::{change, planned, seen, text};
use crate::harness::{Client, Role, TestApp};

const WORDS: [&str; 6] = ["zebratitle", "zebraagenda", "zebrashared", "zebraprivate", "zebrablocker", "zebraaction"];

struct Secret {
    series: String,
    conversation: String,
    agenda_item: String,
    action_item: String,
    private_note: String,
}

/// A 1:1 of arne and anna, both of North Sales A, about which there is something to tell.
async fn secret(app: &TestApp) -> Secret {
    let mut input = super::one_on_one(&app.person("anna").await);
    input["title"] = json!("zebratitle");
    let talk = app.talk_with("arne", input).await;
    let (arne, anna) = (app.client_of("arne").await, app.client_of("anna").await);
    let of = |more: Value| {
        let mut input = json!({ "conversation": talk.first });
        for (key, value) in more.as_object().unwrap() {
            input[key] = value.clone();
        }
        input
    };
    let item = change(&arne, "agendaItemAdd", of(json!({ "text": "zebraagenda" }))).await.data();
    change(&arne, "sharedNoteWrite", of(json!({ "text": "zebrashared", "version": 0 }))).await.data();
    change(&arne, "privateNoteWrite", of(json!({ "text": "zebraprivate" }))).await.data();
    change(&anna, "conversationPrepare", of(json!({ "mood": 1, "blockers": ["zebrablocker"] }))).await.data();
    let action = change(&anna, "actionItemAdd", of(json!({ "text": "zebraaction" }))).await.data();
    let notes = private_note::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
    Secret {
        agenda_item: text(&item["agendaItemAdd"]["agendaItem"]),
        action_item: text(&action["actionItemAdd"]["actionItem"]["id"]),
        private_note: notes[0].id.to_string(),
        series: talk.series,
        conversation: talk.first,
    }
}

/// Everything somebody could try, and what came back.
async fn try_everything(client: &Client, secret: &Secret) -> Vec<(String, Value)> {
    let mut heard = Vec::new();
    let ids = [&secret.series, &secret.conversation, &secret.agenda_item, &secret.action_item, &secret.private_note];
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }";
    heard.push(("nodes".to_owned(), client.query(nodes, json!({ "ids": ids })).await.body));
    heard.push((
        "conversation".to_owned(),
        client
            .query(
                "query($id: ID!) { node(id: $id) { ... on Conversation { id sharedNote privateNote agenda { text }
            checkIns { blockers } actionItems { text } series { title } } } }",
                json!({ "id": secret.conversation }),
            )
            .await
            .body,
    ));
    for word in WORDS {
        let document = format!("{{ search(text: \"{word}\") {{ nodes {{ id }} }} }}");
        heard.push((format!("search {word}"), client.query(&document, json!({})).await.body));
    }
    let lists = "{ viewer { conversations { nodes { id privateNote } } conversationSeries { nodes { title } }
        actionItems { nodes { text } } notifications { nodes { subject { id } } }
        conversationGaps(weeks: 1, depth: ALL) { nodes { lastHeldAt } } } }";
    heard.push(("lists".to_owned(), client.query(lists, json!({})).await.body));
    let of = json!({ "conversation": secret.conversation });
    let mut attempts = vec![
        ("conversationHold", of.clone()),
        ("conversationSkip", of.clone()),
        ("privateNoteRemove", of.clone()),
        ("actionItemComplete", json!({ "actionItem": secret.action_item })),
        ("conversationSeriesEnd", json!({ "series": secret.series })),
        ("conversationSeriesUpdate", json!({ "series": secret.series, "title": "Mine" })),
        ("conversationPlan", json!({ "series": secret.series, "scheduledAt": "2026-12-01T09:00:00Z" })),
    ];
    for (mutation, key, value) in [
        ("conversationMove", "scheduledAt", json!("2026-12-01T09:00:00Z")),
        ("conversationPrepare", "mood", json!(5)),
        ("privateNoteWrite", "text", json!("Mine")),
        ("agendaItemAdd", "text", json!("Mine")),
        ("agendaItemRemove", "agendaItem", json!(secret.agenda_item)),
        ("agendaItemUpdate", "agendaItem", json!(secret.agenda_item)),
        ("agendaItemReorder", "agendaItems", json!([secret.agenda_item])),
        ("actionItemAdd", "text", json!("Mine")),
    ] {
        let mut input = of.clone();
        input[key] = value;
        attempts.push((mutation, input));
    }
    let mut shared = of.clone();
    (shared["text"], shared["version"]) = (json!("Mine"), json!(1));
    attempts.push(("sharedNoteWrite", shared));
    for (mutation, input) in attempts {
        let reply = change(client, mutation, input).await;
        assert!(!reply.errors().is_empty() || reply.refusals(mutation) == ["NOT_FOUND"], "{mutation}: {}", reply.body);
        heard.push((mutation.to_owned(), reply.body));
    }
    heard
}

#[tokio::test]
async fn no_role_opens_a_conversation() {
    let app = TestApp::start().await;
    let secret = secret(&app).await;
    // Among them the manager of both, who sees no more than that they did not talk.
    for role in Role::ALL {
        let client = app.client(role).await;
        for (door, body) in try_everything(&client, &secret).await {
            let text = body.to_string();
            let found = WORDS.iter().find(|word| text.contains(**word));
            assert!(found.is_none(), "{role:?} read {found:?} by {door}: {text}");
            if role != Role::Anonymous && door == "nodes" {
                assert_eq!(body["data"]["nodes"], json!([null, null, null, null, null]), "{role:?}");
            }
        }
    }
    let arne = app.client_of("arne").await;
    let all = seen(&arne, &secret.conversation).await.to_string();
    for word in ["zebraagenda", "zebrashared", "zebraprivate", "zebrablocker", "zebraaction"] {
        assert!(all.contains(word), "arne reads {word}");
    }
    assert_eq!(planned(&arne, &secret.series).await["number"], 1, "nothing was changed");
}

#[tokio::test]
async fn a_private_note_is_there_for_its_author_alone() {
    let app = TestApp::start().await;
    let secret = secret(&app).await;
    let (arne, anna) = (app.client_of("arne").await, app.client_of("anna").await);
    // The other participant reads all but the note, by every door.
    let read = "query($id: ID!) { node(id: $id) { ... on Conversation { sharedNote privateNote series { conversations {
        nodes { privateNote } } next { privateNote } } } } }";
    let theirs = anna.query(read, json!({ "id": secret.conversation })).await;
    assert!(theirs.body.to_string().contains("zebrashared") && !theirs.body.to_string().contains("zebraprivate"));
    assert!(arne.query(read, json!({ "id": secret.conversation })).await.body.to_string().contains("zebraprivate"));
    // Search finds the agenda and the shared note for both, and the note for nobody.
    for (client, word, hits) in [
        (&arne, "zebraagenda", 1),
        (&anna, "zebrashared", 1),
        (&anna, "zebratitle", 1),
        (&arne, "zebraprivate", 0),
        (&anna, "zebraprivate", 0),
        (&arne, "zebrablocker", 0),
    ] {
        let document = format!("{{ search(text: \"{word}\") {{ nodes {{ id }} }} }}");
        let found = client.data(&document).await;
        assert_eq!(found["search"]["nodes"].as_array().unwrap().len(), hits, "{word}");
    }
    let entries = search_entry::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
    let indexed: Vec<String> = entries.iter().map(|entry| format!("{} {}", entry.title, entry.body)).collect();
    assert!(indexed.iter().any(|text| text.contains("zebraagenda")));
    assert!(!indexed.iter().any(|text| text.contains("zebraprivate") || text.contains("zebrablocker")));
    // Both have one; each removes the own.
    change(&anna, "privateNoteWrite", json!({ "conversation": secret.conversation, "text": "Anna's" })).await.data();
    change(&arne, "privateNoteRemove", json!({ "conversation": secret.conversation })).await.data();
    assert_eq!(seen(&anna, &secret.conversation).await["privateNote"], "Anna's");
    assert!(seen(&arne, &secret.conversation).await["privateNote"].is_null());
    change(&anna, "privateNoteWrite", json!({ "conversation": secret.conversation, "text": "Other" })).await.data();
    let notes = private_note::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
    assert_eq!(notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>(), ["Other"]);
    change(&anna, "privateNoteWrite", json!({ "conversation": secret.conversation, "text": "" })).await.data();
    assert_eq!(private_note::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap(), []);
    // A refusal repeats nothing of it.
    let long = format!("zebraprivate{}", "x".repeat(20_001));
    let refused = change(&anna, "privateNoteWrite", json!({ "conversation": secret.conversation, "text": long })).await;
    assert_eq!(refused.refused_at("privateNoteWrite"), ["TOO_LONG at text"]);
    assert!(!refused.body.to_string().contains("zebraprivate"));
}
