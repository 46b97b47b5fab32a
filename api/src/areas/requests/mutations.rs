//! Opening requests and moving them: thin doors to the services.

use async_graphql::{Context, ID, InputObject, InputType, Object, OneofObject, Result, SimpleObject};
use hearten_entity::service_request;

use super::{
    moves::{self, Wish},
    opening::{self, Addressee, NewRequest},
    store::{RequestKind, RequestUrgency, RequestVisibility},
    types::ServiceRequest,
};
use crate::graphql::{
    context::request,
    error::{Exception, Refusal, UserError},
    idempotency::key_of,
    input::{input_id, text},
    payload::settle,
    scalars::DateTime,
};

/// Whom a request is sent to.
#[derive(Debug, Clone, OneofObject)]
pub enum RequestAddresseeInput {
    /// A queue.
    Queue(ID),
    /// A person.
    Person(ID),
}

/// A request to be opened.
#[derive(Debug, Clone, InputObject)]
pub struct RequestOpenInput {
    /// Whom it is sent to.
    to: RequestAddresseeInput,
    /// What you ask for.
    kind: RequestKind,
    /// In one line, at most 200 characters.
    title: String,
    /// The whole of it, at most 10,000 characters.
    #[graphql(default)]
    details: String,
    /// How soon an answer is wanted.
    #[graphql(default_with = "RequestUrgency::Normal")]
    urgency: RequestUrgency,
    /// When you need it. An answer is due then, or when the service time is over, whichever comes first.
    needed_by: Option<DateTime>,
    /// The goal it blocks.
    blocking_goal: Option<ID>,
    /// Who sees it beside you and those who answer.
    #[graphql(default_with = "RequestVisibility::Private")]
    visibility: RequestVisibility,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day opens no second request.
    idempotency_key: Option<String>,
}

/// A message about a request.
#[derive(Debug, Clone, InputObject)]
pub struct RequestMessageInput {
    /// The request.
    request: ID,
    /// The text, at most 5,000 characters.
    body: String,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day writes no second message.
    idempotency_key: Option<String>,
}

/// A request whose asker is to be asked back.
#[derive(Debug, Clone, InputObject)]
pub struct RequestAskBackInput {
    /// The request.
    request: ID,
    /// What is asked, at most 5,000 characters.
    question: String,
}

/// A request to be answered.
#[derive(Debug, Clone, InputObject)]
pub struct RequestAnswerInput {
    /// The request.
    request: ID,
    /// The answer, at most 5,000 characters.
    answer: String,
}

/// A request to be declined.
#[derive(Debug, Clone, InputObject)]
pub struct RequestDeclineInput {
    /// The request.
    request: ID,
    /// Why, at most 2,000 characters: nobody is refused without a reason.
    reason: String,
}

/// A request that was fulfilled.
#[derive(Debug, Clone, InputObject)]
pub struct RequestFulfilInput {
    /// The request.
    request: ID,
    /// What was done, at most 2,000 characters.
    note: Option<String>,
}

/// A request to be given to somebody.
#[derive(Debug, Clone, InputObject)]
pub struct RequestAssignInput {
    /// The request.
    request: ID,
    /// An owner of its queue; nobody when left out.
    assignee: Option<ID>,
}

/// A request to be given to another queue.
#[derive(Debug, Clone, InputObject)]
pub struct RequestTransferInput {
    /// The request.
    request: ID,
    /// The queue it is to come to.
    queue: ID,
}

/// A request to be taken back.
#[derive(Debug, Clone, InputObject)]
pub struct RequestWithdrawInput {
    /// The request.
    request: ID,
}

/// A request to be opened again.
#[derive(Debug, Clone, InputObject)]
pub struct RequestReopenInput {
    /// The request.
    request: ID,
    /// What is missing, at most 2,000 characters.
    reason: String,
}

/// A request that is to climb.
#[derive(Debug, Clone, InputObject)]
pub struct RequestEscalateInput {
    /// The request.
    request: ID,
    /// Why, at most 2,000 characters.
    reason: Option<String>,
}

/// What became of a request.
#[derive(SimpleObject)]
pub struct RequestPayload {
    /// The request as it stands now; null when nothing was changed.
    request: Option<ServiceRequest>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

impl RequestPayload {
    fn of(outcome: Result<service_request::Model, Refusal>) -> Result<Option<Self>, Exception> {
        let (row, errors) = settle(outcome)?;
        Ok(Some(Self { request: row.map(Into::into), errors }))
    }
}

/// Requests.
#[derive(Default)]
pub struct RequestMutations;

/// Requests.
#[Object]
impl RequestMutations {
    /// Opens a request. It is yours: nobody opens one for somebody else.
    async fn request_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is asked, and of whom.")] input: RequestOpenInput,
    ) -> Result<Option<RequestPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "requestOpen", input.idempotency_key.as_deref(), &input.to_value())?;
            let to = match &input.to {
                RequestAddresseeInput::Queue(id) => Addressee::Queue(input_id(["to", "queue"], id)?),
                RequestAddresseeInput::Person(id) => Addressee::Person(input_id(["to", "person"], id)?),
            };
            let new = NewRequest {
                kind: input.kind,
                title: input.title,
                details: input.details,
                urgency: input.urgency,
                needed_by: input.needed_by.map(|moment| moment.0),
                blocking_goal: input.blocking_goal.map(|id| id.to_string()),
                visibility: input.visibility,
                to,
            };
            opening::open(ctx, new, key).await
        };
        Ok(RequestPayload::of(outcome.await)?)
    }

    /// Writes about a request. Your reply to a question about your own request lets the clock go on.
    async fn request_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request, and the text.")] input: RequestMessageInput,
    ) -> Result<Option<RequestPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "requestMessage", input.idempotency_key.as_deref(), &input.to_value())?;
            let id = input_id(["request"], &input.request)?;
            moves::message(ctx, id, text(["body"], &input.body, 5_000)?, key).await
        };
        Ok(RequestPayload::of(outcome.await)?)
    }

    /// Asks the asker back; until the reply the clock stands still.
    async fn request_ask_back(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request, and what with it.")] input: RequestAskBackInput,
    ) -> Result<Option<RequestPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["request"], &input.request)?;
            moves::make(ctx, id, Wish::AskBack(text(["question"], &input.question, 5_000)?)).await
        };
        Ok(RequestPayload::of(outcome.await)?)
    }

    /// Answers a request.
    async fn request_answer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request, and what with it.")] input: RequestAnswerInput,
    ) -> Result<Option<RequestPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["request"], &input.request)?;
            moves::make(ctx, id, Wish::Answer(text(["answer"], &input.answer, 5_000)?)).await
        };
        Ok(RequestPayload::of(outcome.await)?)
    }

    /// Refuses a request, with a reason.
    async fn request_decline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request, and what with it.")] input: RequestDeclineInput,
    ) -> Result<Option<RequestPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["request"], &input.request)?;
            moves::make(ctx, id, Wish::Decline(text(["reason"], &input.reason, 2_000)?)).await
        };
        Ok(RequestPayload::of(outcome.await)?)
    }

    /// Reports a request done.
    async fn request_fulfil(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request, and what with it.")] input: RequestFulfilInput,
    ) -> Result<Option<RequestPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["request"], &input.request)?;
            moves::make(ctx, id, Wish::Fulfil(input.note.map(|note| text(["note"], &note, 2_000)).transpose()?)).await
        };
        Ok(RequestPayload::of(outcome.await)?)
    }

    /// Gives a request to one of the owners of its queue, or to nobody.
    async fn request_assign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request, and what with it.")] input: RequestAssignInput,
    ) -> Result<Option<RequestPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["request"], &input.request)?;
            moves::make(ctx, id, Wish::Assign(input.assignee.map(|id| input_id(["assignee"], &id)).transpose()?)).await
        };
        Ok(RequestPayload::of(outcome.await)?)
    }

    /// Gives a request to another queue; its service time begins anew.
    async fn request_transfer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request, and what with it.")] input: RequestTransferInput,
    ) -> Result<Option<RequestPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["request"], &input.request)?;
            moves::make(ctx, id, Wish::Transfer(input_id(["queue"], &input.queue)?)).await
        };
        Ok(RequestPayload::of(outcome.await)?)
    }

    /// Takes your request back.
    async fn request_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request.")] input: RequestWithdrawInput,
    ) -> Result<Option<RequestPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["request"], &input.request)?;
            moves::make(ctx, id, Wish::Withdraw).await
        };
        Ok(RequestPayload::of(outcome.await)?)
    }

    /// Opens your request again, within 14 days.
    async fn request_reopen(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request, and what with it.")] input: RequestReopenInput,
    ) -> Result<Option<RequestPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["request"], &input.request)?;
            moves::make(ctx, id, Wish::Reopen(text(["reason"], &input.reason, 2_000)?)).await
        };
        Ok(RequestPayload::of(outcome.await)?)
    }

    /// Lets your request climb to whoever is above those who owe the answer.
    async fn request_escalate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request, and what with it.")] input: RequestEscalateInput,
    ) -> Result<Option<RequestPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["request"], &input.request)?;
            moves::make(
                ctx,
                id,
                Wish::Escalate(input.reason.map(|reason| text(["reason"], &reason, 2_000)).transpose()?),
            )
            .await
        };
        Ok(RequestPayload::of(outcome.await)?)
    }
}
