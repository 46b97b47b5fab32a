//! From requests: how many of somebody's own wait for an answer that is overdue. That there are some, and nothing of them.

use hearten_entity::{InOrganization, service_request};
use hearten_ids::PersonId;
use hearten_requests::State;
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect};

use super::{Counted, Inquiry, counts};
use crate::graphql::error::Exception;

/// Two statements.
pub async fn overdue(inquiry: &Inquiry<'_>) -> Result<Counted, Exception> {
    use service_request::Column;
    let moment = inquiry.moment();
    let opened = || service_request::Entity::in_org(inquiry.organization).filter(Column::OpenedAt.lt(moment));
    let not_before = |column: Column| Condition::any().add(column.is_null()).add(column.gte(moment));
    let rows: Vec<(PersonId, i64)> = opened()
        .filter(Column::DueAt.lt(moment))
        .filter(not_before(Column::AnsweredAt))
        .filter(not_before(Column::SettledAt))
        // The clock stands still while the asker is asked back.
        .filter(Column::State.ne(State::Waiting.as_str()))
        .select_only()
        .column(Column::AskerId)
        .column_as(Column::Id.count(), "overdue")
        .group_by(Column::AskerId)
        .into_tuple()
        .all(inquiry.db.read())
        .await?;
    let used = !rows.is_empty() || opened().one(inquiry.db.read()).await?.is_some();
    Ok(Counted { used, of: counts(rows) })
}
