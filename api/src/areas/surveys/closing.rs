//! Closing a wave: it takes no more answers, and its sheets are sealed.
//!
//! Sealing rewrites every sheet and comment of the wave in random order, under new ids and without receipts, in one
//! transaction. Before it, the order of rows and the transactions that wrote them could tell who wrote which; after it
//! they say nothing.

use chrono::{DateTime, Utc};
use hearten_entity::{InOrganization, answer_sheet, comment, wave};
use hearten_ids::{CommentId, OrganizationId, SheetId, WaveId};
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, sea_query::Expr};

use super::store::WaveState;
use crate::{graphql::error::Exception, platform::random::Random};

/// Rows a statement; SQLite allows 32,766 parameters in one.
const ROWS_A_STATEMENT: usize = 500;

/// Closes an open wave and seals it. False when it was not open.
///
/// # Errors
/// When the database fails; nothing is changed then.
pub async fn close_in_tx(
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    id: WaveId,
    random: &Random,
    now: DateTime<Utc>,
) -> Result<bool, Exception> {
    // Waits for submissions under way: each holds the wave open until it ends.
    let closed = wave::Entity::update_in_org(organization)
        .filter(wave::Column::Id.eq(id))
        .filter(wave::Column::State.eq(WaveState::Open.as_str()))
        .col_expr(wave::Column::State, Expr::value(WaveState::Closed.as_str()))
        .col_expr(wave::Column::ClosedAt, Expr::value(now))
        .exec(tx)
        .await?;
    if closed.rows_affected == 0 {
        return Ok(false);
    }
    seal_sheets(tx, organization, id, random).await?;
    seal_comments(tx, organization, id, random).await?;
    Ok(true)
}

async fn seal_sheets(
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    id: WaveId,
    random: &Random,
) -> Result<(), Exception> {
    let mut rows =
        answer_sheet::Entity::in_org(organization).filter(answer_sheet::Column::WaveId.eq(id)).all(tx).await?;
    answer_sheet::Entity::delete_in_org(organization).filter(answer_sheet::Column::WaveId.eq(id)).exec(tx).await?;
    random.shuffle(&mut rows);
    for chunk in rows.chunks(ROWS_A_STATEMENT) {
        let sealed = chunk.iter().map(|row| answer_sheet::ActiveModel {
            id: Set(SheetId(random.unlinkable_id())),
            organization_id: Set(row.organization_id),
            wave_id: Set(row.wave_id),
            team_id: Set(row.team_id),
            attributes: Set(row.attributes.clone()),
            packed: Set(row.packed.clone()),
            receipt_hash: Set(None),
        });
        answer_sheet::Entity::insert_many(sealed).exec_without_returning(tx).await?;
    }
    Ok(())
}

async fn seal_comments(
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    id: WaveId,
    random: &Random,
) -> Result<(), Exception> {
    let mut rows = comment::Entity::in_org(organization).filter(comment::Column::WaveId.eq(id)).all(tx).await?;
    comment::Entity::delete_in_org(organization).filter(comment::Column::WaveId.eq(id)).exec(tx).await?;
    random.shuffle(&mut rows);
    for chunk in rows.chunks(ROWS_A_STATEMENT) {
        let sealed = chunk.iter().map(|row| comment::ActiveModel {
            id: Set(CommentId(random.unlinkable_id())),
            organization_id: Set(row.organization_id),
            wave_id: Set(row.wave_id),
            question_key: Set(row.question_key.clone()),
            team_id: Set(row.team_id),
            body: Set(row.body.clone()),
            receipt_hash: Set(None),
        });
        comment::Entity::insert_many(sealed).exec_without_returning(tx).await?;
    }
    Ok(())
}
