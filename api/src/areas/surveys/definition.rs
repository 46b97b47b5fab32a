//! A survey as a client drafts it: inputs, and how they become a questionnaire, an audience and a notice.

use std::collections::BTreeSet;

use async_graphql::{Enum, ID, InputObject, OneofObject};
use hearten_survey::{
    AnonymityMode, Locale, PrivacyNotice, Question, QuestionKind, Questionnaire, ReaderRole, Section, SurveyKind, Texts,
};

use super::store::{Audience, AudienceTeam};
use crate::graphql::{
    error::{UserError, UserErrorCode},
    input::input_id,
};

/// What a survey is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "SurveyKind", remote = "SurveyKind")]
pub enum SurveyKindName {
    /// The broad survey of all drivers, once or twice a year.
    Engagement,
    /// A few questions, often.
    Pulse,
    /// Triggered per person: first weeks, anniversaries.
    Lifecycle,
    /// The one recommendation question, with a reason.
    Enps,
    /// What matters most to people.
    Priorities,
    /// Asked of somebody who leaves.
    Exit,
    /// Anything else.
    Custom,
}

/// How closely an answer is tied to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "AnonymityMode", remote = "AnonymityMode")]
pub enum AnonymityModeName {
    /// Answers belong to the person.
    Named,
    /// The server sees that a person answered, and keeps no link to what was answered.
    Confidential,
    /// The server cannot know who answered.
    Unlinkable,
}

/// A role a privacy notice can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "ReaderRole", remote = "ReaderRole")]
pub enum ReaderRoleName {
    /// Keeps directory, roles and settings.
    Admin,
    /// Runs surveys and looks after people.
    PeoplePartner,
    /// Owners and board.
    Executive,
    /// Leads a team: sees that team.
    Manager,
    /// Works here: sees the own team and those above.
    Employee,
}

/// A text in one language.
#[derive(Debug, Clone, InputObject)]
pub struct TextInput {
    /// The language, such as "en" or "de-AT".
    pub locale: String,
    /// The text.
    pub text: String,
}

/// A headed group of questions.
#[derive(Debug, Clone, InputObject)]
pub struct SectionInput {
    /// A short name, unique in the survey: a to z, 0 to 9 and _, at most 40.
    pub key: String,
    /// The heading, in every language of the survey.
    pub title: Vec<TextInput>,
    /// The questions, in the order in which they are asked.
    pub questions: Vec<QuestionInput>,
}

/// A question.
#[derive(Debug, Clone, InputObject)]
pub struct QuestionInput {
    /// A short name, unique in the survey and equal across surveys where results are to be compared.
    pub key: String,
    /// What is asked, in every language of the survey.
    pub text: Vec<TextInput>,
    /// What kind of answer it wants.
    pub kind: QuestionKindInput,
    /// Whether a sheet without an answer to it is refused.
    #[graphql(default = false)]
    pub required: bool,
    /// The driver it counts towards.
    pub driver: Option<String>,
}

/// What kind of answer a question wants: exactly one.
#[derive(Debug, Clone, OneofObject)]
pub enum QuestionKindInput {
    /// A point of a scale.
    Rating(RatingKindInput),
    /// "How likely are you to recommend …", 0 to 10. The value is ignored; pass true.
    Enps(bool),
    /// Free text.
    Comment(CommentKindInput),
}

/// A rating scale.
#[derive(Debug, Clone, InputObject)]
pub struct RatingKindInput {
    /// How many points: 2 to 11.
    #[graphql(default = 5)]
    pub points: i32,
    /// A label for each point from 1 upwards, or none.
    #[graphql(default)]
    pub labels: Vec<LabelInput>,
    /// Whether agreement is bad news; results are turned before scoring.
    #[graphql(default = false)]
    pub reversed: bool,
}

/// The label of one point.
#[derive(Debug, Clone, InputObject)]
pub struct LabelInput {
    /// The label, in every language of the survey.
    pub text: Vec<TextInput>,
}

/// A free-text question.
#[derive(Debug, Clone, InputObject)]
pub struct CommentKindInput {
    /// The most characters: at most 5,000.
    #[graphql(default = 2000)]
    pub max_chars: i32,
}

/// Who is invited. Without teams: everybody.
#[derive(Debug, Clone, InputObject)]
pub struct AudienceInput {
    /// The teams whose members are invited.
    #[graphql(default)]
    pub teams: Vec<AudienceTeamInput>,
}

/// One team of an audience.
#[derive(Debug, Clone, InputObject)]
pub struct AudienceTeamInput {
    /// The team.
    pub team: ID,
    /// Whether the teams below it belong to it.
    #[graphql(default = true)]
    pub subtree: bool,
}

/// The promise under which a survey is answered; frozen at launch.
#[derive(Debug, Clone, InputObject)]
pub struct PrivacyNoticeInput {
    /// How closely an answer is tied to a person.
    #[graphql(default_with = "AnonymityModeName::Confidential")]
    pub mode: AnonymityModeName,
    /// The fewest respondents a shown group may have: 3 to 20.
    #[graphql(default = 5)]
    pub minimum_group: i32,
    /// The fewest people who must have commented before a group's comments are shown: the minimum group to 20.
    #[graphql(default = 10)]
    pub comment_minimum: i32,
    /// Who may read published results.
    pub results_visible_to: Option<Vec<ReaderRoleName>>,
    /// Who may read comments; counts only for roles that see the results.
    pub comments_visible_to: Option<Vec<ReaderRoleName>>,
    /// How many days after the close single sheets and comments are kept: 1 to 3,650.
    #[graphql(default = 730)]
    pub retention_days: i32,
}

/// A survey being written.
#[derive(Debug, Clone, InputObject)]
pub struct SurveyDraftInput {
    /// What it is for.
    pub kind: SurveyKindName,
    /// The title, in every language.
    pub title: Vec<TextInput>,
    /// The language to fall back to.
    #[graphql(default_with = "\"en\".to_owned()")]
    pub default_locale: String,
    /// The languages in which every text exists.
    #[graphql(default_with = "vec![\"en\".to_owned()]")]
    pub locales: Vec<String>,
    /// The sections, each with its questions.
    pub sections: Vec<SectionInput>,
    /// Who is invited; everybody when left out.
    pub audience: Option<AudienceInput>,
    /// The promise; confidential with groups of 5 when left out.
    pub notice: Option<PrivacyNoticeInput>,
    /// The attributes by which results may be cut, such as "site": at most 5.
    #[graphql(default)]
    pub axes: Vec<String>,
}

/// A draft that is well formed. Whether it is complete is asked at launch.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What it is for.
    pub kind: SurveyKind,
    /// The title.
    pub title: Texts,
    /// What is asked.
    pub questionnaire: Questionnaire,
    /// Who is invited.
    pub audience: Audience,
    /// The promise.
    pub notice: PrivacyNotice,
    /// The attributes by which results may be cut.
    pub axes: Vec<String>,
}

const MOST_AXES: usize = 5;
const MOST_AUDIENCE_TEAMS: usize = 1_000;

impl TryFrom<SurveyDraftInput> for Draft {
    type Error = Vec<UserError>;

    /// Each error stands at its place in the mutation's input, where the draft is `draft`.
    fn try_from(input: SurveyDraftInput) -> Result<Self, Vec<UserError>> {
        read(input).map_err(|errors| errors.into_iter().map(in_draft).collect())
    }
}

fn in_draft(error: UserError) -> UserError {
    let path = error.path.unwrap_or_default();
    UserError { path: Some(std::iter::once("draft".to_owned()).chain(path).collect()), ..error }
}

fn read(input: SurveyDraftInput) -> Result<Draft, Vec<UserError>> {
    let default_locale = locale(&["defaultLocale"], &input.default_locale)?;
    let locales = input
        .locales
        .iter()
        .enumerate()
        .map(|(at, tag)| locale(&["locales", &at.to_string()], tag))
        .collect::<Result<Vec<_>, _>>()?;
    let title = texts(&["title"], &input.title)?;
    let sections =
        input.sections.into_iter().enumerate().map(|(at, part)| section(at, part)).collect::<Result<Vec<_>, _>>()?;
    let questionnaire = Questionnaire { default_locale, locales, sections };
    let notice = notice(input.notice);
    let axes = axes(input.axes)?;
    let audience = audience(input.audience)?;
    let mut problems: Vec<UserError> = Vec::new();
    problems.extend(questionnaire.check().err().into_iter().flatten().map(|found| UserError {
        code: UserErrorCode::Invalid,
        message: found.problem.to_string(),
        path: Some(input_path(&found.path)),
    }));
    for problem in title.check(&questionnaire.locales, hearten_survey::MAX_TITLE_CHARS) {
        problems.push(at(&["title"], format!("the title {problem}")));
    }
    for problem in notice.check().err().into_iter().flatten() {
        problems.push(at(&["notice", &camel_case(problem.field())], problem.to_string()));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Draft { kind: input.kind.into(), title, questionnaire, audience, notice, axes })
}

/// Where in a draft's input a place of the questionnaire was written: a kind of question is a choice there, and a label
/// an object.
fn input_path(place: &[String]) -> Vec<String> {
    let mut path: Vec<String> = Vec::with_capacity(place.len() + 2);
    for (at, step) in place.iter().enumerate() {
        if at > 0 && place[at - 1] == "kind" {
            path.push(if step == "max_chars" { "comment" } else { "rating" }.to_owned());
        }
        path.push(camel_case(step));
        if at > 0 && place[at - 1] == "labels" {
            path.push("text".to_owned());
        }
    }
    path
}

/// A name of ours as clients write it.
fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        text.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        text.push_str(letters.as_str());
    }
    text
}

fn locale(path: &[&str], tag: &str) -> Result<Locale, Vec<UserError>> {
    Locale::parse(tag).map_err(|error| vec![at(path, error.to_string())])
}

fn at(path: &[&str], message: String) -> UserError {
    UserError { code: UserErrorCode::Invalid, message, path: Some(path.iter().map(ToString::to_string).collect()) }
}

fn texts(path: &[&str], inputs: &[TextInput]) -> Result<Texts, Vec<UserError>> {
    inputs.iter().enumerate().try_fold(Texts::new(), |texts, (index, input)| {
        let index = index.to_string();
        let place = [path, &[&index, "locale"]].concat();
        let locale = locale(&place, &input.locale)?;
        if texts.get(&locale).is_some() {
            return Err(vec![at(&place, format!("the language \"{locale}\" stands twice"))]);
        }
        Ok(texts.with(locale, input.text.trim()))
    })
}

fn section(index: usize, input: SectionInput) -> Result<Section, Vec<UserError>> {
    let here = index.to_string();
    let title = texts(&["sections", &here, "title"], &input.title)?;
    let questions = input
        .questions
        .into_iter()
        .enumerate()
        .map(|(at, part)| question(&["sections", &here, "questions", &at.to_string()], part))
        .collect::<Result<_, _>>()?;
    Ok(Section { key: input.key, title, questions })
}

fn question(path: &[&str], input: QuestionInput) -> Result<Question, Vec<UserError>> {
    let text = texts(&[path, &["text"]].concat(), &input.text)?;
    let label = |(at, label): (usize, &LabelInput)| {
        texts(&[path, &["kind", "rating", "labels", &at.to_string(), "text"]].concat(), &label.text)
    };
    let kind = match input.kind {
        QuestionKindInput::Rating(scale) => QuestionKind::Rating {
            points: u8::try_from(scale.points).unwrap_or(0),
            labels: scale.labels.iter().enumerate().map(label).collect::<Result<_, _>>()?,
            reversed: scale.reversed,
        },
        QuestionKindInput::Enps(_) => QuestionKind::Enps,
        QuestionKindInput::Comment(comment) => {
            QuestionKind::Comment { max_chars: u32::try_from(comment.max_chars).unwrap_or(0) }
        }
    };
    Ok(Question { key: input.key, text, kind, required: input.required, driver: input.driver })
}

fn audience(input: Option<AudienceInput>) -> Result<Audience, Vec<UserError>> {
    let parts = input.map(|input| input.teams).unwrap_or_default();
    if parts.len() > MOST_AUDIENCE_TEAMS {
        return Err(vec![at(&["audience", "teams"], format!("at most {MOST_AUDIENCE_TEAMS} teams"))]);
    }
    let teams = parts
        .into_iter()
        .enumerate()
        .map(|(index, part)| {
            let team = input_id(["audience", "teams", &index.to_string(), "team"], &part.team)?;
            Ok(AudienceTeam { team, subtree: part.subtree })
        })
        .collect::<Result<_, UserError>>()
        .map_err(|error| vec![error])?;
    Ok(Audience { teams })
}

fn notice(input: Option<PrivacyNoticeInput>) -> PrivacyNotice {
    let usual = PrivacyNotice::default();
    let Some(input) = input else { return usual };
    let number = |value: i32| u32::try_from(value).unwrap_or(0);
    let roles = |roles: Vec<ReaderRoleName>| roles.into_iter().map(ReaderRole::from).collect::<BTreeSet<_>>();
    PrivacyNotice {
        mode: input.mode.into(),
        minimum_group: number(input.minimum_group),
        comment_minimum: number(input.comment_minimum),
        results_visible_to: input.results_visible_to.map_or(usual.results_visible_to, roles),
        comments_visible_to: input.comments_visible_to.map_or(usual.comments_visible_to, roles),
        retention_days: number(input.retention_days),
    }
}

fn axes(names: Vec<String>) -> Result<Vec<String>, Vec<UserError>> {
    let mut axes: Vec<String> = names.into_iter().map(|name| name.trim().to_lowercase()).collect();
    let unsound = axes.iter().any(|name| name.is_empty() || name.chars().count() > 40);
    if axes.len() > MOST_AXES || unsound {
        return Err(vec![at(&["axes"], format!("at most {MOST_AXES} attributes, each 1 to 40 characters"))]);
    }
    axes.sort();
    axes.dedup();
    Ok(axes)
}
