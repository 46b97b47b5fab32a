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
    Audience, CutScope, Openness, RecognitionFacts, RedemptionFacts, Resource, SurveyFacts, SurveyStage,
    Audience, CutScope, FrictionFacts, PriorityFacts, QueueFacts, RequestFacts, Resource, SurveyFacts, SurveyStage,
};
pub use resource::{Audience, ConversationFacts, CutScope, Resource, SurveyFacts, SurveyStage};
    AssignmentFacts, Audience, CutScope, ExpectationFacts, Resource, ResponsibilityFacts, SurveyFacts, SurveyStage,
};
pub use resource::{Audience, CutScope, GoalFacts, GoalLevel, GoalVisibility, Resource, SurveyFacts, SurveyStage};
pub use role::{HeldRole, Origin, Role, RoleSet, UnknownRole};
pub use scope::{Scope, ScopeSet, UnknownScope};
pub use standing::{reads_every_active_person, roles_of};
