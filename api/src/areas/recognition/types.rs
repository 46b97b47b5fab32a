//! Recognition as the schema shows it.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject, Union};
use hearten_entity::company_value;
use hearten_policy::{Action, Resource};

use super::{
    balance, celebrations, store,
    store::{ReactionEmoji, RecognitionVisibility},
    suggestions,
    suggestions::SuggestionReason,
    values,
};
use crate::{
    areas::directory::types::{Person, Team},
    graphql::{
        context::{RequestContext, request},
        error::Exception,
        scalars::{Date, DateTime},
    },
};

pub use super::celebrations::CelebrationKind;

/// A number of the ledger as GraphQL takes it.
pub fn int(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(if number < 0 { i32::MIN } else { i32::MAX })
}

/// Thanks from one person to others.
pub struct Recognition {
    thanks: Box<store::Recognition>,
    /// The value it names, where it was read along.
    value: Option<Box<company_value::Model>>,
}

impl From<store::Recognition> for Recognition {
    fn from(thanks: store::Recognition) -> Self {
        Self { thanks: Box::new(thanks), value: None }
    }
}

impl From<(store::Recognition, Option<company_value::Model>)> for Recognition {
    fn from((thanks, value): (store::Recognition, Option<company_value::Model>)) -> Self {
        Self { thanks: Box::new(thanks), value: value.map(Box::new) }
    }
}

impl Recognition {
    fn may(&self, ctx: &RequestContext, action: Action) -> Result<bool, Exception> {
        Ok(ctx.asker()?.may(action, Resource::Recognition(self.thanks.facts())))
    }
}

/// Thanks from one person to others.
#[Object]
impl Recognition {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.thanks.id.to_string().into()
    }

    /// Who thanks; null where you may not see them.
    async fn giver(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(Person::find(request(ctx)?, self.thanks.giver))
    }

    /// Who is thanked, without those you may not see.
    async fn receivers(&self, ctx: &Context<'_>) -> Result<Vec<Person>> {
        let ctx = request(ctx)?;
        Ok(self.thanks.receivers.iter().filter_map(|person| Person::find(ctx, *person)).collect())
    }

    /// The value of the company it names.
    async fn company_value(&self, ctx: &Context<'_>) -> Result<Option<CompanyValue>> {
        let ctx = request(ctx)?;
        let may = ctx.asker()?.may(Action::ReadCompanyValues, Resource::Organization);
        let Some(id) = self.thanks.company_value.filter(|_| may) else { return Ok(None) };
        if let Some(value) = &self.value {
            return Ok(Some(CompanyValue::from((**value).clone())));
        }
        Ok(ctx.loaders()?.company_value(id).await?.map(CompanyValue::from))
    }

    /// What for.
    async fn message(&self) -> &str {
        &self.thanks.message
    }

    /// Points for each receiver; 0 for thanks without points.
    async fn points(&self) -> i32 {
        int(self.thanks.points)
    }

    /// The team whose budget gave the points; null where it was the giver's own allowance.
    async fn budget_team(&self, ctx: &Context<'_>) -> Result<Option<Team>> {
        let ctx = request(ctx)?;
        Ok(self.thanks.budget_team.and_then(|team| Team::find(ctx, team)))
    }

    /// Who sees it.
    async fn visibility(&self) -> RecognitionVisibility {
        self.thanks.visibility
    }

    /// When it was given.
    async fn given_at(&self) -> DateTime {
        DateTime(self.thanks.given_at)
    }

    /// When you took it back; nobody else sees it since.
    async fn withdrawn_at(&self) -> Option<DateTime> {
        self.thanks.withdrawn_at.map(DateTime)
    }

    /// How often each sign was given.
    async fn reactions(&self, ctx: &Context<'_>) -> Result<Option<Vec<ReactionCount>>> {
        let counts = request(ctx)?.loaders()?.reactions_to(self.thanks.id).await?;
        Ok(Some(counts.into_iter().map(|(emoji, count)| ReactionCount { emoji, count: int(count) }).collect()))
    }

    /// Your own reaction.
    async fn viewer_reaction(&self, ctx: &Context<'_>) -> Result<Option<ReactionEmoji>> {
        let ctx = request(ctx)?;
        let Some(person) = ctx.asker()?.person() else { return Ok(None) };
        Ok(ctx.loaders()?.reaction_of(self.thanks.id, person).await?)
    }

    /// What you may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> Result<Option<RecognitionPermissionInfo>> {
        let ctx = request(ctx)?;
        let fresh = self.thanks.given_at + super::giving::WITHDRAWABLE > ctx.app.clock.now();
        let standing = self.thanks.withdrawn_at.is_none();
        Ok(Some(RecognitionPermissionInfo {
            react: self.may(ctx, Action::ReactToRecognition)?,
            withdraw: fresh && standing && self.may(ctx, Action::WithdrawRecognition)?,
        }))
    }
}

/// How often a sign was given.
#[derive(SimpleObject)]
pub struct ReactionCount {
    /// The sign.
    emoji: ReactionEmoji,
    /// How often.
    count: i32,
}

/// What the asker may do with a recognition.
#[derive(SimpleObject)]
pub struct RecognitionPermissionInfo {
    /// React to it.
    react: bool,
    /// Take it back. It is refused when a receiver has spent the points.
    withdraw: bool,
}

/// A value of the company, which recognition can name.
pub struct CompanyValue {
    row: company_value::Model,
}

impl From<company_value::Model> for CompanyValue {
    fn from(row: company_value::Model) -> Self {
        Self { row }
    }
}

impl CompanyValue {
    /// The value with this id, when the asker may see it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(ctx: &RequestContext, id: hearten_ids::CompanyValueId) -> Result<Option<Self>, Exception> {
        Ok(values::find(ctx, id).await?.map(Self::from))
    }
}

/// A value of the company, which recognition can name.
#[Object(serial)]
impl CompanyValue {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.row.id.to_string().into()
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// What it means here.
    async fn description(&self) -> &str {
        &self.row.description
    }

    /// A sign for it.
    async fn emoji(&self) -> Option<&str> {
        self.row.emoji.as_deref()
    }

    /// Whether new recognition may name it.
    async fn active(&self) -> bool {
        self.row.active
    }
}

/// Somebody's day.
#[derive(SimpleObject)]
pub struct Celebration {
    /// When.
    on: Date,
    /// Whose.
    person: Option<Person>,
    /// What is celebrated.
    kind: CelebrationKind,
    /// How many years, of an anniversary.
    years: Option<i32>,
}

impl Celebration {
    /// A day as the asker sees it.
    pub fn seen(ctx: &RequestContext, day: &celebrations::Celebration) -> Self {
        Self { on: Date(day.on), person: Person::find(ctx, day.person), kind: day.kind, years: day.years }
    }
}

/// What you want others to know of your days.
#[derive(SimpleObject)]
pub struct CelebrationSettings {
    /// The month of your birthday, 1 to 12.
    birth_month: Option<i32>,
    /// The day of your birthday, 1 to 31.
    birth_day: Option<i32>,
    /// Whether others see your birthday.
    show_birthday: bool,
    /// Whether others see the anniversaries of your first day.
    show_anniversary: bool,
}

impl From<celebrations::Choice> for CelebrationSettings {
    fn from(choice: celebrations::Choice) -> Self {
        let part = |part: u32| i32::try_from(part).unwrap_or_default();
        Self {
            birth_month: choice.birthday.map(|(month, _)| part(month)),
            birth_day: choice.birthday.map(|(_, day)| part(day)),
            show_birthday: choice.show_birthday,
            show_anniversary: choice.show_anniversary,
        }
    }
}

/// Somebody you might thank.
pub struct ThankSuggestion {
    suggestion: suggestions::Suggestion,
}

impl From<suggestions::Suggestion> for ThankSuggestion {
    fn from(suggestion: suggestions::Suggestion) -> Self {
        Self { suggestion }
    }
}

/// Somebody you might thank.
#[Object(serial)]
impl ThankSuggestion {
    /// Who.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(Person::find(request(ctx)?, self.suggestion.person))
    }

    /// Why.
    async fn reason(&self) -> SuggestionReason {
        self.suggestion.reason
    }

    /// When it was, or will be.
    async fn on(&self) -> Date {
        Date(self.suggestion.on)
    }
}

/// How thanks are spread in a team.
#[derive(SimpleObject)]
pub struct RecognitionBalance {
    /// How many people are in the team and the teams below.
    persons: i32,
    /// The share of them that was thanked, in per cent, in steps of ten.
    recognized_percent: i32,
    /// The share of them that thanked somebody, in per cent, in steps of ten.
    recognizing_percent: i32,
    /// How unevenly thanks were spread: the Gini coefficient in steps of a tenth, 0 where all were thanked equally often,
    /// towards 1 where one person got all; null where nobody was thanked.
    concentration: Option<f64>,
}

/// Why the balance of a team is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum BalanceHiddenReason {
    /// There are fewer than five people.
    TooFew,
    /// Together with what is shown of other teams, it would tell of a group of fewer than five.
    Complementary,
}

/// The balance of a team is not shown.
#[derive(SimpleObject)]
pub struct RecognitionBalanceHidden {
    /// Why.
    reason: BalanceHiddenReason,
    /// The smallest group there are figures of.
    minimum_group: i32,
}

/// The balance of a team, or why it is not shown.
#[derive(Union)]
pub enum RecognitionBalanceResult {
    /// The figures.
    Balance(RecognitionBalance),
    /// They are not shown.
    Hidden(RecognitionBalanceHidden),
}

impl From<balance::Balance> for RecognitionBalanceResult {
    fn from(balance: balance::Balance) -> Self {
        let minimum_group = i32::try_from(balance::MINIMUM).unwrap_or_default();
        let hidden = |reason| Self::Hidden(RecognitionBalanceHidden { reason, minimum_group });
        match balance {
            balance::Balance::TooFew => hidden(BalanceHiddenReason::TooFew),
            balance::Balance::Complementary => hidden(BalanceHiddenReason::Complementary),
            balance::Balance::Shown { persons, recognized, recognizing, concentration } => {
                Self::Balance(RecognitionBalance {
                    persons: i32::try_from(persons).unwrap_or(i32::MAX),
                    recognized_percent: recognized.into(),
                    recognizing_percent: recognizing.into(),
                    concentration,
                })
            }
        }
    }
}
