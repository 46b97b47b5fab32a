//! A whole survey over HTTP: import an organization, launch, answer as every person, close, publish, read the heat map,
//! and compare what is shown with the means of the input.

mod check;
mod input;

use std::{collections::BTreeMap, fmt, time::Instant};

use anyhow::{Context, ensure};
use futures_util::{TryStreamExt, stream};
use serde_json::{Value, json};

pub use self::input::{Group, Organization, Question, Respondent};
use crate::{client::Client, issuer::Issuer};

/// The server takes bodies of 256 KiB; a row in JSON is a little longer than in CSV.
const IMPORT_BYTES: usize = 100 << 10;
/// How many people answer at once.
const AT_ONCE: usize = 16;
/// The external id of the demo's root team, below which everything is imported.
const DEMO_ROOT: &str = "company";

const CLOSE: &str = "mutation($input: SurveyCloseInput!) { surveyClose(input: $input) {
    survey { state } errors { code message path } } }";
const PUBLISH: &str = "mutation($input: SurveyPublishInput!) { surveyPublish(input: $input) {
    publication { id } withheld errors { code message path } } }";
/// The mutation that hands in a sheet.
pub const SUBMIT: &str = "mutation($input: AnswersSubmitInput!) { answersSubmit(input: $input) {
    invitation { state } receipt errors { code message path } } }";

/// Who runs the survey, and how everybody else signs in.
pub struct Parties<'a> {
    /// The server.
    pub client: Client,
    /// Vouches for everybody.
    pub issuer: &'a Issuer,
    /// A token of somebody who may import.
    pub admin: String,
    /// A token of somebody who may run surveys and read all results.
    pub partner: String,
    /// The fewest respondents a shown group may have.
    pub minimum_group: u8,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Report {
    /// Seconds for each step, in order.
    pub steps: Vec<(&'static str, f64)>,
    /// How many were invited.
    pub invited: usize,
    /// How many answered.
    pub answered: usize,
    /// Rank and budget of the release plan.
    pub plan: (i64, i64),
    /// How many cuts the plan shows.
    pub shown: usize,
    /// How many it hides, by reason.
    pub hidden: BTreeMap<String, usize>,
    /// How many cells (cut by question) are shown.
    pub cells_shown: usize,
    /// How many are not, by reason.
    pub cells_hidden: BTreeMap<String, usize>,
    /// Shown cells that differ from the input: none, if all is well.
    pub differences: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} invited, {} answered", self.invited, self.answered)?;
        for (step, seconds) in &self.steps {
            writeln!(f, "{seconds:9.3} s  {step}")?;
        }
        writeln!(f, "cuts: {} shown; hidden {:?}", self.shown, self.hidden)?;
        writeln!(f, "independent groups: {} of at most {}", self.plan.0, self.plan.1)?;
        writeln!(f, "cells: {} shown; hidden {:?}", self.cells_shown, self.cells_hidden)?;
        write!(f, "cells that differ from the input: {}", self.differences.len())?;
        self.differences.iter().take(10).try_for_each(|line| write!(f, "\n  {line}"))
    }
}

struct Clock(Vec<(&'static str, f64)>, Instant);

impl Clock {
    fn lap(&mut self, step: &'static str) {
        self.0.push((step, self.1.elapsed().as_secs_f64()));
        self.1 = Instant::now();
    }
}

/// Carries the survey from import to heat map; 16 people answer at a time.
///
/// # Errors
/// When a step fails. What is shown wrongly is in the report.
pub async fn run(parties: &Parties<'_>, organization: &Organization) -> anyhow::Result<Report> {
    let mut clock = Clock(Vec::new(), Instant::now());
    import(parties, organization).await?;
    clock.lap("import the directory");
    let survey = launch(parties, organization).await?;
    clock.lap("draft and launch");
    let answering: Vec<_> = organization.respondents.iter().filter(|one| one.answers.is_some()).collect();
    let work = answering.iter().map(|one| Ok(answer(parties, organization, one, &survey)));
    stream::iter(work).try_buffer_unordered(AT_ONCE).try_for_each(|()| std::future::ready(Ok(()))).await?;
    clock.lap("everybody signs in, finds the invitation and answers");
    parties.client.change(&parties.partner, CLOSE, json!({ "survey": survey })).await?;
    clock.lap("close and seal");
    let payload = parties.client.change(&parties.partner, PUBLISH, json!({ "survey": survey })).await?;
    ensure!(payload["withheld"] == false, "nothing was published: {payload}");
    clock.lap("publish");
    let mut report = check::read_and_compare(parties, organization, &survey).await?;
    clock.lap("read the plan and the whole heat map");
    report.steps = clock.0;
    report.invited = organization.respondents.len();
    report.answered = answering.len();
    Ok(report)
}

/// Imports teams, then persons, in as many calls as the body cap wants.
///
/// # Errors
/// When a call is refused.
pub async fn import(parties: &Parties<'_>, organization: &Organization) -> anyhow::Result<()> {
    let mut teams = String::from("external_id,name,parent\n");
    for group in &organization.groups {
        let parent = group.parent.as_deref().unwrap_or(DEMO_ROOT);
        teams += &format!("{},{},{parent}\n", group.id, group.name);
    }
    send_import(parties, json!({ "teams": teams })).await?;
    let header = "external_id,name,email,team\n";
    let mut file = header.to_owned();
    for one in &organization.respondents {
        file += &format!("{},{},{},{}\n", one.id, one.name, one.email(), organization.groups[one.group].id);
        if file.len() > IMPORT_BYTES {
            send_import(parties, json!({ "persons": file })).await?;
            header.clone_into(&mut file);
        }
    }
    send_import(parties, json!({ "persons": file })).await
}

async fn send_import(parties: &Parties<'_>, input: Value) -> anyhow::Result<()> {
    let mutation = "mutation($input: DirectoryImportInput!) { directoryImport(input: $input) {
        report { applied rows created problemCount problems { file line column message } } errors { code message } } }";
    let payload = parties.client.change(&parties.admin, mutation, input).await?;
    ensure!(payload["report"]["problemCount"] == 0, "the import was refused: {payload}");
    Ok(())
}

/// Drafts and launches the survey of everybody below the imported root; its id.
///
/// # Errors
/// When it is refused.
pub async fn launch(parties: &Parties<'_>, organization: &Organization) -> anyhow::Result<String> {
    let root = organization.groups.first().context("no groups")?;
    let text = |text: &str| json!([{ "locale": "en", "text": text }]);
    let questions: Vec<Value> = organization
        .questions
        .iter()
        .map(|question| {
            let kind = json!({ "rating": { "points": question.points } });
            json!({ "key": question.key, "text": text(&format!("Item {}", question.key)), "kind": kind })
        })
        .collect();
    let draft = json!({
        "kind": "CUSTOM",
        "title": text("Loop"),
        "notice": { "minimumGroup": parties.minimum_group, "commentMinimum": parties.minimum_group.max(10) },
        "sections": [{ "key": "items", "title": text("Items"), "questions": questions }],
        "audience": { "teams": [{ "team": find_team(parties, &root.name).await?, "subtree": true }] },
    });
    let create = "mutation($input: SurveyCreateInput!) { surveyCreate(input: $input) {
        survey { id } errors { code message path } } }";
    let payload = parties.client.change(&parties.partner, create, json!({ "draft": draft })).await?;
    let survey = payload["survey"]["id"].as_str().context("no survey")?.to_owned();
    let launch = "mutation($input: SurveyLaunchInput!) { surveyLaunch(input: $input) {
        survey { state } errors { code message path } } }";
    parties.client.change(&parties.partner, launch, json!({ "survey": survey })).await?;
    Ok(survey)
}

async fn find_team(parties: &Parties<'_>, name: &str) -> anyhow::Result<Value> {
    let query = "query($after: String) { teams(first: 100, after: $after) {
        nodes { id name } pageInfo { hasNextPage endCursor } } }";
    let mut after = Value::Null;
    loop {
        let data = parties.client.data(&parties.partner, query, json!({ "after": after })).await?;
        let nodes = data["teams"]["nodes"].as_array().context("no teams")?;
        if let Some(team) = nodes.iter().find(|team| team["name"] == name) {
            return Ok(team["id"].clone());
        }
        let page = &data["teams"]["pageInfo"];
        ensure!(page["hasNextPage"] == true, "there is no team {name}");
        after = page["endCursor"].clone();
    }
}

/// The id of the invitation of whoever `token` belongs to.
///
/// # Errors
/// When there is none, or no answer.
pub async fn find_invitation(client: &Client, token: &str, survey: &str) -> anyhow::Result<Value> {
    let query = "{ viewer { invitations(first: 5) { nodes { id survey { id } } } } }";
    let data = client.data(token, query, Value::Null).await?;
    let nodes = data["viewer"]["invitations"]["nodes"].as_array().context("no invitations")?;
    let found = nodes.iter().find(|one| one["survey"]["id"] == survey).context("not invited")?;
    Ok(found["id"].clone())
}

/// The answers of a person as the API takes them.
pub fn answers_input(organization: &Organization, answers: &[Option<u8>]) -> Value {
    let each = organization.questions.iter().zip(answers).map(|(question, answer)| {
        let answer = answer.map_or_else(|| json!({ "skip": true }), |point| json!({ "rating": point }));
        json!({ "question": question.key, "answer": answer })
    });
    each.collect()
}

async fn answer(
    parties: &Parties<'_>,
    organization: &Organization,
    respondent: &Respondent,
    survey: &str,
) -> anyhow::Result<()> {
    let token = parties.issuer.token(&respondent.email());
    let invitation = find_invitation(&parties.client, &token, survey).await?;
    let answers = answers_input(organization, respondent.answers.as_deref().unwrap_or_default());
    let input = json!({ "invitation": invitation, "answers": answers });
    let payload = parties.client.change(&token, SUBMIT, input).await?;
    ensure!(payload["invitation"]["state"] == "ANSWERED", "not answered: {payload}");
    Ok(())
}
