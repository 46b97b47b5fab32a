//! The life of a survey: drafted, launched and frozen, answered once, changed by receipt, closed and sealed.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use hearten_api::areas::surveys::upkeep;
use hearten_entity::{InOrganization, answer_sheet, comment, survey};
use hearten_ids::SurveyId;
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

use crate::harness::{Role, TestApp, answers, draft};

const UPDATE: &str = "mutation($survey: ID!, $draft: SurveyDraftInput!) {
    surveyUpdate(input: { survey: $survey, draft: $draft }) { survey { id title } errors { code message path } } }";
const LAUNCH: &str = "mutation($survey: ID!, $closesAt: DateTime) {
    surveyLaunch(input: { survey: $survey, closesAt: $closesAt }) { survey { state } errors { code message path } } }";
const LAUNCH_WITH_WAVE: &str = "mutation($survey: ID!, $closesAt: DateTime) {
    surveyLaunch(input: { survey: $survey, closesAt: $closesAt }) {
        survey { waves { nodes { id } } } errors { code message path } } }";
const CLOSE: &str = "mutation($survey: ID!) {
    surveyClose(input: { survey: $survey }) { survey { state } errors { code message path } } }";
const PUBLISH: &str = "mutation($survey: ID!) {
    surveyPublish(input: { survey: $survey }) { withheld publication { id } errors { code message path } } }";
const CREATE: &str = "mutation($draft: SurveyDraftInput!) {
    surveyCreate(input: { draft: $draft }) { survey { id } errors { code message path } } }";

#[tokio::test]
async fn a_draft_changes_until_it_is_launched() {
    let app = TestApp::start().await;
    let mut survey = app.draft(draft()).await;
    let partner = app.client(Role::Partner).await;
    let mut other = draft();
    other["title"][0]["text"] = json!("Acme winter pulse");
    let variables = json!({ "survey": survey.id, "draft": other });
    let updated = partner.query(UPDATE, variables.clone()).await.data();
    assert_eq!(updated["surveyUpdate"]["survey"]["title"], "Acme winter pulse");
    survey.launch().await;
    let frozen = partner.query(UPDATE, variables).await;
    assert_eq!(frozen.refused_at("surveyUpdate"), ["WRONG_STATE at survey"]);
    let again = partner.query(LAUNCH, json!({ "survey": survey.id })).await;
    assert_eq!(again.refused_at("surveyLaunch"), ["WRONG_STATE at survey"]);
    let early = partner.query(PUBLISH, json!({ "survey": survey.id })).await;
    assert_eq!(early.refused_at("surveyPublish"), ["WRONG_STATE at survey"]);
    let notice = format!(
        "{{ node(id: \"{}\") {{ ... on Survey {{ state launchedAt privacyNotice {{ frozenAt minimumGroup }} }} }} }}",
        survey.id
    );
    let now = "2026-11-23T09:00:00.000Z";
    let seen = app.client(Role::Employee).await.data(&notice).await;
    let expected = json!({ "state": "OPEN", "launchedAt": now,
        "privacyNotice": { "frozenAt": now, "minimumGroup": 5 } });
    assert_eq!(seen["node"], expected);
}

#[tokio::test]
async fn a_limited_partner_asks_only_people_of_the_own_scope() {
    let app = TestApp::start().await;
    let paula = app.client(Role::PartnerOfNorth).await;
    let for_team = |team: &str| {
        let mut draft = draft();
        draft["audience"] = json!({ "teams": [{ "team": team }] });
        draft
    };
    let (north, south) = (app.team("north").await, app.team("south").await);
    for refused in [draft(), for_team(&south)] {
        let reply = paula.query(CREATE, json!({ "draft": refused })).await;
        assert_eq!(reply.refused_at("surveyCreate"), ["FORBIDDEN at draft.audience"]);
    }
    let created = paula.query(CREATE, json!({ "draft": for_team(&north) })).await.data();
    let survey = created["surveyCreate"]["survey"]["id"].clone();
    let widened = paula.query(UPDATE, json!({ "survey": survey, "draft": for_team(&south) })).await;
    assert_eq!(widened.refused_at("surveyUpdate"), ["FORBIDDEN at draft.audience"]);
    paula.query(LAUNCH, json!({ "survey": survey })).await.data();
    // Who is invited sees the survey, so closing it is forbidden rather than hidden.
    assert_eq!(app.client_of("emil").await.query(CLOSE, json!({ "survey": survey })).await.code(), "FORBIDDEN");
    let stranger = app.client_of("carl").await.query(CLOSE, json!({ "survey": survey })).await;
    assert_eq!(stranger.refused_at("surveyClose"), ["NOT_FOUND at survey"]);
}

#[tokio::test]
async fn an_audience_too_small_to_show_anything_is_refused() {
    let app = TestApp::start().await;
    let mut small = draft();
    small["audience"] = json!({ "teams": [{ "team": app.team("south-a").await }] });
    small["notice"]["minimumGroup"] = json!(7);
    let survey = app.draft(small).await;
    let reply = app.client(Role::Partner).await.query(LAUNCH, json!({ "survey": survey.id })).await;
    assert_eq!(reply.refused_at("surveyLaunch"), ["INVALID at survey"]);
}

#[tokio::test]
async fn everybody_answers_once() {
    let app = TestApp::start().await;
    let survey = app.launched(draft()).await;
    let receipt = survey.answer("emil", answers(4, 2, 9, Some("First thought"))).await;
    let second = survey.try_answer("emil", answers(1, 1, 1, None), None).await;
    assert_eq!(second.refused_at("answersSubmit"), ["ALREADY_DONE at invitation"]);
    let state = "{ viewer { invitations(state: ANSWERED) { nodes { state survey { id } } } } }";
    let listed = app.client_of("emil").await.data(state).await;
    assert_eq!(
        listed["viewer"]["invitations"]["nodes"],
        json!([{ "state": "ANSWERED", "survey": { "id": survey.id } }])
    );
    survey.try_revise("emil", answers(5, 1, 10, Some("Second thought")), &receipt).await.data();
    let wrong = survey.try_revise("emil", answers(1, 1, 1, None), &"x".repeat(32)).await;
    assert_eq!(wrong.refused_at("answersRevise"), ["NOT_FOUND at receipt"]);
    let comments = comment::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
    assert_eq!(comments.iter().map(|row| row.body.as_str()).collect::<Vec<_>>(), ["Second thought"]);
    let sheets = answer_sheet::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
    assert_eq!(sheets.len(), 1);
}

#[tokio::test]
async fn a_retry_with_the_same_receipt_is_acknowledged_and_counts_once() {
    let app = TestApp::start().await;
    let survey = app.launched(draft()).await;
    let receipt = "own-receipt-0123456789abcdef";
    for _ in 0..3 {
        let taken = survey.try_answer("emil", answers(4, 2, 9, Some("Once")), Some(receipt)).await.data();
        assert_eq!(taken["answersSubmit"]["receipt"], receipt);
        assert_eq!(taken["answersSubmit"]["invitation"]["state"], "ANSWERED");
    }
    let other = survey.try_answer("emil", answers(4, 2, 9, None), Some("another-receipt-0123456789ab")).await;
    assert_eq!(other.refused_at("answersSubmit"), ["ALREADY_DONE at invitation"]);
    let sheets = answer_sheet::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
    let comments = comment::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
    assert_eq!((sheets.len(), comments.len()), (1, 1));
    for short in ["", "short", &"x".repeat(129), "not base64url, but long enough!"] {
        let reply = survey.try_answer("anna", answers(4, 2, 9, None), Some(short)).await;
        assert_eq!(reply.refused_at("answersSubmit"), ["INVALID at receipt"], "{short:?}");
    }
}

#[tokio::test]
async fn of_many_submissions_at_once_one_is_taken() {
    let app = TestApp::start().await;
    let survey = app.launched(draft()).await;
    let invitation = survey.invitation_of("emil").await;
    let submit = "mutation($input: AnswersSubmitInput!) {
        answersSubmit(input: $input) { receipt errors { code path } } }";
    let client = app.client_of("emil").await;
    let calls = (0..8).map(|n| {
        let input = json!({ "invitation": invitation, "answers": answers(1 + n % 5, 1, 1, None) });
        let client = client.clone();
        async move { client.query(submit, json!({ "input": input })).await }
    });
    let replies = futures_util::future::join_all(calls).await;
    let taken = replies.iter().filter(|reply| reply.refusals("answersSubmit").is_empty()).count();
    assert_eq!(taken, 1, "{replies:?}");
    let sheets = answer_sheet::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
    assert_eq!(sheets.len(), 1);
}

#[tokio::test]
async fn answers_that_do_not_fit_are_refused_at_their_place() {
    let app = TestApp::start().await;
    let survey = app.launched(draft()).await;
    let one = |question: &str, answer: Value| json!({ "question": question, "answer": answer });
    let clear = one("clear", json!({ "rating": 3 }));
    let cases = [
        (json!([]), "REQUIRED at answers.clear"),
        (json!([one("clear", json!({ "skip": true }))]), "REQUIRED at answers.clear"),
        (json!([one("clear", json!({ "rating": 0 }))]), "INVALID at answers.clear"),
        (json!([one("clear", json!({ "rating": 6 }))]), "INVALID at answers.clear"),
        (json!([one("clear", json!({ "enps": 3 }))]), "INVALID at answers.clear"),
        (json!([clear, one("recommend", json!({ "enps": 11 }))]), "INVALID at answers.recommend"),
        (json!([clear, one("recommend", json!({ "enps": -1 }))]), "INVALID at answers.recommend"),
        (json!([clear, one("recommend", json!({ "comment": "ten" }))]), "INVALID at answers.recommend"),
        (json!([clear, one("why", json!({ "comment": "x".repeat(201) }))]), "TOO_LONG at answers.why"),
        (json!([clear, one("nothing", json!({ "rating": 1 }))]), "NOT_FOUND at answers.nothing"),
        (json!([clear, clear]), "INVALID at answers.clear"),
    ];
    for (answers, expected) in cases {
        let reply = survey.try_answer("emil", answers.clone(), None).await;
        assert_eq!(reply.refused_at("answersSubmit"), [expected], "{answers}: {}", reply.body);
    }
    let foreign = survey.invitation_of("anna").await;
    let submit = "mutation($input: AnswersSubmitInput!) {
        answersSubmit(input: $input) { receipt errors { code path } } }";
    let emil = app.client_of("emil").await;
    let reply = emil.query(submit, json!({ "input": { "invitation": foreign, "answers": [clear] } })).await;
    assert_eq!(reply.refused_at("answersSubmit"), ["NOT_FOUND at invitation"]);
    survey.answer("emil", json!([clear])).await;
}

#[tokio::test]
async fn a_closed_survey_takes_nothing() {
    let app = TestApp::start().await;
    let survey = app.launched(draft()).await;
    let receipt = survey.answer("emil", answers(4, 2, 9, None)).await;
    survey.close().await;
    let late = survey.try_answer("anna", answers(4, 2, 9, None), None).await;
    assert_eq!(late.refused_at("answersSubmit"), ["WRONG_STATE at invitation"]);
    let late = survey.try_revise("emil", answers(1, 1, 1, None), &receipt).await;
    assert_eq!(late.refused_at("answersRevise"), ["WRONG_STATE at invitation"]);
    let again = app.client(Role::Partner).await.query(CLOSE, json!({ "survey": survey.id })).await;
    assert_eq!(again.refused_at("surveyClose"), ["WRONG_STATE at survey"]);
}

#[tokio::test]
async fn closing_seals_the_sheets() {
    let app = TestApp::start().await;
    let survey = app.launched(draft()).await;
    for (at, person) in (0..).zip(["emil", "anna", "anton", "arne", "bela", "carl", "dana", "chris"]) {
        survey.answer(person, answers(1 + at % 5, 1 + at % 3, at, Some(&format!("Thought {at}")))).await;
    }
    let db = app.db().await;
    let sheets = async || answer_sheet::Entity::in_org(app.acme.id).all(db.read()).await.unwrap();
    let comments = async || comment::Entity::in_org(app.acme.id).all(db.read()).await.unwrap();
    let (open_sheets, open_comments) = (sheets().await, comments().await);
    assert!(open_sheets.iter().all(|row| row.receipt_hash.is_some()));
    survey.close().await;
    let (sealed_sheets, sealed_comments) = (sheets().await, comments().await);
    assert!(sealed_sheets.iter().all(|row| row.receipt_hash.is_none()));
    assert!(sealed_comments.iter().all(|row| row.receipt_hash.is_none()));
    let before: BTreeSet<_> = open_sheets.iter().map(|row| row.id).collect();
    assert!(sealed_sheets.iter().all(|row| !before.contains(&row.id)), "every sheet has a new id");
    let before: BTreeSet<_> = open_comments.iter().map(|row| row.id).collect();
    assert!(sealed_comments.iter().all(|row| !before.contains(&row.id)), "every comment has a new id");
    let kept = |rows: &[answer_sheet::Model]| {
        let mut rows: Vec<_> = rows.iter().map(|row| (row.packed.clone(), row.team_id)).collect();
        rows.sort();
        rows
    };
    assert_eq!(kept(&sealed_sheets), kept(&open_sheets), "what was answered stays");
    let kept = |rows: &[comment::Model]| rows.iter().map(|row| row.body.clone()).collect::<BTreeSet<_>>();
    assert_eq!(kept(&sealed_comments), kept(&open_comments));
}

#[tokio::test]
async fn texts_come_in_the_closest_language() {
    let app = TestApp::start().await;
    let survey = app.launched(draft()).await;
    let employee = app.client(Role::Employee).await;
    let read = "query($id: ID!, $locale: String) { node(id: $id) { ... on Survey {
        title(locale: $locale) privacyNotice { statement(locale: $locale) }
        sections { title(locale: $locale) questions { text(locale: $locale) } } } } }";
    let title = async |locale: Value| {
        employee.query(read, json!({ "id": survey.id, "locale": locale })).await.data()["node"].clone()
    };
    let (english, german) = (title(json!("en")).await, title(json!("de-AT")).await);
    assert_eq!(english["title"], "Acme autumn pulse");
    assert_eq!(german["title"], "Acme-Herbstpuls");
    assert_eq!(german["sections"][0]["questions"][0]["text"], "Acme-Ziele sind klar");
    assert_ne!(english["privacyNotice"]["statement"], german["privacyNotice"]["statement"]);
    assert_eq!(title(Value::Null).await, english, "the survey's default");
    assert_eq!(title(json!("fr")).await["title"], "Acme autumn pulse", "the closest there is");
    let malformed = employee.query(read, json!({ "id": survey.id, "locale": "not a tag" })).await;
    assert_eq!(malformed.code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn who_joins_after_the_launch_is_not_asked() {
    let app = TestApp::start().await;
    app.launched(draft()).await;
    app.advance(TimeDelta::hours(1));
    let create = "mutation($team: ID!) { personCreate(input: { displayName: \"Zoe\", team: $team }) {
        person { id } errors { code } } }";
    let team = json!({ "team": app.team("north-a").await });
    let created = app.client(Role::Admin).await.query(create, team).await.data();
    let zoe = app.client_with(Some(app.acme_token(created["personCreate"]["person"]["id"].as_str().unwrap())));
    let seen = zoe.data("{ viewer { invitations { nodes { id } } } surveys { nodes { id } } }").await;
    assert_eq!(seen["viewer"]["invitations"]["nodes"], json!([]));
    assert_eq!(seen["surveys"]["nodes"], json!([]));
}

#[tokio::test]
async fn a_survey_closes_when_its_time_is_up_and_its_sheets_go_when_the_notice_says() {
    let app = TestApp::start().await;
    let mut survey = app.draft(draft()).await;
    let partner = app.client(Role::Partner).await;
    let variables = json!({ "survey": survey.id, "closesAt": "2026-11-30T09:00:00Z" });
    let launched = partner.query(LAUNCH_WITH_WAVE, variables).await.data();
    survey.wave = launched["surveyLaunch"]["survey"]["waves"]["nodes"][0]["id"].as_str().map(str::to_owned);
    for (at, person) in (0..).zip(["emil", "anna", "anton", "arne", "bela", "carl"]) {
        survey.answer(person, answers(1 + at % 5, 1 + at % 3, at, Some("Kept for a while"))).await;
    }
    app.advance(TimeDelta::days(7));
    // Nothing has looked yet; the due moment counts all the same.
    let late = survey.try_answer("dana", answers(4, 2, 9, None), None).await;
    assert_eq!(late.refused_at("answersSubmit"), ["WRONG_STATE at invitation"]);
    let db = app.db().await;
    upkeep::look(app.app(), db).await.unwrap();
    let read = format!("{{ node(id: \"{}\") {{ ... on Survey {{ state }} }} }}", survey.id);
    assert_eq!(partner.data(&read).await["node"]["state"], "CLOSED");
    let publication = survey.publish().await.unwrap();
    let sheets = async || answer_sheet::Entity::in_org(app.acme.id).all(db.read()).await.unwrap();
    let comments = async || comment::Entity::in_org(app.acme.id).all(db.read()).await.unwrap();
    assert!(sheets().await.iter().all(|sheet| sheet.receipt_hash.is_none()));
    app.advance(TimeDelta::days(729));
    upkeep::look(app.app(), db).await.unwrap();
    assert_eq!((sheets().await.len(), comments().await.len()), (6, 6), "kept for 730 days");
    app.advance(TimeDelta::days(2));
    upkeep::look(app.app(), db).await.unwrap();
    assert_eq!((sheets().await.len(), comments().await.len()), (0, 0));
    let read = format!(
        "{{ node(id: \"{publication}\") {{ ... on Publication {{ cut(key: {{ everyone: true }}) {{ respondents }} }} }} }}"
    );
    let seen = app.client(Role::Partner).await.data(&read).await;
    assert_eq!(seen["node"]["cut"]["respondents"], 6, "what was published stays");
}

#[tokio::test]
async fn a_receipt_of_somebody_else_neither_answers_nor_moves_their_sheet() {
    let app = TestApp::start().await;
    let survey = app.launched(draft()).await;
    let receipt = "shared-receipt-0123456789";
    survey.try_answer("emil", answers(4, 2, 9, None), Some(receipt)).await.data();
    let taken = survey.try_answer("sara", answers(1, 1, 1, None), Some(receipt)).await;
    assert_eq!(taken.refused_at("answersSubmit"), ["TAKEN at receipt"]);
    // Nothing was changed: Sara can still answer.
    survey.answer("sara", answers(1, 1, 1, None)).await;
    let teams = async || {
        let sheets = answer_sheet::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
        let mut teams: Vec<_> = sheets.iter().map(|sheet| sheet.team_id).collect();
        teams.sort();
        teams
    };
    let before = teams().await;
    survey.try_revise("sara", answers(5, 5, 5, None), receipt).await.data();
    assert_eq!(teams().await, before, "a sheet counts where its author was at launch");
    assert_ne!(before[0], before[1]);
}

#[tokio::test]
async fn behind_thousands_that_one_may_not_see_the_list_goes_on() {
    let app = TestApp::start().await;
    let oldest = app.launched(draft()).await;
    app.draft(draft()).await;
    let db = app.db().await;
    let rows = survey::Entity::in_org(app.acme.id).all(db.read()).await.unwrap();
    let unseen = rows.into_iter().find(|row| row.launched_at.is_none()).unwrap();
    app.advance(TimeDelta::seconds(1));
    for _ in 0..6 {
        let copies = (0..400).map(|_| {
            let id = SurveyId(app.app().random.id(app.clock.now()));
            survey::Model { id, ..unseen.clone() }.into_active_model()
        });
        survey::Entity::insert_many(copies).exec_without_returning(db.write()).await.unwrap();
    }
    app.advance(TimeDelta::seconds(1));
    let newest = app.launched(draft()).await;
    let read = "query($first: Int, $after: String, $last: Int, $before: String) {
        surveys(first: $first, after: $after, last: $last, before: $before) {
            nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";
    let employee = app.client(Role::Employee).await;
    let page = async |variables: Value| employee.query(read, variables).await.data()["surveys"].clone();
    let (first, last) = (json!([{ "id": newest.id }]), json!([{ "id": oldest.id }]));
    let front = page(json!({ "first": 20 })).await;
    assert_eq!((&front["nodes"], &front["pageInfo"]["hasNextPage"]), (&first, &json!(true)));
    let rest = page(json!({ "first": 20, "after": front["pageInfo"]["endCursor"] })).await;
    assert_eq!((&rest["nodes"], &rest["pageInfo"]["hasNextPage"]), (&last, &json!(false)));
    let end = page(json!({ "last": 20 })).await;
    assert_eq!((&end["nodes"], &end["pageInfo"]["hasPreviousPage"]), (&last, &json!(true)));
    let rest = page(json!({ "last": 20, "before": end["pageInfo"]["startCursor"] })).await;
    assert_eq!((&rest["nodes"], &rest["pageInfo"]["hasPreviousPage"]), (&first, &json!(false)));
    // Nothing to be seen in all that is searched: the page is not empty while there is something behind.
    let of_open = page(json!({ "first": 20, "after": front["pageInfo"]["startCursor"] })).await;
    assert_eq!(of_open["nodes"], last);
}
