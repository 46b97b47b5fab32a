//! Who holds how many points, and the few ways to change that by hand: a correction, and a team's budget. Each is audited.

use std::collections::HashMap;

use hearten_entity::{InOrganization, organization, person, point_account, point_posting, point_rules, point_transfer};
use hearten_ids::{OrganizationId, PersonId, PointPostingId, PointTransferId, RecognitionId, RedemptionId, TeamId};
use hearten_ledger::{AccountKind, Transfer, TransferKind};
use hearten_policy::{Action, Resource};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, ExprTrait, FromQueryResult, JoinType,
    PaginatorTrait, QueryFilter, QuerySelect, QueryTrait,
    prelude::Json,
    sea_query::{Expr, LockType},
};

use super::{
    rules::{self, Rules},
    store::{Account, Held, Movement, accounts_in, hold_in_tx, is_of, month_of, move_in_tx, no_transfer},
    upkeep::renew_in_tx,
};
use crate::{
    areas::audit,
    graphql::{
        context::RequestContext,
        error::{Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
        paging::{Arranged, Page, newest_first},
    },
};

/// Points moved by hand at once, at most.
pub const LARGEST_CORRECTION: i64 = 1_000_000;
const LONGEST_REASON: usize = 500;

/// What a person holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wallet {
    /// What may be given away until the end of the month.
    pub allowance: i64,
    /// What was earned and not spent.
    pub earned: i64,
}

/// What the asker holds; None for an API token. An allowance that was not renewed yet this month shows as what it is
/// renewed to with the first gift.
///
/// # Errors
/// When the database fails.
pub async fn own_wallet(ctx: &RequestContext) -> Result<Option<Wallet>, Exception> {
    let asker = ctx.asker()?;
    let Some(person) = asker.person().filter(|id| asker.may(Action::ReadPoints, Resource::Person(*id))) else {
        return Ok(None);
    };
    let month = month_of(ctx.app.clock.now());
    let held = ctx.loaders()?.purse_of(person).await?;
    if is_of(held.month.as_deref(), &month) {
        return Ok(Some(Wallet { allowance: held.allowance, earned: held.earned }));
    }
    let record = asker.snapshot.chart.active_person(person);
    let allowance = record.map_or(0, |record| held.rules.allowance(record.relationship));
    Ok(Some(Wallet { allowance, earned: held.earned }))
}

/// What a person's accounts hold, as they are stored.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Purse {
    /// The month the allowance is of.
    pub month: Option<String>,
    /// The allowance.
    pub allowance: i64,
    /// What was earned.
    pub earned: i64,
    /// The rules by which an allowance is renewed.
    pub rules: Rules,
}

/// A person, an account of theirs (kind, balance, month), and what the rules allow in a month.
type PurseRow = (PersonId, Option<String>, Option<i64>, Option<String>, Option<Json>);

/// What these persons' accounts hold, whoever asks: for loaders, whose callers decide.
///
/// # Errors
/// When the database fails.
pub async fn purses_of(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    persons: &[PersonId],
) -> Result<HashMap<PersonId, Purse>, Exception> {
    // Accounts are opened with the first point, and rules stand in a row once they are changed: who has neither has a purse.
    let to_accounts = person::Entity::belongs_to(point_account::Entity)
        .from(person::Column::Id)
        .to(point_account::Column::Holder)
        .on_condition(|_, _| {
            let kinds = [AccountKind::Allowance, AccountKind::Earned].map(AccountKind::as_str);
            Condition::all().add(point_account::Column::Kind.is_in(kinds))
        });
    let to_rules = person::Entity::belongs_to(point_rules::Entity)
        .from(person::Column::OrganizationId)
        .to(point_rules::Column::OrganizationId);
    let rows: Vec<PurseRow> = person::Entity::in_org(organization)
        .filter(person::Column::Id.is_in(persons.iter().copied()))
        .join(JoinType::LeftJoin, to_accounts.into())
        .join(JoinType::LeftJoin, to_rules.into())
        .select_only()
        .column(person::Column::Id)
        .column(point_account::Column::Kind)
        .column(point_account::Column::Balance)
        .column(point_account::Column::Month)
        .column(point_rules::Column::MonthlyAllowance)
        .into_tuple()
        .all(db)
        .await?;
    let mut purses: HashMap<PersonId, Purse> = HashMap::new();
    for (person, kind, balance, month, monthly) in rows {
        let purse = purses.entry(person).or_default();
        if let Some(monthly) = monthly {
            purse.rules.monthly_allowance = rules::allowances(monthly)?;
        }
        match kind {
            None => {}
            Some(kind) if kind == AccountKind::Earned.as_str() => purse.earned = balance.unwrap_or_default(),
            Some(_) => {
                purse.allowance = balance.unwrap_or_default();
                purse.month = month;
            }
        }
    }
    Ok(purses)
}

/// One line of a person's account.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Entry {
    /// The posting.
    pub id: PointPostingId,
    /// The account it is of: ALLOWANCE or EARNED.
    pub account: String,
    /// What was added; taken when below zero.
    pub amount: i64,
    /// What the account held then.
    pub balance_after: i64,
    /// Why.
    pub kind: String,
    /// When.
    pub made_at: chrono::DateTime<chrono::Utc>,
    /// Why, in words.
    pub reason: Option<String>,
    /// The recognition it is for.
    pub recognition_id: Option<RecognitionId>,
    /// The redemption it is for.
    pub redemption_id: Option<RedemptionId>,
}

/// A page of what moved on the asker's accounts, newest first; none for an API token.
///
/// # Errors
/// When the database fails.
pub async fn own_history(ctx: &RequestContext, page: &Page<PointPostingId>) -> Result<Arranged<Entry>, Exception> {
    let asker = ctx.asker()?;
    let Some(person) = asker.person().filter(|id| asker.may(Action::ReadPoints, Resource::Person(*id))) else {
        return Ok(page.arrange(Vec::new()));
    };
    let organization = asker.organization();
    let own = [AccountKind::Allowance, AccountKind::Earned].map(AccountKind::as_str);
    let to_account = point_posting::Entity::belongs_to(point_account::Entity)
        .from(point_posting::Column::AccountId)
        .to(point_account::Column::Id);
    let to_transfer = point_posting::Entity::belongs_to(point_transfer::Entity)
        .from(point_posting::Column::TransferId)
        .to(point_transfer::Column::Id);
    let query = point_posting::Entity::in_org(organization)
        .select_only()
        .column(point_posting::Column::Id)
        .column(point_posting::Column::Amount)
        .column(point_posting::Column::BalanceAfter)
        .column_as(point_account::Column::Kind, "account")
        .column(point_transfer::Column::Kind)
        .column(point_transfer::Column::MadeAt)
        .column(point_transfer::Column::Reason)
        .column(point_transfer::Column::RecognitionId)
        .column(point_transfer::Column::RedemptionId)
        .join(JoinType::InnerJoin, to_account.into())
        .join(JoinType::InnerJoin, to_transfer.into())
        .filter(point_account::Column::Holder.eq(person.0))
        .filter(point_account::Column::Kind.is_in(own));
    let rows = newest_first(query, point_posting::Column::Id, page).into_model::<Entry>().all(ctx.db.read()).await?;
    Ok(page.arrange(rows))
}

/// The rules for points, for whoever may see them.
///
/// # Errors
/// FORBIDDEN for API tokens without `rewards:fulfil`; when the database fails.
pub async fn rules(ctx: &RequestContext) -> Result<Rules, Exception> {
    let asker = ctx.asker()?;
    asker.require(Action::ReadRewards, Resource::Organization)?;
    rules::get_in(ctx.db.read(), asker.organization()).await
}

/// Changes the rules. Allowances follow with the next month.
///
/// # Errors
/// FORBIDDEN by policy; refusals for values out of range.
pub async fn change_rules(ctx: &RequestContext, change: impl FnOnce(Rules) -> Rules) -> Result<Rules, Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::ManageRewards, Resource::Organization)?;
    let tx = ctx.db.begin().await?;
    // Two changes of different rules follow one another; there may be no row yet that could be held.
    organization::Entity::by_id(asker.organization()).lock(LockType::NoKeyUpdate).one(&tx).await?;
    let rules = change(rules::get_in(&tx, asker.organization()).await?);
    let problems = rules.problems();
    if !problems.is_empty() {
        return Err(problems.into());
    }
    rules::put_in_tx(&ctx.app, &tx, asker.organization(), &rules).await?;
    audit::record_in_tx(ctx, &tx, "points.rules", &asker.organization().to_string(), None).await?;
    tx.commit().await?;
    Ok(rules)
}

/// Corrects what a person earned, up or down; says why, is audited, and shows in the person's history.
///
/// # Errors
/// FORBIDDEN by policy; refusals for zero, too much, no reason, and more than the person holds.
pub async fn adjust(
    ctx: &RequestContext,
    person: PersonId,
    points: i64,
    reason: &str,
    key: Option<Key>,
) -> Result<PointTransferId, Refusal> {
    let asker = ctx.asker()?;
    visible(ctx, person)?;
    asker.require(Action::AdjustPoints, Resource::Person(person))?;
    let now = ctx.app.clock.now();
    if let Some(key) = &key
        && let Some(done) = key.recall(ctx.db.read(), now).await?
    {
        return Ok(done);
    }
    if points == 0 || points.abs() > LARGEST_CORRECTION {
        let message = format!("1 to {LARGEST_CORRECTION} points, up or down");
        return Err(UserError::at(UserErrorCode::Invalid, ["points"], message).into());
    }
    let reason = input::text(["reason"], reason, LONGEST_REASON)?;
    let organization = asker.organization();
    let tx = ctx.db.begin().await?;
    let accounts = [Account::Issue, Account::Earned(person)];
    let mut held = hold_in_tx(&ctx.app, &tx, organization, accounts, &month_of(now)).await?;
    let postings = [(Account::Issue, -points), (Account::Earned(person), points)];
    let transfer = Transfer::new(TransferKind::Adjustment, postings).map_err(no_transfer)?;
    let movement = Movement { reason: Some(reason), ..Movement::by(asker.person(), transfer) };
    let id = move_in_tx(&ctx.app, &tx, &mut held, movement).await.map_err(|unmoved| {
        unmoved.into_refusal(|_| {
            let message = "the person holds less than is to be taken";
            UserError::at(UserErrorCode::InsufficientPoints, ["points"], message).into()
        })
    })?;
    audit::record_in_tx(ctx, &tx, "points.adjust", &id.to_string(), Some(person)).await?;
    if let Some(key) = &key {
        key.remember(&tx, &id, now).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// A person the asker does not see is not there.
fn visible(ctx: &RequestContext, person: PersonId) -> Result<(), Refusal> {
    let asker = ctx.asker()?;
    let seen = asker.snapshot.chart.person(person).is_some_and(|record| asker.may_read(record));
    if seen {
        Ok(())
    } else {
        Err(UserError::at(UserErrorCode::NotFound, ["person"], "there is no such person").into())
    }
}

/// Adds to a team's budget. Returns what it holds then.
///
/// # Errors
/// FORBIDDEN by policy; refusals for points out of range and teams that are not there.
pub async fn grant_budget(ctx: &RequestContext, team: TeamId, points: i64, key: Option<Key>) -> Result<(), Refusal> {
    let asker = ctx.asker()?;
    let seen = asker.may(Action::ReadTeam, Resource::Team(team));
    if asker.snapshot.chart.team(team).is_none_or(|record| record.archived || !seen) {
        return Err(UserError::at(UserErrorCode::NotFound, ["team"], "there is no such team").into());
    }
    asker.require(Action::GrantTeamBudget, Resource::Team(team))?;
    let now = ctx.app.clock.now();
    if let Some(key) = &key
        && key.recall::<TeamId>(ctx.db.read(), now).await?.is_some()
    {
        return Ok(());
    }
    if !(1..=LARGEST_CORRECTION).contains(&points) {
        let message = format!("1 to {LARGEST_CORRECTION} points");
        return Err(UserError::at(UserErrorCode::Invalid, ["points"], message).into());
    }
    let tx = ctx.db.begin().await?;
    let accounts = [Account::Issue, Account::Budget(team)];
    let mut held = hold_in_tx(&ctx.app, &tx, asker.organization(), accounts, &month_of(now)).await?;
    let transfer = Transfer::from_one(TransferKind::BudgetGrant, Account::Issue, &[Account::Budget(team)], points);
    let movement = Movement::by(asker.person(), transfer.map_err(no_transfer)?);
    let id = move_in_tx(&ctx.app, &tx, &mut held, movement).await.map_err(Exception::from)?;
    audit::record_in_tx(ctx, &tx, "points.budget", &id.to_string(), None).await?;
    if let Some(key) = &key {
        key.remember(&tx, &team, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// What these teams' budgets hold; teams without an account are left out.
///
/// # Errors
/// When the database fails.
pub async fn budgets_of(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    teams: &[TeamId],
) -> Result<HashMap<TeamId, i64>, Exception> {
    let accounts: Vec<Account> = teams.iter().map(|team| Account::Budget(*team)).collect();
    let rows = accounts_in(db, organization, &accounts).await?;
    Ok(rows.into_iter().map(|row| (TeamId(row.holder), row.balance)).collect())
}

/// What the accounts of a kind hold, and what their postings sum to: the same, in sound books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindSum {
    /// The kind.
    pub kind: AccountKind,
    /// How many accounts there are.
    pub accounts: i64,
    /// What they hold together.
    pub balance: i64,
    /// What their postings sum to.
    pub posted: i64,
}

/// What a look through the whole ledger found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// By kind of account.
    pub kinds: Vec<KindSum>,
    /// Transfers whose postings do not sum to zero.
    pub unbalanced: i64,
    /// Accounts whose balance is not what their postings sum to.
    pub differing: i64,
    /// Accounts that are, or at any time were, below zero, beside the issue.
    pub overdrawn: i64,
}

impl Check {
    /// Whether everything adds up.
    pub fn is_sound(&self) -> bool {
        let total: i64 = self.kinds.iter().map(|kind| kind.balance).sum();
        total == 0 && self.unbalanced == 0 && self.differing == 0 && self.overdrawn == 0
    }
}

#[derive(FromQueryResult)]
struct SumRow {
    kind: String,
    accounts: i64,
    total: i64,
}

/// Looks through the whole ledger, as of one moment.
///
/// # Errors
/// FORBIDDEN by policy; when the database fails.
pub async fn check(ctx: &RequestContext) -> Result<Check, Exception> {
    let asker = ctx.asker()?;
    asker.require(Action::ReadLedger, Resource::Organization)?;
    let organization = asker.organization();
    let tx = ctx.db.begin_reading().await?;
    // A sum of big integers is a numeric on Postgres.
    let whole = |sum: sea_orm::sea_query::SimpleExpr| sum.cast_as("bigint");
    let balances: Vec<SumRow> = point_account::Entity::in_org(organization)
        .select_only()
        .column(point_account::Column::Kind)
        .column_as(point_account::Column::Id.count(), "accounts")
        .column_as(whole(Expr::col((point_account::Entity, point_account::Column::Balance)).sum()), "total")
        .group_by(point_account::Column::Kind)
        .into_model()
        .all(&tx)
        .await?;
    let to_account = point_posting::Entity::belongs_to(point_account::Entity)
        .from(point_posting::Column::AccountId)
        .to(point_account::Column::Id);
    let amount = || Expr::col((point_posting::Entity, point_posting::Column::Amount));
    let postings: Vec<SumRow> = point_posting::Entity::in_org(organization)
        .select_only()
        .column(point_account::Column::Kind)
        .column_as(point_posting::Column::Id.count(), "accounts")
        .column_as(whole(amount().sum()), "total")
        .join(JoinType::InnerJoin, to_account.into())
        .group_by(point_account::Column::Kind)
        .into_model()
        .all(&tx)
        .await?;
    let unbalanced = point_posting::Entity::in_org(organization)
        .select_only()
        .column(point_posting::Column::TransferId)
        .group_by(point_posting::Column::TransferId)
        .having(amount().sum().ne(0))
        .into_tuple::<PointTransferId>()
        .all(&tx)
        .await?
        .len();
    let posted = point_posting::Entity::in_org(organization)
        .select_only()
        .column(point_posting::Column::AccountId)
        .join(
            JoinType::InnerJoin,
            point_posting::Entity::belongs_to(point_account::Entity)
                .from(point_posting::Column::AccountId)
                .to(point_account::Column::Id)
                .into(),
        )
        .group_by(point_posting::Column::AccountId)
        .group_by(point_account::Column::Balance)
        .having(amount().sum().ne(Expr::col((point_account::Entity, point_account::Column::Balance))))
        .into_tuple::<hearten_ids::PointAccountId>()
        .all(&tx)
        .await?
        .len();
    let any_posting =
        point_posting::Entity::in_org(organization).select_only().column(point_posting::Column::AccountId).into_query();
    let from_nowhere = point_account::Entity::in_org(organization)
        .filter(point_account::Column::Balance.ne(0))
        .filter(point_account::Column::Id.not_in_subquery(any_posting))
        .count(&tx)
        .await?;
    let below_zero = point_posting::Entity::in_org(organization)
        .filter(point_posting::Column::BalanceAfter.lt(0))
        .select_only()
        .column(point_posting::Column::AccountId)
        .into_query();
    let overdrawn = point_account::Entity::in_org(organization)
        .filter(point_account::Column::Id.in_subquery(below_zero).or(point_account::Column::Balance.lt(0)))
        .filter(point_account::Column::Kind.ne(AccountKind::Issue.as_str()))
        .count(&tx)
        .await?;
    tx.commit().await?;
    let count = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let kinds = AccountKind::ALL.iter().map(|kind| {
        let balance = balances.iter().find(|row| row.kind == kind.as_str());
        let posted = postings.iter().find(|row| row.kind == kind.as_str()).map_or(0, |row| row.total);
        KindSum {
            kind: *kind,
            accounts: balance.map_or(0, |row| row.accounts),
            balance: balance.map_or(0, |row| row.total),
            posted,
        }
    });
    Ok(Check {
        kinds: kinds.collect(),
        unbalanced: count(unbalanced as u64),
        differing: count(posted as u64 + from_nowhere),
        overdrawn: count(overdrawn),
    })
}

/// Takes hold of accounts for a request, and renews the allowances among them that are of an earlier month: what was left
/// of those is gone before anything is given from them.
///
/// # Errors
/// When the database fails.
pub async fn hold_renewed_in_tx(
    ctx: &RequestContext,
    tx: &DatabaseTransaction,
    accounts: impl IntoIterator<Item = Account>,
) -> Result<Held, Exception> {
    let asker = ctx.asker()?;
    let month = month_of(ctx.app.clock.now());
    let mut held = hold_in_tx(&ctx.app, tx, asker.organization(), accounts, &month).await?;
    if !held.stale(&month).is_empty() {
        let rules = rules::get_in(tx, asker.organization()).await?;
        renew_in_tx(&ctx.app, tx, &mut held, &asker.snapshot.chart, &rules, &month).await?;
    }
    Ok(held)
}

/// The rules of an organization, whoever asks: for services that decide themselves.
///
/// # Errors
/// When the database fails.
pub async fn get_rules_in(db: &impl ConnectionTrait, organization: OrganizationId) -> Result<Rules, Exception> {
    rules::get_in(db, organization).await
}
