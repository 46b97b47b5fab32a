//! Goals: how far a measure has come, which goals support which, and what rolls up from one to the next.
//!
//! Progress is counted in millionths and rounded once a goal, so that a roll-up of one change gives to the last digit
//! what computing everything anew gives. The crate reads no clock, draws no ids and knows no database; who may see
//! what is decided elsewhere, but for one rule that belongs to the sums: which goal may count in which
//! ([`contributes`]).

mod contribution;
mod graph;
mod measure;
mod names;
mod progress;
mod score;

pub use contribution::{Place, contributes};
pub use graph::{AlignProblem, Changes, DEEPEST, Edge, GoalNode, Graph, KeyResultNode, Rolled, RolledKeyResult};
pub use measure::{LARGEST_VALUE, MOST_MILESTONES, Measure, MeasureProblem, Milestone};
pub use names::{
    Confidence, CycleState, GoalLevel, GoalState, KeyResultKind, KeyResultSource, ProgressSource, UnknownName,
    Visibility,
};
pub use progress::{HEAVIEST, Progress, weighted_mean};
pub use score::{ScoreHealth, health, suggested_score};
