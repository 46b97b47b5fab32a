//! The states of an expectation and the moves between them.
//!
//! ```text
//!              ┌── counter ──┐
//!              ▼             │
//! PROPOSED ─► NEGOTIATED ────┘      (each counter-proposal is answered by the other side)
//!    │            │
//!    ├── accept ──┴─► ACCEPTED ─► MET | EXCEEDED | MISSED
//!    ├── decline ───► DECLINED
//!    └── withdraw ──► WITHDRAWN ◄── withdraw ── ACCEPTED
//! ```

use crate::names::named_values;

named_values! {
    /// Where an expectation stands.
    State {
        /// Proposed; the one it is addressed to has not answered.
        Proposed = "PROPOSED",
        /// One side made a counter-proposal, which the other has not answered.
        Negotiated = "NEGOTIATED",
        /// Both agreed: it is to be done.
        Accepted = "ACCEPTED",
        /// Turned down.
        Declined = "DECLINED",
        /// Taken back.
        Withdrawn = "WITHDRAWN",
        /// Done as agreed.
        Met = "MET",
        /// More was done than agreed, or better.
        Exceeded = "EXCEEDED",
        /// Not done as agreed.
        Missed = "MISSED",
    }
}

impl State {
    /// Whether anything can still happen to it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Proposed | Self::Negotiated | Self::Accepted)
    }
}

named_values! {
    /// A side of an expectation.
    Party {
        /// Who expects something.
        From = "FROM",
        /// Of whom it is expected.
        To = "TO",
    }
}

impl Party {
    /// The side across the table.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::From => Self::To,
            Self::To => Self::From,
        }
    }
}

named_values! {
    /// One step in the life of an expectation.
    Move {
        /// It was proposed.
        Propose = "PROPOSE",
        /// The proposal on the table was accepted.
        Accept = "ACCEPT",
        /// Another proposal was put on the table.
        Counter = "COUNTER",
        /// The proposal on the table was turned down, and with it the expectation.
        Decline = "DECLINE",
        /// It was taken back.
        Withdraw = "WITHDRAW",
        /// Whoever accepted it said that it is done.
        Report = "REPORT",
        /// Judged done as agreed.
        Meet = "MEET",
        /// Judged better than agreed.
        Exceed = "EXCEED",
        /// Judged not done as agreed.
        Miss = "MISS",
    }
}

impl Move {
    /// Whether it has to say why.
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::Counter | Self::Decline)
    }
}

/// How an expectation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The state.
    pub state: State,
    /// Whose answer the proposal on the table waits for; none when there is no proposal on the table.
    pub awaits: Option<Party>,
    /// Whether it was reported as done.
    pub reported: bool,
}

/// What a move has to know of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Situation {
    /// Whether the day until which it was to be done is over.
    pub overdue: bool,
    /// Whether whoever expects it has left: then the other side may put it away too.
    pub from_has_left: bool,
}

/// Why a move is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// In this state there is no such move.
    #[error("the expectation is not in a state in which this can be done")]
    WrongState,
    /// The proposal on the table is one's own.
    #[error("the last proposal is your own: the other side answers it, nobody negotiates with oneself")]
    OwnProposal,
    /// The move is the other side's.
    #[error("this is for the other side to do")]
    OtherSide,
    /// It was reported as done already.
    #[error("it was reported as done before")]
    AlreadyReported,
    /// What nobody can do in time any more is not agreed on as it stands.
    #[error("its due day is over: agree on a later one with a counter-proposal first")]
    TooLate,
    /// It cannot have been missed while there is time left.
    #[error(
        "its due day is not over and nobody reported it as done, so it was not missed; withdraw it if you no longer expect it"
    )]
    NotDue,
}

impl Standing {
    /// How an expectation begins.
    pub const PROPOSED: Self = Self { state: State::Proposed, awaits: Some(Party::To), reported: false };

    const fn settled(self, state: State) -> Self {
        Self { state, awaits: None, ..self }
    }

    /// How it stands after `party` makes a move.
    ///
    /// # Errors
    /// Why it does not.
    pub fn after(self, step: Move, party: Party, situation: Situation) -> Result<Self, Refused> {
        match step {
            Move::Propose => Err(Refused::WrongState),
            Move::Accept => match self.answer(party) {
                Ok(()) if situation.overdue => Err(Refused::TooLate),
                Ok(()) => Ok(self.settled(State::Accepted)),
                Err(refused) => Err(refused),
            },
            Move::Decline => self.answer(party).map(|()| self.settled(State::Declined)),
            Move::Counter => {
                self.answer(party).map(|()| Self { state: State::Negotiated, awaits: Some(party.other()), ..self })
            }
            Move::Withdraw if !self.state.is_open() => Err(Refused::WrongState),
            Move::Withdraw if party == Party::To && !situation.from_has_left => Err(Refused::OtherSide),
            Move::Withdraw => Ok(self.settled(State::Withdrawn)),
            Move::Report if self.state != State::Accepted => Err(Refused::WrongState),
            Move::Report if party != Party::To => Err(Refused::OtherSide),
            Move::Report if self.reported => Err(Refused::AlreadyReported),
            Move::Report => Ok(Self { reported: true, ..self }),
            Move::Meet | Move::Exceed | Move::Miss if self.state != State::Accepted => Err(Refused::WrongState),
            Move::Meet | Move::Exceed | Move::Miss if party != Party::From => Err(Refused::OtherSide),
            Move::Meet => Ok(self.settled(State::Met)),
            Move::Exceed => Ok(self.settled(State::Exceeded)),
            Move::Miss if !situation.overdue && !self.reported => Err(Refused::NotDue),
            Move::Miss => Ok(self.settled(State::Missed)),
        }
    }

    fn answer(self, party: Party) -> Result<(), Refused> {
        match self.awaits {
            None => Err(Refused::WrongState),
            Some(awaited) if awaited == party => Ok(()),
            // Who proposed it first never had anything to answer; who answered last waits.
            Some(_) => Err(Refused::OwnProposal),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Situation = Situation { overdue: false, from_has_left: false };

    /// Every standing that can be reached.
    fn standings() -> Vec<Standing> {
        let mut all = vec![Standing::PROPOSED];
        let mut next = 0;
        while let Some(at) = all.get(next).copied() {
            next += 1;
            for step in Move::ALL {
                for party in Party::ALL {
                    for (overdue, from_has_left) in [(false, false), (true, false), (false, true)] {
                        if let Ok(after) = at.after(*step, *party, Situation { overdue, from_has_left })
                            && !all.contains(&after)
                        {
                            all.push(after);
                        }
                    }
                }
            }
        }
        all
    }

    #[test]
    fn only_these_moves_exist() {
        let mut allowed = Vec::new();
        for standing in standings() {
            for step in Move::ALL {
                for party in Party::ALL {
                    if let Ok(after) = standing.after(*step, *party, NOW) {
                        let awaits = |one: Standing| one.awaits.map_or("", Party::as_str);
                        let reported = |one: Standing| if one.reported { " reported" } else { "" };
                        allowed.push(format!(
                            "{} {}{}: {} {} -> {} {}{}",
                            standing.state.as_str(),
                            awaits(standing),
                            reported(standing),
                            party.as_str(),
                            step.as_str(),
                            after.state.as_str(),
                            awaits(after),
                            reported(after),
                        ));
                    }
                }
            }
        }
        allowed.sort_unstable();
        assert_eq!(
            allowed,
            [
                "ACCEPTED  reported: FROM EXCEED -> EXCEEDED  reported",
                "ACCEPTED  reported: FROM MEET -> MET  reported",
                "ACCEPTED  reported: FROM MISS -> MISSED  reported",
                "ACCEPTED  reported: FROM WITHDRAW -> WITHDRAWN  reported",
                "ACCEPTED : FROM EXCEED -> EXCEEDED ",
                "ACCEPTED : FROM MEET -> MET ",
                "ACCEPTED : FROM WITHDRAW -> WITHDRAWN ",
                "ACCEPTED : TO REPORT -> ACCEPTED  reported",
                "NEGOTIATED FROM: FROM ACCEPT -> ACCEPTED ",
                "NEGOTIATED FROM: FROM COUNTER -> NEGOTIATED TO",
                "NEGOTIATED FROM: FROM DECLINE -> DECLINED ",
                "NEGOTIATED FROM: FROM WITHDRAW -> WITHDRAWN ",
                "NEGOTIATED TO: FROM WITHDRAW -> WITHDRAWN ",
                "NEGOTIATED TO: TO ACCEPT -> ACCEPTED ",
                "NEGOTIATED TO: TO COUNTER -> NEGOTIATED FROM",
                "NEGOTIATED TO: TO DECLINE -> DECLINED ",
                "PROPOSED TO: FROM WITHDRAW -> WITHDRAWN ",
                "PROPOSED TO: TO ACCEPT -> ACCEPTED ",
                "PROPOSED TO: TO COUNTER -> NEGOTIATED FROM",
                "PROPOSED TO: TO DECLINE -> DECLINED ",
            ]
        );
    }

    #[test]
    fn refusals_say_which_rule() {
        let negotiated = Standing::PROPOSED.after(Move::Counter, Party::To, NOW).unwrap();
        assert_eq!(negotiated.after(Move::Counter, Party::To, NOW), Err(Refused::OwnProposal));
        assert_eq!(negotiated.after(Move::Accept, Party::To, NOW), Err(Refused::OwnProposal));
        assert_eq!(Standing::PROPOSED.after(Move::Accept, Party::From, NOW), Err(Refused::OwnProposal));
        assert_eq!(Standing::PROPOSED.after(Move::Withdraw, Party::To, NOW), Err(Refused::OtherSide));
        let accepted = Standing::PROPOSED.after(Move::Accept, Party::To, NOW).unwrap();
        assert_eq!(accepted.after(Move::Accept, Party::To, NOW), Err(Refused::WrongState));
        assert_eq!(accepted.after(Move::Meet, Party::To, NOW), Err(Refused::OtherSide));
        assert_eq!(accepted.after(Move::Miss, Party::From, NOW), Err(Refused::NotDue));
        let late = Situation { overdue: true, ..NOW };
        assert_eq!(Standing::PROPOSED.after(Move::Accept, Party::To, late), Err(Refused::TooLate));
        assert_eq!(accepted.after(Move::Miss, Party::From, late).unwrap().state, State::Missed);
        let reported = accepted.after(Move::Report, Party::To, NOW).unwrap();
        assert_eq!(reported.after(Move::Report, Party::To, NOW), Err(Refused::AlreadyReported));
        let left = Situation { from_has_left: true, ..NOW };
        assert_eq!(accepted.after(Move::Withdraw, Party::To, left).unwrap().state, State::Withdrawn);
    }

    proptest! {
        /// Whatever anybody tries: nobody answers a proposal of one's own, what is over stays so, and somebody is
        /// awaited exactly while a proposal is on the table.
        #[test]
        fn no_road_breaks_the_rules(tries in proptest::collection::vec((0..Move::ALL.len(), any::<bool>(), any::<bool>(), any::<bool>()), 0..60)) {
            let mut at = Standing::PROPOSED;
            let mut proposer = Party::From;
            for (step, from, overdue, from_has_left) in tries {
                let party = if from { Party::From } else { Party::To };
                let step = Move::ALL[step];
                let Ok(after) = at.after(step, party, Situation { overdue, from_has_left }) else { continue };
                prop_assert!(at.state.is_open());
                if matches!(step, Move::Accept | Move::Counter | Move::Decline) {
                    prop_assert_ne!(party, proposer);
                }
                if step == Move::Counter {
                    proposer = party;
                }
                prop_assert_eq!(after.awaits.is_some(), matches!(after.state, State::Proposed | State::Negotiated));
                prop_assert!(after.awaits.is_none_or(|awaited| awaited != proposer));
                prop_assert!(at.reported <= after.reported);
                at = after;
            }
        }
    }
}
