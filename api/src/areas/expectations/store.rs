//! Expectations as rows, read into what the area thinks in.

use chrono::{DateTime, NaiveDate, Utc};
use hearten_entity::{expectation, expectation_move};
use hearten_expectation::{Move, Party, Standing, State, Terms, Unit, Urgency};
use hearten_ids::{ExpectationId, PersonId};
use hearten_policy::ExpectationFacts;

use crate::graphql::error::Exception;

/// What somebody expects of somebody.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// The id.
    pub id: ExpectationId,
    /// Who expects it.
    pub from: PersonId,
    /// Of whom.
    pub to: PersonId,
    /// How it stands.
    pub standing: Standing,
    /// What is on the table, or agreed.
    pub terms: Terms,
    /// How urgent it is.
    pub urgency: Urgency,
    /// Why it is needed.
    pub background: Option<String>,
    /// Whether the manager of `to` sees it.
    pub visible_to_manager: bool,
    /// When it was reported as done.
    pub reported_at: Option<DateTime<Utc>>,
    /// How many moves its history has.
    pub moves: i32,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When the last move was made.
    pub changed_at: DateTime<Utc>,
}

impl TryFrom<expectation::Model> for Expectation {
    type Error = Exception;

    fn try_from(row: expectation::Model) -> Result<Self, Exception> {
        let awaits = row.awaits.map(|side| side.parse().map_err(Exception::internal)).transpose()?;
        let state = row.state.parse().map_err(Exception::internal)?;
        let urgency = Urgency::of_rank(row.urgency)
            .ok_or_else(|| Exception::internal(anyhow::anyhow!("an urgency without a name")))?;
        Ok(Self {
            id: row.id,
            from: row.from_id,
            to: row.to_id,
            standing: Standing { state, awaits, reported: row.reported_at.is_some() },
            terms: terms(row.what, row.amount, &row.unit, row.due_on)?,
            urgency,
            background: row.background,
            visible_to_manager: row.visible_to_manager,
            reported_at: row.reported_at,
            moves: row.moves,
            created_at: row.created_at,
            changed_at: row.changed_at,
        })
    }
}

impl Expectation {
    /// What the policy has to know.
    pub const fn facts(&self) -> ExpectationFacts {
        ExpectationFacts { from: self.from, to: self.to, visible_to_manager: self.visible_to_manager }
    }

    /// Which side somebody is.
    pub fn side_of(&self, person: PersonId) -> Option<Party> {
        if person == self.from {
            Some(Party::From)
        } else if person == self.to {
            Some(Party::To)
        } else {
            None
        }
    }

    /// Who a side is.
    pub const fn person(&self, side: Party) -> PersonId {
        match side {
            Party::From => self.from,
            Party::To => self.to,
        }
    }

    /// Whether it is still to be done and its day is over.
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.standing.state == State::Accepted && !self.standing.reported && self.terms.due < today
    }
}

/// One move of a history.
#[derive(Debug, Clone)]
pub struct Step {
    /// What was done.
    pub step: Move,
    /// Who did it.
    pub person: PersonId,
    /// Why.
    pub reason: Option<String>,
    /// What was on the table, or agreed, from then on.
    pub terms: Terms,
    /// When.
    pub at: DateTime<Utc>,
}

impl TryFrom<expectation_move::Model> for Step {
    type Error = Exception;

    fn try_from(row: expectation_move::Model) -> Result<Self, Exception> {
        Ok(Self {
            step: row.step.parse().map_err(Exception::internal)?,
            person: row.person_id,
            reason: row.reason,
            terms: terms(row.what, row.amount, &row.unit, row.due_on)?,
            at: row.moved_at,
        })
    }
}

fn terms(what: String, amount: i32, unit: &str, due: NaiveDate) -> Result<Terms, Exception> {
    let unit: Unit = unit.parse().map_err(Exception::internal)?;
    let amount = u32::try_from(amount).map_err(Exception::internal)?;
    Ok(Terms { what, amount, unit, due })
}

/// An amount as it is stored. Inputs are far below the limit.
pub fn stored_amount(terms: &Terms) -> i32 {
    i32::try_from(terms.amount).unwrap_or(i32::MAX)
}
