//! Surveys as a front end runs them: drafted, launched, answered, closed and published through GraphQL.

use hearten_entity::{InOrganization, invitation};
use hearten_ids::WaveId;
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::{Value, json};

use super::{Client, TestApp};

/// A draft that asks everybody four questions: `clear` and `load` (five points, the second reversed), `recommend` (0 to
/// 10) and `why` (free text). Everybody may read what comes of it; comments from ten on. Cut by site.
pub fn draft() -> Value {
    let text =
        |english: &str, german: &str| json!([{ "locale": "en", "text": english }, { "locale": "de", "text": german }]);
    let everybody = ["ADMIN", "PEOPLE_PARTNER", "EXECUTIVE", "MANAGER", "EMPLOYEE"];
    json!({
        "kind": "PULSE",
        "title": text("Acme autumn pulse", "Acme-Herbstpuls"),
        "defaultLocale": "en",
        "locales": ["en", "de"],
        "sections": [{
            "key": "work",
            "title": text("Acme work", "Acme-Arbeit"),
            "questions": [
                { "key": "clear", "text": text("Acme goals are clear", "Acme-Ziele sind klar"), "required": true,
                  "driver": "clarity", "kind": { "rating": { "points": 5 } } },
                { "key": "load", "text": text("Acme work is too much", "Acme-Arbeit ist zu viel"),
                  "kind": { "rating": { "points": 5, "reversed": true } } },
                { "key": "recommend", "text": text("Would you recommend Acme?", "Würden Sie Acme empfehlen?"),
                  "kind": { "enps": true } },
                { "key": "why", "text": text("Why, at Acme?", "Warum, bei Acme?"),
                  "kind": { "comment": { "maxChars": 200 } } },
            ],
        }],
        "axes": ["site"],
        "notice": { "minimumGroup": 5, "commentMinimum": 10,
                    "resultsVisibleTo": everybody, "commentsVisibleTo": everybody },
    })
}

/// A sheet: `clear`, `load`, `recommend`, and a comment where there is one.
pub fn answers(clear: i32, load: i32, recommend: i32, why: Option<&str>) -> Value {
    let mut answers = vec![
        json!({ "question": "clear", "answer": { "rating": clear } }),
        json!({ "question": "load", "answer": { "rating": load } }),
        json!({ "question": "recommend", "answer": { "enps": recommend } }),
    ];
    answers.extend(why.map(|text| json!({ "question": "why", "answer": { "comment": text } })));
    Value::Array(answers)
}

const CREATE: &str = "mutation($draft: SurveyDraftInput!) {
    surveyCreate(input: { draft: $draft }) { survey { id } errors { code message path } } }";
const LAUNCH: &str = "mutation($survey: ID!, $closesAt: DateTime) {
    surveyLaunch(input: { survey: $survey, closesAt: $closesAt }) {
        survey { id state waves { nodes { id } } } errors { code message path } } }";
const CLOSE: &str = "mutation($survey: ID!) {
    surveyClose(input: { survey: $survey }) { survey { id state } errors { code message path } } }";
const PUBLISH: &str = "mutation($survey: ID!) {
    surveyPublish(input: { survey: $survey }) { withheld publication { id } errors { code message path } } }";
const SUBMIT: &str = "mutation($input: AnswersSubmitInput!) {
    answersSubmit(input: $input) { receipt invitation { id state } errors { code message path } } }";
const REVISE: &str = "mutation($input: AnswersReviseInput!) {
    answersRevise(input: $input) { receipt invitation { id state } errors { code message path } } }";

/// A survey, run by a people partner.
pub struct Survey<'a> {
    app: &'a TestApp,
    partner: &'static str,
    /// The survey.
    pub id: String,
    /// Its wave, once it is launched.
    pub wave: Option<String>,
}

impl TestApp {
    /// Drafts a survey as acme's people partner.
    pub async fn draft(&self, draft: Value) -> Survey<'_> {
        self.draft_as("petra", draft).await
    }

    /// Drafts a survey as a person, by external id, who will run it.
    pub async fn draft_as(&self, partner: &'static str, draft: Value) -> Survey<'_> {
        let created = self.client_of(partner).await.query(CREATE, json!({ "draft": draft })).await.data();
        let id = created["surveyCreate"]["survey"]["id"].as_str().unwrap().to_owned();
        Survey { app: self, partner, id, wave: None }
    }

    /// Drafts and launches a survey as acme's people partner.
    pub async fn launched(&self, draft: Value) -> Survey<'_> {
        let mut survey = self.draft(draft).await;
        survey.launch().await;
        survey
    }

    /// Launches the usual survey, has everybody answer it, closes and publishes it; the survey and the publication.
    /// Answers differ from person to person. Everybody comments.
    pub async fn published(&self) -> (Survey<'_>, String) {
        let survey = self.launched(draft()).await;
        for (at, person) in survey.invited().await.iter().enumerate() {
            let n = i32::try_from(at).unwrap();
            let text = format!("Acme comment {at}");
            survey.answer(person, answers(1 + n % 5, 1 + n % 4, n % 11, Some(&text))).await;
        }
        survey.close().await;
        let publication = survey.publish().await.expect("enough answered");
        (survey, publication)
    }
}

impl Survey<'_> {
    /// Launches it.
    pub async fn launch(&mut self) {
        let launched = self.partner().await.query(LAUNCH, json!({ "survey": self.id })).await.data();
        assert_eq!(launched["surveyLaunch"]["survey"]["state"], "OPEN");
        self.wave = launched["surveyLaunch"]["survey"]["waves"]["nodes"][0]["id"].as_str().map(str::to_owned);
    }

    /// The external ids of acme's people who are here: whom a survey of everybody asks, in their order of ids.
    pub async fn invited(&self) -> Vec<String> {
        let directory = self.app.directory().await;
        let persons = directory.chart.persons();
        persons.iter().filter_map(|person| person.external_id.as_ref().map(ToString::to_string)).collect()
    }

    /// The invitation of a person to it.
    pub async fn invitation_of(&self, person: &str) -> String {
        let wave: WaveId = self.wave.as_deref().expect("it was launched").parse().unwrap();
        let (tenant, person_id) = self.app.find_person(person).await;
        let row = invitation::Entity::in_org(tenant.id)
            .filter(invitation::Column::WaveId.eq(wave))
            .filter(invitation::Column::PersonId.eq(person_id))
            .one(self.app.db().await.read())
            .await
            .unwrap();
        row.unwrap_or_else(|| panic!("{person} is not invited")).id.to_string()
    }

    /// Answers as a person, and returns the receipt.
    pub async fn answer(&self, person: &str, answers: Value) -> String {
        let taken = self.try_answer(person, answers, None).await.data();
        assert_eq!(taken["answersSubmit"]["invitation"]["state"], "ANSWERED");
        taken["answersSubmit"]["receipt"].as_str().unwrap().to_owned()
    }

    /// Tries to answer as a person, perhaps with a receipt of one's own.
    pub async fn try_answer(&self, person: &str, answers: Value, receipt: Option<&str>) -> super::Reply {
        let invitation = self.invitation_of(person).await;
        let input = json!({ "invitation": invitation, "answers": answers, "receipt": receipt });
        self.app.client_of(person).await.query(SUBMIT, json!({ "input": input })).await
    }

    /// Tries to change answers.
    pub async fn try_revise(&self, person: &str, answers: Value, receipt: &str) -> super::Reply {
        let invitation = self.invitation_of(person).await;
        let input = json!({ "invitation": invitation, "answers": answers, "receipt": receipt });
        self.app.client_of(person).await.query(REVISE, json!({ "input": input })).await
    }

    /// Closes it.
    pub async fn close(&self) {
        let closed = self.partner().await.query(CLOSE, json!({ "survey": self.id })).await.data();
        assert_eq!(closed["surveyClose"]["survey"]["state"], "CLOSED");
    }

    /// Publishes it; None when it was withheld.
    pub async fn publish(&self) -> Option<String> {
        let published = self.partner().await.query(PUBLISH, json!({ "survey": self.id })).await.data();
        let payload = &published["surveyPublish"];
        assert_eq!(payload["withheld"].as_bool(), Some(payload["publication"].is_null()));
        payload["publication"]["id"].as_str().map(str::to_owned)
    }

    async fn partner(&self) -> Client {
        self.app.client_of(self.partner).await
    }
}
