//! Points by double entry. A [`Transfer`] moves points between accounts and sums to zero; a [`Book`] applies transfers one
//! after the other and refuses what would overdraw an account. Nothing is ever changed or deleted: what was wrong is
//! reversed by a transfer of its own.
//!
//! This crate knows no person and no database. The service keeps the same rules under the database's locks, and checks
//! what is stored by replaying it here.

mod account;
mod book;
mod transfer;

#[cfg(test)]
mod tests;

pub use account::{AccountKind, Kinded, UnknownName};
pub use book::{Book, Overdrawn};
pub use transfer::{LARGEST_AMOUNT, Posting, Problem, Transfer, TransferKind};
