//! The states of a request, and the moves between them.

use std::{fmt, str::FromStr};

/// Where a request stands. That it is overdue is no state of its own: it follows from the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Somebody owes an answer.
    Open,
    /// The asker was asked back; the clock stands still.
    Waiting,
    /// Answered; what was asked for may still have to be done.
    Answered,
    /// Refused, with a reason.
    Declined,
    /// Done.
    Fulfilled,
    /// Taken back by the asker.
    Withdrawn,
}

/// What somebody does with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Move {
    /// An owner asks the asker back.
    AskBack,
    /// The asker replies.
    Reply,
    /// An owner answers.
    Answer,
    /// An owner refuses.
    Decline,
    /// An owner reports it done.
    Fulfil,
    /// The asker takes it back.
    Withdraw,
    /// The asker is not content.
    Reopen,
    /// It is given to somebody of the owners.
    Assign,
    /// It is given to another queue.
    Transfer,
    /// It climbs to whoever is above the owners.
    Escalate,
}

/// A text that is no state's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown state of a request {0:?}")]
pub struct UnknownState(pub String);

impl State {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Open, Self::Waiting, Self::Answered, Self::Declined, Self::Fulfilled, Self::Withdrawn];

    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Waiting => "WAITING",
            Self::Answered => "ANSWERED",
            Self::Declined => "DECLINED",
            Self::Fulfilled => "FULFILLED",
            Self::Withdrawn => "WITHDRAWN",
        }
    }

    /// Where a move leads from here; None where it cannot be made.
    pub const fn after(self, made: Move) -> Option<Self> {
        match (made, self) {
            (Move::AskBack, Self::Open) => Some(Self::Waiting),
            (Move::Reply, Self::Waiting) => Some(Self::Open),
            (Move::Answer, Self::Open | Self::Waiting) => Some(Self::Answered),
            (Move::Decline, Self::Open | Self::Waiting) => Some(Self::Declined),
            (Move::Fulfil, Self::Open | Self::Waiting | Self::Answered) => Some(Self::Fulfilled),
            (Move::Withdraw, Self::Open | Self::Waiting | Self::Answered) => Some(Self::Withdrawn),
            (Move::Reopen, Self::Answered | Self::Declined | Self::Fulfilled) => Some(Self::Open),
            (Move::Assign | Move::Transfer, Self::Open | Self::Waiting) => Some(self),
            (Move::Escalate, Self::Open) => Some(self),
            _ => None,
        }
    }

    /// Whether somebody still owes something.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Open | Self::Waiting)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for State {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or_else(|| UnknownState(text.to_owned()))
    }
}
