//! The ledger in the database. Accounts carry their balance, which changes with the postings in one transaction, under
//! the accounts' locks, and never falls below zero but for the issue: that is checked here, asked again by each update,
//! and held by a constraint of the table.
//!
//! Whoever needs several accounts takes them at once, in the order of their ids, after the rows of its own (a redemption,
//! then a reward): so two transactions never wait for each other.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use hearten_entity::{InOrganization, point_account, point_posting, point_transfer};
use hearten_ids::{
    OrganizationId, PersonId, PointAccountId, PointPostingId, PointTransferId, RecognitionId, RedemptionId, TeamId,
};
use hearten_ledger::{AccountKind, Kinded, Overdrawn, Problem, Transfer, TransferKind};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use crate::{
    app::App,
    graphql::error::{ErrorCode, Exception, Refusal},
};

/// Rows inserted by one statement: SQLite counts its values.
const ROWS_AT_ONCE: usize = 1_000;

/// An account, by what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Where points come from.
    Issue,
    /// Points that were spent.
    Spent,
    /// What a person may give away this month.
    Allowance(PersonId),
    /// What a person was given.
    Earned(PersonId),
    /// What may be given away for a team.
    Budget(TeamId),
    /// What a redemption holds.
    Hold(RedemptionId),
}

impl Kinded for Account {
    fn kind(&self) -> AccountKind {
        match self {
            Self::Issue => AccountKind::Issue,
            Self::Spent => AccountKind::Spent,
            Self::Allowance(_) => AccountKind::Allowance,
            Self::Earned(_) => AccountKind::Earned,
            Self::Budget(_) => AccountKind::Budget,
            Self::Hold(_) => AccountKind::Hold,
        }
    }
}

impl Account {
    fn holder(self, organization: OrganizationId) -> Uuid {
        match self {
            Self::Issue | Self::Spent => organization.0,
            Self::Allowance(person) | Self::Earned(person) => person.0,
            Self::Budget(team) => team.0,
            Self::Hold(redemption) => redemption.0,
        }
    }

    /// The account a row is of.
    ///
    /// # Errors
    /// When the row's kind is none.
    pub fn of(row: &point_account::Model) -> Result<Self, Exception> {
        Ok(match row.kind.parse().map_err(Exception::internal)? {
            AccountKind::Issue => Self::Issue,
            AccountKind::Spent => Self::Spent,
            AccountKind::Allowance => Self::Allowance(PersonId(row.holder)),
            AccountKind::Earned => Self::Earned(PersonId(row.holder)),
            AccountKind::Budget => Self::Budget(TeamId(row.holder)),
            AccountKind::Hold => Self::Hold(RedemptionId(row.holder)),
        })
    }
}

/// The month an allowance is for, as it is stored: `2026-11`, in UTC.
pub fn month_of(now: DateTime<Utc>) -> String {
    now.format("%Y-%m").to_string()
}

/// Whether an allowance that was renewed for `renewed` needs no renewal in `month`. One of a later month needs none either:
/// another node, whose clock is ahead, was there first.
pub fn is_of(renewed: Option<&str>, month: &str) -> bool {
    // Written as year and month, months sort as texts.
    renewed.is_some_and(|renewed| renewed >= month)
}

/// Accounts nobody else changes until the transaction ends.
pub struct Held {
    organization: OrganizationId,
    accounts: BTreeMap<Account, HeldAccount>,
    // Movements so far: what one transaction moves one after the other is listed in that order.
    moved: u8,
}

struct HeldAccount {
    id: PointAccountId,
    balance: i64,
    month: Option<String>,
}

impl Held {
    /// What an account holds; zero for one that is not held.
    pub fn balance(&self, account: Account) -> i64 {
        self.accounts.get(&account).map_or(0, |held| held.balance)
    }

    /// The persons whose allowance is of an earlier month than `month`.
    pub fn stale(&self, month: &str) -> Vec<PersonId> {
        let of_person = |(account, held): (&Account, &HeldAccount)| match account {
            Account::Allowance(person) if !is_of(held.month.as_deref(), month) => Some(*person),
            _ => None,
        };
        self.accounts.iter().filter_map(of_person).collect()
    }

    fn get(&self, account: Account) -> Result<&HeldAccount, Exception> {
        self.accounts.get(&account).ok_or_else(|| Exception::internal(anyhow::anyhow!("an account is not held")))
    }
}

/// The accounts with these names, as they are.
///
/// # Errors
/// When the database fails.
pub async fn accounts_in(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    accounts: &[Account],
) -> Result<Vec<point_account::Model>, Exception> {
    Ok(point_account::Entity::in_org(organization).filter(among(organization, accounts)).all(db).await?)
}

fn among(organization: OrganizationId, accounts: &[Account]) -> Condition {
    let mut holders: BTreeMap<AccountKind, Vec<Uuid>> = BTreeMap::new();
    for account in accounts {
        holders.entry(account.kind()).or_default().push(account.holder(organization));
    }
    holders.into_iter().fold(Condition::any(), |any, (kind, holders)| {
        any.add(
            Condition::all()
                .add(point_account::Column::Kind.eq(kind.as_str()))
                .add(point_account::Column::Holder.is_in(holders)),
        )
    })
}

/// Takes hold of accounts, those that are not there yet included. Where an allowance among them is of an earlier month,
/// the issue is held as well, since the allowance has to be renewed.
///
/// # Errors
/// When the database fails.
pub async fn hold_in_tx(
    app: &App,
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    accounts: impl IntoIterator<Item = Account>,
    month: &str,
) -> Result<Held, Exception> {
    let mut wanted: Vec<Account> = accounts.into_iter().collect();
    let there = accounts_in(tx, organization, &wanted).await?;
    let fresh = |person: &PersonId| {
        let of = |row: &&point_account::Model| row.kind == AccountKind::Allowance.as_str() && row.holder == person.0;
        there.iter().find(of).is_some_and(|row| is_of(row.month.as_deref(), month))
    };
    if wanted.iter().any(|account| matches!(account, Account::Allowance(person) if !fresh(person))) {
        wanted.push(Account::Issue);
    }
    wanted.sort_unstable();
    wanted.dedup();
    let mut known = there.iter().map(Account::of).collect::<Result<Vec<_>, _>>()?;
    known.sort_unstable();
    let missing: Vec<Account> = wanted.iter().copied().filter(|one| known.binary_search(one).is_err()).collect();
    create_in_tx(app, tx, organization, &missing).await?;
    let rows = point_account::Entity::in_org(organization)
        .filter(among(organization, &wanted))
        .order_by_asc(point_account::Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?;
    let mut held = BTreeMap::new();
    for row in rows {
        held.insert(Account::of(&row)?, HeldAccount { id: row.id, balance: row.balance, month: row.month });
    }
    Ok(Held { organization, accounts: held, moved: 0 })
}

/// Opens accounts, unless somebody else does so at the same moment. They come in one order, so two who open the same wait
/// for each other in one direction only.
async fn create_in_tx(
    app: &App,
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    missing: &[Account],
) -> Result<(), Exception> {
    let now = app.clock.now();
    for some in missing.chunks(ROWS_AT_ONCE) {
        let rows = some.iter().map(|account| point_account::ActiveModel {
            id: Set(PointAccountId(app.random.id(now))),
            organization_id: Set(organization),
            kind: Set(account.kind().as_str().to_owned()),
            holder: Set(account.holder(organization)),
            balance: Set(0),
            month: Set(None),
        });
        let named = [point_account::Column::OrganizationId, point_account::Column::Kind, point_account::Column::Holder];
        point_account::Entity::insert_many(rows)
            .on_conflict(OnConflict::columns(named).do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// A transfer with what is to be remembered of it.
pub struct Movement {
    /// What moves.
    pub transfer: Transfer<Account>,
    /// By whom; none for Hearten itself.
    pub made_by: Option<PersonId>,
    /// Why, in words.
    pub reason: Option<String>,
    /// The recognition it is for.
    pub recognition: Option<RecognitionId>,
    /// The redemption it is for.
    pub redemption: Option<RedemptionId>,
    /// The transfer it undoes.
    pub reverses: Option<PointTransferId>,
}

impl Movement {
    /// A movement with nothing to be remembered beside who made it.
    pub fn by(made_by: Option<PersonId>, transfer: Transfer<Account>) -> Self {
        Self { transfer, made_by, reason: None, recognition: None, redemption: None, reverses: None }
    }
}

/// Why nothing was moved.
#[derive(Debug)]
pub enum Unmoved {
    /// An account holds too little.
    Overdrawn(Overdrawn<Account>),
    /// Something failed.
    Exception(Exception),
}

impl Unmoved {
    /// As a refusal: what `overdrawn` says when an account holds too little.
    pub fn into_refusal(self, overdrawn: impl FnOnce(Overdrawn<Account>) -> Refusal) -> Refusal {
        match self {
            Self::Overdrawn(problem) => overdrawn(problem),
            Self::Exception(exception) => exception.into(),
        }
    }
}

impl From<Exception> for Unmoved {
    fn from(exception: Exception) -> Self {
        Self::Exception(exception)
    }
}

impl From<sea_orm::DbErr> for Unmoved {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Exception(error.into())
    }
}

impl From<Unmoved> for Exception {
    /// Where no account can be overdrawn.
    fn from(unmoved: Unmoved) -> Self {
        match unmoved {
            Unmoved::Overdrawn(problem) => Self::internal(anyhow::anyhow!("{problem}")),
            Unmoved::Exception(exception) => exception,
        }
    }
}

/// What a caller put together is no transfer: a mistake of ours.
pub fn no_transfer(problem: Problem) -> Exception {
    Exception::internal(problem)
}

/// Moves points between accounts that are held, wholly or not at all.
///
/// # Errors
/// When an account holds too little, or the database fails.
pub async fn move_in_tx(
    app: &App,
    tx: &DatabaseTransaction,
    held: &mut Held,
    movement: Movement,
) -> Result<PointTransferId, Unmoved> {
    let now = app.clock.now();
    let drawn_at = now + TimeDelta::milliseconds(held.moved.into());
    let id = PointTransferId(app.random.id(drawn_at));
    let postings = movement.transfer.postings();
    for posting in postings {
        let balance = held.get(posting.account)?.balance;
        let kind = posting.account.kind();
        if posting.amount < 0 && !kind.may_be_below_zero() && balance + posting.amount < 0 {
            let overdrawn = Overdrawn { account: posting.account, balance, wanted: -posting.amount };
            return Err(Unmoved::Overdrawn(overdrawn));
        }
    }
    let row = point_transfer::ActiveModel {
        id: Set(id),
        organization_id: Set(held.organization),
        kind: Set(movement.transfer.kind().as_str().to_owned()),
        made_at: Set(now),
        made_by: Set(movement.made_by),
        reason: Set(movement.reason),
        recognition_id: Set(movement.recognition),
        redemption_id: Set(movement.redemption),
        reverses: Set(movement.reverses),
    };
    point_transfer::Entity::insert(row).exec_without_returning(tx).await?;
    let mut by_amount: BTreeMap<i64, Vec<PointAccountId>> = BTreeMap::new();
    let mut rows = Vec::with_capacity(postings.len());
    for posting in postings {
        let of = held.get(posting.account)?;
        let (account, balance) = (of.id, of.balance);
        by_amount.entry(posting.amount).or_default().push(account);
        rows.push(point_posting::ActiveModel {
            id: Set(PointPostingId(app.random.id(drawn_at))),
            organization_id: Set(held.organization),
            transfer_id: Set(id),
            account_id: Set(account),
            amount: Set(posting.amount),
            balance_after: Set(balance + posting.amount),
        });
    }
    while !rows.is_empty() {
        let some: Vec<_> = rows.drain(..rows.len().min(ROWS_AT_ONCE)).collect();
        point_posting::Entity::insert_many(some).exec_without_returning(tx).await?;
    }
    for (amount, accounts) in by_amount {
        add_in_tx(tx, held.organization, amount, accounts).await?;
    }
    held.moved = held.moved.saturating_add(1);
    for posting in postings {
        if let Some(account) = held.accounts.get_mut(&posting.account) {
            account.balance += posting.amount;
        }
    }
    Ok(id)
}

/// Adds to balances. What was checked under the lock is asked once more by the statement itself.
async fn add_in_tx(
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    amount: i64,
    accounts: Vec<PointAccountId>,
) -> Result<(), Exception> {
    let sum = Expr::col(point_account::Column::Balance).add(amount);
    let stays =
        Condition::any().add(sum.clone().gte(0)).add(point_account::Column::Kind.eq(AccountKind::Issue.as_str()));
    let wanted = accounts.len() as u64;
    let changed = point_account::Entity::update_in_org(organization)
        .filter(point_account::Column::Id.is_in(accounts))
        .filter(stays)
        .col_expr(point_account::Column::Balance, sum)
        .exec(tx)
        .await?;
    if changed.rows_affected != wanted {
        return Err(Exception::code(ErrorCode::Conflict));
    }
    Ok(())
}

/// Says that the allowances of these persons are of `month` now.
///
/// # Errors
/// When the database fails.
pub async fn mark_month_in_tx(
    tx: &DatabaseTransaction,
    held: &mut Held,
    persons: &[PersonId],
    month: &str,
) -> Result<(), Exception> {
    let ids: Vec<PointAccountId> =
        persons.iter().filter_map(|person| Some(held.accounts.get(&Account::Allowance(*person))?.id)).collect();
    point_account::Entity::update_in_org(held.organization)
        .filter(point_account::Column::Id.is_in(ids))
        .col_expr(point_account::Column::Month, Expr::value(month))
        .exec(tx)
        .await?;
    for person in persons {
        if let Some(account) = held.accounts.get_mut(&Account::Allowance(*person)) {
            account.month = Some(month.to_owned());
        }
    }
    Ok(())
}

/// The transfer with this id, as it was made: to be undone.
///
/// # Errors
/// When the database fails, or what it holds is no transfer.
pub async fn get_transfer_in_tx(
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    id: PointTransferId,
) -> Result<Transfer<Account>, Exception> {
    let row = point_transfer::Entity::in_org(organization)
        .filter(point_transfer::Column::Id.eq(id))
        .one(tx)
        .await?
        .ok_or_else(Exception::not_found)?;
    let kind: TransferKind = row.kind.parse().map_err(Exception::internal)?;
    let rows =
        point_posting::Entity::in_org(organization).filter(point_posting::Column::TransferId.eq(id)).all(tx).await?;
    let ids = rows.iter().map(|row| row.account_id);
    let accounts =
        point_account::Entity::in_org(organization).filter(point_account::Column::Id.is_in(ids)).all(tx).await?;
    let mut by_id = BTreeMap::new();
    for account in &accounts {
        by_id.insert(account.id, Account::of(account)?);
    }
    let postings = rows.iter().filter_map(|row| Some((*by_id.get(&row.account_id)?, row.amount)));
    Transfer::new(kind, postings.collect::<Vec<_>>()).map_err(no_transfer)
}
