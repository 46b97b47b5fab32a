//! Areas and parts over HTTP: written, given, ended, given back, found; by whom, and two at once.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{ASSIGN, CREATE, END, HAND_BACK, UPDATE, area, assign, assigned, names, told};
use crate::harness::{Role, TestApp};

#[tokio::test]
async fn somebody_answers_until_they_give_it_back_or_leave() {
    let app = TestApp::start().await;
    let budget = area(&app, "Budget", Some("north")).await;
    let emil = app.client_of("emil").await;
    let read = format!(
        "{{ node(id: \"{budget}\") {{ ... on Responsibility {{ gap overlapping accountable {{ displayName }}
            assignments {{ part holderIsHere viewerCanHandBack }} }} }} }}"
    );
    assert_eq!(emil.data(&read).await["node"]["gap"], "NOBODY");
    assert_eq!(names(&emil, "responsibilityGaps").await, ["Budget"]);
    let part = assigned(&app, &budget, "ACCOUNTABLE", "emil").await;
    assigned(&app, &budget, "INFORMED", "anna").await;
    assert_eq!(told(&app, "emil").await, ["RESPONSIBILITY_ASSIGNED"]);
    let now = emil.data(&read).await;
    assert_eq!(now["node"]["gap"], Value::Null);
    assert_eq!(now["node"]["accountable"], json!([{ "displayName": "Emil Acmeson" }]));
    assert_eq!(now["node"]["assignments"][0]["viewerCanHandBack"], true);
    assert_eq!(now["node"]["assignments"][1]["viewerCanHandBack"], false);
    assert!(names(&emil, "responsibilityGaps").await.is_empty());
    // Two who answer are one too many: stored, and shown.
    let second = assigned(&app, &budget, "ACCOUNTABLE", "anna").await;
    assert_eq!(names(&emil, "responsibilityOverlaps").await, ["Budget"]);
    let reply =
        emil.query(HAND_BACK, json!({ "input": { "assignment": part, "reason": "Anna does it" } })).await.data();
    let given = &reply["responsibilityHandBack"]["assignment"];
    assert_eq!(given, &json!({ "current": false, "endReason": "Anna does it", "handedBack": true }));
    for person in ["anna", "petra", "nadia"] {
        assert!(told(&app, person).await.contains(&"RESPONSIBILITY_HANDED_BACK".to_owned()), "{person}");
    }
    let again = emil.query(HAND_BACK, json!({ "input": { "assignment": part, "reason": "Again" } })).await;
    assert_eq!(again.refused_at("responsibilityHandBack"), ["ALREADY_DONE at assignment"]);
    assert!(names(&emil, "responsibilityOverlaps").await.is_empty());
    // Whoever leaves leaves a gap behind, and nobody has to write that down.
    let leave = "mutation($id: ID!) { personUpdate(input: { person: $id, leftOn: \"2026-11-20\" }) {
        errors { code message } } }";
    app.client(Role::Admin).await.query(leave, json!({ "id": app.person("anna").await })).await.data();
    assert_eq!(emil.data(&read).await["node"]["gap"], "HOLDER_GONE");
    assert_eq!(names(&emil, "responsibilityGaps").await, ["Budget"]);
    let end = json!({ "input": { "assignment": second, "reason": "She left" } });
    let ended = app.client_of("nadia").await.query(END, end).await.data();
    let ended = &ended["responsibilityAssignmentEnd"]["assignment"];
    assert_eq!((&ended["handedBack"], &ended["endedBy"]["displayName"]), (&json!(false), &json!("Nadia Acmeson")));
    let history = format!(
        "{{ node(id: \"{budget}\") {{ ... on Responsibility {{ assignments(current: false) {{ part current endReason }} }} }} }}"
    );
    let parts = emil.data(&history).await;
    let parts = parts["node"]["assignments"].as_array().unwrap();
    let mut reasons: Vec<&str> = parts.iter().filter_map(|part| part["endReason"].as_str()).collect();
    reasons.sort_unstable();
    assert_eq!((parts.len(), reasons), (3, vec!["Anna does it", "She left"]));
}

#[tokio::test]
async fn who_keeps_an_area_writes_it() {
    let app = TestApp::start().await;
    let (north, south) = (app.team("north").await, app.team("south").await);
    // (who, at home in North, in South, in the whole)
    let cases = [
        ("adam", [true, true, true]),
        ("petra", [true, true, true]),
        ("paula", [true, false, false]),
        ("nadia", [true, false, false]),
        ("chris", [true, true, false]),
        ("nora", [false, false, false]),
        ("emil", [false, false, false]),
        ("olga", [false, false, false]),
    ];
    for (person, may) in cases {
        let client = app.client_of(person).await;
        for (home, allowed) in [json!(north), json!(south), Value::Null].into_iter().zip(may) {
            let input = json!({ "name": format!("Area of {person}"), "team": home });
            let reply = client.query(CREATE, json!({ "input": input })).await;
            if allowed {
                reply.data();
            } else {
                assert_eq!(reply.code(), "FORBIDDEN", "{person} {home}");
            }
        }
    }
    let budget = area(&app, "Budget", Some("north")).await;
    let part = assigned(&app, &budget, "ACCOUNTABLE", "emil").await;
    let calls = [
        (UPDATE, json!({ "responsibility": budget, "name": "Money" })),
        (ASSIGN, json!({ "responsibility": budget, "part": "CONSULTED", "person": app.person("bela").await })),
        (END, json!({ "assignment": part })),
    ];
    for person in ["emil", "nora", "simon", "olga"] {
        for (document, input) in &calls {
            let reply = app.client_of(person).await.query(document, json!({ "input": input })).await;
            assert_eq!(reply.code(), "FORBIDDEN", "{person} {input}");
        }
    }
    let back = json!({ "input": { "assignment": part, "reason": "Not mine" } });
    for person in ["anna", "nora", "petra", "adam"] {
        assert_eq!(app.client_of(person).await.query(HAND_BACK, back.clone()).await.code(), "FORBIDDEN", "{person}");
    }
    // nadia keeps North, and cannot move what is hers to where she keeps nothing.
    let nadia = app.client_of("nadia").await;
    let away = json!({ "input": { "responsibility": budget, "team": south } });
    assert_eq!(nadia.query(UPDATE, away).await.code(), "FORBIDDEN");
    // Another tenant finds nothing.
    let ulla = app.client_of("ulla").await;
    for (document, input) in &calls {
        let reply = ulla.query(document, json!({ "input": input })).await;
        let field = ["responsibilityUpdate", "responsibilityAssign", "responsibilityAssignmentEnd"];
        assert!(field.iter().any(|field| reply.refusals(field) == ["NOT_FOUND"]), "{}", reply.body);
    }
    let read = format!("{{ node(id: \"{budget}\") {{ id }} part: node(id: \"{part}\") {{ id }} }}");
    assert_eq!(ulla.data(&read).await, json!({ "node": null, "part": null }));
}

#[tokio::test]
async fn what_is_not_accepted_is_refused_at_its_place() {
    let app = TestApp::start().await;
    let petra = app.client_of("petra").await;
    let north = app.team("north").await;
    area(&app, "Budget", Some("north")).await;
    area(&app, "Budget", Some("south")).await;
    let words: Vec<String> = (0..21).map(|n| format!("w{n}")).collect();
    for (input, expected) in [
        (json!({ "name": " " }), vec!["REQUIRED at name"]),
        (json!({ "name": "x".repeat(121) }), vec!["TOO_LONG at name"]),
        (json!({ "name": "BUDGET", "team": north }), vec!["TAKEN at name"]),
        (json!({ "name": "A", "keywords": words }), vec!["TOO_LONG at keywords"]),
        (json!({ "name": "A", "keywords": ["ok", ""] }), vec!["REQUIRED at keywords.1"]),
        (json!({ "name": "A", "description": "x".repeat(4_001) }), vec!["TOO_LONG at description"]),
        (json!({ "name": "A", "team": "tea_01k00000000000000000000000" }), vec!["NOT_FOUND at team"]),
        (json!({ "name": "A", "team": app.team("u-team").await }), vec!["NOT_FOUND at team"]),
        (json!({ "name": "A", "parent": "rsp_01k00000000000000000000000" }), vec!["NOT_FOUND at parent"]),
        (json!({ "name": "A", "parent": north }), vec!["INVALID at parent"]),
        (
            json!({ "name": "", "description": " ", "team": app.team("u-all").await }),
            vec!["REQUIRED at name", "REQUIRED at description", "NOT_FOUND at team"],
        ),
    ] {
        let reply = petra.query(CREATE, json!({ "input": input })).await;
        assert_eq!(reply.refused_at("responsibilityCreate"), expected, "{}", reply.body);
    }
    let it = area(&app, "Audit", None).await;
    let (emil, gone) = (app.person("emil").await, app.person("gone").await);
    for (input, expected) in [
        (json!({ "part": "RESPONSIBLE" }), vec!["REQUIRED at person"]),
        (json!({ "part": "RESPONSIBLE", "person": emil, "team": north }), vec!["INVALID at team"]),
        (json!({ "part": "RESPONSIBLE", "person": gone }), vec!["WRONG_STATE at person"]),
        (json!({ "part": "RESPONSIBLE", "person": app.person("ulla").await }), vec!["NOT_FOUND at person"]),
        (json!({ "part": "RESPONSIBLE", "team": app.team("u-team").await }), vec!["NOT_FOUND at team"]),
        (json!({ "part": "RESPONSIBLE", "person": emil, "untilOn": "2026-11-22" }), vec!["INVALID at untilOn"]),
        (
            json!({ "part": "RESPONSIBLE", "person": emil, "fromOn": "2026-12-02", "untilOn": "2026-12-01" }),
            vec!["INVALID at untilOn"],
        ),
    ] {
        let mut input = input;
        input["responsibility"] = json!(it);
        let reply = petra.query(ASSIGN, json!({ "input": input })).await;
        assert_eq!(reply.refused_at("responsibilityAssign"), expected, "{}", reply.body);
    }
    let part = assigned(&app, &it, "RESPONSIBLE", "emil").await;
    let twice = assign(&petra, &app, &it, "RESPONSIBLE", "emil").await;
    assert_eq!(twice.refused_at("responsibilityAssign"), ["TAKEN at person"]);
    let emil = app.client_of("emil").await;
    let back = emil.query(HAND_BACK, json!({ "input": { "assignment": part, "reason": " " } }));
    assert_eq!(back.await.refused_at("responsibilityHandBack"), ["REQUIRED at reason"]);
}

#[tokio::test]
async fn areas_lie_within_each_other_and_never_in_a_circle() {
    let app = TestApp::start().await;
    let petra = app.client_of("petra").await;
    let (top, middle, low) =
        (area(&app, "Top", None).await, area(&app, "Middle", None).await, area(&app, "Low", None).await);
    let put = async |area: &str, parent: &str| {
        petra.query(UPDATE, json!({ "input": { "responsibility": area, "parent": parent } })).await
    };
    put(&middle, &top).await.data();
    put(&low, &middle).await.data();
    for parent in [&low, &middle, &top] {
        assert_eq!(put(&top, parent).await.refused_at("responsibilityUpdate"), ["CYCLE at parent"]);
    }
    assert_eq!(names(&petra, &format!("responsibilities(filter: {{ parent: \"{top}\" }})")).await, ["Middle"]);
    // Two who put each below the other: one of them is too late.
    let (left, right) = (area(&app, "Left", None).await, area(&app, "Right", None).await);
    let (one, other) = futures_util::future::join(put(&left, &right), put(&right, &left)).await;
    let refused = [one, other].map(|reply| reply.refused_at("responsibilityUpdate")).concat();
    assert_eq!(refused, ["CYCLE at parent"]);
}

#[tokio::test]
async fn of_two_who_assign_the_same_at_once_one_does() {
    let app = TestApp::start().await;
    let (petra, adam) = (app.client_of("petra").await, app.client_of("adam").await);
    for round in 0..4 {
        let it = area(&app, &format!("Area {round}"), None).await;
        let calls = [&petra, &adam, &petra].map(|client| assign(client, &app, &it, "ACCOUNTABLE", "emil"));
        let replies = futures_util::future::join_all(calls).await;
        let refused: Vec<String> = replies.iter().flat_map(|reply| reply.refused_at("responsibilityAssign")).collect();
        assert_eq!(refused, ["TAKEN at person"; 2]);
        let names = [&petra, &adam].map(|client| {
            let input = json!({ "input": { "name": format!("Same {round}") } });
            async move { client.query(CREATE, input).await }
        });
        let replies = futures_util::future::join_all(names).await;
        let refused: Vec<String> = replies.iter().flat_map(|reply| reply.refused_at("responsibilityCreate")).collect();
        assert_eq!(refused, ["TAKEN at name"]);
    }
    assert_eq!(told(&app, "emil").await.len(), 4);
}

#[tokio::test]
async fn who_owns_what_is_found_by_words() {
    let app = TestApp::start().await;
    let petra = app.client_of("petra").await;
    for (name, description, keywords) in [
        ("Travel", "Trips by train and plane", vec!["Reisekosten"]),
        ("Travel budget", "How much may be spent", vec![]),
        ("Expenses", "What travel costs", vec!["money"]),
        ("100% quality", "Nothing leaves unchecked", vec![]),
    ] {
        let input = json!({ "name": name, "description": description, "keywords": keywords });
        petra.query(CREATE, json!({ "input": input })).await.data();
    }
    let emil = app.client_of("emil").await;
    let found = async |text: &str| names(&emil, &format!("whoOwns(text: {})", json!(text))).await;
    assert_eq!(found("travel").await, ["Travel", "Travel budget", "Expenses"]);
    assert_eq!(found("TRAVEL money").await, ["Expenses"]);
    assert_eq!(found("reisekosten").await, ["Travel"]);
    assert_eq!(found("100%").await, ["100% quality"]);
    assert!(found("tra%zzz").await.is_empty());
    assert!(found("nothing here").await.is_empty());
    for text in ["", " % _ ", &"x".repeat(201)] {
        let ask = format!("{{ whoOwns(text: {}) {{ nodes {{ id }} }} }}", json!(text));
        assert_eq!(emil.query(&ask, json!({})).await.code(), "BAD_USER_INPUT");
    }
    assert_eq!(
        names(&emil, "responsibilities(filter: { text: \"travel\" })").await,
        ["Expenses", "Travel", "Travel budget"]
    );
    let search = "{ search(text: \"reisekosten\") { nodes { ... on Responsibility { name } } } }";
    assert_eq!(emil.data(search).await["search"]["nodes"], json!([{ "name": "Travel" }]));
    // What was given up is neither found nor listed.
    let list = "{ responsibilities(filter: { text: \"reisekosten\" }) { nodes { id } } }";
    let id = emil.data(list).await["responsibilities"]["nodes"][0]["id"].clone();
    petra.query(UPDATE, json!({ "input": { "responsibility": id, "retired": true } })).await.data();
    assert!(found("reisekosten").await.is_empty());
    assert_eq!(emil.data(search).await["search"]["nodes"], json!([]));
    assert_eq!(names(&emil, "responsibilities(filter: { retired: true })").await, ["Travel"]);
    let input = json!({ "responsibility": id, "part": "INFORMED", "person": app.person("emil").await });
    let reply = petra.query(ASSIGN, json!({ "input": input })).await;
    assert_eq!(reply.refused_at("responsibilityAssign"), ["WRONG_STATE at responsibility"]);
    petra.query(UPDATE, json!({ "input": { "responsibility": id, "retired": false } })).await.data();
    assert_eq!(found("reisekosten").await, ["Travel"]);
}

#[tokio::test]
async fn lists_filter_and_page() {
    let app = TestApp::start().await;
    let mut ids = Vec::new();
    for (name, team) in
        [("delta", "north-a"), ("Alpha", "north"), ("charlie", "south"), ("Bravo", "north-b"), ("Echo", "south-a")]
    {
        ids.push(area(&app, name, Some(team)).await);
    }
    assigned(&app, &ids[0], "ACCOUNTABLE", "emil").await;
    assigned(&app, &ids[2], "CONSULTED", "emil").await;
    let emil = app.client_of("emil").await;
    assert_eq!(names(&emil, "responsibilities").await, ["Alpha", "Bravo", "charlie", "delta", "Echo"]);
    let north = app.team("north").await;
    assert_eq!(
        names(&emil, &format!("responsibilities(filter: {{ team: \"{north}\" }})")).await,
        ["Alpha", "Bravo", "delta"]
    );
    assert_eq!(names(&emil, &format!("responsibilityGaps(filter: {{ team: \"{north}\" }})")).await, ["Alpha", "Bravo"]);
    let me = app.person("emil").await;
    assert_eq!(names(&emil, &format!("responsibilities(filter: {{ person: \"{me}\" }})")).await, ["charlie", "delta"]);
    let read = "query($after: String) { responsibilities(first: 2, after: $after) {
        nodes { name } pageInfo { hasNextPage endCursor } } }";
    let (mut walked, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = emil.query(read, json!({ "after": after })).await.data();
        let page = &page["responsibilities"];
        walked.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap().to_owned()));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(walked, ["Alpha", "Bravo", "charlie", "delta", "Echo"]);
    let last = "{ responsibilities(last: 2) { nodes { name } pageInfo { hasPreviousPage } } }";
    let last = emil.data(last).await;
    assert_eq!(last["responsibilities"]["nodes"], json!([{ "name": "delta" }, { "name": "Echo" }]));
    assert_eq!(last["responsibilities"]["pageInfo"]["hasPreviousPage"], true);
    let home = format!("{{ node(id: \"{north}\") {{ ... on Team {{ responsibilities {{ nodes {{ name }} }} }} }} }}");
    assert_eq!(emil.data(&home).await["node"]["responsibilities"]["nodes"], json!([{ "name": "Alpha" }]));
    let mine = "{ viewer { person { responsibilities { totalCount nodes { part responsibility { name } } }
        responsibilityLoad { accountable responsible consulted informed } } } }";
    let mine = emil.data(mine).await;
    let person = &mine["viewer"]["person"];
    assert_eq!(person["responsibilities"]["totalCount"], 2);
    assert_eq!(person["responsibilities"]["nodes"][0]["part"], "ACCOUNTABLE");
    assert_eq!(
        person["responsibilityLoad"],
        json!({ "accountable": 1, "responsible": 0, "consulted": 1, "informed": 0 })
    );
    let load = format!("{{ node(id: \"{me}\") {{ ... on Person {{ responsibilityLoad {{ accountable }} }} }} }}");
    for (person, sees) in [
        ("nora", true),
        ("nadia", true),
        ("petra", true),
        ("paula", true),
        ("adam", true),
        ("anna", false),
        ("sara", false),
    ] {
        let reply = app.client_of(person).await.data(&load).await;
        assert_eq!(reply["node"]["responsibilityLoad"].is_object(), sees, "{person}");
    }
}

#[tokio::test]
async fn a_part_begins_and_ends_on_its_days() {
    let app = TestApp::start().await;
    let it = area(&app, "Fair", None).await;
    let petra = app.client_of("petra").await;
    let input = json!({ "responsibility": it, "part": "ACCOUNTABLE", "person": app.person("emil").await,
        "fromOn": "2026-11-25", "untilOn": "2026-11-26" });
    petra.query(ASSIGN, json!({ "input": input })).await.data();
    let mut gaps = Vec::new();
    for _ in 0..6 {
        gaps.push(names(&app.client_of("emil").await, "responsibilityGaps").await.len());
        app.advance(TimeDelta::days(1));
    }
    assert_eq!(gaps, [1, 1, 0, 0, 1, 1]);
    // A team can answer, too: its lead is told, and may give it back.
    let input = json!({ "responsibility": it, "part": "ACCOUNTABLE", "team": app.team("north-a").await });
    let part = app.client_of("petra").await.query(ASSIGN, json!({ "input": input })).await.data();
    assert_eq!(told(&app, "nora").await, ["RESPONSIBILITY_ASSIGNED"]);
    assert!(names(&app.client_of("emil").await, "responsibilityGaps").await.is_empty());
    let back = json!({ "assignment": part["responsibilityAssign"]["assignment"]["id"], "reason": "Too much" });
    assert_eq!(app.client_of("emil").await.query(HAND_BACK, json!({ "input": back })).await.code(), "FORBIDDEN");
    app.client_of("nora").await.query(HAND_BACK, json!({ "input": back })).await.data();
}

#[tokio::test]
async fn integrations_need_the_scope_and_owners_see_only_whom_they_know() {
    let app = TestApp::start().await;
    let it = area(&app, "Budget", Some("north")).await;
    assigned(&app, &it, "ACCOUNTABLE", "emil").await;
    assigned(&app, &it, "RESPONSIBLE", "nora").await;
    let list = "{ responsibilities { nodes { name accountable { id } assignments { part person { displayName } } } } }";
    let bare = app.client(Role::BareToken).await.data(list).await;
    assert!(bare["responsibilities"].is_null());
    let full = app.client(Role::FullToken).await;
    assert_eq!(full.data(list).await["responsibilities"]["nodes"][0]["name"], "Budget");
    let input = json!({ "name": "By an integration", "keywords": [] });
    full.query(CREATE, json!({ "input": input })).await.data();
    assert_eq!(app.client(Role::BareToken).await.query(CREATE, json!({ "input": input })).await.code(), "NOT_FOUND");
    let olga = app.client_of("olga").await.data(list).await;
    let area = &olga["responsibilities"]["nodes"][0];
    assert_eq!(area["accountable"], json!([]), "an owner does not know emil");
    assert_eq!(
        area["assignments"],
        json!([{ "part": "ACCOUNTABLE", "person": null }, { "part": "RESPONSIBLE", "person": { "displayName": "Nora Acmeson" } }])
    );
    assert_eq!(app.client(Role::Anonymous).await.query(list, json!({})).await.code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_retry_creates_nothing_twice() {
    let app = TestApp::start().await;
    let petra = app.client_of("petra").await;
    let input = json!({ "name": "Budget", "idempotencyKey": "only-one-budget" });
    let first = petra.query(CREATE, json!({ "input": input })).await.data();
    assert_eq!(petra.query(CREATE, json!({ "input": input })).await.data(), first);
    assert_eq!(names(&petra, "responsibilities").await, ["Budget"]);
}
