//! Changing surveys: thin doors to the services. Expected failures are data.

use async_graphql::{Context, ID, InputObject, InputType, Object, OneofObject, Result, SimpleObject};
use hearten_ids::{InvitationId, SurveyId};
use hearten_survey::Answer;

use super::{
    answering::{self, Answers},
    definition::{Draft, SurveyDraftInput},
    launching,
    types::{Invitation, Survey},
};
use crate::{
    areas::results::{service as results, types::Publication},
    graphql::{
        context::{RequestContext, request},
        error::{Refusal, UserError},
        idempotency::key_of,
        input::input_id,
        payload::settle,
        scalars::DateTime,
    },
};

/// A survey to be drafted.
#[derive(Debug, Clone, InputObject)]
pub struct SurveyCreateInput {
    /// The draft.
    draft: SurveyDraftInput,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day changes nothing twice.
    idempotency_key: Option<String>,
}

/// A draft to be replaced.
#[derive(Debug, Clone, InputObject)]
pub struct SurveyUpdateInput {
    /// The survey.
    survey: ID,
    /// The whole new draft.
    draft: SurveyDraftInput,
}

/// A draft to be launched.
#[derive(Debug, Clone, InputObject)]
pub struct SurveyLaunchInput {
    /// The survey.
    survey: ID,
    /// When answers are due; open until it is closed by hand when left out.
    closes_at: Option<DateTime>,
}

/// A survey to be closed.
#[derive(Debug, Clone, InputObject)]
pub struct SurveyCloseInput {
    /// The survey.
    survey: ID,
}

/// A closed survey to be published.
#[derive(Debug, Clone, InputObject)]
pub struct SurveyPublishInput {
    /// The survey.
    survey: ID,
}

/// Answers to a survey.
#[derive(InputObject)]
pub struct AnswersSubmitInput {
    /// Your invitation.
    invitation: ID,
    /// One answer a question; questions may be left out unless they are required.
    answers: Vec<QuestionAnswerInput>,
    /// A secret you drew yourself: 22 to 128 characters of base64url. With it, a submission whose answer got lost can be
    /// sent again. Left out: one is drawn for you.
    receipt: Option<String>,
}

/// Answers that replace earlier ones.
#[derive(InputObject)]
pub struct AnswersReviseInput {
    /// Your invitation.
    invitation: ID,
    /// The receipt of the answers to be replaced.
    receipt: String,
    /// All answers, also those that stay.
    answers: Vec<QuestionAnswerInput>,
}

/// The answer to one question.
#[derive(InputObject)]
pub struct QuestionAnswerInput {
    /// The key of the question.
    question: String,
    /// The answer.
    answer: AnswerInput,
}

/// An answer: exactly one.
#[derive(OneofObject)]
pub enum AnswerInput {
    /// A point of the scale, from 1.
    Rating(i32),
    /// 0 to 10.
    Enps(i32),
    /// Free text.
    Comment(String),
    /// Not answered, or not applicable. The value is ignored; pass true.
    Skip(bool),
}

/// What became of a survey.
#[derive(SimpleObject)]
pub struct SurveyPayload {
    /// The survey as it stands now; null when nothing was changed.
    survey: Option<Survey>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// What came of publishing.
#[derive(SimpleObject)]
pub struct SurveyPublishPayload {
    /// The publication; null when nothing was published.
    publication: Option<Publication>,
    /// Whether too few answered, so that nothing will ever be shown.
    withheld: bool,
    /// Why nothing was published; empty when it was, or was withheld.
    errors: Vec<UserError>,
}

/// What became of answers.
#[derive(SimpleObject)]
pub struct AnswersPayload {
    /// The invitation as it stands now; null when nothing was taken.
    invitation: Option<Invitation>,
    /// The receipt: keep it to change your answers until the survey closes. It is shown here and stored nowhere.
    receipt: Option<String>,
    /// Why nothing was taken; empty when it was.
    errors: Vec<UserError>,
}

/// Surveys.
#[derive(Default)]
pub struct SurveyMutations;

async fn survey_payload(ctx: &RequestContext, outcome: Result<SurveyId, Refusal>) -> Result<SurveyPayload> {
    let (id, errors) = settle(outcome)?;
    let survey = match id {
        Some(id) => Survey::find(ctx, id).await?,
        None => None,
    };
    Ok(SurveyPayload { survey, errors })
}

fn answers(inputs: Vec<QuestionAnswerInput>) -> Answers {
    let answer = |input| match input {
        AnswerInput::Rating(point) => Answer::Rating(point.into()),
        AnswerInput::Enps(score) => Answer::Enps(score.into()),
        AnswerInput::Comment(text) => Answer::Comment(text),
        AnswerInput::Skip(_) => Answer::Skip,
    };
    inputs.into_iter().map(|input| (input.question, answer(input.answer))).collect()
}

/// Surveys.
#[Object]
impl SurveyMutations {
    /// Drafts a survey.
    async fn survey_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft.")] input: SurveyCreateInput,
    ) -> Result<Option<SurveyPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "surveyCreate", input.idempotency_key.as_deref(), &input.to_value())?;
            launching::create(ctx, Draft::try_from(input.draft)?, key).await
        };
        survey_payload(ctx, outcome.await).await.map(Some)
    }

    /// Replaces a draft.
    async fn survey_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The survey and its new draft.")] input: SurveyUpdateInput,
    ) -> Result<Option<SurveyPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["survey"], &input.survey)?;
            launching::update(ctx, id, Draft::try_from(input.draft)?).await?;
            Ok(id)
        };
        survey_payload(ctx, outcome.await).await.map(Some)
    }

    /// Launches a draft: freezes questions, audience, thresholds and notice, and invites the audience.
    async fn survey_launch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which survey, and until when.")] input: SurveyLaunchInput,
    ) -> Result<Option<SurveyPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["survey"], &input.survey)?;
            launching::launch(ctx, id, input.closes_at.map(|moment| moment.0)).await?;
            Ok(id)
        };
        survey_payload(ctx, outcome.await).await.map(Some)
    }

    /// Closes a survey: it takes no more answers, and its sheets are sealed.
    async fn survey_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which survey.")] input: SurveyCloseInput,
    ) -> Result<Option<SurveyPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["survey"], &input.survey)?;
            results::close(ctx, id).await?;
            Ok(id)
        };
        survey_payload(ctx, outcome.await).await.map(Some)
    }

    /// Publishes a closed survey once and for all, or withholds it when too few answered.
    async fn survey_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which survey.")] input: SurveyPublishInput,
    ) -> Result<Option<SurveyPublishPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["survey"], &input.survey)?;
            results::publish(ctx, id).await
        };
        let (published, errors) = settle(outcome.await)?;
        let withheld = published == Some(None);
        let publication = match published.flatten() {
            Some(id) => results::find(ctx, id).await?,
            None => None,
        };
        Ok(Some(SurveyPublishPayload { publication, withheld, errors }))
    }

    /// Takes your answers to a survey, once.
    async fn answers_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Your invitation and your answers.")] input: AnswersSubmitInput,
    ) -> Result<Option<AnswersPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id: InvitationId = input_id(["invitation"], &input.invitation)?;
            answering::submit(ctx, id, answers(input.answers), input.receipt.as_deref()).await
        };
        let (taken, errors) = settle(outcome.await)?;
        let (invitation, receipt) = taken.unzip();
        Ok(Some(AnswersPayload {
            invitation: invitation.map(Invitation::from),
            receipt: receipt.map(answering::Receipt::reveal),
            errors,
        }))
    }

    /// Replaces your answers while the survey is open.
    async fn answers_revise(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Your invitation, the receipt and all answers.")] input: AnswersReviseInput,
    ) -> Result<Option<AnswersPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id: InvitationId = input_id(["invitation"], &input.invitation)?;
            answering::revise(ctx, id, answers(input.answers), &input.receipt).await
        };
        let (invitation, errors) = settle(outcome.await)?;
        let invitation = invitation.map(Invitation::from);
        Ok(Some(AnswersPayload { invitation, receipt: None, errors }))
    }
}
