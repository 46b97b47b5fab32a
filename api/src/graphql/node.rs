//! `node` and `nodes`: any object by its opaque id. Each kind goes through the same door as everywhere else. Many at once
//! are read kind by kind, so that a page of them costs a statement a kind, not one an object.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_graphql::{Context, ID, Interface, Object, Result};
use hearten_ids::AnyId;
use tokio::sync::OnceCell;

use crate::{
    areas::{
        directory::types::{Organization, Person, Team},
        goals::{
            self,
            types::{Goal, GoalCycle, KeyResult},
        },
        happenings::{self, types::Notification},
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
    /// Something you were told.
    Notification(Notification),
    /// A goal.
    Goal(Goal),
    /// A key result.
    KeyResult(KeyResult),
    /// A cycle.
    GoalCycle(GoalCycle),
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
        Ok(Box::pin(find(ctx, read(&id)?)).await?)
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
        let ids: Vec<AnyId> = ids.iter().map(read).collect::<Result<_, _>>()?;
        let mut found = Box::pin(find_all(ctx, &ids)).await?;
        let (mut nodes, mut once) = (Vec::with_capacity(ids.len()), HashSet::new());
        for id in ids {
            // An id may come twice.
            nodes.push(match found.remove(&id) {
                None if !once.insert(id) => Box::pin(find(ctx, id)).await?,
                node => {
                    once.insert(id);
                    node
                }
            });
        }
        Ok(Some(nodes))
    }
}

/// Objects that are shown together, such as the subjects of a page of notifications: found at once, when the first of
/// them is asked for.
pub struct NodeBatch {
    ids: Vec<AnyId>,
    found: OnceCell<HashMap<AnyId, Node>>,
}

impl NodeBatch {
    /// The objects with these ids.
    pub fn new(ids: Vec<AnyId>) -> Self {
        Self { ids, found: OnceCell::new() }
    }

    /// The object with this id, when the asker may see it.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn get(&self, ctx: &RequestContext, id: AnyId) -> Result<Option<&Node>, Exception> {
        let found = self.found.get_or_try_init(|| Box::pin(find_all(ctx, &self.ids))).await?;
        Ok(found.get(&id))
    }
}

fn read(id: &ID) -> Result<AnyId, Exception> {
    id.parse()
        .map_err(|_| Exception::bad_input("id: this is not an id; ids look like per_01k… and come from other fields"))
}

/// The objects with these ids that are there and that the asker may see.
///
/// # Errors
/// When the database is away.
pub async fn find_all(ctx: &RequestContext, ids: &[AnyId]) -> Result<HashMap<AnyId, Node>, Exception> {
    let mut found = HashMap::with_capacity(ids.len());
    let mut asked = HashSet::new();
    for id in ids {
        if asked.insert(*id)
            && let Some(node) = Box::pin(find(ctx, *id)).await?
        {
            found.insert(*id, node);
        }
    }
    Ok(found)
}

async fn find(ctx: &RequestContext, id: AnyId) -> Result<Option<Node>, Exception> {
    Ok(match id {
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
        AnyId::NotificationId(id) => happenings::service::find(ctx, id).await?.map(Node::Notification),
        AnyId::GoalId(id) => goals::service::find_goal(ctx, id).await?.map(|goal| Node::Goal(goal.into())),
        AnyId::KeyResultId(id) => {
            goals::service::find_key_result(ctx, id).await?.map(|part| Node::KeyResult(part.into()))
        }
        AnyId::GoalCycleId(id) => goals::service::find_cycle(ctx, id).await?.map(|cycle| Node::GoalCycle(cycle.into())),
        // These are ids of ours, but not of objects that can be fetched.
        AnyId::DirectoryChangeId(_)
        | AnyId::RoleGrantId(_)
        | AnyId::GoalAlignmentId(_)
        | AnyId::GoalCheckInId(_)
        | AnyId::GoalChangeId(_)
        | AnyId::IdentityId(_)
        | AnyId::SheetId(_)
        | AnyId::CommentId(_)
        | AnyId::DocumentId(_)
        | AnyId::AuditEventId(_)
        | AnyId::MailId(_)
        | AnyId::OutboxId(_)
        | AnyId::RequestId(_) => None,
    })
}
