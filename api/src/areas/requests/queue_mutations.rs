//! Keeping queues, and telling teams what was done: thin doors to the services.

use async_graphql::{Context, ID, InputObject, InputType, Object, Result, SimpleObject};

use super::{
    queues::{self, QueueDraft},
    responses::{self, NewResponse},
    types::{RequestQueue, TeamResponse},
};
use crate::graphql::{
    context::request,
    error::{Refusal, UserError, UserErrorCode},
    idempotency::key_of,
    input::input_id,
    payload::settle,
};

/// Hours until an answer is due, by urgency: 1 to 2,160 each.
#[derive(Debug, Clone, InputObject)]
pub struct ServiceHoursInput {
    /// Of low urgency.
    #[graphql(default = 120)]
    low: i32,
    /// Of normal urgency.
    #[graphql(default = 72)]
    normal: i32,
    /// Of high urgency.
    #[graphql(default = 24)]
    high: i32,
}

/// What a queue is to be.
#[derive(Debug, Clone, InputObject)]
pub struct RequestQueueDraftInput {
    /// Its name, at most 100 characters.
    name: String,
    /// What belongs into it, at most 2,000 characters.
    #[graphql(default)]
    description: String,
    /// The team that owns it: all its members, those of the teams below, and who leads it.
    team: Option<ID>,
    /// Persons who own it, at most 20. A queue needs a team or a person.
    #[graphql(default)]
    owners: Vec<ID>,
    /// How soon it answers.
    service_hours: Option<ServiceHoursInput>,
    /// Whether API tokens with the scopes `requests:read` and `requests:write` see and work its requests.
    #[graphql(default)]
    integrations: bool,
}

impl RequestQueueDraftInput {
    fn read(self) -> Result<QueueDraft, Refusal> {
        let mut problems = Vec::new();
        let team = self.team.map(|id| input_id(["draft", "team"], &id)).transpose();
        let team = team.unwrap_or_else(|error| {
            problems.push(error);
            None
        });
        let mut owners = Vec::new();
        if self.owners.len() > 20 {
            problems.push(UserError::at(UserErrorCode::TooLong, ["draft", "owners"], "at most 20 owners"));
        }
        for (at, id) in self.owners.iter().enumerate().take(20) {
            match input_id(["draft", "owners", &at.to_string()], id) {
                Ok(owner) => owners.push(owner),
                Err(error) => problems.push(error),
            }
        }
        if !problems.is_empty() {
            return Err(Refusal::User(problems));
        }
        let hours = self.service_hours.map_or([120, 72, 24], |hours| [hours.low, hours.normal, hours.high]);
        let (name, description, integrations) = (self.name, self.description, self.integrations);
        Ok(QueueDraft { name, description, team, owners, hours, integrations })
    }
}

/// A queue to be created.
#[derive(Debug, Clone, InputObject)]
pub struct RequestQueueCreateInput {
    /// What it is to be.
    draft: RequestQueueDraftInput,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day creates no second queue.
    idempotency_key: Option<String>,
}

/// A queue to be changed.
#[derive(Debug, Clone, InputObject)]
pub struct RequestQueueUpdateInput {
    /// The queue.
    queue: ID,
    /// What it is to be: the whole of it. What is left out takes its default.
    draft: RequestQueueDraftInput,
    /// Whether it takes no more requests; those it has stay where they are.
    #[graphql(default)]
    archived: bool,
}

/// What became of a queue.
#[derive(SimpleObject)]
pub struct RequestQueuePayload {
    /// The queue as it stands now; null when nothing was changed.
    queue: Option<RequestQueue>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// What a team is to be told.
#[derive(Debug, Clone, InputObject)]
pub struct TeamResponsePublishInput {
    /// The team, with the teams below it.
    team: ID,
    /// What was asked, at most 2,000 characters.
    asked: String,
    /// What was said, at most 2,000 characters. Name nobody who would not want it.
    said: String,
    /// What was done, at most 2,000 characters.
    did: String,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day tells nothing twice.
    idempotency_key: Option<String>,
}

/// What became of a response.
#[derive(SimpleObject)]
pub struct TeamResponsePayload {
    /// The response; null when nothing was told.
    response: Option<TeamResponse>,
    /// Why nothing was told; empty when it was.
    errors: Vec<UserError>,
}

/// Queues and responses.
#[derive(Default)]
pub struct QueueMutations;

/// Queues and responses.
#[Object]
impl QueueMutations {
    /// Creates a queue of requests.
    async fn request_queue_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it is to be.")] input: RequestQueueCreateInput,
    ) -> Result<Option<RequestQueuePayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "requestQueueCreate", input.idempotency_key.as_deref(), &input.to_value())?;
            queues::create(ctx, input.draft.read()?, key).await
        };
        let (queue, errors) = settle(outcome.await)?;
        Ok(Some(RequestQueuePayload { queue: queue.map(Into::into), errors }))
    }

    /// Changes a queue of requests, or puts it away.
    async fn request_queue_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which queue, and what it is to be.")] input: RequestQueueUpdateInput,
    ) -> Result<Option<RequestQueuePayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["queue"], &input.queue)?;
            queues::update(ctx, id, input.draft.read()?, input.archived).await
        };
        let (queue, errors) = settle(outcome.await)?;
        Ok(Some(RequestQueuePayload { queue: queue.map(Into::into), errors }))
    }

    /// Tells a team: asked, said, done.
    async fn team_response_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it is told.")] input: TeamResponsePublishInput,
    ) -> Result<Option<TeamResponsePayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "teamResponsePublish", input.idempotency_key.as_deref(), &input.to_value())?;
            let team = input_id(["team"], &input.team)?;
            let new = NewResponse { team, asked: input.asked, said: input.said, did: input.did };
            responses::publish(ctx, new, key).await
        };
        let (response, errors) = settle(outcome.await)?;
        Ok(Some(TeamResponsePayload { response: response.map(Into::into), errors }))
    }
}
