//! Planning rounds and ranking: thin doors to the services.

use async_graphql::{Context, ID, InputObject, InputType, Object, Result, SimpleObject};
use hearten_ids::PriorityRoundId;

use super::{
    planning::{self, RoundDraft},
    ranking, service,
    store::Text,
    types::PriorityRound,
};
use crate::graphql::{
    context::{RequestContext, request},
    error::{Exception, Refusal, UserError, UserErrorCode},
    idempotency::key_of,
    input::input_id,
    payload::settle,
    scalars::DateTime,
};

/// A text in both languages, at most 200 characters each.
#[derive(Debug, Clone, InputObject)]
pub struct PriorityTextInput {
    /// English.
    en: String,
    /// German.
    de: String,
}

impl From<PriorityTextInput> for Text {
    fn from(text: PriorityTextInput) -> Self {
        Self { en: text.en, de: text.de }
    }
}

/// A round to be planned.
#[derive(Debug, Clone, InputObject)]
pub struct PriorityRoundPlanInput {
    /// The title.
    title: PriorityTextInput,
    /// What can be ranked: 2 to 20 options, each once.
    options: Vec<PriorityTextInput>,
    /// The teams it asks, with all teams below, at most 100; everybody when left out.
    #[graphql(default)]
    teams: Vec<ID>,
    /// When it opens; now when left out.
    opens_at: Option<DateTime>,
    /// When rankings are due: at most 90 days after it opens.
    closes_at: DateTime,
    /// After how many weeks the next round opens, 1 to 52; one round only when left out.
    cadence_weeks: Option<i32>,
    /// The fewest people of a shown group, 5 to 20.
    #[graphql(default = 5)]
    minimum_group: i32,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day plans no second round.
    idempotency_key: Option<String>,
}

/// What matters to you.
#[derive(Debug, Clone, InputObject)]
pub struct PrioritiesRankInput {
    /// The round.
    round: ID,
    /// The keys of options, the most important first, each once. What you leave out shares the last place.
    ranking: Vec<String>,
}

/// What became of a round.
#[derive(SimpleObject)]
pub struct PriorityRoundPayload {
    /// The round as it stands now; null when nothing was changed.
    round: Option<PriorityRound>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

impl PriorityRoundPayload {
    async fn of(ctx: &RequestContext, outcome: Result<PriorityRoundId, Refusal>) -> Result<Option<Self>, Exception> {
        let (id, errors) = settle(outcome)?;
        let round = match id {
            Some(id) => service::find(ctx, id).await?,
            None => None,
        };
        Ok(Some(Self { round, errors }))
    }
}

/// Rounds of priorities.
#[derive(Default)]
pub struct PriorityMutations;

/// Rounds of priorities.
#[Object]
impl PriorityMutations {
    /// Plans a round of asking what matters most, and opens it where it opens now. From then on nothing of it changes.
    async fn priority_round_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the round is to be.")] input: PriorityRoundPlanInput,
    ) -> Result<Option<PriorityRoundPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "priorityRoundPlan", input.idempotency_key.as_deref(), &input.to_value())?;
            if input.teams.len() > 100 {
                return Err(UserError::at(UserErrorCode::TooLong, ["teams"], "at most 100 teams").into());
            }
            let mut teams = Vec::new();
            for (at, id) in input.teams.iter().enumerate() {
                teams.push(input_id(["teams", &at.to_string()], id)?);
            }
            let draft = RoundDraft {
                title: input.title.into(),
                options: input.options.into_iter().map(Into::into).collect(),
                teams,
                opens_at: input.opens_at.map(|moment| moment.0),
                closes_at: input.closes_at.0,
                cadence_weeks: input.cadence_weeks,
                minimum_group: input.minimum_group,
            };
            planning::plan(ctx, draft, key).await
        };
        Ok(PriorityRoundPayload::of(ctx, outcome.await).await?)
    }

    /// Says what matters most to you. Saying it again replaces it, until the round closes; then it is deleted.
    async fn priorities_rank(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which round, and your ranking.")] input: PrioritiesRankInput,
    ) -> Result<Option<PriorityRoundPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["round"], &input.round)?;
            ranking::rank(ctx, id, &input.ranking).await.map(|()| id)
        };
        Ok(PriorityRoundPayload::of(ctx, outcome.await).await?)
    }
}
