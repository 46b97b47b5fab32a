//! From conversations: how long ago somebody last held a 1:1 with the present manager. That and when, and nothing of it:
//! what managers above both see, too. 1:1s of colleagues are theirs.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use hearten_entity::{InOrganization, conversation_attendee};
use hearten_ids::PersonId;
use hearten_orgchart::PersonRecord;
use hearten_retention::Feature;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};

use super::Inquiry;
use crate::graphql::error::Exception;

/// When pairs last held a 1:1.
pub struct OneOnOnes {
    moment: DateTime<Utc>,
    last: HashMap<(PersonId, PersonId), DateTime<Utc>>,
}

/// The most weeks that are told apart.
fn most_weeks() -> f64 {
    f64::from(Feature::WeeksSinceOneOnOne.definition().most)
}

impl OneOnOnes {
    /// One statement.
    pub async fn read(inquiry: &Inquiry<'_>) -> Result<Self, Exception> {
        use conversation_attendee::Column;
        let moment = inquiry.moment();
        let rows: Vec<(PersonId, PersonId, DateTime<Utc>)> =
            conversation_attendee::Entity::in_org(inquiry.organization)
                .filter(Column::CounterpartId.is_not_null())
                .filter(Column::HeldAt.lt(moment))
                .filter(Column::HeldAt.gte(moment - TimeDelta::weeks(most_weeks() as i64)))
                .select_only()
                .columns([Column::PersonId, Column::CounterpartId])
                .column_as(Column::HeldAt.max(), "last")
                .group_by(Column::PersonId)
                .group_by(Column::CounterpartId)
                .into_tuple()
                .all(inquiry.db.read())
                .await?;
        Ok(Self { moment, last: rows.into_iter().map(|(person, other, at)| ((person, other), at)).collect() })
    }

    /// Whole weeks since the last 1:1 with the manager, the most where there was none; unknown for who reports to nobody,
    /// and where nobody holds 1:1s here.
    pub fn weeks_since(&self, person: &PersonRecord) -> Option<f64> {
        let manager = person.manager.filter(|_| !self.last.is_empty())?;
        let weeks = self.last.get(&(person.id, manager)).map(|last| (self.moment - *last).num_weeks() as f64);
        Some(weeks.unwrap_or_else(most_weeks))
    }
}
