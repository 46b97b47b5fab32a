//! Areas of responsibility and parts in them, read from their rows.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use hearten_entity::{responsibility, responsibility_assignment};
use hearten_ids::{PersonId, ResponsibilityAssignmentId, ResponsibilityId, TeamId};
use hearten_orgchart::OrgChart;
use hearten_policy::{AssignmentFacts, ResponsibilityFacts};

use crate::graphql::error::Exception;

/// An area of work somebody is responsible for.
#[derive(Debug, Clone)]
pub struct Area {
    /// The id.
    pub id: ResponsibilityId,
    /// The name.
    pub name: String,
    /// What belongs to it.
    pub description: Option<String>,
    /// Other words people use for it.
    pub keywords: Vec<String>,
    /// The home team.
    pub team: Option<TeamId>,
    /// The area it is part of.
    pub parent: Option<ResponsibilityId>,
    /// When it was given up.
    pub retired_at: Option<DateTime<Utc>>,
    /// When it was written down.
    pub created_at: DateTime<Utc>,
}

impl From<responsibility::Model> for Area {
    fn from(row: responsibility::Model) -> Self {
        let keywords = row.keywords.as_array().into_iter().flatten();
        Self {
            id: row.id,
            name: row.name,
            description: row.description,
            keywords: keywords.filter_map(|word| word.as_str().map(str::to_owned)).collect(),
            team: row.team_id,
            parent: row.parent_id,
            retired_at: row.retired_at,
            created_at: row.created_at,
        }
    }
}

impl Area {
    /// What the policy has to know.
    pub const fn facts(&self) -> ResponsibilityFacts {
        ResponsibilityFacts { home: self.team }
    }

    /// Everything to look for words in, in lower case.
    pub fn words(&self) -> String {
        let parts = [self.name.as_str(), &self.keywords.join(" "), self.description.as_deref().unwrap_or_default()];
        parts.join(" ").to_lowercase()
    }

    /// The home as it is stored beside the name.
    pub fn home(&self) -> String {
        self.team.map(|team| team.to_string()).unwrap_or_default()
    }
}

/// What somebody has to do with an area: RACI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Answers for it. One is wanted.
    Accountable,
    /// Does the work.
    Responsible,
    /// Is asked before.
    Consulted,
    /// Is told after.
    Informed,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 4] = [Self::Accountable, Self::Responsible, Self::Consulted, Self::Informed];

    /// The name as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accountable => "ACCOUNTABLE",
            Self::Responsible => "RESPONSIBLE",
            Self::Consulted => "CONSULTED",
            Self::Informed => "INFORMED",
        }
    }
}

impl FromStr for Part {
    type Err = Exception;

    fn from_str(name: &str) -> Result<Self, Exception> {
        let unknown = || Exception::internal(anyhow::anyhow!("a part without a name"));
        Self::ALL.into_iter().find(|part| part.as_str() == name).ok_or_else(unknown)
    }
}

/// Who has a part: a person or a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A person.
    Person(PersonId),
    /// A team.
    Team(TeamId),
}

impl Holder {
    /// The person, if it is one.
    pub const fn person(self) -> Option<PersonId> {
        match self {
            Self::Person(person) => Some(person),
            Self::Team(_) => None,
        }
    }

    /// The team, if it is one.
    pub const fn team(self) -> Option<TeamId> {
        match self {
            Self::Person(_) => None,
            Self::Team(team) => Some(team),
        }
    }

    /// Whether the person is here, or the team in use.
    pub fn is_here(self, chart: &OrgChart) -> bool {
        match self {
            Self::Person(person) => chart.active_person(person).is_some(),
            Self::Team(team) => chart.team(team).is_some_and(|team| !team.archived),
        }
    }
}

/// Who has, or had, which part in an area.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// The id.
    pub id: ResponsibilityAssignmentId,
    /// The area.
    pub area: ResponsibilityId,
    /// The part.
    pub part: Part,
    /// Who has it.
    pub holder: Holder,
    /// The first day.
    pub from_on: NaiveDate,
    /// The last day, where it was said beforehand.
    pub until_on: Option<NaiveDate>,
    /// Who assigned it.
    pub assigned_by: Option<PersonId>,
    /// When it was assigned.
    pub assigned_at: DateTime<Utc>,
    /// When it was ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who ended it.
    pub ended_by: Option<PersonId>,
    /// Why it was ended.
    pub end_reason: Option<String>,
    /// Whether whoever had it gave it back.
    pub handed_back: bool,
}

impl TryFrom<responsibility_assignment::Model> for Assignment {
    type Error = Exception;

    fn try_from(row: responsibility_assignment::Model) -> Result<Self, Exception> {
        let holder = match (row.person_id, row.team_id) {
            (Some(person), None) => Holder::Person(person),
            (None, Some(team)) => Holder::Team(team),
            _ => return Err(Exception::internal(anyhow::anyhow!("a part that is neither a person's nor a team's"))),
        };
        Ok(Self {
            id: row.id,
            area: row.responsibility_id,
            part: row.part.parse()?,
            holder,
            from_on: row.from_on,
            until_on: row.until_on,
            assigned_by: row.assigned_by,
            assigned_at: row.assigned_at,
            ended_at: row.ended_at,
            ended_by: row.ended_by,
            end_reason: row.end_reason,
            handed_back: row.handed_back,
        })
    }
}

impl Assignment {
    /// What the policy has to know.
    pub const fn facts(&self) -> AssignmentFacts {
        AssignmentFacts { person: self.holder.person(), team: self.holder.team() }
    }

    /// Whether it was not ended and has not run out; it may lie ahead.
    pub fn is_open(&self, today: NaiveDate) -> bool {
        self.ended_at.is_none() && self.until_on.is_none_or(|until| until >= today)
    }

    /// Whether it holds today.
    pub fn is_current(&self, today: NaiveDate) -> bool {
        self.is_open(today) && self.from_on <= today
    }
}
