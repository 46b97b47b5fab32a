//! What must never be written down: answers, comments, variables, tokens and addresses in a log, and anything in any
//! table that would lead from a sheet to its person.

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex},
};

use hearten_entity::{InOrganization, answer_sheet, audit_event, comment, invitation, person};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{Layer, layer::Context, layer::SubscriberExt, registry::LookupSpan};
use uuid::Uuid;

use crate::harness::{Role, TestApp, answers, draft, on_postgres};

/// Writes down all that our own code says, down to the last trace, and of libraries what the service's filter lets
/// through: it holds them to `info` whatever the settings say.
#[derive(Clone, Default)]
struct Eavesdropper(Arc<Mutex<String>>);

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl Eavesdropper {
    fn note(&self, metadata: &Metadata<'_>, record: impl FnOnce(&mut Fields<'_>)) {
        if metadata.target().starts_with("hearten") || *metadata.level() <= Level::INFO {
            let mut text = self.0.lock().unwrap();
            let _ = write!(text, "\n{} {} {}", metadata.level(), metadata.target(), metadata.name());
            record(&mut Fields(&mut text));
        }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Eavesdropper {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        self.note(attributes.metadata(), |fields| attributes.record(fields));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            self.note(span.metadata(), |fields| values.record(fields));
        }
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        self.note(event.metadata(), |fields| event.record(fields));
    }
}

#[tokio::test]
async fn nothing_said_in_confidence_is_logged() {
    let ear = Eavesdropper::default();
    // Of this process: servers answer on threads of their own. Other tests are heard, too; they use other words.
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(ear.clone())).unwrap();
    let app = TestApp::start().await;
    let survey = app.launched(draft()).await;
    let secret = "Quetzalcoatl drinks my coffee";
    let receipt = "quetzal-receipt-0123456789abcdef";
    survey.try_answer("emil", answers(4, 2, 9, Some(secret)), Some(receipt)).await.data();
    survey.try_revise("emil", answers(5, 2, 9, Some(secret)), receipt).await.data();
    // Also where it fails: a second sheet, an answer outside its scale, a document that is none, a broken token.
    survey.try_answer("emil", answers(4, 2, 9, Some(secret)), None).await;
    survey.try_answer("anna", answers(77, 2, 9, Some(secret)), Some(receipt)).await;
    let emil = app.client_of("emil").await;
    emil.query(&format!("{{ viewer {{ id }} # {secret}\n nope }}"), json!({ "x": secret })).await;
    emil.query(&format!("{{ node(id: \"{secret}\") {{ id }} }}"), json!({})).await;
    app.client_with(Some("quetzal.broken.token".to_owned())).query("{ viewer { id } }", json!({})).await;
    app.client_with(Some("hrt_quetzalbrokentoken".to_owned())).query("{ viewer { id } }", json!({})).await;
    let create = "mutation($input: PersonCreateInput!) { personCreate(input: $input) { errors { code } } }";
    let admin = app.client(Role::Admin).await;
    for _ in 0..2 {
        // The second is refused: the address is taken.
        let input = json!({ "displayName": "Quetzal Person", "email": "quetzal@acme.example" });
        admin.query(create, json!({ "input": input })).await;
    }
    let full = app.client(Role::FullToken).await;
    full.data("{ viewer { id } }").await;
    let feed = talk_in_confidence(&app).await;
    // Even where the inside fails: a table is gone, and the error is logged.
    app.db().await.write().execute_unprepared("DROP TABLE comments").await.unwrap();
    let failed =
        survey.try_answer("arne", answers(4, 2, 9, Some(secret)), Some("quetzal-receipt-fedcba9876543210")).await;
    assert_eq!(failed.code(), "INTERNAL", "{}", failed.body);
    let heard = ear.0.lock().unwrap().to_lowercase();
    assert!(heard.contains("a field failed") && heard.contains("a bearer token was refused"), "something is logged");
    let tokens = [emil.bearer(), admin.bearer(), full.bearer()].map(str::to_lowercase);
    let words = ["quetzal", "answerssubmit", "emil@acme", &feed].into_iter();
    for word in words.chain(tokens.iter().map(String::as_str)) {
        let line = heard.lines().find(|line| line.contains(word));
        assert!(line.is_none(), "{word} was logged: {}", line.unwrap_or_default());
    }
}

/// Says things in a conversation, also where it fails, and reads it by a calendar; the secret of the feed in lower case.
async fn talk_in_confidence(app: &TestApp) -> String {
    let emil = app.client_of("emil").await;
    let create = "mutation($nora: ID!) { conversationSeriesCreate(input: { kind: ONE_ON_ONE, title: \"Quetzal talk\",
        participants: [$nora], startsOn: \"2026-12-01\", localTime: \"09:00\" }) {
        series { next { id } } errors { code } } }";
    let made = emil.query(create, json!({ "nora": app.person("nora").await })).await.data();
    let id = &made["conversationSeriesCreate"]["series"]["next"]["id"];
    let written = [
        "agendaItemAdd(input: { conversation: $id, text: $text })",
        "actionItemAdd(input: { conversation: $id, text: $text })",
        "sharedNoteWrite(input: { conversation: $id, text: $text, version: 0 })",
        "conversationPrepare(input: { conversation: $id, blockers: [$text], priorities: [$text] })",
        "privateNoteWrite(input: { conversation: $id, text: $text })",
        // Refused, and failing.
        "sharedNoteWrite(input: { conversation: $id, text: $text, version: 7 })",
        "privateNoteWrite(input: { conversation: $text, text: $text })",
    ];
    for write in written {
        let document = format!("mutation($id: ID!, $text: String!) {{ {write} {{ errors {{ code }} }} }}")
            .replace("conversation: $text", "conversation: \"Quetzal\"");
        emil.query(&document, json!({ "id": id, "text": "Quetzal said so" })).await;
    }
    let feed = "mutation { calendarFeedCreate(input: { name: \"Quetzal phone\" }) { path errors { code } } }";
    let made = emil.data(feed).await;
    let path = made["calendarFeedCreate"]["path"].as_str().unwrap();
    let get = async || reqwest::get(format!("http://{}{path}", emil.address())).await.unwrap().status().as_u16();
    assert_eq!(get().await, 200);
    let write = app.db().await.write();
    write.execute_unprepared("ALTER TABLE private_notes RENAME TO gone_notes").await.unwrap();
    write.execute_unprepared("ALTER TABLE conversation_attendees RENAME TO gone_attendees").await.unwrap();
    let document =
        "mutation($id: ID!) { privateNoteWrite(input: { conversation: $id, text: \"Quetzal\" }) { errors { code } } }";
    assert_eq!(emil.query(document, json!({ "id": id })).await.code(), "INTERNAL");
    assert_eq!(get().await, 500);
    path.trim_start_matches("/calendar/").trim_end_matches(".ics").to_lowercase()
}

/// Every row of every table as a line of text in lower case, without hyphens: `table|value|value…`.
async fn everything(app: &TestApp) -> Vec<String> {
    let db = app.db().await.read();
    let rows =
        async |query: &str| db.query_all_raw(Statement::from_string(db.get_database_backend(), query)).await.unwrap();
    let names = if on_postgres() {
        "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'table'"
    };
    let mut lines = Vec::new();
    for table in rows(names).await {
        let table: String = table.try_get("", "name").unwrap();
        let query = if on_postgres() {
            format!("SELECT t::text AS line FROM {table} t")
        } else {
            let columns = rows(&format!(
                "SELECT group_concat('quote(\"' || name || '\")', ' || ''|'' || ') AS line
                FROM pragma_table_info('{table}')"
            ))
            .await;
            let columns: String = columns[0].try_get("", "line").unwrap();
            format!("SELECT {columns} AS line FROM {table}")
        };
        for row in rows(&query).await {
            let line: String = row.try_get("", "line").unwrap();
            lines.push(format!("{table}|{}", line.to_lowercase().replace('-', "")));
        }
    }
    lines
}

/// How an id may stand in a row: its bits in hexadecimal, or as clients see it.
fn forms(uuid: Uuid, text: &str) -> [String; 2] {
    [uuid.simple().to_string(), text.to_lowercase()]
}

#[tokio::test]
async fn no_table_leads_from_a_sheet_to_its_person() {
    let app = TestApp::start().await;
    let survey = app.launched(draft()).await;
    let answering = ["emil", "anna", "anton", "arne", "nils", "bela", "carl", "dana"];
    for (at, person) in (0..).zip(answering) {
        survey.answer(person, answers(1 + at % 5, 1 + at % 3, at, Some(&format!("Confidential {at}")))).await;
    }
    for sealed in [false, true] {
        if sealed {
            survey.close().await;
            survey.publish().await.unwrap();
        }
        let db = app.db().await.read();
        let sheets = answer_sheet::Entity::in_org(app.acme.id).all(db).await.unwrap();
        let comments = comment::Entity::in_org(app.acme.id).all(db).await.unwrap();
        let invitations = invitation::Entity::in_org(app.acme.id).all(db).await.unwrap();
        let persons = person::Entity::in_org(app.acme.id).all(db).await.unwrap();
        assert_eq!((sheets.len(), comments.len()), (8, 8));
        // What belongs to a sheet, and what belongs to a person: no row may have both.
        let mut of_sheets: Vec<String> = Vec::new();
        of_sheets.extend(sheets.iter().flat_map(|row| forms(row.id.0, &row.id.to_string())));
        of_sheets.extend(comments.iter().flat_map(|row| forms(row.id.0, &row.id.to_string())));
        of_sheets.extend(comments.iter().map(|row| row.body.to_lowercase()));
        let hashes = sheets.iter().map(|row| &row.receipt_hash).chain(comments.iter().map(|row| &row.receipt_hash));
        of_sheets.extend(hashes.flatten().map(|hash| hash.iter().map(|byte| format!("{byte:02x}")).collect()));
        let mut of_persons: Vec<String> = Vec::new();
        of_persons.extend(persons.iter().flat_map(|row| forms(row.id.0, &row.id.to_string())));
        of_persons.extend(invitations.iter().flat_map(|row| forms(row.id.0, &row.id.to_string())));
        let lines = everything(&app).await;
        let has = |line: &str, words: &[String]| words.iter().any(|word| line.contains(word.as_str()));
        let (on_sheets, on_persons) = (
            lines.iter().filter(|line| has(line, &of_sheets)).count(),
            lines.iter().filter(|line| has(line, &of_persons)).count(),
        );
        assert!(on_sheets >= 16 && on_persons > 60, "the rows are read: {on_sheets} and {on_persons}");
        for line in &lines {
            let both = has(line, &of_sheets) && has(line, &of_persons);
            assert!(!both, "a row leads from a sheet to a person: {line}");
            // No time either: when somebody answered may be known elsewhere.
            let on_sheet = line.starts_with("answer_sheets|") || line.starts_with("comments|");
            assert!(!on_sheet || !line.contains("20261123"), "a sheet has a time: {line}");
        }
    }
    // Nor does the audit say who answered.
    let audit = audit_event::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
    let persons = [app.person("emil").await, app.person("anna").await];
    assert!(!audit.is_empty() && audit.iter().all(|event| !persons.contains(&event.actor)), "{audit:?}");
}
