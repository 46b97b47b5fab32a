//! Series and their conversations: beginning, changing, moving, holding, preparing, ending.

use async_graphql::{Context, ID, InputObject, InputType, Object, Result, SimpleObject};
use hearten_ids::{ConversationId, ConversationSeriesId, PersonId};

use super::super::{
    holding, notes,
    series::{self, NewSeries, Schedule, SeriesChange},
    service,
    store::{RhythmName, SeriesKind},
    types::{Conversation, ConversationSeries},
};
use crate::graphql::{
    context::{RequestContext, request},
    error::{Refusal, UserError, UserErrorCode},
    idempotency::key_of,
    input::input_id,
    payload::settle,
    scalars::{Date, DateTime},
};

/// A series to be begun.
#[derive(Debug, Clone, InputObject)]
pub struct ConversationSeriesCreateInput {
    /// Who talks: you and one other person, or you as host with others.
    kind: SeriesKind,
    /// What it is called; at most 120 characters. Participants and their calendars show it.
    title: String,
    /// The others: anybody you can see in the directory; at most 49.
    participants: Vec<ID>,
    /// How often it recurs.
    #[graphql(default_with = "RhythmName::Weekly")]
    rhythm: RhythmName,
    /// Every so many weeks (1 to 26) or months (1 to 12).
    #[graphql(default = 1)]
    every: i32,
    /// The first day; it fixes the weekday or the day of the month.
    starts_on: Date,
    /// The local time, such as "09:30".
    local_time: String,
    /// The time zone, such as "Europe/Berlin".
    #[graphql(default = "UTC")]
    time_zone: String,
    /// How long a conversation takes: 5 to 480 minutes.
    #[graphql(default = 30)]
    duration_minutes: i32,
    /// The template its agenda begins with.
    template: Option<ID>,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day changes nothing twice.
    idempotency_key: Option<String>,
}

/// A series to be changed. What is left out stays.
#[derive(Debug, Clone, InputObject)]
pub struct ConversationSeriesUpdateInput {
    /// The series.
    series: ID,
    /// What it is called; at most 120 characters.
    title: Option<String>,
    /// Everybody who takes part in a meeting from now on, with or without you, who stay in any case; at most 50.
    participants: Option<Vec<ID>>,
    /// How often it recurs.
    rhythm: Option<RhythmName>,
    /// Every so many weeks (1 to 26) or months (1 to 12).
    every: Option<i32>,
    /// The first day.
    starts_on: Option<Date>,
    /// The local time, such as "09:30".
    local_time: Option<String>,
    /// The time zone, such as "Europe/Berlin".
    time_zone: Option<String>,
    /// How long a conversation takes: 5 to 480 minutes.
    duration_minutes: Option<i32>,
}

/// A series to be ended.
#[derive(Debug, Clone, InputObject)]
pub struct ConversationSeriesEndInput {
    /// The series.
    series: ID,
}

/// A conversation to be planned by hand, where none is planned.
#[derive(Debug, Clone, InputObject)]
pub struct ConversationPlanInput {
    /// The series.
    series: ID,
    /// When.
    scheduled_at: DateTime,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day changes nothing twice.
    idempotency_key: Option<String>,
}

/// A conversation to be moved.
#[derive(Debug, Clone, InputObject)]
pub struct ConversationMoveInput {
    /// The conversation.
    conversation: ID,
    /// To when.
    scheduled_at: DateTime,
    /// How long it takes: 5 to 480 minutes; as before when left out.
    duration_minutes: Option<i32>,
}

/// A conversation that was held.
#[derive(Debug, Clone, InputObject)]
pub struct ConversationHoldInput {
    /// The conversation.
    conversation: ID,
    /// When, at most 90 days ago; now when left out.
    held_at: Option<DateTime>,
}

/// A conversation to be left out.
#[derive(Debug, Clone, InputObject)]
pub struct ConversationSkipInput {
    /// The conversation.
    conversation: ID,
}

/// How you come into a conversation.
#[derive(InputObject)]
pub struct ConversationPrepareInput {
    /// The conversation.
    conversation: ID,
    /// How you are, 1 (badly) to 5 (very well); leave it out to say nothing.
    mood: Option<i32>,
    /// What matters most to you; at most five, each at most 500 characters.
    #[graphql(default)]
    priorities: Vec<String>,
    /// What is in your way; at most five, each at most 500 characters.
    #[graphql(default)]
    blockers: Vec<String>,
}

/// What became of a series.
#[derive(SimpleObject)]
pub struct ConversationSeriesPayload {
    /// The series as it stands now; null when nothing was changed, or when you take part in it no more.
    series: Option<ConversationSeries>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// What became of a conversation.
#[derive(SimpleObject)]
pub struct ConversationPayload {
    /// The conversation as it stands now; null when nothing was changed.
    conversation: Option<Conversation>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

async fn series_payload(
    ctx: &RequestContext,
    outcome: Result<ConversationSeriesId, Refusal>,
) -> Result<ConversationSeriesPayload> {
    let (id, errors) = settle(outcome)?;
    let series = match id {
        Some(id) => service::find_series(ctx, id).await?.map(ConversationSeries::from),
        None => None,
    };
    Ok(ConversationSeriesPayload { series, errors })
}

/// The payload of what changes a conversation.
pub async fn conversation_payload(
    ctx: &RequestContext,
    outcome: Result<ConversationId, Refusal>,
) -> Result<ConversationPayload> {
    let (id, errors) = settle(outcome)?;
    let conversation = match id {
        Some(id) => service::find_conversation(ctx, id).await?.map(Conversation::from),
        None => None,
    };
    Ok(ConversationPayload { conversation, errors })
}

/// Reads the ids of people; at most `most` are looked at.
fn people(ids: &[ID], most: usize) -> Result<Vec<PersonId>, Refusal> {
    if ids.len() > most {
        let message = format!("at most {most} people");
        return Err(UserError::at(UserErrorCode::TooLong, ["participants"], message).into());
    }
    let mut read = Vec::with_capacity(ids.len());
    let mut problems = Vec::new();
    for (at, id) in ids.iter().enumerate() {
        match input_id(["participants", &at.to_string()], id) {
            Ok(id) => read.push(id),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(read) } else { Err(problems.into()) }
}

/// Series and their conversations.
#[derive(Default)]
pub struct SeriesMutations;

/// Series and their conversations.
#[Object]
impl SeriesMutations {
    /// Begins a series of conversations, with its first one planned.
    async fn conversation_series_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the series is to be.")] input: ConversationSeriesCreateInput,
    ) -> Result<Option<ConversationSeriesPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "conversationSeriesCreate", input.idempotency_key.as_deref(), &input.to_value())?;
            let new = NewSeries {
                kind: input.kind,
                participants: people(&input.participants, 49)?,
                template: input.template.as_ref().map(|id| input_id(["template"], id)).transpose()?,
                title: input.title,
                schedule: Schedule {
                    rhythm: Some(input.rhythm),
                    every: Some(input.every),
                    starts_on: Some(input.starts_on.0),
                    local_time: Some(input.local_time),
                    time_zone: Some(input.time_zone),
                    duration_minutes: Some(input.duration_minutes),
                },
            };
            series::create(ctx, new, key).await
        };
        series_payload(ctx, outcome.await).await.map(Some)
    }

    /// Changes a series; the conversation that is planned follows. For both of a 1:1, and for the host of a meeting.
    async fn conversation_series_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which series, and what changes.")] input: ConversationSeriesUpdateInput,
    ) -> Result<Option<ConversationSeriesPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["series"], &input.series)?;
            let change = SeriesChange {
                title: input.title,
                participants: input.participants.map(|ids| people(&ids, 50)).transpose()?,
                schedule: Schedule {
                    rhythm: input.rhythm,
                    every: input.every,
                    starts_on: input.starts_on.map(|day| day.0),
                    local_time: input.local_time,
                    time_zone: input.time_zone,
                    duration_minutes: input.duration_minutes,
                },
            };
            series::update(ctx, id, change).await?;
            Ok(id)
        };
        series_payload(ctx, outcome.await).await.map(Some)
    }

    /// Ends a series: what is planned is cancelled; what was held stays. For both of a 1:1, and for the host of a meeting.
    async fn conversation_series_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which series.")] input: ConversationSeriesEndInput,
    ) -> Result<Option<ConversationSeriesPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["series"], &input.series)?;
            series::end(ctx, id).await?;
            Ok(id)
        };
        series_payload(ctx, outcome.await).await.map(Some)
    }

    /// Plans the next conversation of a series by hand, where none is planned: of one that does not recur.
    async fn conversation_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which series, and when.")] input: ConversationPlanInput,
    ) -> Result<Option<ConversationPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "conversationPlan", input.idempotency_key.as_deref(), &input.to_value())?;
            let id = input_id(["series"], &input.series)?;
            holding::plan(ctx, id, input.scheduled_at.0, key).await
        };
        conversation_payload(ctx, outcome.await).await.map(Some)
    }

    /// Moves a planned conversation. The ones after it stay where the rhythm has them.
    async fn conversation_move(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation, and to when.")] input: ConversationMoveInput,
    ) -> Result<Option<ConversationPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["conversation"], &input.conversation)?;
            holding::shift(ctx, id, input.scheduled_at.0, input.duration_minutes).await?;
            Ok(id)
        };
        conversation_payload(ctx, outcome.await).await.map(Some)
    }

    /// Marks a planned conversation as held. The next one is planned, and takes over what is still open.
    async fn conversation_hold(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation, and when it was held.")] input: ConversationHoldInput,
    ) -> Result<Option<ConversationPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["conversation"], &input.conversation)?;
            holding::hold(ctx, id, input.held_at.map(|moment| moment.0)).await?;
            Ok(id)
        };
        conversation_payload(ctx, outcome.await).await.map(Some)
    }

    /// Leaves a planned conversation out. The next one is planned, and takes over what is still open.
    async fn conversation_skip(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation.")] input: ConversationSkipInput,
    ) -> Result<Option<ConversationPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["conversation"], &input.conversation)?;
            holding::skip(ctx, id).await?;
            Ok(id)
        };
        conversation_payload(ctx, outcome.await).await.map(Some)
    }

    /// Says how you come into a planned conversation, for those who take part in it. It replaces what you said before.
    async fn conversation_prepare(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation, and how you are.")] input: ConversationPrepareInput,
    ) -> Result<Option<ConversationPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["conversation"], &input.conversation)?;
            let said = notes::Preparation { mood: input.mood, priorities: input.priorities, blockers: input.blockers };
            notes::prepare(ctx, id, said).await?;
            Ok(id)
        };
        conversation_payload(ctx, outcome.await).await.map(Some)
    }
}
