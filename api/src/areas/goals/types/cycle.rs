//! A cycle.

use async_graphql::{ID, Object};

use super::GoalCycleState;
use crate::{
    areas::goals::store::Cycle,
    graphql::scalars::{Date, DateTime},
};

/// A cycle in which goals are set, worked on and scored: a quarter, mostly.
pub struct GoalCycle {
    cycle: Cycle,
}

impl From<Cycle> for GoalCycle {
    fn from(cycle: Cycle) -> Self {
        Self { cycle }
    }
}

/// A cycle in which goals are set, worked on and scored: a quarter, mostly.
#[Object(serial)]
impl GoalCycle {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.cycle.id.to_string().into()
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.cycle.name
    }

    /// The first day.
    async fn starts_on(&self) -> Date {
        Date(self.cycle.starts_on)
    }

    /// The last day.
    async fn ends_on(&self) -> Date {
        Date(self.cycle.ends_on)
    }

    /// Where it stands.
    async fn state(&self) -> GoalCycleState {
        self.cycle.state.into()
    }

    /// When it was closed.
    async fn closed_at(&self) -> Option<DateTime> {
        self.cycle.closed_at.map(DateTime)
    }
}
