//! The one road by which the directory changes: lock, validate against the newest chart, write, commit, show.

use std::{collections::HashSet, sync::Arc};

use chrono::{DateTime, NaiveDate, Utc};
use hearten_entity::{InOrganization, directory_change, organization, person, role_grant, team};
use hearten_ids::{DirectoryChangeId, OrganizationId};
use hearten_orgchart::{OrgChart, PersonRecord, TeamRecord};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use super::{
    charts::{Snapshot, grants_by_person},
    places, records,
};
use tokio::sync::OwnedMutexGuard;

use crate::{
    app::App,
    graphql::error::{Exception, Refusal},
    platform::{bus::Event, db::Db, outbox::Outbox},
};

/// Rows a statement: 500 rows of 19 columns stay below SQLite's 32,766 parameters.
const ROWS_A_STATEMENT: usize = 500;

/// A change under way. While it exists, no other change of this organization can begin, on any node.
pub struct Change<'a> {
    app: &'a App,
    organization: OrganizationId,
    /// The transaction, for what else belongs to the change.
    pub tx: DatabaseTransaction,
    /// The snapshot before the change.
    pub before: Arc<Snapshot>,
    version: i64,
    now: DateTime<Utc>,
    today: NaiveDate,
    _reserved: OwnedMutexGuard<()>,
}

impl<'a> Change<'a> {
    /// Begins a change of `organization`.
    ///
    /// # Errors
    /// NOT_FOUND when there is no such organization; UNAVAILABLE when the database is away.
    pub async fn begin(app: &'a App, db: &Db, organization: OrganizationId) -> Result<Self, Exception> {
        let reserved = app.charts.reserve_change(organization).await;
        let tx = db.begin().await?;
        // The row lock this takes is what keeps changes apart.
        organization::Entity::update_version(organization)
            .col_expr(organization::Column::ChartVersion, Expr::col(organization::Column::ChartVersion).add(1))
            .exec(&tx)
            .await?;
        let version: i64 = organization::Entity::by_id(organization)
            .select_only()
            .column(organization::Column::ChartVersion)
            .into_tuple()
            .one(&tx)
            .await?
            .ok_or_else(Exception::not_found)?;
        let mut before = app.charts.current(db, app.bus.is_connected(), organization).await?;
        if before.chart.version() != version - 1 {
            before = app.charts.refresh(db, organization).await?;
        }
        if before.chart.version() != version - 1 {
            return Err(Exception::internal(anyhow::anyhow!("the chart is not at the version before this change")));
        }
        let (now, today) = (app.clock.now(), app.clock.today());
        Ok(Self { app, organization, tx, before, version, now, today, _reserved: reserved })
    }

    /// Validates the records against the chart, writes them with their history, commits, and shows the new snapshot to
    /// this node and the others.
    ///
    /// # Errors
    /// A refusal when the records would not make a chart: nothing is changed then.
    pub async fn commit(self, persons: Vec<PersonRecord>, teams: Vec<TeamRecord>) -> Result<Arc<Snapshot>, Refusal> {
        let before = &self.before.chart;
        let chart = before
            .apply(self.version, persons.clone(), teams.clone())
            .map_err(|problem| Refusal::from(places::refusal(&problem, before, &persons, &teams)))?;
        self.write_teams(&chart, &teams).await?;
        self.write_persons(&chart, &persons).await?;
        self.write_history(&persons).await?;
        let grants = role_grant::Entity::in_org(self.organization).all(&self.tx).await?;
        let organization = self.organization;
        let mut events = vec![Event::ChartChanged { organization, version: self.version }];
        let gone = signed_out(&self.before.chart, &persons);
        events.extend(gone.into_iter().map(|person| Event::PersonSignedOut { organization, person }));
        Outbox::write_all_in_tx(&self.tx, organization, &events, &self.app.random, self.now).await?;
        self.tx.commit().await?;
        let snapshot = Arc::new(Snapshot {
            organization: self.before.organization.clone(),
            chart,
            grants: grants_by_person(grants)?,
        });
        self.app.charts.put(Arc::clone(&snapshot));
        // Told at once, so that whoever got this answer finds it everywhere; and once more by the outbox, should this
        // process end here. Hearing it twice changes nothing.
        for event in events {
            self.app.bus.publish(event).await;
        }
        self.app.outbox.wake();
        Ok(snapshot)
    }

    /// Teams, each after the one above it, as the foreign key wants.
    async fn write_teams(&self, chart: &OrgChart, teams: &[TeamRecord]) -> Result<(), Exception> {
        let mut ordered: Vec<&TeamRecord> = teams.iter().collect();
        ordered.sort_by_cached_key(|team| chart.ancestors(team.id).len());
        for chunk in ordered.chunks(ROWS_A_STATEMENT) {
            let rows = chunk.iter().map(|team| records::team_row(self.organization, team, self.version, self.now));
            let columns = [
                team::Column::ExternalId,
                team::Column::Name,
                team::Column::ParentId,
                team::Column::LeadId,
                team::Column::Archived,
                team::Column::ChartVersion,
            ];
            team::Entity::insert_many(rows)
                .on_conflict(OnConflict::column(team::Column::Id).update_columns(columns).to_owned())
                .exec_without_returning(&self.tx)
                .await?;
        }
        Ok(())
    }

    /// Persons, each after their manager. Addresses that move from one person to another are freed first.
    async fn write_persons(&self, chart: &OrgChart, persons: &[PersonRecord]) -> Result<(), Exception> {
        let moved: Vec<_> = persons
            .iter()
            .filter(|person| {
                let held = self.before.chart.person(person.id);
                held.is_some_and(|held| held.email != person.email || held.external_id != person.external_id)
            })
            .map(|person| person.id)
            .collect();
        for chunk in moved.chunks(ROWS_A_STATEMENT) {
            person::Entity::update_in_org(self.organization)
                .filter(person::Column::Id.is_in(chunk.iter().copied()))
                .col_expr(person::Column::EmailKey, Expr::value(Option::<String>::None))
                .col_expr(person::Column::ExternalId, Expr::value(Option::<String>::None))
                .exec(&self.tx)
                .await?;
        }
        let mut ordered: Vec<&PersonRecord> = persons.iter().collect();
        ordered.sort_by_cached_key(|person| chart.management_chain(person.id).len());
        for chunk in ordered.chunks(ROWS_A_STATEMENT) {
            let rows = chunk.iter().map(|one| records::person_row(self.organization, one, self.version, self.now));
            let columns = [
                person::Column::ExternalId,
                person::Column::DisplayName,
                person::Column::Email,
                person::Column::EmailKey,
                person::Column::Title,
                person::Column::Relationship,
                person::Column::TeamId,
                person::Column::ManagerId,
                person::Column::HiredOn,
                person::Column::LeftOn,
                person::Column::LeaveReason,
                person::Column::Locale,
                person::Column::Attributes,
                person::Column::SignedOutBefore,
                person::Column::Deactivated,
                person::Column::ChartVersion,
            ];
            person::Entity::insert_many(rows)
                .on_conflict(OnConflict::column(person::Column::Id).update_columns(columns).to_owned())
                .exec_without_returning(&self.tx)
                .await?;
        }
        Ok(())
    }

    async fn write_history(&self, persons: &[PersonRecord]) -> Result<(), Exception> {
        let mut entries = Vec::new();
        for person in persons {
            let held = self.before.chart.person(person.id);
            for (field, old, new) in differences(held, person) {
                entries.push(directory_change::ActiveModel {
                    id: Set(DirectoryChangeId(self.app.random.id(self.now))),
                    organization_id: Set(self.organization),
                    person_id: Set(person.id),
                    field: Set(field.to_owned()),
                    old_value: Set(old),
                    new_value: Set(new),
                    // Somebody new has been what they are since they were hired.
                    effective_on: Set(held.map_or(person.hired_on, |_| None).unwrap_or(self.today)),
                    recorded_at: Set(self.now),
                });
            }
        }
        for chunk in entries.chunks(ROWS_A_STATEMENT) {
            directory_change::Entity::insert_many(chunk.to_vec()).exec_without_returning(&self.tx).await?;
        }
        Ok(())
    }
}

type Difference = (&'static str, Option<String>, Option<String>);

/// What history records of a change: team, manager, title, relationship, first and last day.
fn differences(held: Option<&PersonRecord>, person: &PersonRecord) -> Vec<Difference> {
    let values = |person: &PersonRecord| -> [(&'static str, Option<String>); 6] {
        [
            ("TEAM", person.team.map(|team| team.to_string())),
            ("MANAGER", person.manager.map(|manager| manager.to_string())),
            ("TITLE", person.title.as_ref().map(ToString::to_string)),
            ("RELATIONSHIP", Some(person.relationship.as_str().to_owned())),
            ("HIRED", person.hired_on.map(|day| day.to_string())),
            ("LEFT", person.left_on.map(|day| day.to_string())),
        ]
    };
    let old = held.map(values);
    values(person)
        .into_iter()
        .enumerate()
        .filter_map(|(at, (field, new))| {
            let old = old.as_ref().and_then(|old| old[at].1.clone());
            (old != new).then_some((field, old, new))
        })
        .collect()
}

/// Who of `persons` may no longer use the tokens they hold.
fn signed_out(before: &OrgChart, persons: &[PersonRecord]) -> HashSet<hearten_ids::PersonId> {
    persons
        .iter()
        .filter(|person| {
            before.person(person.id).is_some_and(|held| {
                (person.deactivated && !held.deactivated) || person.signed_out_before != held.signed_out_before
            })
        })
        .map(|person| person.id)
        .collect()
}
