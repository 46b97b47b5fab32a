//! The records a chart is made of, as the loader hands them over.
//!
//! Texts are shared (`Arc<str>`): a loader that meets the same title or site name twice should hand over the same
//! allocation. The records check nothing; the chart does.

use std::{fmt, str::FromStr, sync::Arc};

use chrono::{DateTime, NaiveDate, Utc};
use hearten_ids::{PersonId, TeamId};

/// A stored name that stands for none of the values it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {kind} {name:?}")]
pub struct UnknownName {
    /// What was to be read.
    pub kind: &'static str,
    /// What was found.
    pub name: String,
}

macro_rules! named {
    ($(#[$doc:meta])* $type:ident, $kind:literal { $( $(#[$variant_doc:meta])* $variant:ident = $name:literal, )* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type { $( $(#[$variant_doc])* $variant, )* }

        impl $type {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name it is stored and shown under.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $type {
            type Err = UnknownName;
            fn from_str(name: &str) -> Result<Self, UnknownName> {
                match name {
                    $($name => Ok(Self::$variant),)*
                    _ => Err(UnknownName { kind: $kind, name: name.to_owned() }),
                }
            }
        }
    };
}

named! {
    /// What ties a person to the organization.
    Relationship, "relationship" {
        /// Employed.
        Employee = "EMPLOYEE",
        /// Works for the organization under another contract.
        Contractor = "CONTRACTOR",
        /// Owns a share of it.
        Owner = "OWNER",
        /// Sits on its board.
        BoardMember = "BOARD_MEMBER",
    }
}

named! {
    /// Why a person left.
    LeaveReason, "leave reason" {
        /// The person's own decision: the event of retention models.
        Voluntary = "VOLUNTARY",
        /// The organization's decision.
        Involuntary = "INVOLUNTARY",
        /// Retirement.
        Retirement = "RETIREMENT",
        /// A contract ran out.
        EndOfContract = "END_OF_CONTRACT",
        /// Anything else.
        Other = "OTHER",
    }
}

/// A named value of a person, such as a site or a level: (name, value).
pub type Attribute = (Arc<str>, Arc<str>);

/// One person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRecord {
    /// The id.
    pub id: PersonId,
    /// The id in the system of record; unique in the organization.
    pub external_id: Option<Arc<str>>,
    /// The name others see.
    pub display_name: Arc<str>,
    /// The e-mail address as written; unique in the organization whatever its case.
    pub email: Option<Arc<str>>,
    /// The job title.
    pub title: Option<Arc<str>>,
    /// What ties the person to the organization.
    pub relationship: Relationship,
    /// The team the person belongs to.
    pub team: Option<TeamId>,
    /// Who the person reports to.
    pub manager: Option<PersonId>,
    /// The first day.
    pub hired_on: Option<NaiveDate>,
    /// The last day, when known. It may lie ahead: what counts as having left is `deactivated`.
    pub left_on: Option<NaiveDate>,
    /// Why the person left.
    pub leave_reason: Option<LeaveReason>,
    /// The language the person reads.
    pub locale: Option<Arc<str>>,
    /// Named values, sorted by name (the chart sorts them if they are not).
    pub attributes: Arc<[Attribute]>,
    /// Tokens issued before this moment are void.
    pub signed_out_before: Option<DateTime<Utc>>,
    /// Whether the person is here no more: cannot sign in, is no member, no report and not counted.
    pub deactivated: bool,
}

impl PersonRecord {
    /// Whether the person is here: counted, listed and able to sign in.
    pub const fn is_active(&self) -> bool {
        !self.deactivated
    }

    /// The value of one attribute, by binary search.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let place = self.attributes.binary_search_by(|(other, _)| (**other).cmp(name)).ok()?;
        self.attributes.get(place).map(|(_, value)| &**value)
    }
}

/// One team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamRecord {
    /// The id.
    pub id: TeamId,
    /// The id in the system of record; unique in the organization.
    pub external_id: Option<Arc<str>>,
    /// The name.
    pub name: Arc<str>,
    /// The team above; none for the root.
    pub parent: Option<TeamId>,
    /// Who leads it.
    pub lead: Option<PersonId>,
    /// Whether it is kept for history only: it is found by id, and is in no list.
    pub archived: bool,
}
