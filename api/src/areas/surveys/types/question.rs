//! Sections and questions as the schema shows them.

use async_graphql::{ID, Interface, Object, Result};
use hearten_ids::SurveyId;
use hearten_survey::{Locale, QuestionKind};

use super::super::store;
use crate::graphql::error::Exception;

/// Reads a `locale` argument.
///
/// # Errors
/// BAD_USER_INPUT when it is not a language tag.
pub fn locale_argument(tag: Option<String>) -> Result<Option<Locale>, Exception> {
    tag.map(|tag| Locale::parse(&tag).map_err(|error| Exception::bad_input(format!("locale: {error}")))).transpose()
}

/// A headed group of questions.
pub struct SurveySection {
    survey: SurveyId,
    fallback: Locale,
    section: hearten_survey::Section,
}

impl SurveySection {
    pub(super) fn new(survey: &store::Survey, section: &hearten_survey::Section) -> Self {
        Self { survey: survey.id, fallback: survey.questionnaire.default_locale.clone(), section: section.clone() }
    }
}

/// A headed group of questions.
#[Object]
impl SurveySection {
    /// An id for caches: the survey and the key.
    pub async fn id(&self) -> ID {
        format!("{}.{}", self.survey, self.section.key).into()
    }

    /// The short name, unique in the survey.
    async fn key(&self) -> &str {
        &self.section.key
    }

    /// The heading.
    async fn title(
        &self,
        #[graphql(desc = "The wanted language; the survey's default when left out.")] locale: Option<String>,
    ) -> Result<String> {
        let locale = locale_argument(locale)?;
        Ok(self.section.title.in_locale(locale.as_ref().unwrap_or(&self.fallback), &self.fallback).to_owned())
    }

    /// The questions, in the order in which they are asked.
    async fn questions(&self) -> Vec<Question> {
        self.section.questions.iter().map(|question| question_of(self.survey, &self.fallback, question)).collect()
    }
}

/// What all kinds of question have in common.
#[derive(Debug, Clone)]
pub struct QuestionBase {
    survey: SurveyId,
    fallback: Locale,
    question: hearten_survey::Question,
}

/// A question of a survey as the schema shows it.
pub fn question_of(survey: SurveyId, fallback: &Locale, question: &hearten_survey::Question) -> Question {
    let base = QuestionBase { survey, fallback: fallback.clone(), question: question.clone() };
    match question.kind {
        QuestionKind::Rating { .. } => Question::RatingQuestion(RatingQuestion { base }),
        QuestionKind::Enps => Question::EnpsQuestion(EnpsQuestion { base }),
        QuestionKind::Comment { .. } => Question::CommentQuestion(CommentQuestion { base }),
    }
}

impl QuestionBase {
    fn id(&self) -> ID {
        format!("{}.{}", self.survey, self.question.key).into()
    }

    fn text(&self, locale: Option<String>) -> Result<String> {
        let locale = locale_argument(locale)?;
        Ok(self.question.text.in_locale(locale.as_ref().unwrap_or(&self.fallback), &self.fallback).to_owned())
    }
}

/// A question of a survey.
#[derive(Debug, Interface)]
#[expect(clippy::duplicated_attributes, reason = "each field of the interface has its own name and description")]
#[graphql(
    field(name = "id", ty = "ID", desc = "An id for caches: the survey and the key."),
    field(
        name = "key",
        ty = "String",
        desc = "The short name: answers name questions by it, and results compare by it."
    ),
    field(
        name = "text",
        ty = "String",
        desc = "What is asked.",
        arg(name = "locale", ty = "Option<String>", desc = "The wanted language; the survey's default when left out.")
    ),
    field(name = "required", ty = "bool", desc = "Whether a sheet without an answer to it is refused."),
    field(name = "driver", ty = "Option<String>", desc = "The driver it counts towards.")
)]
pub enum Question {
    /// One point of a scale.
    RatingQuestion(RatingQuestion),
    /// "How likely are you to recommend …", 0 to 10.
    EnpsQuestion(EnpsQuestion),
    /// Free text.
    CommentQuestion(CommentQuestion),
}

/// A question that wants one point of a scale.
#[derive(Debug)]
pub struct RatingQuestion {
    base: QuestionBase,
}

/// A question that wants one point of a scale.
#[Object]
impl RatingQuestion {
    /// An id for caches: the survey and the key.
    pub async fn id(&self) -> ID {
        self.base.id()
    }

    /// The short name: answers name questions by it, and results compare by it.
    async fn key(&self) -> String {
        self.base.question.key.clone()
    }

    /// What is asked.
    async fn text(
        &self,
        #[graphql(desc = "The wanted language; the survey's default when left out.")] locale: Option<String>,
    ) -> Result<String> {
        self.base.text(locale)
    }

    /// Whether a sheet without an answer to it is refused.
    async fn required(&self) -> bool {
        self.base.question.required
    }

    /// The driver it counts towards.
    async fn driver(&self) -> Option<String> {
        self.base.question.driver.clone()
    }

    /// How many points the scale has; 1 is the lowest.
    async fn points(&self) -> i32 {
        self.base.question.kind.options().map_or(0, i32::from)
    }

    /// A label for each point from 1 upwards; empty when the scale has none.
    async fn labels(
        &self,
        #[graphql(desc = "The wanted language; the survey's default when left out.")] locale: Option<String>,
    ) -> Result<Vec<String>> {
        let locale = locale_argument(locale)?;
        let fallback = &self.base.fallback;
        let QuestionKind::Rating { labels, .. } = &self.base.question.kind else { return Ok(Vec::new()) };
        let wanted = locale.as_ref().unwrap_or(fallback);
        Ok(labels.iter().map(|label| label.in_locale(wanted, fallback).to_owned()).collect())
    }

    /// Whether agreement is bad news; results are turned before scoring.
    async fn reversed(&self) -> bool {
        self.base.question.kind.is_reversed()
    }
}

/// The recommendation question, 0 to 10.
#[derive(Debug)]
pub struct EnpsQuestion {
    base: QuestionBase,
}

/// The recommendation question, 0 to 10.
#[Object]
impl EnpsQuestion {
    /// An id for caches: the survey and the key.
    pub async fn id(&self) -> ID {
        self.base.id()
    }

    /// The short name: answers name questions by it, and results compare by it.
    async fn key(&self) -> String {
        self.base.question.key.clone()
    }

    /// What is asked.
    async fn text(
        &self,
        #[graphql(desc = "The wanted language; the survey's default when left out.")] locale: Option<String>,
    ) -> Result<String> {
        self.base.text(locale)
    }

    /// Whether a sheet without an answer to it is refused.
    async fn required(&self) -> bool {
        self.base.question.required
    }

    /// The driver it counts towards.
    async fn driver(&self) -> Option<String> {
        self.base.question.driver.clone()
    }
}

/// A question that wants free text.
#[derive(Debug)]
pub struct CommentQuestion {
    base: QuestionBase,
}

/// A question that wants free text.
#[Object]
impl CommentQuestion {
    /// An id for caches: the survey and the key.
    pub async fn id(&self) -> ID {
        self.base.id()
    }

    /// The short name: answers name questions by it, and results compare by it.
    async fn key(&self) -> String {
        self.base.question.key.clone()
    }

    /// What is asked.
    async fn text(
        &self,
        #[graphql(desc = "The wanted language; the survey's default when left out.")] locale: Option<String>,
    ) -> Result<String> {
        self.base.text(locale)
    }

    /// Whether a sheet without an answer to it is refused.
    async fn required(&self) -> bool {
        self.base.question.required
    }

    /// The driver it counts towards.
    async fn driver(&self) -> Option<String> {
        self.base.question.driver.clone()
    }

    /// The most characters a comment may have.
    async fn max_chars(&self) -> u32 {
        match self.base.question.kind {
            QuestionKind::Comment { max_chars } => max_chars,
            QuestionKind::Rating { .. } | QuestionKind::Enps => 0,
        }
    }
}
