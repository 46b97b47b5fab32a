//! Changing recognition: thin doors to the services.

use async_graphql::{Context, ID, InputObject, InputType, MaybeUndefined, Object, Result, SimpleObject};
use hearten_ids::{CompanyValueId, PersonId};

use super::{
    celebrations::{self, Choice},
    giving::{self, NewRecognition},
    reactions, store,
    store::{ReactionEmoji, RecognitionVisibility},
    types::{CelebrationSettings, CompanyValue, Recognition},
    values::{self, ValueChange},
};
use crate::graphql::{
    context::request,
    error::{Refusal, UserError, UserErrorCode},
    idempotency::key_of,
    input::input_id,
    payload::settle,
};

/// Thanks to be given.
#[derive(Debug, Clone, InputObject)]
pub struct RecognitionGiveInput {
    /// Who is thanked: 1 to 50 persons, not yourself.
    receivers: Vec<ID>,
    /// What for: at most 2,000 characters.
    message: String,
    /// The value of the company it names.
    company_value: Option<ID>,
    /// Points for each receiver, from your allowance or from a team's budget.
    #[graphql(default = 0)]
    points: i32,
    /// Who sees it. It cannot be changed later.
    #[graphql(default_with = "RecognitionVisibility::Public")]
    visibility: RecognitionVisibility,
    /// The team whose budget gives the points: one you lead, or one below. Left out: your allowance.
    budget_team: Option<ID>,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day thanks nobody twice.
    idempotency_key: Option<String>,
}

/// Thanks to be taken back.
#[derive(Debug, Clone, InputObject)]
pub struct RecognitionWithdrawInput {
    /// The recognition: yours, and not older than 24 hours.
    recognition: ID,
}

/// A reaction.
#[derive(Debug, Clone, InputObject)]
pub struct RecognitionReactInput {
    /// The recognition.
    recognition: ID,
    /// Your one reaction; null takes it away.
    emoji: Option<ReactionEmoji>,
}

/// A value of the company to be created.
#[derive(Debug, Clone, InputObject)]
pub struct CompanyValueCreateInput {
    /// What it is called: at most 80 characters.
    name: String,
    /// What it means here: at most 1,000 characters.
    description: Option<String>,
    /// One emoji.
    emoji: Option<String>,
    /// A key of your choice (8 to 128 visible characters): a retry with it within a day creates no second one.
    idempotency_key: Option<String>,
}

/// A value of the company to be changed; what is left out stays.
#[derive(Debug, Clone, InputObject)]
pub struct CompanyValueUpdateInput {
    /// The value.
    company_value: ID,
    /// What it is called.
    name: Option<String>,
    /// What it means here.
    description: Option<String>,
    /// One emoji; an empty text for none.
    emoji: Option<String>,
    /// Whether new recognition may name it.
    active: Option<bool>,
}

/// A day of the year.
#[derive(Debug, Clone, InputObject)]
pub struct DayOfYearInput {
    /// 1 to 12.
    month: i32,
    /// 1 to 31.
    day: i32,
}

/// What you want others to know of your days; what is left out stays.
#[derive(Debug, Clone, InputObject)]
pub struct CelebrationSettingsUpdateInput {
    /// Your birthday, without a year; null forgets it.
    #[graphql(default)]
    birthday: MaybeUndefined<DayOfYearInput>,
    /// Whether others see your birthday.
    show_birthday: Option<bool>,
    /// Whether others see the anniversaries of your first day.
    show_anniversary: Option<bool>,
}

/// What became of a recognition.
#[derive(SimpleObject)]
pub struct RecognitionPayload {
    /// The recognition as it stands now; null when nothing was changed.
    recognition: Option<Recognition>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// What became of a value of the company.
#[derive(SimpleObject)]
pub struct CompanyValuePayload {
    /// The value as it stands now; null when nothing was changed.
    company_value: Option<CompanyValue>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// What became of your settings.
#[derive(SimpleObject)]
pub struct CelebrationSettingsPayload {
    /// The settings as they stand now; null when nothing was changed.
    celebration_settings: Option<CelebrationSettings>,
    /// Why nothing was changed; empty when it was.
    errors: Vec<UserError>,
}

/// Recognition.
#[derive(Default)]
pub struct RecognitionMutations;

fn payload(outcome: Result<store::Recognition, Refusal>) -> Result<Option<RecognitionPayload>> {
    let (thanks, errors) = settle(outcome)?;
    Ok(Some(RecognitionPayload { recognition: thanks.map(Recognition::from), errors }))
}

fn value_payload(
    outcome: Result<hearten_entity::company_value::Model, Refusal>,
) -> Result<Option<CompanyValuePayload>> {
    let (row, errors) = settle(outcome)?;
    Ok(Some(CompanyValuePayload { company_value: row.map(CompanyValue::from), errors }))
}

/// The persons that ids name. All that are malformed are told at once.
fn persons(ids: &[ID]) -> Result<Vec<PersonId>, Refusal> {
    // Beyond the limit nothing need be read to be refused.
    if ids.len() > giving::MOST_RECEIVERS {
        let message = format!("at most {} persons at once", giving::MOST_RECEIVERS);
        return Err(UserError::at(UserErrorCode::TooLong, ["receivers"], message).into());
    }
    let (mut persons, mut problems) = (Vec::with_capacity(ids.len()), Vec::new());
    for (at, id) in ids.iter().enumerate() {
        match input_id(["receivers", &at.to_string()], id) {
            Ok(person) => persons.push(person),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(persons) } else { Err(problems.into()) }
}

/// Recognition.
#[Object]
impl RecognitionMutations {
    /// Thanks people, with or without points.
    async fn recognition_give(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom, what for, and with how many points.")] input: RecognitionGiveInput,
    ) -> Result<Option<RecognitionPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "recognitionGive", input.idempotency_key.as_deref(), &input.to_value())?;
            let company_value = input.company_value.as_ref();
            let new = NewRecognition {
                receivers: persons(&input.receivers)?,
                company_value: company_value.map(|id| input_id(["companyValue"], id)).transpose()?,
                message: input.message,
                points: input.points.into(),
                visibility: input.visibility,
                budget_team: input.budget_team.as_ref().map(|id| input_id(["budgetTeam"], id)).transpose()?,
            };
            Box::pin(giving::give(ctx, new, key)).await
        };
        payload(outcome.await)
    }

    /// Takes your thanks back, within 24 hours. The points return where they came from, if the receivers still hold them.
    async fn recognition_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: RecognitionWithdrawInput,
    ) -> Result<Option<RecognitionPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["recognition"], &input.recognition)?;
            Box::pin(giving::withdraw(ctx, id)).await
        };
        payload(outcome.await)
    }

    /// Sets your reaction to a recognition, or takes it away.
    async fn recognition_react(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To which, and how.")] input: RecognitionReactInput,
    ) -> Result<Option<RecognitionPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id = input_id(["recognition"], &input.recognition)?;
            Box::pin(reactions::react(ctx, id, input.emoji)).await
        };
        payload(outcome.await)
    }

    /// Creates a value of the company.
    async fn company_value_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it is to be.")] input: CompanyValueCreateInput,
    ) -> Result<Option<CompanyValuePayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let key = key_of(ctx, "companyValueCreate", input.idempotency_key.as_deref(), &input.to_value())?;
            let change = ValueChange {
                name: Some(input.name),
                description: input.description,
                emoji: input.emoji,
                active: None,
            };
            Box::pin(values::create(ctx, change, key)).await
        };
        value_payload(outcome.await)
    }

    /// Changes a value of the company, or takes it out of use. What named it before still does.
    async fn company_value_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what it is to be.")] input: CompanyValueUpdateInput,
    ) -> Result<Option<CompanyValuePayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let id: CompanyValueId = input_id(["companyValue"], &input.company_value)?;
            let change = ValueChange {
                name: input.name,
                description: input.description,
                emoji: input.emoji,
                active: input.active,
            };
            Box::pin(values::update(ctx, id, change)).await
        };
        value_payload(outcome.await)
    }

    /// Changes what you want others to know of your birthday and your anniversaries.
    async fn celebration_settings_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to change.")] input: CelebrationSettingsUpdateInput,
    ) -> Result<Option<CelebrationSettingsPayload>> {
        let ctx = request(ctx)?;
        let outcome = async {
            let before = celebrations::own_choice(ctx).await?.unwrap_or_default();
            let part = |part: i32| u32::try_from(part).unwrap_or_default();
            let birthday = match input.birthday {
                MaybeUndefined::Undefined => before.birthday,
                MaybeUndefined::Null => None,
                MaybeUndefined::Value(day) => Some((part(day.month), part(day.day))),
            };
            let choice = Choice {
                birthday,
                show_birthday: input.show_birthday.unwrap_or(before.show_birthday),
                show_anniversary: input.show_anniversary.unwrap_or(before.show_anniversary),
            };
            celebrations::choose(ctx, choice).await
        };
        let (choice, errors) = settle(outcome.await)?;
        Ok(Some(CelebrationSettingsPayload { celebration_settings: choice.map(Into::into), errors }))
    }
}
