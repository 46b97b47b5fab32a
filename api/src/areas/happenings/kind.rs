//! What can happen, one list for all areas.

use std::str::FromStr;

use async_graphql::Enum;

macro_rules! happening_kinds {
    ($( $(#[$doc:meta])* $name:ident = $text:literal, )*) => {
        /// What happened. More kinds will come: show one you do not know by the object it is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
        pub enum HappeningKind { $( $(#[$doc])* $name, )* }

        impl HappeningKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name it is stored and told under: area, dot, what happened.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

happening_kinds! {
    /// A survey asks you.
    SurveyOpened = "survey.opened",
    /// Somebody expects something of you.
    ExpectationProposed = "expectation.proposed",
    /// The other side of an expectation made a counter-proposal.
    ExpectationNegotiated = "expectation.negotiated",
    /// What is expected was accepted.
    ExpectationAccepted = "expectation.accepted",
    /// What is expected was declined.
    ExpectationDeclined = "expectation.declined",
    /// What was expected is expected no more.
    ExpectationWithdrawn = "expectation.withdrawn",
    /// What you expect was reported as done: judge it.
    ExpectationReported = "expectation.reported",
    /// What was expected was met. To whoever expected it, this is an occasion to say thank you.
    ExpectationMet = "expectation.met",
    /// More was done than expected. To whoever expected it, this is an occasion to say thank you.
    ExpectationExceeded = "expectation.exceeded",
    /// What was expected was not met.
    ExpectationMissed = "expectation.missed",
    /// What you accepted is due in three days, tomorrow, or today.
    ExpectationDue = "expectation.due",
    /// With what you accepted you have more work than time in a week. Only you are told.
    ExpectationOverload = "expectation.overload",
    /// Somebody who reports to you has had more work than time for three days.
    ExpectationOverloadLasts = "expectation.overload_lasts",
    /// You were given a part in an area of responsibility.
    ResponsibilityAssigned = "responsibility.assigned",
    /// Your part in an area of responsibility ended.
    ResponsibilityEnded = "responsibility.ended",
    /// Somebody gave back a part in an area of responsibility that you keep.
    ResponsibilityHandedBack = "responsibility.handed_back",
}

/// A text that names no kind.
#[derive(Debug, thiserror::Error)]
#[error("unknown kind of happening {0:?}")]
pub struct UnknownKind(String);

impl FromStr for HappeningKind {
    type Err = UnknownKind;
    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text).ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

impl HappeningKind {
    /// The area it belongs to, such as "goal".
    pub fn area(self) -> &'static str {
        self.as_str().split('.').next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_name_of_its_own_with_an_area() {
        for kind in HappeningKind::ALL {
            assert_eq!(kind.as_str().parse::<HappeningKind>().unwrap(), *kind);
            assert_eq!(kind.as_str().matches('.').count(), 1, "{}", kind.as_str());
        }
    }
}
