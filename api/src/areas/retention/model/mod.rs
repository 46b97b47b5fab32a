//! The model: what it is fitted to, when a new version is made, what is told of groups by it.
//!
//! Nothing here knows who asks. A version is made once a month of what was frozen, kept with its card and the figures of
//! groups, and never changed: so nobody sees one person move by comparing groups before and after.

mod card;
mod groups;
mod making;
mod training;
mod versions;

pub use card::RECENT_QUARTERS;
pub use groups::{Driver, GroupBand, GroupFigures, GroupRisks, KeptGroup};
pub use making::make_version;
pub use training::{History, number_of};
pub use versions::{KeptVersions, Version, latest_number, versions};
