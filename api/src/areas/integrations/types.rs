//! API tokens as the schema shows them.

use async_graphql::{Context, Enum, ID, Object, Result};
use hearten_entity::api_token;
use hearten_policy::Scope;

use crate::{
    areas::directory::types::Person,
    graphql::{context::request, scalars::DateTime},
};

/// What an API token may do, in the whole organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Scope")]
pub enum ApiTokenScope {
    /// Names, titles, teams and headcounts.
    DirectoryRead,
    /// E-mail addresses, dates, attributes, and people who have left; includes the basics.
    DirectoryContact,
    /// Writing and importing persons and teams.
    DirectoryWrite,
    /// Surveys that were launched.
    SurveysRead,
    /// Drafting, launching, closing and publishing surveys; includes reading them.
    SurveysWrite,
    /// Publications, cuts and participation.
    ResultsRead,
    /// Comments.
    CommentsRead,
    /// Cycles, and goals that are not private.
    GoalsRead,
    /// Importing goals of the organization and of teams; checking in on those it may also see.
    GoalsWrite,
    /// Sending documents that are not registered.
    DocumentsFree,
    /// The audit trail.
    AuditRead,
    /// Public recognition, and the values of the company.
    RecognitionRead,
    /// Rewards and approved redemptions, and saying that they were fulfilled.
    RewardsFulfil,
    /// Requests in queues that are open to integrations.
    RequestsRead,
    /// Working the requests of such queues. Includes no reading.
    RequestsWrite,
    /// Frictions and the roadmap.
    FrictionRead,
    /// Areas of responsibility and who has which part in them.
    ResponsibilitiesRead,
    /// Writing, assigning and importing areas of responsibility; includes reading them.
    ResponsibilitiesWrite,
}

/// An API token of an integration. Its secret is shown once, when it is created or rotated.
pub struct ApiToken {
    row: Box<api_token::Model>,
}

impl From<api_token::Model> for ApiToken {
    fn from(row: api_token::Model) -> Self {
        Self { row: Box::new(row) }
    }
}

fn names(value: &serde_json::Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

/// An API token of an integration. Its secret is shown once, when it is created or rotated.
#[Object]
impl ApiToken {
    /// The opaque id.
    pub async fn id(&self) -> ID {
        self.row.id.to_string().into()
    }

    /// What it is for.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// What it may do.
    async fn scopes(&self) -> Vec<ApiTokenScope> {
        names(&self.row.scopes).iter().filter_map(|name| name.parse::<Scope>().ok()).map(Into::into).collect()
    }

    /// Networks it may be used from; empty for any.
    async fn networks(&self) -> Vec<String> {
        names(&self.row.networks)
    }

    /// Who created it.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let ctx = request(ctx)?;
        Ok(self.row.created_by.and_then(|person| Person::find(ctx, person)))
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.row.created_at)
    }

    /// When it stops working.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.row.expires_at)
    }

    /// When it was last used, to the hour.
    async fn last_used_at(&self) -> Option<DateTime> {
        self.row.last_used_at.map(DateTime)
    }

    /// When it was revoked.
    async fn revoked_at(&self) -> Option<DateTime> {
        self.row.revoked_at.map(DateTime)
    }

    /// Until when the secret before the last rotation is accepted.
    async fn previous_secret_until(&self) -> Option<DateTime> {
        self.row.previous_until.map(DateTime)
    }
}
