//! Filters of persons and teams: what a client writes, and the bounded conditions that are read from it.
//!
//! There is no condition on anything that the asker may not read of everybody in the list: what a filter lets through
//! would tell what the fields do not. Conditions on employment are only read where [`PersonFilter::asks_employment`]
//! is answered by the policy first.

use async_graphql::{Enum, ID, InputObject};
use chrono::NaiveDate;
use hearten_ids::TeamId;
use hearten_orgchart::{OrgChart, PersonRecord, Relationship as Tie};

use super::{types::Relationship, values::LONGEST_NAME};
use crate::graphql::{error::Exception, input::argument_id, scalars::Date};

/// A filter has at most this many conditions, whatever their nesting.
pub const MOST_CONDITIONS: usize = 20;
/// `and` and `or` go at most this deep; the filter itself is the first level.
pub const DEEPEST: usize = 3;
/// An `in` lists at most this many values.
pub const MOST_VALUES: usize = 100;

/// Which texts are wanted. What is given must all hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct TextFilterInput {
    /// Exactly this text.
    eq: Option<String>,
    /// One of these texts, at most 100.
    #[graphql(name = "in")]
    one_of: Option<Vec<String>>,
    /// With this text in it, in upper or lower case.
    contains: Option<String>,
}

/// Which relationships are wanted. What is given must all hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct RelationshipFilterInput {
    /// This one.
    eq: Option<Relationship>,
    /// One of these.
    #[graphql(name = "in")]
    one_of: Option<Vec<Relationship>>,
}

/// Which days are wanted. What is given must all hold.
#[derive(Debug, Clone, Default, InputObject)]
pub struct DateFilterInput {
    /// This day or a later one.
    gte: Option<Date>,
    /// This day or an earlier one.
    lte: Option<Date>,
    /// Whether the day is unknown.
    null: Option<bool>,
}

/// Whether something is wanted to be so.
#[derive(Debug, Clone, InputObject)]
pub struct BooleanFilterInput {
    /// So it is to be.
    eq: bool,
}

/// Which persons are wanted. What is given must all hold. At most 20 conditions, and `and` and `or` within each other
/// at most three levels deep.
#[derive(Debug, Clone, Default, InputObject)]
pub struct PersonFilterInput {
    /// Only members of this team or the teams below it.
    team: Option<ID>,
    /// Whether the person is here; true when left out. Former persons are listed only to those who may see them. Not
    /// within `and` and `or`.
    active: Option<BooleanFilterInput>,
    /// What ties the person to the organization.
    relationship: Option<RelationshipFilterInput>,
    /// The name others see.
    display_name: Option<TextFilterInput>,
    /// The job title; nobody without one matches.
    title: Option<TextFilterInput>,
    /// The first day. FORBIDDEN unless you may see it of everybody in `team` (in the organization, without a team).
    hired_on: Option<DateFilterInput>,
    /// All of these must hold.
    and: Option<Vec<PersonFilterInput>>,
    /// At least one of these must hold.
    or: Option<Vec<PersonFilterInput>>,
}

/// Which teams are wanted. What is given must all hold. At most 20 conditions, and `and` and `or` within each other at
/// most three levels deep.
#[derive(Debug, Clone, Default, InputObject)]
pub struct TeamFilterInput {
    /// Only this team and the teams below it.
    within: Option<ID>,
    /// The name.
    name: Option<TextFilterInput>,
    /// All of these must hold.
    and: Option<Vec<TeamFilterInput>>,
    /// At least one of these must hold.
    or: Option<Vec<TeamFilterInput>>,
}

/// In which direction a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// The smallest first.
    Asc,
    /// The largest first.
    Desc,
}

/// What persons can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum PersonOrderField {
    /// The name.
    Name,
    /// The first day; unknown days count as the latest. FORBIDDEN where a filter by it is.
    HiredOn,
}

/// How persons are sorted. Ties are broken by id.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct PersonOrderInput {
    /// By what.
    pub field: PersonOrderField,
    /// In which direction.
    #[graphql(default_with = "OrderDirection::Asc")]
    pub direction: OrderDirection,
}

/// What teams can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum TeamOrderField {
    /// The name.
    Name,
}

/// How teams are sorted. Ties are broken by id.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct TeamOrderInput {
    /// By what.
    pub field: TeamOrderField,
    /// In which direction.
    #[graphql(default_with = "OrderDirection::Asc")]
    pub direction: OrderDirection,
}

/// Conditions within each other.
#[derive(Debug)]
pub enum Tree<C> {
    /// One condition.
    Is(C),
    /// All must hold; none does always.
    All(Vec<Tree<C>>),
    /// At least one must hold.
    Any(Vec<Tree<C>>),
}

impl<C> Tree<C> {
    fn holds(&self, is: &impl Fn(&C) -> bool) -> bool {
        match self {
            Self::Is(condition) => is(condition),
            Self::All(all) => all.iter().all(|one| one.holds(is)),
            Self::Any(any) => any.iter().any(|one| one.holds(is)),
        }
    }

    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::All(all) if all.is_empty())
    }
}

/// A condition on a text.
#[derive(Debug)]
enum Text {
    OneOf(Vec<String>),
    /// In lower case.
    Contains(String),
}

impl Text {
    fn holds(&self, text: &str) -> bool {
        match self {
            Self::OneOf(texts) => texts.iter().any(|one| one == text),
            Self::Contains(part) => text.to_lowercase().contains(part),
        }
    }
}

#[derive(Debug)]
enum PersonCondition {
    Team(TeamId),
    Relationship(Vec<Tie>),
    Name(Text),
    Title(Text),
    HiredFrom(NaiveDate),
    HiredUntil(NaiveDate),
    HiredUnknown(bool),
}

#[derive(Debug)]
enum TeamCondition {
    Within(TeamId),
    Name(Text),
}

/// A filter of persons, read.
#[derive(Debug)]
pub struct PersonFilter {
    /// Whether those are wanted who are here, or those who are not.
    pub active: bool,
    /// The sub-tree they are members of.
    pub team: Option<TeamId>,
    /// Whether a condition is about employment.
    pub asks_employment: bool,
    rest: Tree<PersonCondition>,
}

impl PersonFilter {
    /// Reads what a client wrote.
    ///
    /// # Errors
    /// BAD_USER_INPUT for what is malformed or beyond the limits, with its place.
    pub fn read(input: Option<PersonFilterInput>) -> Result<Self, Exception> {
        let mut input = input.unwrap_or_default();
        let active = input.active.take().is_none_or(|active| active.eq);
        let team = input.team.take().map(|id| argument_id("filter.team", &id)).transpose()?;
        let mut reading = Reading { conditions: usize::from(team.is_some()), asks_employment: false };
        let rest = reading.persons(input, "filter", 1)?;
        Ok(Self { active, team, asks_employment: reading.asks_employment, rest })
    }

    /// Whether it has no condition beside `team` and `active`.
    pub fn is_plain(&self) -> bool {
        self.rest.is_empty()
    }

    /// Whether a person of `chart` meets all conditions but `team` and `active`.
    pub fn holds(&self, chart: &OrgChart, person: &PersonRecord) -> bool {
        use PersonCondition as Is;
        self.rest.holds(&|condition| match condition {
            Is::Team(team) => chart.belongs_to_subtree(person.id, *team),
            Is::Relationship(ties) => ties.contains(&person.relationship),
            Is::Name(text) => text.holds(&person.display_name),
            Is::Title(text) => person.title.as_ref().is_some_and(|title| text.holds(title)),
            Is::HiredFrom(day) => person.hired_on.is_some_and(|hired| hired >= *day),
            Is::HiredUntil(day) => person.hired_on.is_some_and(|hired| hired <= *day),
            Is::HiredUnknown(unknown) => person.hired_on.is_none() == *unknown,
        })
    }
}

/// A filter of teams, read.
#[derive(Debug)]
pub struct TeamFilter(Tree<TeamCondition>);

impl TeamFilter {
    /// Reads what a client wrote.
    ///
    /// # Errors
    /// As [`PersonFilter::read`].
    pub fn read(input: Option<TeamFilterInput>) -> Result<Self, Exception> {
        let mut reading = Reading { conditions: 0, asks_employment: false };
        reading.teams(input.unwrap_or_default(), "filter", 1).map(Self)
    }

    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a team of `chart` meets all conditions.
    pub fn holds(&self, chart: &OrgChart, team: TeamId) -> bool {
        self.0.holds(&|condition| match condition {
            TeamCondition::Within(above) => chart.is_in_subtree(team, *above),
            TeamCondition::Name(text) => chart.team(team).is_some_and(|team| text.holds(&team.name)),
        })
    }
}

/// A filter being read: what was met so far.
struct Reading {
    conditions: usize,
    asks_employment: bool,
}

impl Reading {
    fn condition<C>(&mut self, all: &mut Vec<Tree<C>>, condition: C) -> Result<(), Exception> {
        self.conditions += 1;
        if self.conditions > MOST_CONDITIONS {
            return Err(Exception::bad_input(format!("filter: at most {MOST_CONDITIONS} conditions")));
        }
        all.push(Tree::Is(condition));
        Ok(())
    }

    fn persons(
        &mut self,
        input: PersonFilterInput,
        at: &str,
        level: usize,
    ) -> Result<Tree<PersonCondition>, Exception> {
        use PersonCondition as Is;
        let mut all = Vec::new();
        if input.active.is_some() {
            return Err(Exception::bad_input(format!("{at}.active: this stands at the top of a filter only")));
        }
        if let Some(id) = input.team {
            self.condition(&mut all, Is::Team(argument_id(&format!("{at}.team"), &id)?))?;
        }
        if let Some(RelationshipFilterInput { eq, one_of }) = input.relationship {
            for ties in [eq.map(|one| vec![one]), one_of].into_iter().flatten() {
                check_count(&format!("{at}.relationship.in"), ties.len())?;
                self.condition(&mut all, Is::Relationship(ties.into_iter().map(Into::into).collect()))?;
            }
        }
        self.texts(&mut all, input.display_name, &format!("{at}.displayName"), Is::Name)?;
        self.texts(&mut all, input.title, &format!("{at}.title"), Is::Title)?;
        if let Some(DateFilterInput { gte, lte, null }) = input.hired_on {
            let days =
                [gte.map(|day| Is::HiredFrom(day.0)), lte.map(|day| Is::HiredUntil(day.0)), null.map(Is::HiredUnknown)];
            for day in days.into_iter().flatten() {
                self.asks_employment = true;
                self.condition(&mut all, day)?;
            }
        }
        let (and, or) = (input.and, input.or);
        self.nested(&mut all, and, or, at, level, Self::persons)?;
        Ok(Tree::All(all))
    }

    fn teams(&mut self, input: TeamFilterInput, at: &str, level: usize) -> Result<Tree<TeamCondition>, Exception> {
        let mut all = Vec::new();
        if let Some(id) = input.within {
            self.condition(&mut all, TeamCondition::Within(argument_id(&format!("{at}.within"), &id)?))?;
        }
        self.texts(&mut all, input.name, &format!("{at}.name"), TeamCondition::Name)?;
        let (and, or) = (input.and, input.or);
        self.nested(&mut all, and, or, at, level, Self::teams)?;
        Ok(Tree::All(all))
    }

    fn texts<C>(
        &mut self,
        all: &mut Vec<Tree<C>>,
        input: Option<TextFilterInput>,
        at: &str,
        condition: impl Fn(Text) -> C,
    ) -> Result<(), Exception> {
        let Some(TextFilterInput { eq, one_of, contains }) = input else { return Ok(()) };
        for (name, texts) in [("eq", eq.map(|one| vec![one])), ("in", one_of)] {
            let Some(texts) = texts else { continue };
            check_count(&format!("{at}.{name}"), texts.len())?;
            texts.iter().try_for_each(|text| check_length(&format!("{at}.{name}"), text))?;
            self.condition(all, condition(Text::OneOf(texts)))?;
        }
        if let Some(part) = contains {
            check_length(&format!("{at}.contains"), &part)?;
            self.condition(all, condition(Text::Contains(part.to_lowercase())))?;
        }
        Ok(())
    }

    fn nested<I, C>(
        &mut self,
        all: &mut Vec<Tree<C>>,
        and: Option<Vec<I>>,
        or: Option<Vec<I>>,
        at: &str,
        level: usize,
        read: impl Fn(&mut Self, I, &str, usize) -> Result<Tree<C>, Exception>,
    ) -> Result<(), Exception> {
        for (name, inputs) in [("and", and), ("or", or)] {
            let Some(inputs) = inputs else { continue };
            if level == DEEPEST {
                return Err(Exception::bad_input(format!("{at}.{name}: filters are at most {DEEPEST} levels deep")));
            }
            // Without a condition in each there would be no end to them.
            if inputs.is_empty() || inputs.len() > MOST_CONDITIONS {
                return Err(Exception::bad_input(format!("{at}.{name}: between 1 and {MOST_CONDITIONS} filters")));
            }
            let mut trees = Vec::with_capacity(inputs.len());
            for (number, input) in inputs.into_iter().enumerate() {
                trees.push(read(self, input, &format!("{at}.{name}.{number}"), level + 1)?);
            }
            all.push(if name == "and" { Tree::All(trees) } else { Tree::Any(trees) });
        }
        Ok(())
    }
}

fn check_count(at: &str, count: usize) -> Result<(), Exception> {
    if (1..=MOST_VALUES).contains(&count) {
        return Ok(());
    }
    Err(Exception::bad_input(format!("{at}: between 1 and {MOST_VALUES} values")))
}

fn check_length(at: &str, text: &str) -> Result<(), Exception> {
    if (1..=LONGEST_NAME).contains(&text.chars().count()) {
        return Ok(());
    }
    Err(Exception::bad_input(format!("{at}: between 1 and {LONGEST_NAME} characters")))
}
