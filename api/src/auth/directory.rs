//! What signing in asks of the directory: how somebody stands, on every request, and once in a lifetime whether a
//! person is to be created. Two small traits, so that this module depends on no service.

use std::{fmt::Debug, sync::Arc};

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::future::BoxFuture;
use hearten_ids::{OrganizationId, PersonId};
use hearten_policy::Grant;

use crate::{
    areas::directory::charts::Charts,
    graphql::error::Exception,
    platform::{bus::Bus, clock::Clock, db::Db},
};

/// Whether somebody may sign in, and with which roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Signing in is switched off.
    pub deactivated: bool,
    /// The last day, when known. The last day is still a day.
    pub left_on: Option<NaiveDate>,
    /// Tokens issued before this moment are void.
    pub signed_out_before: Option<DateTime<Utc>>,
    /// The roles granted to the person.
    pub grants: Vec<Grant>,
}

/// Tells how persons stand.
pub trait Directory: Debug + Send + Sync {
    /// How `person` stands; None when there is no such person. Asked on every request.
    fn find_standing<'a>(
        &'a self,
        db: &'a Db,
        organization: OrganizationId,
        person: PersonId,
    ) -> BoxFuture<'a, Result<Option<Standing>, Exception>>;
}

/// Creates persons just in time.
pub trait CreatePerson: Debug + Send + Sync {
    /// Creates somebody who signs in for the first time and is not in the directory, and says who it is; None when the
    /// organization does not wish it. Two calls for one address must not create two persons.
    fn create_person<'a>(&'a self, db: &'a Db, person: NewPerson)
    -> BoxFuture<'a, Result<Option<PersonId>, Exception>>;
}

/// Somebody who signs in for the first time and is not in the directory.
pub struct NewPerson {
    /// The tenant.
    pub organization: OrganizationId,
    /// The address, verified by the provider.
    pub email: String,
}

/// The directory as this node's snapshots know it: no query while the bus is connected.
#[derive(Debug, Clone)]
pub struct ChartDirectory {
    /// The snapshots.
    pub charts: Arc<Charts>,
    /// Whether they hear of changes.
    pub bus: Bus,
}

impl Standing {
    /// Whether the person is neither deactivated nor gone.
    pub fn is_active(&self, clock: &Clock) -> bool {
        !self.deactivated && self.left_on.is_none_or(|last_day| clock.today() <= last_day)
    }
}

impl Directory for ChartDirectory {
    fn find_standing<'a>(
        &'a self,
        db: &'a Db,
        organization: OrganizationId,
        person: PersonId,
    ) -> BoxFuture<'a, Result<Option<Standing>, Exception>> {
        Box::pin(async move {
            let snapshot = self.charts.current(db, self.bus.is_connected(), organization).await?;
            Ok(snapshot.chart.person(person).map(|record| Standing {
                deactivated: record.deactivated,
                left_on: record.left_on,
                signed_out_before: record.signed_out_before,
                grants: snapshot.grants_of(person),
            }))
        })
    }
}
