//! Conversations: how they recur, what is carried over, who is told, and that nobody else reads a word.

mod content;
mod feeds;
mod gaps;
mod life;
mod secrecy;

use serde_json::{Value, json};

use crate::harness::{Client, Reply, TestApp};

const CREATE: &str = "mutation($input: ConversationSeriesCreateInput!) { conversationSeriesCreate(input: $input) {
    series { id kind title next { id number state scheduledAt } participants { displayName } viewerCan { manage } }
    errors { code message path } } }";

/// A 1:1 on Tuesdays at ten in Berlin, from tomorrow on.
fn one_on_one(other: &str) -> Value {
    json!({ "kind": "ONE_ON_ONE", "title": "Acme weekly", "participants": [other], "startsOn": "2026-11-24",
            "localTime": "10:00", "timeZone": "Europe/Berlin" })
}

/// A series and its first conversation.
struct Talk {
    series: String,
    first: String,
}

impl TestApp {
    /// Begins a 1:1 between two people, by external id.
    async fn talk(&self, who: &str, other: &str) -> Talk {
        self.talk_with(who, one_on_one(&self.person(other).await)).await
    }

    /// Begins a series as somebody.
    async fn talk_with(&self, who: &str, input: Value) -> Talk {
        let made = self.client_of(who).await.query(CREATE, json!({ "input": input })).await.data();
        let series = &made["conversationSeriesCreate"]["series"];
        Talk { series: text(&series["id"]), first: text(&series["next"]["id"]) }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// Runs a mutation whose payload has a conversation.
async fn change(client: &Client, mutation: &str, input: Value) -> Reply {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let selection = match mutation {
        "actionItemAdd" | "actionItemUpdate" | "actionItemComplete" => "actionItem { id text doneAt overdue }",
        "conversationSeriesUpdate" | "conversationSeriesEnd" => {
            "series { id title active next { id scheduledAt } participants { displayName } }"
        }
        "agendaItemAdd" => "agendaItem conversation { id }",
        _ => {
            "conversation { id state scheduledAt moved sharedNote sharedNoteVersion privateNote agenda { text done } }"
        }
    };
    let document = format!(
        "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ {selection} errors {{ code message path }} }} }}"
    );
    client.query(&document, json!({ "input": input })).await
}

/// Everything of a conversation, as somebody sees it.
async fn seen(client: &Client, id: &str) -> Value {
    let read = "query($id: ID!) { node(id: $id) { ... on Conversation {
        id number state scheduledAt endsAt moved heldAt sharedNote sharedNoteVersion privateNote
        series { id next { id number scheduledAt state } }
        participants { displayName }
        agenda { id text done carriedOver section author { displayName } }
        checkIns { person { displayName } mood priorities blockers }
        actionItems { id text owner { displayName } dueOn }
        viewerCan { write } } } }";
    client.query(read, json!({ "id": id })).await.data()["node"].clone()
}

/// The planned conversation of a series.
async fn planned(client: &Client, series: &str) -> Value {
    let read =
        "query($id: ID!) { node(id: $id) { ... on ConversationSeries { active next { id number scheduledAt } } } }";
    client.query(read, json!({ "id": series })).await.data()["node"]["next"].clone()
}

/// Lets two people hold a 1:1 now.
pub async fn held(app: &TestApp, who: &str, other: &str) {
    let talk = app.talk(who, other).await;
    change(&app.client_of(other).await, "conversationHold", json!({ "conversation": talk.first })).await.data();
}
