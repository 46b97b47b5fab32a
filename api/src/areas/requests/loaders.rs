//! What many requests ask for one by one, read at once: their queues, messages and moves; responses and reports of teams.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use hearten_entity::{InOrganization, request_message, request_move, service_request, team_response};
use hearten_ids::{RequestQueueId, ServiceRequestId, TeamId, TeamResponseId};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    queues,
    reports::{self, Report},
    store::Queue,
};
use crate::graphql::{error::Exception, loaders::Rows};

/// A request has at most so many messages and moves, so a page of requests reads at most a hundred times that.
pub const MOST_MESSAGES: usize = 200;
/// A team shows at most so many responses, the newest; a page of teams reads at most a hundred times that.
const MOST_RESPONSES: u64 = 10_000;

/// The queue with this id, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct QueueOf(pub RequestQueueId);

/// The messages of a request, oldest first, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessagesOf(pub ServiceRequestId);

/// The moves of a request, oldest first, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MovesOf(pub ServiceRequestId);

/// The responses for a team, newest first, as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ResponsesOf(pub TeamId);

/// The report of a quarter, as a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReportOf(pub String);

impl Loader<QueueOf> for Rows {
    type Value = Arc<Queue>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[QueueOf]) -> Result<HashMap<QueueOf, Arc<Queue>>, Arc<Exception>> {
        let ids: Vec<RequestQueueId> = keys.iter().map(|key| key.0).collect();
        let found = queues::by_id(self.db.read(), self.organization, &ids).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|queue| (QueueOf(queue.id()), queue)).collect())
    }
}

impl Loader<MessagesOf> for Rows {
    type Value = Vec<request_message::Model>;
    type Error = Arc<Exception>;

    async fn load(
        &self,
        keys: &[MessagesOf],
    ) -> Result<HashMap<MessagesOf, Vec<request_message::Model>>, Arc<Exception>> {
        let rows = request_message::Entity::in_org(self.organization)
            .filter(request_message::Column::RequestId.is_in(keys.iter().map(|key| key.0)))
            .order_by_asc(request_message::Column::Id)
            .all(self.db.read())
            .await
            .map_err(|error| Arc::new(error.into()))?;
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows {
            found.entry(MessagesOf(row.request_id)).or_default().push(row);
        }
        Ok(found)
    }
}

impl Loader<MovesOf> for Rows {
    type Value = Vec<request_move::Model>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[MovesOf]) -> Result<HashMap<MovesOf, Vec<request_move::Model>>, Arc<Exception>> {
        let rows = request_move::Entity::in_org(self.organization)
            .filter(request_move::Column::RequestId.is_in(keys.iter().map(|key| key.0)))
            .order_by_asc(request_move::Column::Id)
            .all(self.db.read())
            .await
            .map_err(|error| Arc::new(error.into()))?;
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows {
            found.entry(MovesOf(row.request_id)).or_default().push(row);
        }
        Ok(found)
    }
}

impl Loader<ResponsesOf> for Rows {
    type Value = Vec<team_response::Model>;
    type Error = Arc<Exception>;

    async fn load(
        &self,
        keys: &[ResponsesOf],
    ) -> Result<HashMap<ResponsesOf, Vec<team_response::Model>>, Arc<Exception>> {
        let rows = team_response::Entity::in_org(self.organization)
            .filter(team_response::Column::TeamId.is_in(keys.iter().map(|key| key.0)))
            .order_by_desc(team_response::Column::Id)
            .limit(MOST_RESPONSES)
            .all(self.db.read())
            .await
            .map_err(|error| Arc::new(error.into()))?;
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows {
            found.entry(ResponsesOf(row.team_id)).or_default().push(row);
        }
        Ok(found)
    }
}

impl Loader<ReportOf> for Rows {
    type Value = Arc<Report>;
    type Error = Arc<Exception>;

    async fn load(&self, keys: &[ReportOf]) -> Result<HashMap<ReportOf, Arc<Report>>, Arc<Exception>> {
        let quarters: Vec<&str> = keys.iter().map(|key| key.0.as_str()).collect();
        let found = reports::by_quarter(self.db.read(), self.organization, &quarters).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|(quarter, report)| (ReportOf(quarter), Arc::new(report))).collect())
    }
}

impl Loader<ServiceRequestId> for Rows {
    type Value = service_request::Model;
    type Error = Arc<Exception>;

    async fn load(
        &self,
        ids: &[ServiceRequestId],
    ) -> Result<HashMap<ServiceRequestId, service_request::Model>, Arc<Exception>> {
        let rows = service_request::Entity::in_org(self.organization)
            .filter(service_request::Column::Id.is_in(ids.iter().copied()))
            .all(self.db.read())
            .await
            .map_err(|error| Arc::new(error.into()))?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

impl Loader<TeamResponseId> for Rows {
    type Value = team_response::Model;
    type Error = Arc<Exception>;

    async fn load(
        &self,
        ids: &[TeamResponseId],
    ) -> Result<HashMap<TeamResponseId, team_response::Model>, Arc<Exception>> {
        let rows = team_response::Entity::in_org(self.organization)
            .filter(team_response::Column::Id.is_in(ids.iter().copied()))
            .all(self.db.read())
            .await
            .map_err(|error| Arc::new(error.into()))?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}
