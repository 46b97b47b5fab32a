//! Calendar feeds: read by a parser that is not the writer's, by nobody without the secret, and never logged.

use calcard::{
    Entry, Parser,
    icalendar::{ICalendar, ICalendarComponentType, ICalendarProperty, ICalendarValue},
};
use chrono::TimeDelta;
use hearten_entity::{InOrganization, calendar_feed};
use serde_json::json;

use super::{change, one_on_one, text};
use crate::harness::{Client, Role, TestApp};

const CREATE: &str = "mutation($input: CalendarFeedCreateInput!) { calendarFeedCreate(input: $input) {
    path calendarFeed { id name } errors { code message path } } }";
const REVOKE: &str = "mutation($id: ID!) { calendarFeedRevoke(input: { calendarFeed: $id }) {
    calendarFeed { revokedAt } errors { code message path } } }";

async fn feed(client: &Client, name: &str) -> (String, String) {
    let made = client.query(CREATE, json!({ "input": { "name": name } })).await.data();
    let payload = &made["calendarFeedCreate"];
    (text(&payload["path"]), text(&payload["calendarFeed"]["id"]))
}

async fn get(client: &Client, path: &str, etag: Option<&str>) -> reqwest::Response {
    let request = reqwest::Client::new().get(format!("http://{}{path}", client.address()));
    let request = match etag {
        Some(etag) => request.header("if-none-match", etag),
        None => request,
    };
    request.send().await.unwrap()
}

/// The calendar, after the rules of the format that a parser may forgive.
fn parse(text: &str) -> ICalendar {
    assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']), "lines end in CRLF");
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "lines are folded at 75 octets");
    let mut parser = Parser::new(text);
    let Entry::ICalendar(calendar) = parser.entry() else { panic!("not a calendar: {text}") };
    assert!(matches!(parser.entry(), Entry::Eof), "one calendar and nothing more");
    calendar
}

fn properties(calendar: &ICalendar, name: &ICalendarProperty) -> Vec<String> {
    let events = calendar.components.iter().filter(|part| part.component_type == ICalendarComponentType::VEvent);
    let mut all = Vec::new();
    for event in events {
        let of_name = event.entries.iter().filter(|entry| entry.name == *name);
        let values: Vec<_> = of_name.flat_map(|entry| &entry.values).collect();
        assert_eq!(values.len(), 1, "an event has one {name:?}");
        all.push(match values[0] {
            ICalendarValue::Text(text) => text.clone(),
            ICalendarValue::Integer(n) => n.to_string(),
            ICalendarValue::PartialDateTime(at) => {
                let at = at.to_date_time().expect("a time");
                assert_eq!(at.offset.map(|offset| offset.local_minus_utc()), Some(0), "in UTC");
                at.date_time.and_utc().to_rfc3339()
            }
            ICalendarValue::Status(status) => format!("{status:?}"),
            other => panic!("{name:?}: {other:?}"),
        });
    }
    all
}

#[tokio::test]
async fn a_calendar_reads_what_is_planned_and_what_was() {
    let app = TestApp::start().await;
    let mut input = one_on_one(&app.person("nora").await);
    input["title"] = json!("Gespräch; mit Komma, und \\ und einer sehr, sehr langen Überschrift für die Faltung");
    let talk = app.talk_with("emil", input).await;
    app.talk("anna", "arne").await;
    let emil = app.client_of("emil").await;
    change(&emil, "agendaItemAdd", json!({ "conversation": talk.first, "text": "Agendawort" })).await.data();
    change(&emil, "sharedNoteWrite", json!({ "conversation": talk.first, "text": "Notizwort", "version": 0 }))
        .await
        .data();
    change(&emil, "privateNoteWrite", json!({ "conversation": talk.first, "text": "Geheimwort" })).await.data();
    let (path, _) = feed(&emil, "Phone").await;
    let response = get(&emil, &path, None).await;
    assert_eq!(response.status(), 200);
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/calendar; charset=utf-8");
    assert_eq!(header("cache-control"), "private, no-cache");
    let etag = header("etag");
    let body = response.text().await.unwrap();
    for word in ["Agendawort", "Notizwort", "Geheimwort", "Anna", "nora@"] {
        assert!(!body.contains(word), "{word}");
    }
    let calendar = parse(&body);
    let summary = properties(&calendar, &ICalendarProperty::Summary);
    assert_eq!(
        summary,
        ["Gespräch; mit Komma, und \\ und einer sehr, sehr langen Überschrift für die Faltung (Nora Acmeson)"]
    );
    assert_eq!(properties(&calendar, &ICalendarProperty::Dtstart), ["2026-11-24T09:00:00+00:00"]);
    assert_eq!(properties(&calendar, &ICalendarProperty::Dtend), ["2026-11-24T09:30:00+00:00"]);
    assert_eq!(properties(&calendar, &ICalendarProperty::Sequence), ["0"]);
    assert_eq!(properties(&calendar, &ICalendarProperty::Dtstamp), ["2026-11-23T09:00:00+00:00"]);
    let uid = properties(&calendar, &ICalendarProperty::Uid);
    assert_eq!(uid, [format!("{}@hearten", talk.first)]);
    // Unchanged, it is not sent again.
    let again = get(&emil, &path, Some(&etag)).await;
    assert_eq!((again.status().as_u16(), again.text().await.unwrap().as_str()), (304, ""));
    // Moved: the same event, of a later sequence.
    app.advance(TimeDelta::minutes(5));
    let to = json!({ "conversation": talk.first, "scheduledAt": "2026-11-25T10:00:00Z" });
    change(&emil, "conversationMove", to).await.data();
    let moved = get(&emil, &path, Some(&etag)).await;
    assert_eq!(moved.status(), 200);
    let calendar = parse(&moved.text().await.unwrap());
    assert_eq!(properties(&calendar, &ICalendarProperty::Uid), uid);
    assert_eq!(properties(&calendar, &ICalendarProperty::Sequence), ["1"]);
    assert_eq!(properties(&calendar, &ICalendarProperty::Dtstart), ["2026-11-25T10:00:00+00:00"]);
    assert_eq!(properties(&calendar, &ICalendarProperty::LastModified), ["2026-11-23T09:05:00+00:00"]);
    // Held and cancelled.
    app.advance(TimeDelta::days(3));
    change(&emil, "conversationHold", json!({ "conversation": talk.first })).await.data();
    change(&emil, "conversationSeriesEnd", json!({ "series": talk.series })).await.data();
    let calendar = parse(&get(&emil, &path, None).await.text().await.unwrap());
    assert_eq!(properties(&calendar, &ICalendarProperty::Status), ["Confirmed", "Cancelled"]);
    // After ninety days the past is forgotten; the calendar is still one.
    app.set_clock("2027-03-15T09:00:00Z".parse().unwrap());
    let calendar = parse(&get(&emil, &path, None).await.text().await.unwrap());
    assert_eq!(properties(&calendar, &ICalendarProperty::Uid), Vec::<String>::new());
}

#[tokio::test]
async fn a_feed_calls_what_is_past_what_it_was_called_then() {
    let app = TestApp::start().await;
    let (anna, emil) = (app.person("anna").await, app.person("emil").await);
    let mut input = one_on_one(&anna);
    input["kind"] = json!("TEAM");
    input["title"] = json!("Before");
    input["participants"] = json!([anna, emil]);
    let talk = app.talk_with("nora", input).await;
    let (nora, emil) = (app.client_of("nora").await, app.client_of("emil").await);
    let (of_nora, of_emil) = (feed(&nora, "Phone").await.0, feed(&emil, "Phone").await.0);
    change(&nora, "conversationHold", json!({ "conversation": talk.first })).await.data();
    let without = json!({ "series": talk.series, "participants": [anna], "title": "About the others" });
    change(&nora, "conversationSeriesUpdate", without).await.data();
    let mut summaries = Vec::new();
    for path in [of_emil, of_nora] {
        let calendar = parse(&get(&emil, &path, None).await.text().await.unwrap());
        summaries.push(properties(&calendar, &ICalendarProperty::Summary));
    }
    assert_eq!(summaries[0].len(), 1);
    assert!(summaries[0][0].starts_with("Before ("), "{summaries:?}");
    assert_eq!(summaries[1].len(), 2);
    assert!(summaries[1][0].starts_with("Before (") && summaries[1][1] == "About the others (Anna Acmeson)");
}

#[tokio::test]
async fn a_feed_names_whom_its_owner_sees() {
    let app = TestApp::start().await;
    let emil = app.client_of("emil").await;
    app.talk("emil", "anna").await;
    let (path, _) = feed(&emil, "Phone").await;
    let names = async || {
        let calendar = parse(&get(&emil, &path, None).await.text().await.unwrap());
        properties(&calendar, &ICalendarProperty::Summary)
    };
    assert_eq!(names().await, ["Acme weekly (Anna Acmeson)"]);
    let leave =
        "mutation($id: ID!) { personUpdate(input: { person: $id, leftOn: \"2026-11-22\", leaveReason: VOLUNTARY }) {
        errors { code message path } } }";
    app.client(Role::Admin).await.query(leave, json!({ "id": app.person("anna").await })).await.data();
    let seen = emil.query("query($id: ID!) { node(id: $id) { id } }", json!({ "id": app.person("anna").await })).await;
    assert!(seen.data()["node"].is_null(), "emil sees her no more");
    assert_eq!(names().await, ["Acme weekly"]);
}

#[tokio::test]
async fn a_feed_is_its_owners_and_works_until_it_is_revoked() {
    let app = TestApp::start().await;
    let emil = app.client_of("emil").await;
    let key = json!({ "input": { "name": "Phone", "idempotencyKey": "a-key-of-my-own-0001" } });
    let first = emil.query(CREATE, key.clone()).await.data();
    let again = emil.query(CREATE, key).await.data();
    let id = first["calendarFeedCreate"]["calendarFeed"]["id"].clone();
    assert_eq!(again["calendarFeedCreate"]["calendarFeed"]["id"], id);
    assert!(again["calendarFeedCreate"]["path"].is_null(), "the secret is shown once");
    let path = text(&first["calendarFeedCreate"]["path"]);
    let secret = path.trim_start_matches("/calendar/").trim_end_matches(".ics");
    // Stored is a hash; two feeds are two secrets.
    let rows = calendar_feed::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert!(rows[0].secret_hash.len() == 32 && !format!("{:?}", rows[0]).contains(secret));
    // Ids of one millisecond stand in any order.
    app.advance(TimeDelta::seconds(1));
    let (other, _) = feed(&emil, "Laptop").await;
    assert_ne!(other, path);
    app.advance(TimeDelta::minutes(40));
    assert_eq!(get(&emil, &path, None).await.status(), 200);
    let list = "{ viewer { calendarFeeds { name lastFetchedAt } } }";
    let feeds = emil.data(list).await;
    let expected = json!([{ "name": "Laptop", "lastFetchedAt": null },
                          { "name": "Phone", "lastFetchedAt": "2026-11-23T09:00:00.000Z" }]);
    assert_eq!(feeds["viewer"]["calendarFeeds"], expected);
    // Nobody else revokes it, whoever they are.
    for role in [Role::Manager, Role::Admin, Role::Partner, Role::ForeignAdmin] {
        let reply = app.client(role).await.query(REVOKE, json!({ "id": id })).await;
        assert_eq!(reply.refused_at("calendarFeedRevoke"), ["NOT_FOUND at calendarFeed"], "{role:?}");
    }
    assert_eq!(app.client(Role::FullToken).await.query(REVOKE, json!({ "id": id })).await.code(), "FORBIDDEN");
    emil.query(REVOKE, json!({ "id": id })).await.data();
    let twice = emil.query(REVOKE, json!({ "id": id })).await;
    assert_eq!(twice.refused_at("calendarFeedRevoke"), ["WRONG_STATE at calendarFeed"]);
    assert_eq!(get(&emil, &path, None).await.status(), 404);
    for wrong in ["/calendar/x.ics", "/calendar/.ics", &path.replace(".ics", ""), &format!("{path}.ics")] {
        assert_eq!(get(&emil, wrong, None).await.status(), 404, "{wrong}");
    }
    for n in 0..9 {
        feed(&emil, &format!("Device {n}")).await;
    }
    let full = emil.query(CREATE, json!({ "input": { "name": "One more" } })).await;
    assert_eq!(full.refusals("calendarFeedCreate"), ["TOO_LONG"]);
    // Who has left is gone from here, too.
    assert_eq!(get(&emil, &other, None).await.status(), 200);
    let leave =
        "mutation($id: ID!) { personUpdate(input: { person: $id, leftOn: \"2026-11-22\", leaveReason: VOLUNTARY }) {
        errors { code message path } } }";
    app.client(Role::Admin).await.query(leave, json!({ "id": app.person("emil").await })).await.data();
    assert_eq!(get(&emil, &other, None).await.status(), 404);
}

#[tokio::test]
async fn whoever_asks_too_often_waits() {
    let app = TestApp::with(|config| {
        config.graphql.cost_bucket = 1_000;
        config.graphql.cost_restored_per_second = 1;
    })
    .await;
    let nobody = app.client(Role::Anonymous).await;
    // From an address of its own: tests may share a Redis, and with it the bucket of an address.
    let [a, b, c] = [(); 3].map(|()| rand::random_range(2..250));
    let elsewhere = reqwest::Client::builder().local_address(std::net::IpAddr::from([127, a, b, c])).build().unwrap();
    let url = format!("http://{}/calendar/guess.ics", nobody.address());
    let mut statuses = Vec::new();
    for _ in 0..60 {
        statuses.push(elsewhere.get(&url).send().await.unwrap().status().as_u16());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 404).count(), 50);
    let refused = elsewhere.get(&url).send().await.unwrap();
    assert_eq!(refused.status(), 429);
    assert!(refused.headers()["retry-after"].to_str().unwrap().parse::<u32>().unwrap() > 0);
}

#[tokio::test]
async fn names_of_feeds_are_checked() {
    let app = TestApp::start().await;
    let emil = app.client_of("emil").await;
    for (name, expected) in [("", "REQUIRED at name"), (&*"x".repeat(121), "TOO_LONG at name")] {
        let reply = emil.query(CREATE, json!({ "input": { "name": name } })).await;
        assert_eq!(reply.refused_at("calendarFeedCreate"), [expected]);
    }
}
