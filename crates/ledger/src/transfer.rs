//! One movement of points between accounts.

use crate::account::{AccountKind, Kinded, named};

/// One posting moves at most this many points, so that no sum of a book comes near the end of its integers.
pub const LARGEST_AMOUNT: i64 = 1_000_000_000;

named! {
    /// Why points move, and so between which kinds of accounts.
    TransferKind, "transfer kind" {
        /// The monthly allowance: from the issue to allowances.
        AllowanceGrant = "ALLOWANCE_GRANT",
        /// What was left of an allowance at the end of its month: back to the issue.
        AllowanceLapse = "ALLOWANCE_LAPSE",
        /// A team's budget: from the issue.
        BudgetGrant = "BUDGET_GRANT",
        /// Thanks: from an allowance or a budget to what receivers earned.
        Recognition = "RECOGNITION",
        /// A correction by hand: between the issue and what a person earned.
        Adjustment = "ADJUSTMENT",
        /// A reward is asked for: from what was earned to a hold.
        Hold = "HOLD",
        /// A reward was handed over: from the hold to what is spent.
        Fulfilment = "FULFILMENT",
        /// The opposite of another transfer.
        Reversal = "REVERSAL",
    }
}

impl TransferKind {
    /// Whether it may take points from an account of this kind.
    const fn takes_from(self, kind: AccountKind) -> bool {
        match self {
            Self::AllowanceGrant | Self::BudgetGrant => matches!(kind, AccountKind::Issue),
            Self::AllowanceLapse => matches!(kind, AccountKind::Allowance),
            Self::Recognition => matches!(kind, AccountKind::Allowance | AccountKind::Budget),
            Self::Adjustment => matches!(kind, AccountKind::Issue | AccountKind::Earned),
            Self::Hold => matches!(kind, AccountKind::Earned),
            Self::Fulfilment => matches!(kind, AccountKind::Hold),
            Self::Reversal => matches!(kind, AccountKind::Earned | AccountKind::Hold),
        }
    }

    /// Whether it may give points to an account of this kind.
    const fn gives_to(self, kind: AccountKind) -> bool {
        match self {
            Self::AllowanceGrant => matches!(kind, AccountKind::Allowance),
            Self::BudgetGrant => matches!(kind, AccountKind::Budget),
            Self::AllowanceLapse => matches!(kind, AccountKind::Issue),
            Self::Recognition | Self::Adjustment => {
                matches!(kind, AccountKind::Earned)
                    || (matches!(self, Self::Adjustment) && matches!(kind, AccountKind::Issue))
            }
            Self::Hold => matches!(kind, AccountKind::Hold),
            Self::Fulfilment => matches!(kind, AccountKind::Spent),
            Self::Reversal => matches!(kind, AccountKind::Allowance | AccountKind::Budget | AccountKind::Earned),
        }
    }

    /// Whether what it did can be undone by a reversal.
    pub const fn is_reversible(self) -> bool {
        matches!(self, Self::Recognition | Self::Hold)
    }
}

/// What a transfer does to one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting<A> {
    /// The account.
    pub account: A,
    /// What is added to it; taken when below zero. Never zero.
    pub amount: i64,
}

/// A movement of points: postings that sum to zero, each account once, in the order of accounts, between kinds that the
/// transfer's kind connects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer<A> {
    kind: TransferKind,
    postings: Vec<Posting<A>>,
}

/// Why postings are no transfer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It moves nothing.
    #[error("a transfer moves something")]
    Empty,
    /// A posting is zero or beyond [`LARGEST_AMOUNT`].
    #[error("a posting moves 1 to {LARGEST_AMOUNT} points, not {0}")]
    Amount(i64),
    /// An account is named twice.
    #[error("an account is named twice")]
    Twice,
    /// The postings do not sum to zero.
    #[error("the postings sum to {0}, not to zero")]
    Unbalanced(i64),
    /// The kind of transfer does not move points so.
    #[error("{0} does not move points to or from {1}")]
    Kind(TransferKind, AccountKind),
    /// The transfer cannot be reversed.
    #[error("{0} cannot be reversed")]
    Irreversible(TransferKind),
}

impl<A: Kinded> Transfer<A> {
    /// Checks postings and puts them into order.
    ///
    /// # Errors
    /// When they are no transfer of this kind.
    pub fn new(kind: TransferKind, postings: impl IntoIterator<Item = (A, i64)>) -> Result<Self, Problem> {
        let posting = |(account, amount)| Posting { account, amount };
        let mut postings: Vec<Posting<A>> = postings.into_iter().map(posting).collect();
        postings.sort_by_key(|posting| posting.account);
        if postings.is_empty() {
            return Err(Problem::Empty);
        }
        let mut sum = 0_i64;
        for posting in &postings {
            let Posting { account, amount } = *posting;
            if amount == 0 || !(-LARGEST_AMOUNT..=LARGEST_AMOUNT).contains(&amount) {
                return Err(Problem::Amount(amount));
            }
            let fits = if amount < 0 { kind.takes_from(account.kind()) } else { kind.gives_to(account.kind()) };
            if !fits {
                return Err(Problem::Kind(kind, account.kind()));
            }
            // Amounts are bounded, and so many postings do not fit into memory.
            sum = sum.saturating_add(amount);
        }
        if postings.windows(2).any(|pair| pair[0].account == pair[1].account) {
            return Err(Problem::Twice);
        }
        if sum != 0 {
            return Err(Problem::Unbalanced(sum));
        }
        Ok(Self { kind, postings })
    }

    /// `each` points from one account to each of several.
    ///
    /// # Errors
    /// When there is no receiver, one is named twice, or the points are not more than zero and at most
    /// [`LARGEST_AMOUNT`] altogether.
    pub fn from_one(kind: TransferKind, from: A, to: &[A], each: i64) -> Result<Self, Problem> {
        if to.is_empty() {
            return Err(Problem::Empty);
        }
        if each <= 0 {
            return Err(Problem::Amount(each));
        }
        let total = i64::try_from(to.len()).ok().and_then(|count| each.checked_mul(count));
        let total = total.ok_or(Problem::Amount(each))?;
        Self::new(kind, to.iter().map(|account| (*account, each)).chain([(from, -total)]))
    }

    /// The transfer that undoes this one.
    ///
    /// # Errors
    /// When transfers of this kind are not undone.
    pub fn reversal(&self) -> Result<Self, Problem> {
        if !self.kind.is_reversible() {
            return Err(Problem::Irreversible(self.kind));
        }
        Self::new(TransferKind::Reversal, self.postings.iter().map(|posting| (posting.account, -posting.amount)))
    }
}

impl<A> Transfer<A> {
    /// Why points move.
    pub const fn kind(&self) -> TransferKind {
        self.kind
    }

    /// The postings, in the order of accounts.
    pub fn postings(&self) -> &[Posting<A>] {
        &self.postings
    }
}
