//! Who may do what: one pure function, [`decide`], over an actor, an action, a resource and the org chart.
//!
//! The model is told in `docs/AUTHORIZATION.md`. This crate reads nothing but its arguments: no database, no clock, no
//! request. It must stay that way, so that the whole matrix of roles and actions can be read and tested in one place.
//! A service asks before it loads anything, and asks again where an edge leaves its area.

mod action;
mod actor;
mod decide;
mod resource;
mod role;
mod scope;
mod standing;

#[cfg(test)]
mod tests;

pub use action::Action;
pub use actor::{Actor, Grant, Principal};
pub use decide::{Decision, decide};
pub use resource::{
    AssignmentFacts, Audience, ConversationFacts, CutScope, ExpectationFacts, FrictionFacts, GoalFacts, GoalLevel,
    GoalVisibility, Openness, PriorityFacts, QueueFacts, RecognitionFacts, RedemptionFacts, RequestFacts, Resource,
    ResponsibilityFacts, SurveyFacts, SurveyStage,
};
pub use role::{HeldRole, Origin, Role, RoleSet, UnknownRole};
pub use scope::{Scope, ScopeSet, UnknownScope};
pub use standing::{reads_every_active_person, roles_of};
