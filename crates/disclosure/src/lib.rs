//! Disclosure control: which groups of a wave may be shown, and the only road by which results leave.
//!
//! The crate answers one question: *can anybody learn what one person answered from everything that is published
//! together?* It decides a [`ReleasePlan`] from membership alone, tallies answer sheets under it, keeps back cells that
//! would give answers away by their values, and wraps what may be seen in [`Released`], which nothing else can construct.
//!
//! It may not do I/O, ask for the time, draw randomness or know about persons: respondents are indices. The promise, the
//! theorem behind it and its limits are told in `docs/ANONYMITY.md`.

mod blocks;
mod certificate;
mod codec;
mod comment_table;
mod comments;
mod field;
mod forced;
mod linear;
mod matching;
mod participation;
mod plan;
mod release;
mod released;
mod schur;
mod table;
mod tree;

pub use codec::DecodeError;
pub use comment_table::{CommentTable, release_comment_table};
pub use comments::{CommentError, CommentPlan, comment_plan, release_comments};
pub use participation::{Band, ParticipationTable, release_participation};
pub use plan::{Candidate, MAX_MINIMUM, MIN_MINIMUM, PlanError, ReleasePlan, SuppressionReason, Verdict};
pub use release::{ReleaseError, release};
pub use released::Released;
pub use table::{Cell, Counts, QuestionShape, ResultTable};
pub use tree::shown_below;
