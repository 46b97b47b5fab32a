//! How many SQL statements each operation takes. An operation that takes more than it did fails here, and so does one
//! that takes more for more items.

use std::fmt::Write as _;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Client, Role, TestApp, answers, draft};

/// Runs the document and returns the statements it took.
async fn count(app: &TestApp, client: &Client, document: &str, variables: Value) -> u64 {
    let before = app.statements().get();
    client.query(document, variables).await.data();
    app.statements().get() - before
}

/// As [`count`], when everything that can be remembered is.
async fn warm(app: &TestApp, client: &Client, document: &str, variables: Value) -> u64 {
    client.query(document, variables.clone()).await.data();
    count(app, client, document, variables).await
}

const DIRECTORY: &str = "query($team: ID!) { node(id: $team) { ... on Team {
    name parent { name } members(first: 20, subtree: true) { nodes {
        displayName manager { displayName } reports { nodes { displayName } } } } } } }";
const EXPECTED: &str = "{ viewer { person { expectations { nodes {
    what from { displayName } to { displayName } history { kind by { displayName } } viewerCan { report } } } } } }";
/// As many statements as for one of them.
const EVERYTHING_OF_EIGHT: &str =
    "{ persons(first: 8) { nodes { expectations(first: 2) { nodes { what history { kind } } }
    workload { overdueCount } responsibilities(first: 2) { nodes { part responsibility { name } } }
    responsibilityLoad { accountable } } } }";
const HEATMAP: &str = "query($id: ID!) { node(id: $id) { ... on Publication {
    heatmap { columns { key } rows(first: 100) { nodes { cut { name team { name } }
        cells { ... on ReleasedScore { mean n } ... on Suppressed { reason } } } } } } } }";

#[tokio::test]
async fn statements_of_each_operation() {
    let app = TestApp::start().await;
    let (survey, publication) = app.published().await;
    app.settle().await;
    app.advance(TimeDelta::seconds(1));
    let open = app.launched(draft()).await;
    let (partner, employee) = (app.client(Role::Partner).await, app.client(Role::Employee).await);
    let (admin, full) = (app.client(Role::Admin).await, app.client(Role::FullToken).await);
    let (emil, team) = (json!({ "id": app.person("emil").await }), json!({ "team": app.team("north").await }));
    let (survey_id, publication) = (json!({ "id": survey.id }), json!({ "id": publication }));
    let viewer =
        "{ viewer { id roles { role } organization { name headcount } person { displayName team { name } } } }";
    let reads = [
        ("viewer", &employee, viewer, json!({})),
        ("viewer of a token", &full, "{ viewer { id organization { name } } }", json!({})),
        ("a team, its members, their managers and reports", &employee, DIRECTORY, team),
        ("persons", &employee, "{ persons(first: 100) { totalCount nodes { displayName } } }", json!({})),
        (
            "a person's history",
            &employee,
            "query($id: ID!) { node(id: $id) { ... on Person { history { nodes { field } } } } }",
            emil,
        ),
        (
            "a survey",
            &employee,
            "query($id: ID!) { node(id: $id) { ... on Survey { title sections { key } } } }",
            survey_id.clone(),
        ),
        (
            "a survey as its partner",
            &partner,
            "query($id: ID!) { node(id: $id) { ... on Survey { title } } }",
            survey_id.clone(),
        ),
        ("surveys", &employee, "{ surveys { nodes { title state } } }", json!({})),
        ("one's invitations", &employee, "{ viewer { invitations { nodes { id state } } } }", json!({})),
        ("a heat map", &partner, HEATMAP, publication.clone()),
        (
            "the latest publication of a survey",
            &partner,
            "query($id: ID!) { node(id: $id) { ... on Survey { latestPublication { id } } } }",
            survey_id,
        ),
        (
            "comments",
            &partner,
            "query($id: ID!) { node(id: $id) { ... on Publication { comments(question: \"why\") { __typename } } } }",
            publication,
        ),
        ("what is expected of one", &employee, EXPECTED, json!({})),
        ("eight persons and all that", &employee, EVERYTHING_OF_EIGHT, json!({})),
        ("a workload", &employee, "{ viewer { person { workload { weeks { loadPercent } } } } }", json!({})),
        (
            "responsibilities with their parts",
            &employee,
            "{ responsibilities { nodes { name gap accountable { displayName } assignments { part } } } }",
            json!({}),
        ),
        ("who owns", &employee, "{ whoOwns(text: \"fair\") { nodes { name accountable { id } } } }", json!({})),
        ("gaps", &employee, "{ responsibilityGaps { nodes { name } } }", json!({})),
        ("API tokens", &admin, "{ apiTokens { totalCount nodes { name } } }", json!({})),
    ];
    let mut table = String::new();
    for (name, client, document, variables) in reads {
        let _ = writeln!(table, "{name:<52}{}", warm(&app, client, document, variables).await);
    }
    app.advance(TimeDelta::seconds(1));
    let feed = "{ recognitions { nodes { message giver { displayName } receivers { displayName } companyValue { name }
        reactions { count } viewerReaction } } }";
    let thanks =
        json!({ "receivers": [app.person("anna").await, app.person("carl").await], "message": "Thanks", "points": 5 });
    let give = "mutation($input: RecognitionGiveInput!) { recognitionGive(input: $input) { errors { code } } }";
    employee.query(give, json!({ "input": thanks })).await.data();
    let wallet = "{ viewer { wallet { allowance earned history { nodes { points recognition { message } } } } } }";
    for (name, document) in [("the feed of recognition", feed), ("one's wallet and its history", wallet)] {
        let _ = writeln!(table, "{name:<52}{}", warm(&app, &employee, document, json!({})).await);
    }
    let mut write = async |name: &str, client: &Client, document: &str, variables: Value| {
        let _ = writeln!(table, "{name:<52}{}", count(&app, client, document, variables).await);
    };
    let submit = "mutation($input: AnswersSubmitInput!) { answersSubmit(input: $input) { receipt errors { code } } }";
    let invitation = open.invitation_of("emil").await;
    let receipt = "a-receipt-of-my-own-0123456789";
    let sheet = json!({ "invitation": invitation, "answers": answers(4, 2, 9, Some("Why not")), "receipt": receipt });
    write("submit answers", &employee, submit, json!({ "input": sheet })).await;
    write("submit them again with the same receipt", &employee, submit, json!({ "input": sheet })).await;
    let revise = "mutation($input: AnswersReviseInput!) { answersRevise(input: $input) { errors { code } } }";
    write("revise answers", &employee, revise, json!({ "input": sheet })).await;
    let update = "mutation($id: ID!) { personUpdate(input: { person: $id, title: \"Other\" }) { errors { code } } }";
    write("update a person", &admin, update, json!({ "id": app.person("emil").await })).await;
    let create = "mutation($id: ID!) { teamCreate(input: { name: \"New\", parent: $id }) { errors { code } } }";
    write("create a team", &admin, create, json!({ "id": app.team("north").await })).await;
    let launch = "mutation($id: ID!) { surveyLaunch(input: { survey: $id }) { errors { code } } }";
    let goals = goal_statements(&app, &employee).await;
    for (name, document, input) in &goals.writes {
        write(name, &employee, document, json!({ "input": input })).await;
    }
    let drafted = app.draft(draft()).await;
    write("launch a survey", &partner, launch, json!({ "id": drafted.id })).await;
    let close = "mutation($id: ID!) { surveyClose(input: { survey: $id }) { errors { code } } }";
    write("close a survey with one sheet", &partner, close, json!({ "id": open.id })).await;
    let publish = "mutation($id: ID!) { surveyPublish(input: { survey: $id }) { withheld errors { code } } }";
    write("withhold a survey", &partner, publish, json!({ "id": open.id })).await;
    write("thank two people with points", &employee, give, json!({ "input": thanks })).await;
    let adjust = "mutation($id: ID!) { pointsAdjust(input: { person: $id, points: 90, reason: \"A start\" }) { errors { code } } }";
    write("correct somebody's points", &admin, adjust, json!({ "id": app.person("emil").await })).await;
    let reward = crate::rewards::reward(&app, json!({ "stock": 5 })).await;
    let redeem = "mutation($id: ID!) { rewardRedeem(input: { reward: $id }) { errors { code } } }";
    write("redeem a reward", &employee, redeem, json!({ "id": reward })).await;
    let propose = "mutation($to: ID!) { expectationPropose(input: { to: $to, what: \"Quotes\", amount: 1, unit: HOURS,
        dueAt: \"2027-01-15\" }) { expectation { id } errors { code } } }";
    write("propose an expectation", &partner, propose, json!({ "to": app.person("emil").await })).await;
    let mine = employee.data("{ viewer { person { expectations { nodes { id } } } } }").await;
    let accept = "mutation($id: ID!) { expectationRespond(input: { expectation: $id, response: ACCEPT }) {
        expectation { state } warnings { message } errors { code } } }";
    let expected = mine["viewer"]["person"]["expectations"]["nodes"][0]["id"].clone();
    write("accept an expectation", &employee, accept, json!({ "id": expected })).await;
    let area = "mutation { responsibilityCreate(input: { name: \"Fair\" }) { responsibility { id } errors { code } } }";
    write("create a responsibility", &admin, area, json!({})).await;
    talks::write_down(&app, &mut table).await;
    insta::assert_snapshot!("statements", table);
}

mod talks {
    //! The statements of conversations.

    use super::*;

    /// What many conversations on a page can be asked. Apart, because fields that are asked for together wait for each
    /// other or not, as it happens: then a statement more or less says nothing.
    pub const PAGES: [(&str, &str); 5] = [
        (
            "conversations with people, check-ins and notes",
            "{ viewer { conversations(first: 20) { nodes { id state participants { displayName } checkIns { mood }
                privateNote sharedNote } } } }",
        ),
        (
            "conversations with agendas",
            "{ viewer { conversations(first: 20) { nodes { agenda { text author { displayName } } } } } }",
        ),
        (
            "conversations with action items",
            "{ viewer { conversations(first: 20) { nodes { actionItems { text owner { displayName } } } } } }",
        ),
        ("conversations with series", "{ viewer { conversations(first: 20) { nodes { series { title } } } } }"),
        ("conversations with rights", "{ viewer { conversations(first: 20) { nodes { viewerCan { write } } } } }"),
    ];

    pub async fn write_down(app: &TestApp, table: &mut String) {
        let (nora, emil) = (app.client_of("nora").await, app.client_of("emil").await);
        let (series, id) = begin(app, &nora).await;
        let mut note = |name: &str, count: u64| {
            let _ = writeln!(table, "{name:<52}{count}");
        };
        for (name, document) in PAGES {
            note(name, warm(app, &emil, document, json!({})).await);
        }
        let gaps = "{ viewer { conversationGaps(depth: ALL) { nodes { lastHeldAt } } } }";
        note("gaps below a manager", warm(app, &nora, gaps, json!({})).await);
        let add =
            "mutation($id: ID!) { agendaItemAdd(input: { conversation: $id, text: \"Point\" }) { errors { code } } }";
        note("add to an agenda", count(app, &emil, add, json!({ "id": id })).await);
        let hold = "mutation($id: ID!) { conversationHold(input: { conversation: $id }) { errors { code } } }";
        note("hold a conversation", count(app, &emil, hold, json!({ "id": id })).await);
        let end = "mutation($id: ID!) { conversationSeriesEnd(input: { series: $id }) { errors { code } } }";
        note("end a series", count(app, &nora, end, json!({ "id": series })).await);
    }

    /// Begins a 1:1 with emil, about which there is something to read; the series and its conversation.
    pub async fn begin(app: &TestApp, nora: &Client) -> (String, String) {
        let create = "mutation($emil: ID!) { conversationSeriesCreate(input: { kind: ONE_ON_ONE, title: \"Talk\",
            participants: [$emil], startsOn: \"2026-12-01\", localTime: \"09:00\" }) {
            series { id next { id } } errors { code } } }";
        let made = nora.query(create, json!({ "emil": app.person("emil").await })).await.data();
        let made = &made["conversationSeriesCreate"]["series"];
        let (series, id) = (made["id"].as_str().unwrap(), made["next"]["id"].as_str().unwrap());
        let emil = app.client_of("emil").await;
        for write in [
            "agendaItemAdd(input: { conversation: $id, text: \"Point\" })",
            "actionItemAdd(input: { conversation: $id, text: \"Task\" })",
            "conversationPrepare(input: { conversation: $id, mood: 3 })",
            "privateNoteWrite(input: { conversation: $id, text: \"Note\" })",
        ] {
            let document = format!("mutation($id: ID!) {{ {write} {{ errors {{ code }} }} }}");
            emil.query(&document, json!({ "id": id })).await.data();
        }
        app.settle().await;
        (series.to_owned(), id.to_owned())
    }
}

/// Something more expected of two people, and an area more that they have a part in.
async fn expect_and_assign(app: &TestApp, turn: usize) {
    let partner = app.client(Role::Partner).await;
    let create = "mutation($name: String!) { responsibilityCreate(input: { name: $name }) {
        responsibility { id } errors { code } } }";
    let area = partner.query(create, json!({ "name": format!("Area {turn}") })).await.data();
    let area = &area["responsibilityCreate"]["responsibility"]["id"];
    for (person, part) in [("emil", "ACCOUNTABLE"), ("anna", "RESPONSIBLE"), ("nora", "INFORMED")].iter().skip(turn % 2)
    {
        let person = app.person(person).await;
        let propose =
            "mutation($to: ID!) { expectationPropose(input: { to: $to, what: \"Quotes\", amount: 1, unit: HOURS,
            dueAt: \"2027-01-15\" }) { expectation { id } errors { code } } }";
        partner.query(propose, json!({ "to": person })).await.data();
        let assign = "mutation($area: ID!, $part: ResponsibilityPart!, $person: ID!) { responsibilityAssign(
            input: { responsibility: $area, part: $part, person: $person }) { assignment { id } errors { code } } }";
        partner.query(assign, json!({ "area": area, "part": part, "person": person })).await.data();
    }
}

/// A request in a queue with a message, a friction with a step, and a round with a ranking.
async fn improve(app: &TestApp, partner: &Client, employee: &Client) {
    let made = async |client: &Client, document: &str, at: &str| {
        let data = client.data(document).await;
        data.pointer(at).and_then(Value::as_str).unwrap().to_owned()
    };
    let dana = app.person("dana").await;
    let queue = format!(
        "mutation {{ requestQueueCreate(input: {{ draft: {{ name: \"Desk\", owners: [\"{dana}\"] }} }}) {{
            queue {{ id }} errors {{ code }} }} }}"
    );
    let queue = made(partner, &queue, "/requestQueueCreate/queue/id").await;
    let open = format!(
        "mutation {{ requestOpen(input: {{ to: {{ queue: \"{queue}\" }}, kind: TOOL, title: \"Lamp\" }}) {{
            request {{ id }} errors {{ code }} }} }}"
    );
    let request = made(employee, &open, "/requestOpen/request/id").await;
    let write = format!(
        "mutation {{ requestMessage(input: {{ request: \"{request}\", body: \"Please\" }}) {{ errors {{ code }} }} }}"
    );
    employee.data(&write).await;
    let report =
        "mutation { frictionCreate(input: { report: { title: \"Detour\", process: \"Buying\", frequency: DAILY,
        minutesLostPerWeek: 5, peopleAffected: 2 } }) { friction { id } errors { code } } }";
    let friction = made(employee, report, "/frictionCreate/friction/id").await;
    let step = format!(
        "mutation {{ roadmapStepCreate(input: {{ friction: \"{friction}\", draft: {{ title: \"Step\",
            owner: \"{dana}\" }} }}) {{ errors {{ code }} }} }}"
    );
    partner.data(&step).await;
    let plan = "mutation { priorityRoundPlan(input: { title: { en: \"Now\", de: \"Jetzt\" }, closesAt: \"2027-01-01T00:00:00Z\",
        options: [{ en: \"Pay\", de: \"Geld\" }, { en: \"Time\", de: \"Zeit\" }] }) { round { id } errors { code } } }";
    let round = made(partner, plan, "/priorityRoundPlan/round/id").await;
    let rank = format!(
        "mutation {{ prioritiesRank(input: {{ round: \"{round}\", ranking: [\"o1\"] }}) {{ errors {{ code }} }} }}"
    );
    employee.data(&rank).await;
}

/// Lists whose items each take statements of their own. None: it stays so.
const GROWING: &[&str] = &[];

#[tokio::test]
async fn more_items_take_no_more_statements() {
    let app = TestApp::start().await;
    let (partner, employee) = (app.client(Role::Partner).await, app.client(Role::Employee).await);
    let mut lists = vec![
        (
            "directory",
            &employee,
            "{ persons(first: 20) { nodes { id team { lead { id } } manager { id } reports { nodes { id } } } } }",
        ),
        (
            "surveys",
            &partner,
            "{ surveys(first: 20) { nodes { id title state viewerCan { close } audience { subtree } } } }",
        ),
        ("surveys with waves", &partner, "{ surveys(first: 20) { nodes { waves(first: 1) { nodes { id } } } } }"),
        ("surveys with publications", &partner, "{ surveys(first: 20) { nodes { latestPublication { id } } } }"),
        ("expectations", &employee, EXPECTED),
        (
            "responsibilities",
            &employee,
            "{ responsibilities(first: 20) { nodes { gap overlapping parent { name } accountable { id }
                assignments { part person { displayName } responsibility { name } } } } }",
        ),
        ("gaps", &employee, "{ responsibilityGaps(first: 20) { nodes { name gap } } }"),
        ("invitations", &employee, "{ viewer { invitations(first: 20) { nodes { id state } } } }"),
        (
            "requests",
            &employee,
            "{ requests(first: 8) { nodes { id queue { owners { id } } assignee { id } messages(first: 5) { nodes { body } }
                history(first: 5) { nodes { kind queue { name } } } viewerCan { answer } } } }",
        ),
        (
            "frictions",
            &employee,
            "{ frictions(first: 8) { nodes { id myVote { minutes } steps(first: 5) { nodes { friction { title } } } } } }",
        ),
        ("the roadmap", &employee, "{ roadmap(first: 8) { nodes { friction { costPerWeek } owner { id } } } }"),
        (
            "rounds of priorities",
            &employee,
            "{ priorityRounds(first: 8) { nodes { id tookPart myRanking options { key } results(first: 5) { nodes { name } } } } }",
        ),
        (
            "invitations with surveys",
            &employee,
            "{ viewer { invitations(first: 20) { nodes { survey { title } wave { number } } } } }",
        ),
        (
            "recognition",
            &employee,
            "{ recognitions(first: 20) { nodes { message companyValue { name } reactions { count } viewerReaction
                giver { displayName } receivers { displayName } viewerCan { withdraw } } } }",
        ),
        (
            "recognition of persons",
            &employee,
            "{ persons(first: 40) { nodes { recognitions(first: 3) { nodes { id } } points { earned } } } }",
        ),
        (
            "balances of teams",
            &partner,
            "{ teams(first: 40) { nodes { recognitionBalance { __typename } pointsBudget } } }",
        ),
        (
            "the history of a wallet",
            &employee,
            "{ viewer { wallet { history { nodes { recognition { message } redemption { reward { title } } } } } } }",
        ),
        (
            "redemptions",
            &partner,
            "{ redemptions { nodes { state person { displayName } reward { title worthInCents } } } }",
        ),
        (
            "series with conversations",
            &employee,
            "{ viewer { conversationSeries(first: 20) { nodes { title next { id privateNote } participants { id } } } } }",
        ),
        (
            "action items",
            &employee,
            "{ viewer { actionItems(first: 20) { nodes { text series { title } conversation { scheduledAt } } } } }",
        ),
        (
            "teams with coverage",
            &partner,
            "{ teams(first: 20) { nodes { conversationCoverage { ... on ConversationCoverageShare { share } } } } }",
        ),
        (
            "teams with risks and curves",
            &partner,
            "{ teams(first: 20) { nodes { retention { __typename } survival { __typename } } } }",
        ),
        (
            "teams with turnover",
            &partner,
            "{ teams(first: 20) { nodes { turnover(from: \"2025-11-01\", until: \"2026-11-01\") { __typename } } } }",
        ),
    ];
    let reward = crate::rewards::reward(&app, json!({ "price": 1 })).await;
    lists.extend(talks::PAGES.map(|(name, document)| (name, &employee, document)));
    let mut counts: Vec<Vec<u64>> = vec![Vec::new(); lists.len() + 2];
    let (mut publications, mut conversations) = (Vec::new(), Vec::new());
    for round in 0..2 {
        for turn in 0..2 {
            expect_and_assign(&app, round * 2 + turn).await;
            app.advance(TimeDelta::seconds(1));
            let survey = app.launched(draft()).await;
            for (at, person) in (0..).zip(["emil", "anna", "anton", "arne", "nils", "bela"]) {
                survey.answer(person, answers(1 + at % 5, 1 + at % 4, at, None)).await;
            }
            survey.close().await;
            publications.push(survey.publish().await.unwrap());
            for (giver, receiver) in [("emil", "anna"), ("anna", "emil"), ("carl", "emil"), ("emil", "carl")] {
                let id = crate::recognition::give(&app, giver, &[receiver], json!({ "points": 2 })).await;
                let react = "mutation($id: ID!) { recognitionReact(input: { recognition: $id, emoji: CLAP }) {
                    errors { code } } }";
                partner.query(react, json!({ "id": id })).await.data();
            }
            let redeem = "mutation($id: ID!) { rewardRedeem(input: { reward: $id }) { errors { code } } }";
            employee.query(redeem, json!({ "id": reward })).await.data();
            conversations.push(talks::begin(&app, &app.client_of("nora").await).await.1);
        }
        improve(&app, &partner, &employee).await;
        app.settle().await;
        let teams =
            "mutation($parent: ID!) { teamCreate(input: { name: \"More\", parent: $parent }) { errors { code } } }";
        app.client(Role::Admin).await.query(teams, json!({ "parent": app.team("north").await })).await.data();
        for (at, (_, client, document)) in lists.iter().enumerate() {
            counts[at].push(warm(&app, client, document, json!({})).await);
        }
        let nodes =
            "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Publication { survey { title } wave { number } } } }";
        counts[lists.len()].push(warm(&app, &partner, nodes, json!({ "ids": publications })).await);
        let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Conversation { series { title } } } }";
        counts[lists.len() + 1].push(warm(&app, &employee, nodes, json!({ "ids": conversations })).await);
    }
    let names =
        lists.iter().map(|(name, _, _)| *name).chain(["publications by node with surveys", "conversations by node"]);
    let growing: Vec<&str> =
        names.zip(&counts).filter(|(_, counts)| counts[1] > counts[0]).map(|(name, _)| name).collect();
    assert_eq!(growing, GROWING, "(these take statements for each item) {counts:?}");
}

/// Every id in what was answered.
fn ids_in(data: &Value, found: &mut Vec<String>) {
    match data {
        Value::Object(fields) => {
            found.extend(fields.get("id").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|field| ids_in(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| ids_in(item, found)),
        _ => {}
    }
}

/// A page of notifications names many objects, and `nodes` takes a hundred ids: many of a kind are read as one is.
#[tokio::test]
async fn many_objects_of_a_kind_are_found_as_one_is() {
    let app = TestApp::start().await;
    let (partner, employee) = (app.client(Role::Partner).await, app.client(Role::Employee).await);
    for turn in [0, 2, 4] {
        app.advance(TimeDelta::seconds(1));
        expect_and_assign(&app, turn).await;
        improve(&app, &partner, &employee).await;
        crate::rewards::reward(&app, json!({ "price": 1 })).await;
        app.launched(draft()).await;
        let tell = "mutation($team: ID!) { teamResponsePublish(input: { team: $team, asked: \"What?\", said: \"This\",
            did: \"That\" }) { response { id } errors { code message } } }";
        partner.query(tell, json!({ "team": app.team("north").await })).await.data();
    }
    app.settle().await;
    let kinds = [
        ("expectations", "{ viewer { person { expectations { nodes { id } } } } }"),
        ("requests", "{ requests { nodes { id } } }"),
        ("queues", "{ requestQueues { nodes { id } } }"),
        ("responses", "{ teams(first: 40) { nodes { responses { nodes { id } } } } }"),
        ("steps", "{ roadmap { nodes { id } } }"),
        ("rounds", "{ priorityRounds { nodes { id } } }"),
        ("parts", "{ responsibilities { nodes { assignments { id } } } }"),
        ("rewards", "{ rewards { nodes { id } } }"),
        ("surveys", "{ surveys { nodes { id } } }"),
        ("invitations", "{ viewer { invitations { nodes { id } } } }"),
        ("notifications", "{ viewer { notifications { nodes { id } } } }"),
    ];
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let mut growing = Vec::new();
    for (kind, document) in kinds {
        let mut ids = Vec::new();
        ids_in(&employee.data(document).await, &mut ids);
        assert!(ids.len() >= 3, "{kind}: {ids:?}");
        let found = employee.query(nodes, json!({ "ids": ids })).await.data();
        assert!(found["nodes"].as_array().unwrap().iter().all(Value::is_object), "{kind}: {found}");
        let one = warm(&app, &employee, nodes, json!({ "ids": ids[..1] })).await;
        let many = warm(&app, &employee, nodes, json!({ "ids": ids })).await;
        if many > one {
            growing.push((kind, one, many));
        }
    }
    assert!(growing.is_empty(), "statements for one and for many: {growing:?}");
    // One page with all of them: no more statements than kinds take.
    let page = |first: usize| {
        format!("{{ viewer {{ notifications(first: {first}) {{ nodes {{ subject {{ ... on Node {{ id }} }} }} }} }} }}")
    };
    let subjects = employee.data(&page(100)).await["viewer"]["notifications"]["nodes"].as_array().unwrap().len();
    assert!(subjects >= 12, "{subjects}");
    let (few, all) = (
        warm(&app, &employee, &page(subjects / 3), json!({})).await,
        warm(&app, &employee, &page(100), json!({})).await,
    );
    assert!(all <= few, "a third of the page takes {few} statements, the page {all}");
}

/// Goals to write something about.
struct GoalCases {
    writes: Vec<(&'static str, String, Value)>,
}

async fn goal_statements(app: &TestApp, employee: &Client) -> GoalCases {
    let (cycle, parent, child) = goals_with_supporters(app, 1).await;
    let document = |mutation: &str, of: &str| {
        format!("mutation($input: {of}!) {{ {mutation}(input: $input) {{ errors {{ code }} }} }}")
    };
    let said = json!({ "goal": child, "confidence": "ON_TRACK", "confidenceScore": 7, "progress": 0.5 });
    let new = json!({ "cycle": cycle, "level": "PERSON", "title": "Acme goal" });
    let made = employee
        .query(
            "mutation($input: GoalCreateInput!) { goalCreate(input: $input) { goal { id } errors { code } } }",
            json!({ "input": new }),
        )
        .await
        .data();
    let aligned = json!({ "goal": made["goalCreate"]["goal"]["id"], "supports": { "goal": parent } });
    GoalCases {
        writes: vec![
            ("check in on a goal that supports another", document("goalCheckIn", "GoalCheckInInput"), said),
            ("write a goal", document("goalCreate", "GoalCreateInput"), new),
            ("align a goal", document("goalAlign", "GoalAlignInput"), aligned),
        ],
    }
}

/// A cycle with a goal of the organization and so many goals of emil that support it, each with a key result and a
/// check-in; the cycle, the goal, and the last that supports it, which has no key result.
async fn goals_with_supporters(app: &TestApp, count: usize) -> (String, String, String) {
    static NAMES: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let (partner, employee) = (app.client(Role::Partner).await, app.client(Role::Employee).await);
    let run = async |client: &Client, mutation: &str, of: &str, selection: &str, input: Value| {
        let document = format!(
            "mutation($input: {of}!) {{ {mutation}(input: $input) {{ {selection} errors {{ code message path }} }} }}"
        );
        client.query(&document, json!({ "input": input })).await.data()[mutation].clone()
    };
    let name = format!("Cycle {}", NAMES.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    let cycle = json!({ "name": name, "startsOn": "2026-10-01", "endsOn": "2026-12-31", "open": true });
    let cycle = run(&partner, "goalCycleCreate", "GoalCycleCreateInput", "cycle { id }", cycle).await;
    let cycle = cycle["cycle"]["id"].clone();
    let goal = json!({ "cycle": cycle, "level": "ORGANIZATION", "title": "Acme top" });
    let top = run(&partner, "goalCreate", "GoalCreateInput", "goal { id }", goal).await["goal"]["id"].clone();
    let mut child = Value::Null;
    for at in 0..count {
        let parts =
            if at + 1 < count { json!([{ "title": "Acme", "measure": { "binary": true } }]) } else { json!([]) };
        let goal = json!({ "cycle": cycle, "level": "PERSON", "title": "Acme goal", "keyResults": parts });
        child = run(&employee, "goalCreate", "GoalCreateInput", "goal { id }", goal).await["goal"]["id"].clone();
        let aligned = json!({ "goal": child, "supports": { "goal": top } });
        run(&employee, "goalAlign", "GoalAlignInput", "goal { id }", aligned).await;
        let said = json!({ "goal": child, "confidence": "ON_TRACK", "confidenceScore": 7 });
        run(&employee, "goalCheckIn", "GoalCheckInInput", "goal { id }", said).await;
    }
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&cycle), text(&top), text(&child))
}

#[tokio::test]
async fn more_goals_take_no_more_statements() {
    let app = TestApp::start().await;
    let employee = app.client(Role::Employee).await;
    let fields = [
        "title progress stale viewerCan { edit } owner { displayName } cycle { name } origin { id } keyResults { title goal { id } }",
        "checkIns(first: 2) { nodes { note person { id } values { progress keyResult { id } } } }",
        "history(first: 2) { nodes { field } }",
        "parents(first: 2) { nodes { weight parent { title keyResults { id } } keyResult { id } } }",
        "children(first: 2) { nodes { child { title checkIns(first: 1) { nodes { id } } } } }",
    ];
    let mut counts = Vec::new();
    for count in [3, 12] {
        let (cycle, top, child) = goals_with_supporters(&app, count).await;
        let mut lists = vec![
            format!(
                "{{ goalGraph(cycle: \"{cycle}\", first: 50) {{ nodes {{ id }} alignments {{ child {{ title }} }} }} }}"
            ),
            format!("{{ persons(first: 20) {{ nodes {{ goals(cycle: \"{cycle}\") {{ nodes {{ title }} }} }} }} }}"),
            format!("{{ teams(first: 20) {{ nodes {{ goals(cycle: \"{cycle}\") {{ nodes {{ title }} }} }} }} }}"),
            "{ goalCycles { totalCount nodes { name } } }".to_owned(),
        ];
        for fields in fields {
            let filter = format!("filter: {{ cycle: \"{cycle}\" }}");
            lists.push(format!("{{ goals(first: 20, {filter}) {{ nodes {{ {fields} }} }} }}"));
            lists.push(format!("{{ goalTree(cycle: \"{cycle}\", first: 20) {{ nodes {{ {fields} }} }} }}"));
        }
        let mut taken = Vec::new();
        for document in &lists {
            taken.push(warm(&app, &employee, document, json!({})).await);
        }
        // One more, so that there is something to roll up.
        let said = format!(
            "mutation {{ goalCheckIn(input: {{ goal: \"{child}\", confidence: AT_RISK, confidenceScore: 1,
            progress: 0.25 }}) {{ errors {{ code }} }} }}"
        );
        taken.push(self::count(&app, &employee, &said, json!({})).await);
        let shown = employee.data(&format!("{{ node(id: \"{top}\") {{ ... on Goal {{ progress }} }} }}")).await;
        assert!(shown["node"]["progress"].as_f64().is_some_and(|progress| progress > 0.0), "it was rolled up");
        counts.push(taken);
    }
    assert_eq!(counts[0], counts[1]);
}
