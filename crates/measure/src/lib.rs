//! Survey statistics on counts: distributions, favourability, eNPS, and the intervals that go with them.
//!
//! Input is how many respondents chose each option; output is numbers with their uncertainty. This crate is pure, and it
//! knows nothing of disclosure: whether a number may be shown at all is decided elsewhere, before and after.
//!
//! Nothing here returns NaN or infinity. What cannot be said (no answers, no spread, counts that contradict each other) is
//! `None` or a typed reason. Shares, estimates and bounds are between 0 and 1 (eNPS: −100 to 100) and not rounded;
//! the module [`shown`] rounds for display.

mod concentration;
mod confidence;
mod distribution;
mod enps;
mod favourability;
mod interval;
mod quantile;
pub mod shown;

pub use concentration::{gini, top_share};
pub use confidence::{Confidence, finite_population_factor};
pub use distribution::Distribution;
pub use enps::{ENPS_MINIMUM, Enps, EnpsNotShown, enps, net_score};
pub use favourability::{Bands, Favourability, SCALE_POINTS, bands};
pub use interval::{Estimate, IntervalMethod, mean_interval, newcombe, wilson, wilson_within};
