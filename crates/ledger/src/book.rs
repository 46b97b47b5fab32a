//! The balances that follow from transfers.

use std::collections::BTreeMap;

use crate::{AccountKind, Kinded, Transfer};

/// All accounts with their balances. It begins empty, and only transfers change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book<A> {
    balances: BTreeMap<A, i64>,
}

/// An account holds less than a transfer takes from it. Nothing was moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{account:?} holds {balance}, less than {wanted}")]
pub struct Overdrawn<A: std::fmt::Debug> {
    /// The account.
    pub account: A,
    /// What it holds.
    pub balance: i64,
    /// What was to be taken.
    pub wanted: i64,
}

impl<A: Kinded> Default for Book<A> {
    fn default() -> Self {
        Self { balances: BTreeMap::new() }
    }
}

impl<A: Kinded> Book<A> {
    /// The book that follows from `transfers`, in their order.
    ///
    /// # Errors
    /// At the first transfer that overdraws an account.
    pub fn replay<'a>(transfers: impl IntoIterator<Item = &'a Transfer<A>>) -> Result<Self, Overdrawn<A>>
    where
        A: 'a,
    {
        let mut book = Self::default();
        for transfer in transfers {
            book.apply(transfer)?;
        }
        Ok(book)
    }

    /// The balances that follow from `transfers`, whatever their order: for what is stored with times that do not tell
    /// apart what happened in the same moment. That nothing was overdrawn in between does not follow.
    pub fn add_up<'a>(transfers: impl IntoIterator<Item = &'a Transfer<A>>) -> Self
    where
        A: 'a,
    {
        let mut book = Self::default();
        transfers.into_iter().for_each(|transfer| book.post(transfer));
        book
    }

    /// Does what a transfer says, wholly or not at all.
    ///
    /// # Errors
    /// When an account holds too little.
    pub fn apply(&mut self, transfer: &Transfer<A>) -> Result<(), Overdrawn<A>> {
        for posting in transfer.postings() {
            let balance = self.balance(posting.account);
            if posting.amount < 0 && !posting.account.kind().may_be_below_zero() && balance < -posting.amount {
                return Err(Overdrawn { account: posting.account, balance, wanted: -posting.amount });
            }
        }
        // Each account comes once, so what was checked of one is not changed by another.
        self.post(transfer);
        Ok(())
    }

    fn post(&mut self, transfer: &Transfer<A>) {
        for posting in transfer.postings() {
            *self.balances.entry(posting.account).or_default() += posting.amount;
        }
    }

    /// What an account holds; zero when nothing ever touched it.
    pub fn balance(&self, account: A) -> i64 {
        self.balances.get(&account).copied().unwrap_or_default()
    }

    /// What all accounts of a kind hold together.
    pub fn balance_of(&self, kind: AccountKind) -> i64 {
        self.balances.iter().filter(|(account, _)| account.kind() == kind).map(|(_, balance)| balance).sum()
    }

    /// What all accounts hold together: always zero.
    pub fn total(&self) -> i64 {
        self.balances.values().sum()
    }

    /// Every account that a transfer touched, with its balance.
    pub fn balances(&self) -> impl Iterator<Item = (A, i64)> + '_ {
        self.balances.iter().map(|(account, balance)| (*account, *balance))
    }
}
