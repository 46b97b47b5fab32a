//! Results: what is published equals what was answered, what is too few stays hidden, and nothing of it ever changes.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use hearten_api::platform::bus::Event;
use serde_json::{Value, json};

use crate::harness::{Role, Socket, Survey, TestApp, answers, draft};

const HEATMAP: &str = "query($id: ID!) { node(id: $id) { ... on Publication {
    heatmap { columns { key } rows(first: 100) { nodes {
        cut { name kind respondents }
        cells { __typename
            ... on ReleasedScore { n skipped mean favourable { value } neutral unfavourable
                enps { score { value } promoters passives detractors }
                distribution { option count percent } }
            ... on Suppressed { reason minimumGroup atLeast { option atLeast of } } } } } } } } }";

/// What somebody answered.
#[derive(Clone, Copy)]
struct Sheet {
    clear: i32,
    load: Option<i32>,
    recommend: i32,
}

/// A share in per cent with one decimal, halves away from zero.
fn percent(part: usize, of: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let share = part as f64 / of as f64;
    (share * 1_000.0).round() / 10.0
}

fn mean(values: &[i32]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let mean = f64::from(values.iter().sum::<i32>()) / values.len() as f64;
    (mean * 100.0).round() / 100.0
}

/// Asserts one released cell of a rating question against the points that were given; `turned` for reversed scales.
fn check_rating(cell: &Value, points: &[i32], skipped: usize, turned: bool) {
    let scored: Vec<i32> = points.iter().map(|point| if turned { 6 - point } else { *point }).collect();
    let share =
        |wanted: &dyn Fn(i32) -> bool| percent(scored.iter().filter(|point| wanted(**point)).count(), scored.len());
    assert_eq!(cell["n"], points.len());
    assert_eq!(cell["skipped"], skipped);
    assert_eq!(cell["mean"], mean(&scored), "{cell}");
    assert_eq!(cell["favourable"]["value"], share(&|point| point >= 4), "{cell}");
    assert_eq!(cell["neutral"], share(&|point| point == 3));
    assert_eq!(cell["unfavourable"], share(&|point| point <= 2));
    assert_eq!(cell["enps"], Value::Null);
    for option in cell["distribution"].as_array().unwrap() {
        // As answered: not turned.
        let count = points.iter().filter(|point| option["option"] == **point).count();
        assert_eq!((&option["count"], &option["percent"]), (&json!(count), &json!(percent(count, points.len()))));
    }
}

#[tokio::test]
async fn the_heat_map_shows_what_was_answered() {
    let app = TestApp::start().await;
    let survey = app.launched(draft()).await;
    let directory = app.directory().await;
    let mut sheets: BTreeMap<String, Vec<Sheet>> = BTreeMap::new();
    for (n, person) in (0..).zip(directory.chart.persons().iter()) {
        let sheet = Sheet { clear: 1 + (n * 7) % 5, load: (n % 9 != 0).then_some(1 + n % 4), recommend: (n * 5) % 11 };
        let mut sent = vec![
            json!({ "question": "clear", "answer": { "rating": sheet.clear } }),
            json!({ "question": "recommend", "answer": { "enps": sheet.recommend } }),
        ];
        sent.extend(sheet.load.map(|load| json!({ "question": "load", "answer": { "rating": load } })));
        survey.answer(person.external_id.as_ref().unwrap(), Value::Array(sent)).await;
        let mut cuts = vec!["Everyone".to_owned()];
        if let Some(team) = person.team {
            cuts.push(directory.chart.team(team).unwrap().name.to_string());
            cuts.extend(directory.chart.ancestors(team).iter().map(|above| above.name.to_string()));
        }
        for cut in cuts {
            sheets.entry(cut).or_default().push(sheet);
        }
    }
    survey.close().await;
    let publication = survey.publish().await.unwrap();
    let read = app.client(Role::Partner).await.query(HEATMAP, json!({ "id": publication })).await.data();
    let heatmap = &read["node"]["heatmap"];
    assert_eq!(heatmap["columns"], json!([{ "key": "clear" }, { "key": "load" }, { "key": "recommend" }]));
    let rows = heatmap["rows"]["nodes"].as_array().unwrap();
    assert_eq!(rows.len(), 10, "everybody and nine teams");
    let mut shown = 0;
    for row in rows {
        let of_cut = &sheets[row["cut"]["name"].as_str().unwrap()];
        let cells = row["cells"].as_array().unwrap();
        if !row["cut"]["respondents"].is_null() {
            assert_eq!(row["cut"]["respondents"], of_cut.len());
        }
        for (column, cell) in cells.iter().enumerate() {
            if cell["__typename"] == "Suppressed" {
                assert!(cell["minimumGroup"] == 5 && cell["reason"].is_string());
                continue;
            }
            shown += 1;
            match column {
                0 => check_rating(cell, &of_cut.iter().map(|sheet| sheet.clear).collect::<Vec<_>>(), 0, false),
                1 => {
                    let points: Vec<i32> = of_cut.iter().filter_map(|sheet| sheet.load).collect();
                    check_rating(cell, &points, of_cut.len() - points.len(), true);
                }
                _ => check_enps(cell, &of_cut.iter().map(|sheet| sheet.recommend).collect::<Vec<_>>()),
            }
        }
    }
    assert!(shown >= 20, "most cells are shown: {shown}");
}

fn check_enps(cell: &Value, scores: &[i32]) {
    assert_eq!(cell["n"], scores.len());
    assert_eq!(cell["mean"], mean(scores));
    let count = |wanted: &dyn Fn(i32) -> bool| scores.iter().filter(|score| wanted(**score)).count();
    let (promoters, detractors) = (count(&|score| score >= 9), count(&|score| score <= 6));
    if scores.len() < 10 {
        assert_eq!(cell["enps"], Value::Null, "below ten answers it says nothing");
        return;
    }
    let enps = &cell["enps"];
    assert_eq!((&enps["promoters"], &enps["detractors"]), (&json!(promoters), &json!(detractors)));
    assert_eq!(enps["passives"], scores.len() - promoters - detractors);
    let exact = percent(promoters, scores.len()) - percent(detractors, scores.len());
    assert!((enps["score"]["value"].as_f64().unwrap() - exact).abs() <= 0.6, "{enps} is about {exact}");
}

#[tokio::test]
async fn when_too_few_answered_nothing_is_ever_shown() {
    let app = TestApp::start().await;
    let survey = app.launched(draft()).await;
    for person in ["emil", "anna", "anton", "arne"] {
        survey.answer(person, answers(4, 2, 9, Some("Too few to tell"))).await;
    }
    survey.close().await;
    assert_eq!(survey.publish().await, None);
    let read = format!(
        "{{ node(id: \"{}\") {{ ... on Survey {{ state latestPublication {{ id }} waves {{ nodes {{ state }} }} }} }} }}",
        survey.id
    );
    for role in [Role::Partner, Role::Employee, Role::FullToken] {
        let seen = app.client(role).await.data(&read).await;
        let expected = json!({ "state": "WITHHELD", "latestPublication": null,
            "waves": { "nodes": [{ "state": "WITHHELD" }] } });
        assert_eq!(seen["node"], expected);
    }
    let publish = "mutation($survey: ID!) { surveyPublish(input: { survey: $survey }) { errors { code path } } }";
    let again = app.client(Role::Partner).await.query(publish, json!({ "survey": survey.id })).await;
    assert_eq!(again.refused_at("surveyPublish"), ["WRONG_STATE at survey"]);
}

#[tokio::test]
async fn small_teams_and_few_comments_stay_hidden() {
    let app = TestApp::start().await;
    let survey = app.launched(draft()).await;
    // Four of North A, all of North B and South: North A is below the minimum of five. Nine comments: below ten.
    let answering = ["emil", "anna", "anton", "arne", "nils", "bela", "bodo", "bina", "berk", "brit"];
    let more = ["sara", "cara", "carl", "cleo", "cora", "curt", "sven", "dana", "dirk", "dora", "duri", "dido"];
    for (at, person) in (0..).zip(answering.iter().chain(&more)) {
        let text = (at < 9).then(|| format!("Hidden thought {at}"));
        survey.answer(person, answers(1 + at % 5, 1 + at % 4, at % 11, text.as_deref())).await;
    }
    survey.close().await;
    let publication = survey.publish().await.unwrap();
    let read = "query($id: ID!, $team: ID!) { node(id: $id) { ... on Publication {
        cut(key: { team: $team }) { respondents score(question: \"clear\") { __typename
            ... on Suppressed { reason minimumGroup atLeast { of } } } }
        comments(question: \"why\") { __typename ... on Suppressed { reason minimumGroup } }
        participation { __typename ... on ParticipationStats { invited fromPercent toPercent } } } } }";
    let variables = json!({ "id": publication, "team": app.team("north-a").await });
    let seen = app.client(Role::Partner).await.query(read, variables).await.data();
    let (cut, comments) = (&seen["node"]["cut"], &seen["node"]["comments"]);
    let hidden = json!({ "__typename": "Suppressed", "reason": "BELOW_MINIMUM", "minimumGroup": 5, "atLeast": null });
    assert_eq!((&cut["respondents"], &cut["score"]), (&Value::Null, &hidden));
    assert_eq!(comments, &json!({ "__typename": "Suppressed", "reason": "BELOW_MINIMUM", "minimumGroup": 10 }));
    let band = &seen["node"]["participation"];
    let (from, to) = (band["fromPercent"].as_i64().unwrap(), band["toPercent"].as_i64().unwrap());
    assert_eq!(band["invited"], 33);
    assert!(from <= 66 && 67 <= to && to - from >= 10, "22 of 33 lies in the band, which is broad: {band}");
    for text in [
        seen.to_string(),
        app.client(Role::FullToken).await.query(HEATMAP, json!({ "id": publication })).await.body.to_string(),
    ] {
        assert!(!text.contains("Hidden thought"));
    }
}

#[tokio::test]
async fn comments_are_found_by_words_and_carry_nothing_else() {
    let app = TestApp::start().await;
    let (_, publication) = app.published().await;
    let read = "query($id: ID!, $search: String) { node(id: $id) { ... on Publication {
        comments(question: \"why\", search: $search) { ... on ReleasedComments {
            comments(first: 100) { totalCount nodes { id text } } } } } } }";
    let partner = app.client(Role::Partner).await;
    let comments = async |search: Value| {
        let seen = partner.query(read, json!({ "id": publication, "search": search })).await.data();
        seen["node"]["comments"]["comments"].clone()
    };
    let all = comments(Value::Null).await;
    assert_eq!(all["totalCount"], 33);
    let texts: Vec<&str> = all["nodes"].as_array().unwrap().iter().map(|node| node["text"].as_str().unwrap()).collect();
    let in_order: Vec<String> = (0..33).map(|n| format!("Acme comment {n}")).collect();
    assert_ne!(texts, in_order, "not in the order of answering");
    assert_eq!(comments(json!("COMMENT 7")).await["totalCount"], 1, "whatever the case");
    assert_eq!(comments(json!("nothing like it")).await["totalCount"], 0);
    let unknown =
        "query($id: ID!) { node(id: $id) { ... on Publication { comments(question: \"clear\") { __typename } } } }";
    assert_eq!(partner.query(unknown, json!({ "id": publication })).await.code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_publication_never_changes() {
    let app = TestApp::start().await;
    let (survey, publication) = app.published().await;
    let partner = app.client(Role::Partner).await;
    let before = partner.query(HEATMAP, json!({ "id": publication })).await.data();
    // Everything moves: people, teams, names.
    let admin = app.client(Role::Admin).await;
    let rename = "mutation($team: ID!) { teamUpdate(input: { team: $team, name: \"Renamed\" }) { errors { code } } }";
    admin.query(rename, json!({ "team": app.team("north-a").await })).await.data();
    let moved = "mutation($person: ID!, $team: ID!) {
        personUpdate(input: { person: $person, team: $team }) { errors { code } } }";
    for person in ["emil", "anna", "anton", "arne", "aylin"] {
        let variables = json!({ "person": app.person(person).await, "team": app.team("south-b").await });
        admin.query(moved, variables).await.data();
    }
    assert_eq!(partner.query(HEATMAP, json!({ "id": publication })).await.data(), before);
    let publish = "mutation($survey: ID!) { surveyPublish(input: { survey: $survey }) { errors { code path } } }";
    let again = partner.query(publish, json!({ "survey": survey.id })).await;
    assert_eq!(again.refused_at("surveyPublish"), ["WRONG_STATE at survey"]);
    assert_eq!(partner.query(HEATMAP, json!({ "id": publication })).await.data(), before);
}

const LISTEN: &str = "subscription($survey: ID) { publicationAppeared(survey: $survey) { id } }";

#[tokio::test]
async fn who_listens_hears_of_a_publication() {
    let app = TestApp::start().await;
    let survey = app.launched(draft()).await;
    for (at, person) in (0..).zip(["emil", "anna", "anton", "arne", "nils", "bela"]) {
        survey.answer(person, answers(1 + at % 5, 1 + at % 4, at, None)).await;
    }
    survey.close().await;
    let mut socket = Socket::open(&app.client(Role::Employee).await).await;
    socket.subscribe("1", LISTEN, json!({ "survey": survey.id })).await;
    let mut stream = app.client(Role::Manager).await.stream(LISTEN, json!({ "survey": survey.id })).await;
    let publication = survey.publish().await.unwrap();
    let heard = socket.hear().await.unwrap();
    assert_eq!(heard["payload"]["data"]["publicationAppeared"]["id"], publication);
    assert_eq!(socket.hear().await.unwrap()["type"], "complete", "a wave is published once");
    let mut text = String::new();
    while let Some(chunk) = stream.chunk().await.unwrap() {
        text.push_str(&String::from_utf8_lossy(&chunk));
    }
    assert!(text.contains("event: next") && text.contains(&publication) && text.contains("event: complete"), "{text}");
    let nobody = app.client(Role::Anonymous).await.stream(LISTEN, json!({ "survey": survey.id })).await;
    assert!(nobody.text().await.unwrap().contains("UNAUTHENTICATED"));
    let admin = app.client(Role::Admin).await;
    let over_http = admin.query(LISTEN, json!({ "survey": survey.id })).await;
    assert_eq!(over_http.code(), "BAD_USER_INPUT", "a subscription needs a stream");
}

#[tokio::test]
async fn the_plan_names_only_cuts_one_may_look_at() {
    let app = TestApp::start().await;
    let (_, publication) = app.published().await;
    let read = "query($id: ID!) { node(id: $id) { ... on Publication {
        plan { shownCount hiddenCount cuts(first: 100) { totalCount nodes { name } } }
        teams: cuts(first: 100) { nodes { name } }
        sites: cuts(first: 100, axis: { attribute: \"site\" }) { nodes { name } } } } }";
    let names = |listing: &Value| -> Vec<String> {
        let nodes = listing["nodes"].as_array().unwrap().iter();
        nodes.map(|node| node["name"].as_str().unwrap().to_owned()).collect()
    };
    let cases = [
        (Role::Employee, 5, 0),
        (Role::Manager, 5, 0),
        (Role::PartnerOfNorth, 6, 0),
        (Role::Executive, 10, 2),
        (Role::Partner, 10, 2),
        (Role::FullToken, 10, 2),
    ];
    for (role, teams, sites) in cases {
        let seen = app.client(role).await.query(read, json!({ "id": publication })).await.data();
        let (plan, node) = (&seen["node"]["plan"], &seen["node"]);
        let mut open = names(&node["teams"]);
        open.extend(names(&node["sites"]));
        assert_eq!((names(&node["teams"]).len(), names(&node["sites"]).len()), (teams, sites), "{role:?}");
        assert_eq!(names(&plan["cuts"]), open, "{role:?}");
        assert_eq!(plan["cuts"]["totalCount"], teams + sites);
        let all = plan["shownCount"].as_i64().unwrap() + plan["hiddenCount"].as_i64().unwrap();
        assert_eq!(all, 12, "the counts are of all cuts");
    }
}

const LISTEN_TO_ALL: &str = "subscription { publicationAppeared { id } }";

/// A survey that enough people answered, closed and not yet published. `readers` see its results.
async fn closed<'a>(app: &'a TestApp, readers: &[&str]) -> Survey<'a> {
    let mut draft = draft();
    draft["notice"]["resultsVisibleTo"] = json!(readers);
    draft["notice"]["commentsVisibleTo"] = json!(readers);
    // Each of its own moment, so that they have an order.
    app.advance(TimeDelta::seconds(1));
    let survey = app.launched(draft).await;
    for (at, person) in (0..).zip(["emil", "anna", "anton", "arne", "nils", "bela"]) {
        survey.answer(person, answers(1 + at % 5, 1 + at % 4, at, None)).await;
    }
    survey.close().await;
    survey
}

async fn told(socket: &mut Socket) -> Value {
    socket.hear().await.unwrap()["payload"]["data"]["publicationAppeared"]["id"].clone()
}

#[tokio::test]
async fn what_appeared_while_the_bus_was_away_is_told_once_and_in_order() {
    let mut app = TestApp::start().await;
    // Without Redis a node hears nothing of the other: as if the bus were away.
    let other = app.add_node().await;
    let everybody = ["EMPLOYEE", "PEOPLE_PARTNER"];
    let early = closed(&app, &everybody).await.publish().await.unwrap();
    app.settle().await;
    let (first, second) = (closed(&app, &everybody).await, closed(&app, &everybody).await);
    let (unseen, third) = (closed(&app, &["EXECUTIVE"]).await, closed(&app, &everybody).await);
    let mut socket = Socket::open(&app.client(Role::Employee).await).await;
    socket.subscribe("1", LISTEN_TO_ALL, json!({})).await;
    socket.settle().await;
    let publish = "mutation($survey: ID!) { surveyPublish(input: { survey: $survey }) {
        publication { id } errors { code } } }";
    let partner = app.client_at(other, Role::Partner).await;
    let mut published = Vec::new();
    for survey in [&first, &unseen, &second] {
        app.advance(TimeDelta::seconds(1));
        let done = partner.query(publish, json!({ "survey": survey.id })).await.data();
        published.push(done["surveyPublish"]["publication"]["id"].clone());
    }
    app.settle().await;
    for _ in 0..2 {
        app.app().bus.publish(Event::Resynchronise).await;
    }
    assert_eq!(told(&mut socket).await, published[0]);
    assert_eq!(told(&mut socket).await, published[2]);
    app.advance(TimeDelta::seconds(1));
    let last = third.publish().await.unwrap();
    assert_eq!(told(&mut socket).await, last, "each once, and nothing from before ({early})");
}

#[tokio::test]
async fn who_loses_a_role_is_told_no_more() {
    let app = TestApp::start().await;
    let admin = app.client(Role::Admin).await;
    let grant = "mutation($person: ID!) { roleGrant(input: { person: $person, role: EXECUTIVE }) {
        roleGrant { id } errors { code } } }";
    let granted = admin.query(grant, json!({ "person": app.person("anna").await })).await.data();
    let (before, after) = (closed(&app, &["EXECUTIVE"]).await, closed(&app, &["EXECUTIVE"]).await);
    let for_all = closed(&app, &["EMPLOYEE"]).await;
    let mut socket = Socket::open(&app.client_of("anna").await).await;
    socket.subscribe("1", LISTEN_TO_ALL, json!({})).await;
    socket.settle().await;
    let seen = before.publish().await.unwrap();
    assert_eq!(told(&mut socket).await, seen);
    let revoke = "mutation($grant: ID!) { roleRevoke(input: { roleGrant: $grant }) { errors { code } } }";
    admin.query(revoke, json!({ "grant": granted["roleGrant"]["roleGrant"]["id"] })).await.data();
    after.publish().await.unwrap();
    app.settle().await;
    let open = for_all.publish().await.unwrap();
    assert_eq!(told(&mut socket).await, open, "the one before was for executives");
}
