//! Rankings of a few options by many people: what everybody's order comes to.
//!
//! A [`Ballot`] ranks some of the options; what it leaves out shares the last place. Two counts come of ballots: Borda
//! points (how high an option stands on average) and majorities between pairs, from which follow the Condorcet winner,
//! if there is one, and the order of Schulze, which needs none.
//!
//! Both are sums over ballots of small codes ([`Contest::codes`]), so that disclosure control can count them as it counts
//! answers to questions. This crate does no I/O and knows no persons.

mod ballot;
mod order;

pub use ballot::{Ballot, BallotError, Contest, MOST_OPTIONS, Pair, Preference};
pub use order::{Majorities, Order};

#[cfg(test)]
mod tests;
