//! The org chart snapshots this node holds, and how they keep up with the database.
//!
//! Every directory read and hierarchy check is answered from a [`Snapshot`] without a query. A change on this node puts
//! the new snapshot in place before it answers. A change on another node arrives over the bus as (organization,
//! version), and only the rows stamped with a newer version are read. While the bus is away nothing arrives, so each
//! request asks the database for the version first.

use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwapOption;
use chrono::{DateTime, NaiveDate, Utc};
use hearten_entity::{InOrganization, organization, person, role_grant, team};
use hearten_ids::{OrganizationId, PersonId, RoleGrantId};
use hearten_orgchart::{OrgChart, PersonRecord, TeamRecord};
use hearten_policy::{Grant, Role};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::{
    areas::directory::records,
    graphql::error::Exception,
    platform::{
        bus::{Event, Listener},
        db::Db,
    },
};

/// A bus that is away is noticed this soon, even where nobody asks for a directory meanwhile.
const BUS_LOOKED_AT: Duration = Duration::from_secs(1);

/// The directory of an organization at one version.
#[derive(Debug)]
pub struct Snapshot {
    /// The organization itself.
    pub organization: OrganizationRecord,
    /// Persons, teams and reporting lines.
    pub chart: OrgChart,
    /// Granted roles, by person.
    pub grants: HashMap<PersonId, Vec<GrantRecord>>,
}

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationRecord {
    /// The id.
    pub id: OrganizationId,
    /// The short name used in settings.
    pub slug: String,
    /// The name people read.
    pub name: String,
    /// The language texts fall back to.
    pub default_locale: String,
}

/// A role granted to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantRecord {
    /// The id.
    pub id: RoleGrantId,
    /// Who holds it.
    pub person: PersonId,
    /// Role and scope.
    pub grant: Grant,
    /// Who granted it.
    pub granted_by: Option<PersonId>,
    /// When.
    pub granted_at: DateTime<Utc>,
}

impl Snapshot {
    /// The roles granted to a person.
    pub fn grants_of(&self, person: PersonId) -> Vec<Grant> {
        self.grants.get(&person).map(|grants| grants.iter().map(|record| record.grant).collect()).unwrap_or_default()
    }
}

#[derive(Default)]
struct Slot {
    current: ArcSwapOption<Snapshot>,
    // Set when messages may have been lost; cleared by whoever checks the version while messages arrive.
    doubtful: AtomicBool,
    // One loader at a time; whoever waits finds the result of the one before.
    loading: Mutex<()>,
    // One change at a time on this node: others wait here rather than with a connection each.
    changing: Arc<Mutex<()>>,
}

/// The snapshots of this node, by organization.
#[derive(Default)]
pub struct Charts {
    slots: RwLock<HashMap<OrganizationId, Arc<Slot>>>,
}

impl std::fmt::Debug for Charts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Charts")
    }
}

impl Charts {
    fn slot(&self, id: OrganizationId) -> Arc<Slot> {
        if let Some(slot) = self.slots.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return Arc::clone(slot);
        }
        Arc::clone(self.slots.write().unwrap_or_else(PoisonError::into_inner).entry(id).or_default())
    }

    /// The snapshot to answer a request with. Costs no query while the bus is connected.
    ///
    /// # Errors
    /// NOT_FOUND when there is no such organization; UNAVAILABLE when it has to be read and the database is away.
    pub async fn current(
        &self,
        db: &Db,
        bus_is_connected: bool,
        id: OrganizationId,
    ) -> Result<Arc<Snapshot>, Exception> {
        let slot = self.slot(id);
        if !bus_is_connected {
            // Whatever is found now: until the bus is back, what comes after it is not heard of.
            slot.doubtful.store(true, Ordering::Release);
        }
        let Some(held) = slot.current.load_full() else { return self.refresh(db, id).await };
        if !slot.doubtful.load(Ordering::Acquire) {
            return Ok(held);
        }
        if bus_is_connected {
            // Cleared before looking: what is lost from now on sets it again.
            slot.doubtful.store(false, Ordering::Release);
        }
        let checked = match version_of(db.read(), id).await {
            Ok(version) if version == held.chart.version() => Ok(held),
            Ok(_) => self.refresh(db, id).await,
            Err(error) => Err(error),
        };
        if checked.is_err() {
            slot.doubtful.store(true, Ordering::Release);
        }
        checked
    }

    /// Reads what is newer than the held snapshot, or everything when none is held.
    ///
    /// # Errors
    /// As [`Charts::current`].
    pub async fn refresh(&self, db: &Db, id: OrganizationId) -> Result<Arc<Snapshot>, Exception> {
        let slot = self.slot(id);
        let _one_at_a_time = slot.loading.lock().await;
        let held = slot.current.load_full();
        let fresh = Arc::new(load(db, id, held.as_deref()).await?);
        slot.current.store(Some(Arc::clone(&fresh)));
        Ok(fresh)
    }

    /// Puts a snapshot in place that a change on this node has made, unless a newer one is there already.
    pub fn put(&self, fresh: Arc<Snapshot>) {
        let slot = self.slot(fresh.organization.id);
        slot.current.rcu(|held| match held {
            Some(held) if held.chart.version() > fresh.chart.version() => Some(Arc::clone(held)),
            _ => Some(Arc::clone(&fresh)),
        });
    }

    /// Waits until no other change of this organization is under way on this node.
    pub async fn reserve_change(&self, id: OrganizationId) -> OwnedMutexGuard<()> {
        Arc::clone(&self.slot(id).changing).lock_owned().await
    }

    /// How many persons the held snapshots have, for `/metrics`.
    pub fn persons_held(&self) -> usize {
        let slots = self.slots.read().unwrap_or_else(PoisonError::into_inner);
        slots.values().filter_map(|slot| slot.current.load_full()).map(|held| held.chart.persons().len()).sum()
    }

    /// Follows the bus until it ends. `is_connected` says whether it is.
    pub async fn follow(&self, db: Db, mut events: Listener, is_connected: impl Fn() -> bool) {
        loop {
            let Ok(next) = tokio::time::timeout(BUS_LOOKED_AT, events.next()).await else {
                // Nobody may ask while the bus is away; what was missed is missed all the same.
                if !is_connected() {
                    self.doubt_all();
                }
                continue;
            };
            let Some(event) = next else { return };
            match event {
                Event::ChartChanged { organization, version } => {
                    let slot = self.slot(organization);
                    let behind = slot.current.load().as_ref().is_some_and(|held| held.chart.version() < version);
                    if behind && self.refresh(&db, organization).await.is_err() {
                        slot.doubtful.store(true, Ordering::Release);
                    }
                }
                Event::Resynchronise => self.doubt_all(),
                Event::PublicationAppeared { .. }
                | Event::Happened { .. }
                | Event::TokenChanged { .. }
                | Event::PersonSignedOut { .. } => {}
            }
        }
    }

    /// Lets the version of every directory be checked by whoever asks for it next.
    fn doubt_all(&self) {
        for slot in self.slots.read().unwrap_or_else(PoisonError::into_inner).values() {
            slot.doubtful.store(true, Ordering::Release);
        }
    }
}

async fn version_of(db: &impl ConnectionTrait, id: OrganizationId) -> Result<i64, Exception> {
    organization::Entity::by_id(id)
        .select_only()
        .column(organization::Column::ChartVersion)
        .into_tuple()
        .one(db)
        .await?
        .ok_or_else(Exception::not_found)
}

/// Reads an organization's directory: the rows newer than `held`, or all.
///
/// All of it is read as of one moment: rows of a change that commits meanwhile would not fit the rest.
async fn load(db: &Db, id: OrganizationId, held: Option<&Snapshot>) -> Result<Snapshot, Exception> {
    let moment = db.begin_reading().await?;
    let row = organization::Entity::by_id(id).one(&moment).await?.ok_or_else(Exception::not_found)?;
    let since = held.map_or(i64::MIN, |held| held.chart.version());
    let version = row.chart_version;
    let teams = team::Entity::in_org(id).filter(team::Column::ChartVersion.gt(since)).all(&moment).await?;
    let persons = person::Entity::in_org(id).filter(person::Column::ChartVersion.gt(since)).all(&moment).await?;
    let grants = role_grant::Entity::in_org(id).all(&moment).await?;
    moment.commit().await?;
    let mut texts = records::Texts::default();
    let teams: Vec<TeamRecord> = teams.into_iter().map(records::team).collect();
    let persons: Vec<PersonRecord> =
        persons.into_iter().map(|row| records::person(row, &mut texts)).collect::<Result<_, _>>()?;
    let chart = match held {
        Some(held) => held.chart.apply(version, persons, teams),
        None => OrgChart::build(id, version, persons, teams),
    }
    .map_err(Exception::internal)?;
    let organization = OrganizationRecord { id, slug: row.slug, name: row.name, default_locale: row.default_locale };
    Ok(Snapshot { organization, chart, grants: grants_by_person(grants)? })
}

/// Groups role grants by person.
///
/// # Errors
/// INTERNAL when a row names an unknown role.
pub fn grants_by_person(rows: Vec<role_grant::Model>) -> Result<HashMap<PersonId, Vec<GrantRecord>>, Exception> {
    let mut grants: HashMap<PersonId, Vec<GrantRecord>> = HashMap::new();
    for row in rows {
        let role: Role = row.role.parse().map_err(Exception::internal)?;
        grants.entry(row.person_id).or_default().push(GrantRecord {
            id: row.id,
            person: row.person_id,
            grant: Grant { role, team: row.team_id },
            granted_by: row.granted_by,
            granted_at: row.granted_at,
        });
    }
    Ok(grants)
}

/// Whether somebody with this last day is no longer here.
pub fn has_left(left_on: Option<NaiveDate>, today: NaiveDate) -> bool {
    left_on.is_some_and(|day| day < today)
}
