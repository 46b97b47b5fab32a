//! Where people are at risk of leaving: a discrete-time hazard model that can be read, checked and refused.
//!
//! Pure: no I/O, no clock, no database. Persons' months become rows of a [`Design`]; [`fit()`] gives a [`Model`], which gives
//! risks with bands and exact reasons. What the model may know is [`Feature`]: protected attributes and individual answers
//! cannot be expressed. Nothing here returns NaN or infinity, and nothing panics: what cannot be said is a typed problem.
//!
//! Who may see a score, and for what purpose, is decided elsewhere; this crate only makes the dishonest ways hard: a
//! person's [`Risk`] has no bare number, and a group below 20 persons has no risk.

mod design;
mod feature;
mod fit;
mod gate;
mod model;
mod newton;
mod predict;
mod prior;
mod reasons;
mod solve;
mod spell;

pub mod backtest;
pub mod card;
pub mod compare;
pub mod cost;
pub mod drift;
pub mod fairness;
pub mod quality;
pub mod survival;

pub use card::{Caveat, ModelCard};
pub use design::{Design, DesignProblem, LARGEST_WEIGHT, MOST_COLUMNS, Row, Scale};
pub use fairness::FairnessAttribute;
pub use feature::{Definition, FEATURES, Feature, FeatureGroup, FeatureProblem, FeatureRow};
pub use fit::{Fit, FitOptions, FitProblem, Intercepts, Scaling, Towards, fit};
pub use gate::{CALIBRATED, Gate, Gated, PERSONS_FROM, PRIOR_WEIGHT, SLOPES_FROM, fit_gated, rule_of_three};
pub use model::{Inputs, Model, ModelParts, ModelProblem};
pub use predict::{FURTHEST_MONTHS, GroupRisk, Horizon, PredictProblem, Risk, RiskLevel, SMALLEST_GROUP, Sureness};
pub use prior::{Prior, PriorCoefficient};
pub use reasons::{REASONS_SHOWN, Reason, Reasons, is_actionable};
pub use spell::{MOST_MONTHS, Spell, SpellProblem, Strata, TENURE_BANDS};
