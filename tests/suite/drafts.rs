//! What is wrong with a draft is told where it stands in the input.

use serde_json::{Value, json};

use crate::harness::{Role, TestApp, draft};

const CREATE: &str = "mutation($draft: SurveyDraftInput!) {
    surveyCreate(input: { draft: $draft }) { survey { id } errors { code message path } } }";
const LAUNCH: &str = "mutation($survey: ID!, $closesAt: DateTime) {
    surveyLaunch(input: { survey: $survey, closesAt: $closesAt }) { survey { state } errors { code message path } } }";

#[tokio::test]
async fn drafts_that_make_no_sense_are_refused_at_their_place() {
    let app = TestApp::start().await;
    let partner = app.client(Role::Partner).await;
    let text = json!([{ "locale": "en", "text": "Only English" }]);
    let both = json!([{ "locale": "en", "text": "English" }, { "locale": "de", "text": "Deutsch" }]);
    let malformed = json!({ "teams": [{ "team": app.team("north").await }, { "team": "nonsense" }] });
    let change = |change: &dyn Fn(&mut Value)| {
        let mut draft = draft();
        change(&mut draft);
        draft
    };
    let set = |at: &'static str, value: Value| change(&|draft| *draft.pointer_mut(at).unwrap() = value.clone());
    let cases = [
        ("title", set("/title", json!([{ "locale": "en", "text": "Only English" }]))),
        ("title.1.locale", set("/title/1/locale", json!("nonsense tag"))),
        ("title.1.locale", set("/title/1/locale", json!("en"))),
        ("defaultLocale", set("/defaultLocale", json!("nonsense tag"))),
        ("defaultLocale", set("/defaultLocale", json!("fr"))),
        ("locales.1", set("/locales", json!(["en", "en"]))),
        ("sections.0.title.0.locale", set("/sections/0/title/0/locale", json!("nonsense tag"))),
        ("sections.0.questions.1.text", set("/sections/0/questions/1/text", text.clone())),
        ("sections.0.questions.1.text.0.locale", set("/sections/0/questions/1/text/0/locale", json!("?"))),
        ("sections.0.questions.1.key", set("/sections/0/questions/1/key", json!("clear"))),
        ("sections.0.questions.1.key", set("/sections/0/questions/1/key", json!("not a key"))),
        ("sections.0.questions.0.driver", set("/sections/0/questions/0/driver", json!("not a key"))),
        (
            "sections.0.questions.1.kind.rating.points",
            set("/sections/0/questions/1/kind", json!({ "rating": { "points": 1 } })),
        ),
        (
            "sections.0.questions.1.kind.rating.points",
            set("/sections/0/questions/1/kind", json!({ "rating": { "points": 12 } })),
        ),
        (
            "sections.0.questions.1.kind.rating.labels",
            set("/sections/0/questions/1/kind", json!({ "rating": { "labels": [{ "text": both }] } })),
        ),
        (
            "sections.0.questions.1.kind.rating.labels.1.text",
            set(
                "/sections/0/questions/1/kind",
                json!({ "rating": { "points": 2, "labels": [{ "text": both }, { "text": text }] } }),
            ),
        ),
        (
            "sections.0.questions.3.kind.comment.maxChars",
            set("/sections/0/questions/3/kind/comment/maxChars", json!(5_001)),
        ),
        ("sections", set("/sections", json!([]))),
        ("sections.0.questions", set("/sections/0/questions", json!([]))),
        ("notice.minimumGroup", set("/notice/minimumGroup", json!(2))),
        ("notice.commentMinimum", set("/notice/commentMinimum", json!(4))),
        ("notice.resultsVisibleTo", set("/notice/resultsVisibleTo", json!([]))),
        ("notice.retentionDays", change(&|draft| draft["notice"]["retentionDays"] = json!(0))),
        ("axes", set("/axes", json!(["a", "b", "c", "d", "e", "f"]))),
        ("audience.teams.1.team", change(&|draft| draft["audience"] = malformed.clone())),
    ];
    for (place, draft) in cases {
        let reply = partner.query(CREATE, json!({ "draft": draft })).await;
        assert_eq!(reply.refused_at("surveyCreate"), [format!("INVALID at draft.{place}")], "{}", reply.body);
        assert!(reply.body["data"]["surveyCreate"]["survey"].is_null());
    }
    let foreign = json!({ "teams": [{ "team": app.team("u-team").await }] });
    let reply = partner.query(CREATE, json!({ "draft": change(&|draft| draft["audience"] = foreign.clone()) })).await;
    assert_eq!(reply.refused_at("surveyCreate"), ["NOT_FOUND at draft.audience.teams.0.team"]);
    let unlinkable = change(&|draft| draft["notice"]["mode"] = json!("UNLINKABLE"));
    let survey = app.draft(unlinkable).await;
    let reply = partner.query(LAUNCH, json!({ "survey": survey.id })).await;
    assert_eq!(reply.refused_at("surveyLaunch"), ["INVALID at survey"]);
    assert!(reply.body.to_string().contains("choose CONFIDENTIAL"), "{}", reply.body);
    let survey = app.draft(draft()).await;
    let past = json!({ "survey": survey.id, "closesAt": "2026-11-23T08:59:59Z" });
    assert_eq!(partner.query(LAUNCH, past).await.refused_at("surveyLaunch"), ["INVALID at closesAt"]);
}
