//! Allowances month by month: what was left lapses, and the new allowance is granted. Whoever gives before this task came
//! by has the own allowance renewed first, so the end of a month is exact whenever the task runs.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use hearten_entity::{InOrganization, organization, point_account};
use hearten_ids::{OrganizationId, PersonId};
use hearten_ledger::{AccountKind, Transfer, TransferKind};
use hearten_orgchart::OrgChart;
use sea_orm::{ColumnTrait, DatabaseTransaction, QueryFilter};

use super::{
    rules::{self, Rules},
    store::{self, Account, Held, Movement, hold_in_tx, is_of, month_of, move_in_tx, no_transfer},
};
use crate::{
    app::App,
    areas::happenings::{self, Happening, HappeningKind},
    graphql::error::Exception,
    platform::db::Db,
};

/// How often allowances are looked after. Whoever gives need not wait for it.
const INTERVAL: Duration = Duration::from_secs(600);
/// Allowances renewed in one transaction.
const BATCH: usize = 500;

/// Which month and directory each organization's allowances were last looked after for.
pub type Done = HashMap<OrganizationId, (String, i64)>;

/// Looks after all allowances until the process ends.
pub async fn run(app: &App, db: &Db) {
    let mut done = Done::new();
    loop {
        tokio::time::sleep(INTERVAL).await;
        if let Err(error) = look(app, db, &mut done).await {
            tracing::warn!(code = error.error_code().name(), "allowances could not be looked after; trying again");
        }
    }
}

/// Lapses and grants what is due in every organization. What is in `done` already needs no look.
///
/// # Errors
/// When the database fails.
pub async fn look(app: &App, db: &Db, done: &mut Done) -> Result<(), Exception> {
    let month = month_of(app.clock.now());
    for row in organization::Entity::all().all(db.read()).await? {
        let state = (month.clone(), row.chart_version);
        if done.get(&row.id) != Some(&state) {
            renew_all(app, db, row.id).await?;
            done.insert(row.id, state);
        }
    }
    Ok(())
}

/// Renews every allowance of an organization that is not of this month; says how many.
///
/// # Errors
/// When the database fails.
pub async fn renew_all(app: &App, db: &Db, organization: OrganizationId) -> Result<usize, Exception> {
    let month = month_of(app.clock.now());
    let snapshot = app.charts.current(db, app.bus.is_connected(), organization).await?;
    let rows = point_account::Entity::in_org(organization)
        .filter(point_account::Column::Kind.eq(AccountKind::Allowance.as_str()))
        .all(db.read())
        .await?;
    let is_current = |row: &&point_account::Model| is_of(row.month.as_deref(), &month);
    let current: HashSet<PersonId> = rows.iter().filter(is_current).map(|row| PersonId(row.holder)).collect();
    // Also of those who have left: what they did not give lapses.
    let left = rows.iter().filter(|row| !is_current(row) && row.balance > 0).map(|row| PersonId(row.holder));
    let mut due: Vec<PersonId> = snapshot.chart.persons().iter().map(|person| person.id).chain(left).collect();
    due.retain(|person| !current.contains(person));
    due.sort_unstable();
    due.dedup();
    if due.is_empty() {
        return Ok(0);
    }
    let rules = rules::get_in(db.read(), organization).await?;
    for some in due.chunks(BATCH) {
        let tx = db.begin().await?;
        let accounts = some.iter().map(|person| Account::Allowance(*person));
        let mut held = hold_in_tx(app, &tx, organization, accounts, &month).await?;
        renew_in_tx(app, &tx, &mut held, &snapshot.chart, &rules, &month).await?;
        tx.commit().await?;
    }
    app.outbox.wake();
    Ok(due.len())
}

/// Renews those allowances among the accounts held that are not of `month`.
///
/// # Errors
/// When the database fails.
pub async fn renew_in_tx(
    app: &App,
    tx: &DatabaseTransaction,
    held: &mut Held,
    chart: &OrgChart,
    rules: &Rules,
    month: &str,
) -> Result<(), Exception> {
    let stale = held.stale(month);
    if stale.is_empty() {
        return Ok(());
    }
    let left = stale.iter().map(|person| Account::Allowance(*person)).map(|account| (account, held.balance(account)));
    let left: Vec<(Account, i64)> = left.filter(|(_, balance)| *balance > 0).collect();
    move_all_in_tx(app, tx, held, TransferKind::AllowanceLapse, left).await?;
    let granted = |person: &PersonId| Some(rules.allowance(chart.active_person(*person)?.relationship));
    let grants = stale.iter().filter_map(|person| Some((Account::Allowance(*person), -granted(person)?)));
    let grants: Vec<(Account, i64)> = grants.filter(|(_, points)| *points < 0).collect();
    tell_in_tx(app, tx, chart.organization(), &grants).await?;
    move_all_in_tx(app, tx, held, TransferKind::AllowanceGrant, grants).await?;
    store::mark_month_in_tx(tx, held, &stale, month).await
}

/// Whoever gets an allowance hears of it.
async fn tell_in_tx(
    app: &App,
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    grants: &[(Account, i64)],
) -> Result<(), Exception> {
    let concerns: Vec<PersonId> = grants
        .iter()
        .filter_map(|(account, _)| match account {
            Account::Allowance(person) => Some(*person),
            _ => None,
        })
        .collect();
    if concerns.is_empty() {
        return Ok(());
    }
    let subject = organization.to_string();
    let happening = Happening { kind: HappeningKind::AllowanceGranted, subject, actor: None, concerns };
    happenings::record_in_tx(app, tx, organization, happening).await
}

/// Takes these points from accounts (gives them, where below zero); the issue is at the other end.
async fn move_all_in_tx(
    app: &App,
    tx: &DatabaseTransaction,
    held: &mut Held,
    kind: TransferKind,
    taken: Vec<(Account, i64)>,
) -> Result<(), Exception> {
    if taken.is_empty() {
        return Ok(());
    }
    let total: i64 = taken.iter().map(|(_, points)| points).sum();
    let postings = taken.into_iter().map(|(account, points)| (account, -points)).chain([(Account::Issue, total)]);
    let transfer = Transfer::new(kind, postings).map_err(no_transfer)?;
    move_in_tx(app, tx, held, Movement::by(None, transfer)).await?;
    Ok(())
}
