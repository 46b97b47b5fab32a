//! From recognition: how often somebody was thanked lately, without private thanks, which no office opens.

use std::collections::HashMap;

use chrono::TimeDelta;

use super::{Counted, Counts, Inquiry};
use crate::{areas::recognition::service::activity_in, graphql::error::Exception};

/// How far back thanks count, in days.
const DAYS: i64 = 90;

/// Two statements.
pub async fn received(inquiry: &Inquiry<'_>) -> Result<Counted, Exception> {
    let until = inquiry.moment();
    let activity = activity_in(inquiry.db.read(), inquiry.organization, until - TimeDelta::days(DAYS), until).await?;
    let mut of: Counts = HashMap::new();
    for ((person, _), thanks) in activity.received {
        *of.entry(person).or_default() += thanks as f64;
    }
    Ok(Counted { used: !of.is_empty(), of })
}
