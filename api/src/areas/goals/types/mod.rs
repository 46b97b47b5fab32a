//! Goals as the schema shows them.

mod alignment;
mod check_in;
mod cycle;
mod goal;
mod key_result;
mod names;

pub use alignment::{GoalAlignment, GoalGraph};
pub use check_in::{GoalChange, GoalCheckIn, GoalCheckInValue};
pub use cycle::GoalCycle;
pub use goal::{Goal, GoalPermissionInfo};
pub use key_result::{KeyResult, KeyResultMilestone};
pub use names::{
    GoalConfidence, GoalCycleState, GoalField, GoalLevelName, GoalProgressSource, GoalScoreHealth, GoalStateName,
    GoalVisibility, KeyResultKindName, KeyResultProgressSource,
};
