//! What is asked, of a respondent, and how an answer is checked and packed.
//!
//! A [`Questionnaire`] is data: sections of questions, with every text in several languages. It checks itself before it
//! is frozen ([`Questionnaire::check`]) and checks each respondent's answers ([`Questionnaire::fill`]), which gives one
//! packed [`Sheet`] and the comments, kept apart. [`PrivacyNotice`] is the promise shown before the first question.
//!
//! This crate is pure: it reads no clock, draws no ids, stores nothing and knows neither who answers nor what is
//! published. Nothing here prints an answer: `Debug` of [`Answer`], [`Sheet`] and [`Filled`] is redacted, no error
//! carries an answer's value, and none of the three can be serialised by accident.

#[macro_use]
mod names;
mod answers;
pub mod bank;
mod check;
mod comment;
mod lifecycle;
mod privacy;
mod questionnaire;
mod sheet;
mod statement;
mod text;

pub use answers::{Answer, AnswerProblem, Filled};
pub use check::{
    MAX_COMMENT_CHARS, MAX_LABEL_CHARS, MAX_LOCALES, MAX_QUESTION_CHARS, MAX_QUESTIONS, MAX_SECTIONS, MAX_TITLE_CHARS,
    Problem, QuestionnaireProblem, RATING_POINTS,
};
pub use lifecycle::{SurveyKind, SurveyState};
pub use names::UnknownName;
pub use privacy::{AnonymityMode, MINIMUM_GROUP, NoticeProblem, PrivacyNotice, RETENTION_DAYS, ReaderRole};
pub use questionnaire::{ENPS_OPTIONS, Question, QuestionKind, Questionnaire, Section, is_key};
pub use sheet::{Column, SHEET_VERSION, Sheet, SheetError, SheetShape};
pub use text::{Locale, LocaleError, TextProblem, Texts};
