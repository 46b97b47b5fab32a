//! Whom a request concerns, and how they hear of it: happenings and the search index.

use hearten_entity::service_request;
use hearten_ids::PersonId;
use hearten_orgchart::OrgChart;
use sea_orm::ConnectionTrait;

use super::store::{Queue, RequestVisibility};
use crate::{
    app::App,
    areas::{
        happenings::{self, Happening, HappeningKind},
        search::{self, Audience, Entry, SearchKind},
    },
    graphql::error::Exception,
};

/// Who answers a request: the assignee, else those who hear of the queue's requests; and whom it climbed to.
pub fn answering(chart: &OrgChart, row: &service_request::Model, queue: Option<&Queue>) -> Vec<PersonId> {
    let mut persons = match (row.assignee_id, queue) {
        (Some(assignee), _) => vec![assignee],
        (None, Some(queue)) => queue.told(chart),
        (None, None) => Vec::new(),
    };
    persons.extend(row.escalated_to);
    persons.retain(|person| chart.active_person(*person).is_some());
    persons.sort_unstable();
    persons.dedup();
    persons
}

/// Tells those it concerns what happened to a request.
///
/// # Errors
/// When the database fails.
pub async fn happened_in_tx(
    app: &App,
    tx: &impl ConnectionTrait,
    row: &service_request::Model,
    kind: HappeningKind,
    actor: Option<PersonId>,
    concerns: Vec<PersonId>,
) -> Result<(), Exception> {
    let happening = Happening { kind, subject: row.id.to_string(), actor, concerns };
    happenings::record_in_tx(app, tx, row.organization_id, happening).await
}

/// Lets a request be found by those who may see it.
///
/// # Errors
/// When the database fails.
pub async fn index_in_tx(
    tx: &impl ConnectionTrait,
    row: &service_request::Model,
    queue: Option<&Queue>,
) -> Result<(), Exception> {
    let persons = [Some(row.asker_id), row.assignee_id, row.escalated_to].into_iter().flatten();
    let mut audience: Vec<Audience> = persons.map(Audience::Person).collect();
    if let Some(queue) = queue {
        audience.extend(queue.owners.iter().copied().map(Audience::Person));
        audience.extend(queue.row.team_id.map(Audience::Team));
    }
    if row.visibility == RequestVisibility::Team.as_str() {
        audience.extend(row.asker_team_id.map(Audience::Team));
    }
    let entry = Entry {
        kind: SearchKind::ServiceRequest,
        subject: row.id.to_string(),
        title: &row.title,
        body: &row.details,
        audience,
    };
    search::index_in_tx(tx, row.organization_id, entry).await
}
