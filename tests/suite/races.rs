//! Two who do something to one survey at the same moment.

use std::time::Duration;

use hearten_entity::{InOrganization, answer_sheet, comment, invitation, survey};
use hearten_ids::SurveyId;
use sea_orm::{ColumnTrait, QueryFilter, sea_query::Expr};
use serde_json::{Value, json};

use crate::harness::{Reply, Role, TestApp, answers, draft};

const UPDATE: &str = "mutation($survey: ID!, $draft: SurveyDraftInput!) {
    surveyUpdate(input: { survey: $survey, draft: $draft }) { survey { id } errors { code message path } } }";
const LAUNCH: &str = "mutation($survey: ID!) {
    surveyLaunch(input: { survey: $survey }) { survey { state } errors { code message path } } }";
const SUBMIT: &str = "mutation($input: AnswersSubmitInput!) {
    answersSubmit(input: $input) { receipt errors { code message path } } }";
const REVISE: &str = "mutation($input: AnswersReviseInput!) {
    answersRevise(input: $input) { invitation { id } errors { code message path } } }";

/// While somebody changes the draft, it is not launched; then what was written is checked and not what was read before.
#[tokio::test]
async fn what_was_checked_is_what_is_launched() {
    let app = TestApp::start().await;
    let survey = app.draft(draft()).await;
    let id: SurveyId = survey.id.parse().unwrap();
    let db = app.db().await;
    let in_org = survey::Entity::in_org(app.acme.id).filter(survey::Column::Id.eq(id));
    let stored = in_org.clone().one(db.read()).await.unwrap().unwrap();
    let mut notice = stored.notice.clone();
    notice["mode"] = json!("UNLINKABLE");
    let tx = db.begin().await.unwrap();
    survey::Entity::update_in_org(app.acme.id)
        .filter(survey::Column::Id.eq(id))
        .col_expr(survey::Column::Notice, Expr::value(notice.clone()))
        .exec(&tx)
        .await
        .unwrap();
    let (partner, variables) = (app.client(Role::Partner).await, json!({ "survey": survey.id }));
    let launching = tokio::spawn(async move { partner.query(LAUNCH, variables).await });
    // It has read the draft by now and waits for the one who writes; if not, that is no less right.
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert!(!launching.is_finished());
    tx.commit().await.unwrap();
    let reply = launching.await.unwrap();
    assert_eq!(reply.refused_at("surveyLaunch"), ["INVALID at survey"], "{}", reply.body);
    let stored = in_org.one(db.read()).await.unwrap().unwrap();
    assert_eq!((stored.state.as_str(), stored.launched_at, &stored.notice), ("DRAFT", None, &notice));
}

#[tokio::test]
async fn an_update_and_a_launch_at_once_agree_on_who_is_asked() {
    let app = TestApp::start().await;
    let partner = app.client(Role::Partner).await;
    let of_team = |team: &str| {
        let mut draft = draft();
        draft["audience"] = json!({ "teams": [{ "team": team }] });
        draft
    };
    let (north, south) = (app.team("north").await, app.team("south-a").await);
    for round in 0..8 {
        let survey = app.draft(of_team(&north)).await;
        let update = partner.query(UPDATE, json!({ "survey": survey.id, "draft": of_team(&south) }));
        let launch = partner.query(LAUNCH, json!({ "survey": survey.id }));
        let (updated, launched) = if round % 2 == 0 {
            futures_util::future::join(update, launch).await
        } else {
            let (launched, updated) = futures_util::future::join(launch, update).await;
            (updated, launched)
        };
        launched.data();
        let late = updated.refused_at("surveyUpdate");
        assert!(late.is_empty() || late == ["WRONG_STATE at survey"], "{}", updated.body);
        let read = format!(
            "{{ node(id: \"{}\") {{ ... on Survey {{ audience {{ team {{ id }} }} waves {{ nodes {{ id }} }} }} }} }}",
            survey.id
        );
        let seen = partner.data(&read).await;
        let asked = &seen["node"]["audience"][0]["team"]["id"];
        assert_eq!(asked, if late.is_empty() { &south } else { &north });
        let wave: hearten_ids::WaveId = seen["node"]["waves"]["nodes"][0]["id"].as_str().unwrap().parse().unwrap();
        let invited = invitation::Entity::in_org(app.acme.id)
            .filter(invitation::Column::WaveId.eq(wave))
            .all(app.db().await.read())
            .await
            .unwrap();
        assert_eq!(invited.len(), if late.is_empty() { 6 } else { 12 }, "round {round}");
    }
}

#[tokio::test]
async fn of_many_revisions_at_once_one_is_the_last() {
    let app = TestApp::start().await;
    let survey = app.launched(draft()).await;
    let receipt = survey.answer("emil", answers(4, 2, 9, Some("First thought"))).await;
    let (emil, invitation) = (app.client_of("emil").await, survey.invitation_of("emil").await);
    for round in 0..4 {
        let calls = (0..8).map(|n| {
            let answers = answers(1 + n % 5, 1, n, Some(&format!("Thought {round} {n}")));
            let input = json!({ "invitation": invitation, "answers": answers, "receipt": receipt });
            let emil = emil.clone();
            async move { emil.query(REVISE, json!({ "input": input })).await }
        });
        let replies: Vec<Reply> = futures_util::future::join_all(calls).await;
        for reply in replies {
            reply.data();
        }
        let sheets = answer_sheet::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
        let comments = comment::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
        assert_eq!((sheets.len(), comments.len()), (1, 1), "one sheet, with the comment of one revision");
    }
}

#[tokio::test]
async fn of_two_who_send_one_receipt_at_once_one_has_it() {
    let app = TestApp::start().await;
    let people = ["emil", "anna", "anton", "arne", "nils", "bela"];
    for round in 0..4 {
        app.advance(chrono::TimeDelta::seconds(1));
        let survey = app.launched(draft()).await;
        let receipt = format!("shared-receipt-0123456789-{round}");
        let mut calls = Vec::new();
        for person in people {
            let (client, invitation) = (app.client_of(person).await, survey.invitation_of(person).await);
            let input = json!({ "invitation": invitation, "answers": answers(4, 2, 9, None), "receipt": receipt });
            calls.push(async move { client.query(SUBMIT, json!({ "input": input })).await });
        }
        let replies = futures_util::future::join_all(calls).await;
        let refused: Vec<String> = replies.iter().flat_map(|reply| reply.refused_at("answersSubmit")).collect();
        assert_eq!(refused, vec!["TAKEN at receipt"; people.len() - 1], "{replies:?}");
        let exceptions: Vec<&Value> = replies.iter().flat_map(|reply| reply.errors()).collect();
        assert!(exceptions.is_empty(), "{exceptions:?}");
    }
}
