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
    /// A goal of yours was written.
    GoalCreated = "goal.created",
    /// Somebody checked in on a goal of yours, or on one that supports it.
    GoalCheckedIn = "goal.checked_in",
    /// A goal of yours, or one that supports it, was closed.
    GoalClosed = "goal.closed",
    /// A goal of yours has gone without a check-in for too long.
    GoalStale = "goal.stale",
    /// A goal supports another now.
    GoalAligned = "goal.aligned",
    /// A cycle in which you had goals was closed.
    GoalCycleClosed = "goal.cycle_closed",
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
