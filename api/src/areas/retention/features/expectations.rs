//! From expectations: what was promised to somebody and is open, or was missed lately. What two people keep between them
//! is not counted.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use hearten_entity::{InOrganization, expectation};
use hearten_expectation::State;
use hearten_ids::PersonId;
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect};

use super::{Counted, Inquiry};
use crate::graphql::error::Exception;

/// How far back a miss counts, in days.
const DAYS: i64 = 90;

/// What people were promised.
#[derive(Default)]
pub struct Expectations {
    /// Accepted and not done yet.
    pub open: Counted,
    /// Judged not done as agreed, lately.
    pub missed: Counted,
}

impl Expectations {
    /// Two statements.
    pub async fn read(inquiry: &Inquiry<'_>) -> Result<Self, Exception> {
        use expectation::Column;
        let moment = inquiry.moment();
        let since = moment - TimeDelta::days(DAYS);
        let visible = || {
            expectation::Entity::in_org(inquiry.organization)
                .filter(Column::VisibleToManager.eq(true))
                .filter(Column::CreatedAt.lt(moment))
        };
        // Those that were judged since: they were open then.
        let judged = Condition::all()
            .add(Column::State.is_in([State::Met.as_str(), State::Exceeded.as_str(), State::Missed.as_str()]))
            .add(Column::ChangedAt.gte(since));
        let accepted =
            Condition::all().add(Column::State.eq(State::Accepted.as_str())).add(Column::ChangedAt.lt(moment));
        let rows: Vec<(PersonId, String, DateTime<Utc>)> = visible()
            .filter(Condition::any().add(judged).add(accepted))
            .select_only()
            .columns([Column::FromId, Column::State, Column::ChangedAt])
            .into_tuple()
            .all(inquiry.db.read())
            .await?;
        let used = !rows.is_empty() || visible().one(inquiry.db.read()).await?.is_some();
        let counted = || Counted { used, of: HashMap::new() };
        let mut found = Self { open: counted(), missed: counted() };
        for (person, state, changed_at) in rows {
            if state == State::Accepted.as_str() || changed_at >= moment {
                *found.open.of.entry(person).or_default() += 1.0;
            } else if state == State::Missed.as_str() {
                *found.missed.of.entry(person).or_default() += 1.0;
            }
        }
        Ok(found)
    }
}
