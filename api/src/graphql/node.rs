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
        conversations::{
            service as conversations,
            types::{ActionItem, Conversation, ConversationSeries},
        },
        directory::types::{Organization, Person, Team},
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
    /// A series of conversations.
    ConversationSeries(ConversationSeries),
    /// A conversation.
    Conversation(Conversation),
    /// An action item.
    ActionItem(ActionItem),
    /// Something you were told.
    Notification(Notification),
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
    let once: HashSet<AnyId> = ids.iter().copied().collect();
    // Side by side: what is read by loaders is then read at once.
    let finding = once.into_iter().map(|id| async move { Ok::<_, Exception>((id, Box::pin(find(ctx, id)).await?)) });
    let found: Vec<(AnyId, Option<Node>)> = futures_util::future::try_join_all(finding).await?;
    Ok(found.into_iter().filter_map(|(id, node)| Some((id, node?))).collect())
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
        AnyId::ConversationSeriesId(id) => {
            conversations::find_series(ctx, id).await?.map(|row| Node::ConversationSeries(row.into()))
        }
        AnyId::ConversationId(id) => {
            conversations::find_conversation(ctx, id).await?.map(|row| Node::Conversation(row.into()))
        }
        AnyId::ActionItemId(id) => {
            conversations::find_action_item(ctx, id).await?.map(|row| Node::ActionItem(row.into()))
        }
        AnyId::NotificationId(id) => happenings::service::find(ctx, id).await?.map(Node::Notification),
        // These are ids of ours, but not of objects that can be fetched.
        AnyId::DirectoryChangeId(_)
        | AnyId::ConversationPartId(_)
        | AnyId::AgendaItemId(_)
        | AnyId::PrivateNoteId(_)
        | AnyId::ConversationTemplateId(_)
        | AnyId::CalendarFeedId(_)
        | AnyId::RoleGrantId(_)
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
