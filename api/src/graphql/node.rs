//! `node` and `nodes`: any object by its opaque id. Each kind goes through the same door as everywhere else.

use std::sync::Arc;

use async_graphql::{Context, ID, Interface, Object, Result};
use hearten_ids::AnyId;

use crate::{
    areas::{
        directory::types::{Organization, Person, Team},
        integrations::{self, types::ApiToken},
        results::{self, types::Publication},
        surveys::{
            self,
            types::{Invitation, Survey, Wave},
        },
    },
    graphql::{
        context::{RequestContext, request},
        error::Exception,
    },
};

/// How many ids `nodes` takes.
const MOST_IDS: usize = 100;

/// An object with an id by which it can be fetched again.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The opaque id."))]
pub enum Node {
    /// The organization.
    Organization(Organization),
    /// A person.
    Person(Person),
    /// A team.
    Team(Team),
    /// An API token.
    ApiToken(ApiToken),
    /// A survey.
    Survey(Survey),
    /// A wave.
    Wave(Wave),
    /// An invitation.
    Invitation(Invitation),
    /// A publication.
    Publication(Publication),
}

/// Any object by its id.
#[derive(Default)]
pub struct NodeQueries;

/// Any object by its id.
#[Object]
impl NodeQueries {
    /// The object with this id; null where there is none or you may not see it.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The opaque id.")] id: ID) -> Result<Option<Node>> {
        let ctx = request(ctx)?;
        ctx.asker()?;
        Ok(find(ctx, &id).await?)
    }

    /// The objects with these ids, in their order; null in the place of each that is not there or you may not see.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most 100 opaque ids.")] ids: Vec<ID>,
    ) -> Result<Option<Vec<Option<Node>>>> {
        let ctx = request(ctx)?;
        ctx.asker()?;
        if ids.len() > MOST_IDS {
            return Err(Exception::bad_input(format!("ids: at most {MOST_IDS} at once")).into());
        }
        let mut found = Vec::with_capacity(ids.len());
        for id in &ids {
            found.push(find(ctx, id).await?);
        }
        Ok(Some(found))
    }
}

async fn find(ctx: &RequestContext, id: &ID) -> Result<Option<Node>, Exception> {
    let any: AnyId = id.parse().map_err(|_| {
        Exception::bad_input("id: this is not an id; ids look like per_01k… and come from other fields")
    })?;
    Ok(match any {
        AnyId::OrganizationId(id) => {
            let snapshot = Arc::clone(&ctx.asker()?.snapshot);
            (snapshot.organization.id == id).then_some(Node::Organization(Organization { snapshot }))
        }
        AnyId::PersonId(id) => Person::find(ctx, id).map(Node::Person),
        AnyId::TeamId(id) => Team::find(ctx, id).map(Node::Team),
        AnyId::ApiTokenId(id) => integrations::service::find(ctx, id).await?.map(|row| Node::ApiToken(row.into())),
        AnyId::SurveyId(id) => Survey::find(ctx, id).await?.map(Node::Survey),
        AnyId::WaveId(id) => surveys::service::find_wave(ctx, id)
            .await?
            .map(|(wave, survey)| Node::Wave(Wave { wave, survey: Arc::new(survey) })),
        AnyId::InvitationId(id) => {
            surveys::service::find_invitation(ctx, id).await?.map(|invitation| Node::Invitation(invitation.into()))
        }
        AnyId::PublicationId(id) => results::service::find(ctx, id).await?.map(Node::Publication),
        // These are ids of ours, but not of objects that can be fetched.
        AnyId::DirectoryChangeId(_)
        | AnyId::RoleGrantId(_)
        | AnyId::IdentityId(_)
        | AnyId::SheetId(_)
        | AnyId::CommentId(_)
        | AnyId::DocumentId(_)
        | AnyId::AuditEventId(_)
        | AnyId::OutboxId(_)
        | AnyId::RequestId(_) => None,
    })
}
