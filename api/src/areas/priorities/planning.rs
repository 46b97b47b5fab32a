//! Planning a round: what can be ranked, whom it asks, and when.

use chrono::{DateTime, TimeDelta, Utc};
use hearten_entity::priority_round;
use hearten_ids::{PriorityRoundId, TeamId};
use hearten_policy::{Action, Audience, PriorityFacts, Resource, SurveyStage};
use hearten_ranking::Contest;
use sea_orm::EntityTrait;

use super::{
    rounds,
    store::{Choice, PriorityRoundState, Text},
};
use crate::{
    areas::{audit, surveys::store::to_json},
    graphql::{
        context::{Asker, RequestContext},
        error::{Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
    },
};

/// A round takes rankings at most this long.
const LONGEST_DAYS: i64 = 90;
/// A round names at most so many teams.
const MOST_TEAMS: usize = 100;

/// What a round is to be.
#[derive(Debug, Clone)]
pub struct RoundDraft {
    /// The title.
    pub title: Text,
    /// What can be ranked: 2 to 20.
    pub options: Vec<Text>,
    /// The teams it asks, with all teams below; everybody when empty.
    pub teams: Vec<TeamId>,
    /// When it opens; now when left out.
    pub opens_at: Option<DateTime<Utc>>,
    /// When rankings are due.
    pub closes_at: DateTime<Utc>,
    /// After how many weeks the next one opens.
    pub cadence_weeks: Option<i32>,
    /// The fewest people of a shown group.
    pub minimum_group: i32,
}

/// Plans a round, and opens it where it opens now.
///
/// # Errors
/// FORBIDDEN by policy; refusals for what it says.
pub async fn plan(ctx: &RequestContext, draft: RoundDraft, key: Option<Key>) -> Result<PriorityRoundId, Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::WritePriorityRound, Resource::Organization)?;
    let facts = PriorityFacts {
        organization: asker.organization(),
        audience: if draft.teams.is_empty() { Audience::WholeOrganization } else { Audience::Teams(&draft.teams) },
        stage: SurveyStage::Draft,
        invited: false,
    };
    if !asker.may(Action::WritePriorityRound, Resource::PriorityRound(facts)) {
        let message = "you may ask only people you look after: name teams in your scope";
        return Err(UserError::at(UserErrorCode::Forbidden, ["teams"], message).into());
    }
    let now = ctx.app.clock.now();
    let draft = checked(&asker, draft, now)?;
    if let Some(key) = &key
        && let Some(done) = key.recall(ctx.db.read(), now).await?
    {
        return Ok(done);
    }
    let choice = |(at, text): (usize, Text)| Choice { key: format!("o{}", at + 1), text };
    let options: Vec<Choice> = draft.options.into_iter().enumerate().map(choice).collect();
    let id = PriorityRoundId(ctx.app.random.id(now));
    let opens_at = draft.opens_at.unwrap_or(now);
    let row = priority_round::Model {
        id,
        organization_id: asker.organization(),
        title: to_json(&draft.title)?,
        options: to_json(&options)?,
        audience: to_json(&draft.teams)?,
        state: PriorityRoundState::Scheduled.as_str().to_owned(),
        minimum_group: draft.minimum_group,
        cadence_weeks: draft.cadence_weeks,
        opens_at,
        closes_at: draft.closes_at,
        closed_at: None,
        frame: serde_json::Value::Null,
        plan: serde_json::Value::Null,
        results: Vec::new(),
        previous_id: None,
        created_by: asker.person(),
        created_at: now,
    };
    let tx = ctx.db.begin().await?;
    priority_round::Entity::insert(priority_round::ActiveModel::from(row.clone())).exec_without_returning(&tx).await?;
    if opens_at <= now {
        rounds::open_in_tx(&ctx.app, &tx, &asker.snapshot.chart, row, asker.person()).await?;
    }
    audit::record_in_tx(ctx, &tx, "priorities.plan", &id.to_string(), None).await?;
    if let Some(key) = &key {
        key.remember(&tx, &id, now).await?;
    }
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(id)
}

/// The draft with its texts trimmed, or everything that is wrong with it.
fn checked(asker: &Asker, draft: RoundDraft, now: DateTime<Utc>) -> Result<RoundDraft, Refusal> {
    let mut problems = Vec::new();
    let title = Text {
        en: read(&mut problems, &["title", "en"], &draft.title.en),
        de: read(&mut problems, &["title", "de"], &draft.title.de),
    };
    if Contest::of(draft.options.len()).is_none() {
        problems.push(UserError::at(UserErrorCode::Invalid, ["options"], "2 to 20 options"));
    }
    let mut options: Vec<Text> = Vec::new();
    for (at, option) in draft.options.iter().enumerate().take(20) {
        let at = at.to_string();
        let text = Text {
            en: read(&mut problems, &["options", &at, "en"], &option.en),
            de: read(&mut problems, &["options", &at, "de"], &option.de),
        };
        if options.iter().any(|other| !text.en.is_empty() && (other.en == text.en || other.de == text.de)) {
            problems.push(UserError::at(UserErrorCode::Taken, ["options", &at], "this option is there already"));
        }
        options.push(text);
    }
    if draft.teams.len() > MOST_TEAMS {
        problems.push(UserError::at(UserErrorCode::TooLong, ["teams"], format!("at most {MOST_TEAMS} teams")));
    }
    for (at, team) in draft.teams.iter().enumerate().take(MOST_TEAMS) {
        if asker.snapshot.chart.team(*team).is_none_or(|team| team.archived) {
            problems.push(UserError::at(UserErrorCode::NotFound, ["teams", &at.to_string()], "there is no such team"));
        }
    }
    let opens_at = draft.opens_at.unwrap_or(now);
    if opens_at < now {
        problems.push(UserError::at(UserErrorCode::Invalid, ["opensAt"], "this moment has passed"));
    }
    if draft.closes_at <= opens_at || draft.closes_at > opens_at + TimeDelta::days(LONGEST_DAYS) {
        let message = format!("after it opens, and at most {LONGEST_DAYS} days later");
        problems.push(UserError::at(UserErrorCode::Invalid, ["closesAt"], message));
    }
    if draft.cadence_weeks.is_some_and(|weeks| !(1..=52).contains(&weeks)) {
        problems.push(UserError::at(UserErrorCode::Invalid, ["cadenceWeeks"], "1 to 52 weeks"));
    }
    if !(5..=20).contains(&draft.minimum_group) {
        problems.push(UserError::at(UserErrorCode::Invalid, ["minimumGroup"], "5 to 20 people"));
    }
    if problems.is_empty() { Ok(RoundDraft { title, options, ..draft }) } else { Err(Refusal::User(problems)) }
}

fn read(problems: &mut Vec<UserError>, path: &[&str], value: &str) -> String {
    input::text(["text"], value, 200).unwrap_or_else(|mut error| {
        error.path = Some(path.iter().map(ToString::to_string).collect());
        problems.push(error);
        String::new()
    })
}
