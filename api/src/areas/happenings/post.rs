//! Digests on their way: when one is due a mail is put into the queue, and the queue is sent. Both survive a restart, and
//! of two nodes only one does each.
//!
//! A process that dies between a server's taking a letter and our noting it sends that letter once more, under the same
//! message id: SMTP knows no better.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use hearten_entity::{InOrganization, mail, notification, notification_preference};
use hearten_ids::{MailId, NotificationId, PersonId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use serde::{Deserialize, Serialize};

use super::{
    digest::{self, Digest},
    service::{self, Wanted},
    types::DigestCadence,
};
use crate::{
    app::App,
    graphql::error::Exception,
    platform::{
        db::Db,
        mail::{Letter, Unsent},
    },
};

/// How often the queue is looked at.
const INTERVAL: Duration = Duration::from_secs(15);
/// Digests put into the queue, and mails sent, at one look.
const BATCH: u64 = 200;
/// How long a node may take over a mail before another tries it.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// The waits after a first, second, … try that failed; after the last it is given up.
const WAITS_MINUTES: [i64; 8] = [1, 5, 15, 60, 180, 360, 720, 1_440];
/// The one kind of mail there is.
const DIGEST: &str = "DIGEST";
/// Beyond this a digest does not count.
const MOST_COUNTED: u64 = 100;

/// What a digest tells of: up to and after these notifications.
#[derive(Debug, Serialize, Deserialize)]
struct Arguments {
    after: Option<NotificationId>,
    up_to: NotificationId,
}

/// Looks after digests until the process ends.
pub async fn run(app: &App, db: &Db) {
    loop {
        if let Err(error) = look(app, db).await {
            tracing::warn!(code = error.error_code().name(), "digests could not be sent; trying again");
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

/// Puts the digests that are due into the queue, and sends what is due of it.
///
/// # Errors
/// When the database fails.
pub async fn look(app: &App, db: &Db) -> Result<(), Exception> {
    if !app.mail.is_on() {
        return Ok(());
    }
    let now = app.clock.now();
    for preference in notification_preference::Entity::due(now).limit(BATCH).all(db.read()).await? {
        queue(app, db, preference, now).await?;
    }
    let due = mail::Entity::due(now).order_by_asc(mail::Column::NextAttemptAt).limit(BATCH);
    for row in due.all(db.read()).await? {
        if claim(db, &row, now).await? {
            send(app, db, row).await?;
        }
    }
    Ok(())
}

/// Puts one digest into the queue and says when the next is due.
async fn queue(
    app: &App,
    db: &Db,
    preference: notification_preference::Model,
    now: DateTime<Utc>,
) -> Result<(), Exception> {
    use notification_preference::Column;
    let (organization, person) = (preference.organization_id, preference.person_id);
    let next = digest::next_after(DigestCadence::from_stored(&preference.digest), now);
    let tx = db.begin().await?;
    let newest = unseen(&preference, None).order_by_desc(notification::Column::Id).one(&tx).await?;
    let newest = newest.map(|row| row.id).filter(|id| preference.digested_up_to.is_none_or(|before| before < *id));
    // Whoever changes this row first does the work.
    let moved = notification_preference::Entity::update_in_org(organization)
        .filter(Column::PersonId.eq(person))
        .filter(Column::NextDigestAt.eq(preference.next_digest_at))
        .col_expr(Column::NextDigestAt, Expr::value(next))
        .col_expr(Column::DigestedUpTo, Expr::value(newest.or(preference.digested_up_to)))
        .exec(&tx)
        .await?;
    if moved.rows_affected == 1
        && let Some(up_to) = newest
    {
        let arguments = Arguments { after: preference.digested_up_to, up_to };
        mail::Entity::insert(mail::ActiveModel {
            id: Set(MailId(app.random.id(now))),
            organization_id: Set(organization),
            person_id: Set(person),
            kind: Set(DIGEST.to_owned()),
            arguments: Set(serde_json::to_value(arguments).map_err(Exception::internal)?),
            created_at: Set(now),
            attempts: Set(0),
            next_attempt_at: Set(Some(now)),
            sent_at: Set(None),
            failure: Set(None),
        })
        .exec_without_returning(&tx)
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// What a person was told after a digest and has not seen.
fn unseen(
    preference: &notification_preference::Model,
    arguments: Option<&Arguments>,
) -> sea_orm::Select<notification::Entity> {
    let muted = service::muted(preference);
    let all = service::rows(preference.organization_id, preference.person_id, Wanted::Unseen, &muted);
    let Some(arguments) = arguments else { return all };
    let all = all.filter(notification::Column::Id.lte(arguments.up_to));
    match arguments.after {
        Some(after) => all.filter(notification::Column::Id.gt(after)),
        None => all,
    }
}

/// Takes a mail for a while; false when another node has.
async fn claim(db: &Db, row: &mail::Model, now: DateTime<Utc>) -> Result<bool, Exception> {
    use mail::Column;
    let claimed = mail::Entity::update_in_org(row.organization_id)
        .filter(Column::Id.eq(row.id))
        .filter(Column::Attempts.eq(row.attempts))
        .filter(Column::NextAttemptAt.lte(now))
        .col_expr(Column::Attempts, Expr::value(row.attempts + 1))
        .col_expr(Column::NextAttemptAt, Expr::value(now + LEASE))
        .exec(db.write())
        .await?;
    Ok(claimed.rows_affected == 1)
}

async fn send(app: &App, db: &Db, row: mail::Model) -> Result<(), Exception> {
    let now = app.clock.now();
    let (sent_at, next, failure) = match letter(app, db, &row).await? {
        Err(reason) => (None, None, Some(reason.to_owned())),
        Ok(letter) => match app.mail.send(letter).await {
            Ok(()) => (Some(app.clock.now()), None, None),
            Err(Unsent::Refused(reason)) => (None, None, Some(reason)),
            Err(Unsent::NotNow(reason)) => {
                let wait = usize::try_from(row.attempts).ok().and_then(|at| WAITS_MINUTES.get(at));
                (None, wait.map(|minutes| now + TimeDelta::minutes(*minutes)), Some(reason))
            }
        },
    };
    if failure.is_some() {
        // The reason may hold the address: it stays in the database.
        tracing::warn!(mail = %row.id, again = next.is_some(), "a mail was not sent");
    }
    mail::Entity::update_in_org(row.organization_id)
        .filter(mail::Column::Id.eq(row.id))
        .col_expr(mail::Column::SentAt, Expr::value(sent_at))
        .col_expr(mail::Column::NextAttemptAt, Expr::value(next))
        .col_expr(mail::Column::Failure, Expr::value(failure))
        .exec(db.write())
        .await?;
    Ok(())
}

/// The letter a mail becomes, or why there is none.
async fn letter(app: &App, db: &Db, row: &mail::Model) -> Result<Result<Letter, &'static str>, Exception> {
    let snapshot = app.charts.current(db, app.bus.is_connected(), row.organization_id).await?;
    let Some((name, address, locale)) = recipient(&snapshot.chart, row.person_id) else {
        return Ok(Err("the person has left or has no address"));
    };
    let preference = notification_preference::Entity::in_org(row.organization_id)
        .filter(notification_preference::Column::PersonId.eq(row.person_id))
        .one(db.read())
        .await?;
    let Some(preference) = preference.filter(|preference| preference.next_digest_at.is_some()) else {
        return Ok(Err("the person wants no digest any more"));
    };
    let arguments: Arguments = serde_json::from_value(row.arguments.clone()).map_err(Exception::internal)?;
    let found = unseen(&preference, Some(&arguments)).limit(MOST_COUNTED + 1).all(db.read()).await?;
    let mut kinds: Vec<_> = found.iter().filter_map(|row| row.kind.parse().ok()).collect();
    if kinds.is_empty() {
        return Ok(Err("everything was seen meanwhile"));
    }
    let more = kinds.len() as u64 > MOST_COUNTED;
    kinds.truncate(MOST_COUNTED as usize);
    let digest = Digest {
        locale: locale.as_deref(),
        name: &name,
        organization: &snapshot.organization.name,
        kinds: &kinds,
        more,
        application_url: app.mail.application_url(),
    };
    let (subject, text) = digest.write();
    let language = digest.language().to_owned();
    Ok(Ok(Letter { name, address, subject, text, id: row.id.to_string(), language }))
}

/// Name, address and language of somebody who is here.
fn recipient(chart: &hearten_orgchart::OrgChart, person: PersonId) -> Option<(String, String, Option<String>)> {
    let record = chart.active_person(person)?;
    let address = record.email.as_deref()?.to_owned();
    Some((record.display_name.to_string(), address, record.locale.as_deref().map(str::to_owned)))
}
