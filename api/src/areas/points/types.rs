//! Points as the schema shows them.

use async_graphql::{ComplexObject, Context, Enum, ID, Object, Result, SimpleObject};
use hearten_ids::PointPostingId;
use hearten_ledger::{AccountKind, TransferKind};
use hearten_orgchart::Relationship as Stored;
use hearten_policy::{Action, Resource};

use super::{
    rules,
    service::{self, Check, Entry},
};
use crate::{
    areas::{
        directory::types::Relationship,
        recognition::{
            service as recognition,
            types::{Recognition, int},
        },
        rewards::{store::facts, types::Redemption},
    },
    graphql::{
        context::request,
        error::Exception,
        paging::{Arranged, Listing, Page, listing},
        scalars::DateTime,
    },
};

/// What an account of points is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "AccountKind")]
pub enum PointAccountKind {
    /// Where points come from, and where lapsed ones return to. Below zero by what is in people's hands or was spent.
    Issue,
    /// Points that were redeemed and fulfilled.
    Spent,
    /// What a person may give away this month.
    Allowance,
    /// What a person was given, and may redeem.
    Earned,
    /// What whoever leads a team may give away beside the own allowance.
    Budget,
    /// What a redemption holds until it is fulfilled or given back.
    Hold,
}

/// Why points moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "TransferKind")]
pub enum PointTransferKind {
    /// The allowance of a month was granted.
    AllowanceGrant,
    /// What was left of an allowance lapsed at the end of its month.
    AllowanceLapse,
    /// A team's budget was granted.
    BudgetGrant,
    /// Somebody was thanked.
    Recognition,
    /// A correction by hand.
    Adjustment,
    /// A reward was asked for.
    Hold,
    /// A reward was handed over.
    Fulfilment,
    /// Thanks were taken back, or a reward was not handed over.
    Reversal,
}

/// What you hold.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct Wallet {
    /// Points you may give away until the end of the month; what is left then lapses.
    allowance: i32,
    /// Points you were given and have not spent; they do not lapse.
    earned: i32,
}

impl From<service::Wallet> for Wallet {
    fn from(wallet: service::Wallet) -> Self {
        Self { allowance: int(wallet.allowance), earned: int(wallet.earned) }
    }
}

/// What you hold.
#[ComplexObject]
impl Wallet {
    /// What moved on your accounts, newest first.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100; instead of first.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Option<Listing<PointEntry>>> {
        let page = Page::<PointPostingId>::from_arguments(first, after, last, before)?;
        let Arranged { rows, has_previous, has_next } = service::own_history(request(ctx)?, &page).await?;
        let items = rows.into_iter().map(|entry| Ok((entry.id, PointEntry::try_from(entry)?)));
        let items = items.collect::<Result<Vec<_>, Exception>>()?;
        Ok(Some(listing(items, has_previous, has_next, None)))
    }
}

/// One line of your accounts.
pub struct PointEntry {
    entry: Entry,
    account: AccountKind,
    kind: TransferKind,
}

impl TryFrom<Entry> for PointEntry {
    type Error = Exception;

    fn try_from(entry: Entry) -> Result<Self, Exception> {
        let account = entry.account.parse().map_err(Exception::internal)?;
        let kind = entry.kind.parse().map_err(Exception::internal)?;
        Ok(Self { entry, account, kind })
    }
}

/// One line of your accounts.
#[Object]
impl PointEntry {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.entry.id.to_string().into()
    }

    /// Which account: ALLOWANCE or EARNED.
    async fn account(&self) -> PointAccountKind {
        self.account.into()
    }

    /// What was added; taken when below zero.
    async fn points(&self) -> i32 {
        int(self.entry.amount)
    }

    /// What the account held after it.
    async fn balance_after(&self) -> i32 {
        int(self.entry.balance_after)
    }

    /// Why.
    async fn kind(&self) -> PointTransferKind {
        self.kind.into()
    }

    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.entry.made_at)
    }

    /// Why, in words, for a correction.
    async fn reason(&self) -> Option<&str> {
        self.entry.reason.as_deref()
    }

    /// The recognition it is for; null where it is for none, or you may not see it any more.
    async fn recognition(&self, ctx: &Context<'_>) -> Result<Option<Recognition>> {
        let ctx = request(ctx)?;
        let Some(id) = self.entry.recognition_id else { return Ok(None) };
        let found = ctx.loaders()?.recognition(id).await?;
        let asker = ctx.asker()?;
        Ok(found.filter(|thanks| recognition::sees(&asker, thanks)).map(Recognition::from))
    }

    /// The redemption it is for.
    async fn redemption(&self, ctx: &Context<'_>) -> Result<Option<Redemption>> {
        let ctx = request(ctx)?;
        let Some(id) = self.entry.redemption_id else { return Ok(None) };
        let found = ctx.loaders()?.redemption(id).await?;
        let asker = ctx.asker()?;
        let may = |row: &_| asker.may(Action::ReadRedemption, Resource::Redemption(facts(row)));
        Ok(found.filter(may).map(Redemption::from))
    }
}

/// The rules for points.
#[derive(SimpleObject)]
pub struct PointRules {
    /// How many points are worth one unit of the currency.
    points_per_unit: i32,
    /// The currency: an ISO 4217 code.
    currency: String,
    /// Points a month.
    monthly_allowance: Vec<MonthlyAllowance>,
    /// Whether every redemption waits for approval, whatever its reward says.
    approval_required: bool,
}

/// What people may give away in a month.
#[derive(SimpleObject)]
pub struct MonthlyAllowance {
    /// Who.
    relationship: Relationship,
    /// How many points.
    points: i32,
}

impl From<rules::Rules> for PointRules {
    fn from(rules: rules::Rules) -> Self {
        let monthly = Stored::ALL.iter().map(|relationship| MonthlyAllowance {
            relationship: (*relationship).into(),
            points: int(rules.allowance(*relationship)),
        });
        Self {
            points_per_unit: int(rules.points_per_unit),
            monthly_allowance: monthly.collect(),
            currency: rules.currency,
            approval_required: rules.approval_required,
        }
    }
}

/// What a look through the books of points found.
#[derive(SimpleObject)]
pub struct LedgerCheck {
    /// Whether everything adds up.
    sound: bool,
    /// What all accounts hold together: always 0.
    total: i64,
    /// By kind of account.
    kinds: Vec<LedgerKindSum>,
    /// Transfers whose postings do not sum to zero: always 0.
    unbalanced_transfers: i32,
    /// Accounts whose balance is not what their postings sum to: always 0.
    differing_accounts: i32,
    /// Accounts that are, or ever were, below zero beside the issue: always 0.
    overdrawn_accounts: i32,
}

/// What the accounts of a kind hold.
#[derive(SimpleObject)]
pub struct LedgerKindSum {
    /// The kind.
    kind: PointAccountKind,
    /// How many accounts there are.
    accounts: i32,
    /// What they hold together.
    balance: i64,
    /// What their postings sum to.
    posted: i64,
}

impl From<Check> for LedgerCheck {
    fn from(check: Check) -> Self {
        let kind = |sum: &service::KindSum| LedgerKindSum {
            kind: sum.kind.into(),
            accounts: int(sum.accounts),
            balance: sum.balance,
            posted: sum.posted,
        };
        Self {
            sound: check.is_sound(),
            total: check.kinds.iter().map(|sum| sum.balance).sum(),
            kinds: check.kinds.iter().map(kind).collect(),
            unbalanced_transfers: int(check.unbalanced),
            differing_accounts: int(check.differing),
            overdrawn_accounts: int(check.overdrawn),
        }
    }
}
