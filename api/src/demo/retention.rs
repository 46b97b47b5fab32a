//! What was frozen month by month in the demo's year, and the model that comes of it.

use std::sync::Arc;

use chrono::{NaiveTime, TimeDelta};
use hearten_ids::OrganizationId;

use super::{exception, go_to, set_clock};
use crate::{
    app::App,
    areas::retention::{
        features::freeze,
        model::make_version,
        span::{month_of, months_before},
    },
    platform::{clock::Clock, db::Db},
};

/// Months that are frozen as the demo begins.
const MONTHS: i32 = 12;

/// Freezes each month of the year on its first day and the present one today, and makes the model of today.
pub async fn seed(app: &Arc<App>, db: &Db, organization: OrganizationId) -> anyhow::Result<()> {
    let month = month_of(Clock::System.now().date_naive());
    for ago in (1..=MONTHS).rev() {
        let morning = months_before(month, ago).and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(3);
        set_clock(app, morning);
        freeze(app, db, organization).await.map_err(exception)?;
    }
    go_to(app, 0);
    freeze(app, db, organization).await.map_err(exception)?;
    make_version(app, db, organization).await.map_err(exception)?;
    Ok(())
}
