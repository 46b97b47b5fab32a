//! From goals: how many somebody owns that are open, and how many of these nobody has checked in on for longer than their
//! rhythm asks. Private goals are nobody else's, so they are not counted.

use std::collections::HashMap;

use chrono::{DateTime, Days, Utc};
use hearten_entity::{InOrganization, goal, goal_check_in};
use hearten_goals::Visibility;
use hearten_ids::{GoalId, PersonId};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait};

use super::{Counted, Inquiry};
use crate::graphql::error::Exception;

/// What people own.
#[derive(Default)]
pub struct Goals {
    /// Open goals.
    pub open: Counted,
    /// Of these, the stale ones.
    pub stale: Counted,
}

impl Goals {
    /// Two statements.
    pub async fn read(inquiry: &Inquiry<'_>) -> Result<Self, Exception> {
        use goal::Column;
        let moment = inquiry.moment();
        let open = || {
            goal::Entity::in_org(inquiry.organization)
                .filter(Column::OwnerId.is_not_null())
                .filter(Column::Visibility.ne(Visibility::Private.as_str()))
                .filter(Column::CreatedAt.lt(moment))
                .filter(Condition::any().add(Column::ClosedAt.is_null()).add(Column::ClosedAt.gte(moment)))
                .select_only()
        };
        let goals: Vec<(GoalId, PersonId, i32, DateTime<Utc>)> = open()
            .columns([Column::Id, Column::OwnerId, Column::CheckInEveryDays, Column::CreatedAt])
            .into_tuple()
            .all(inquiry.db.read())
            .await?;
        let checked: Vec<(GoalId, DateTime<Utc>)> = goal_check_in::Entity::in_org(inquiry.organization)
            .filter(goal_check_in::Column::CreatedAt.lt(moment))
            .filter(goal_check_in::Column::GoalId.in_subquery(open().column(Column::Id).into_query()))
            .select_only()
            .column(goal_check_in::Column::GoalId)
            .column_as(goal_check_in::Column::CreatedAt.max(), "last")
            .group_by(goal_check_in::Column::GoalId)
            .into_tuple()
            .all(inquiry.db.read())
            .await?;
        let checked: HashMap<GoalId, DateTime<Utc>> = checked.into_iter().collect();
        let used = !goals.is_empty();
        let mut found =
            Self { open: Counted { used, ..Counted::default() }, stale: Counted { used, ..Counted::default() } };
        for (goal, owner, every_days, created) in goals {
            *found.open.of.entry(owner).or_default() += 1.0;
            let last = checked.get(&goal).copied().unwrap_or(created).date_naive();
            let due = last.checked_add_days(Days::new(u64::try_from(every_days).unwrap_or_default()));
            if due.is_some_and(|due| due < inquiry.day) {
                *found.stale.of.entry(owner).or_default() += 1.0;
            }
        }
        Ok(found)
    }
}
