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
        expectations::types::Expectation,
        friction::{
            self,
            types::{Friction, RoadmapStep},
        },
        goals::{
            self,
            types::{Goal, GoalCycle, KeyResult},
        },
        happenings::{self, types::Notification},
        integrations::{self, types::ApiToken},
        priorities::{self, types::PriorityRound},
        recognition::{
            self,
            types::{CompanyValue, Recognition},
        },
        requests::{
            self,
            types::{RequestQueue, ServiceRequest, TeamResponse},
        },
        responsibilities::types::{Responsibility, ResponsibilityAssignment},
        results::{self, types::Publication},
        rewards::{
            self,
            types::{Redemption, Reward},
        },
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
    /// Thanks.
    Recognition(Recognition),
    /// A value of the company.
    CompanyValue(CompanyValue),
    /// A reward.
    Reward(Reward),
    /// A redemption.
    Redemption(Redemption),
    /// A series of conversations.
    ConversationSeries(ConversationSeries),
    /// A conversation.
    Conversation(Conversation),
    /// An action item.
    ActionItem(ActionItem),
    /// Something you were told.
    Notification(Notification),
    /// What an internal customer asks for.
    ServiceRequest(ServiceRequest),
    /// A queue of requests.
    RequestQueue(RequestQueue),
    /// We asked, you said, we did.
    TeamResponse(TeamResponse),
    /// A reported detour.
    Friction(Friction),
    /// What is done about a friction.
    RoadmapStep(RoadmapStep),
    /// What somebody expects of somebody.
    Expectation(Expectation),
    /// An area of responsibility.
    Responsibility(Responsibility),
    /// Who has which part in an area of responsibility.
    ResponsibilityAssignment(ResponsibilityAssignment),
    /// A goal.
    Goal(Goal),
    /// A key result.
    KeyResult(KeyResult),
    /// A cycle.
    GoalCycle(GoalCycle),
    /// A round of priorities.
    PriorityRound(PriorityRound),
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
    let (mut found, mut asked) = (HashMap::with_capacity(ids.len()), HashSet::new());
    find_thanks(ctx, ids, &mut found, &mut asked).await?;
    let rest: HashSet<AnyId> = ids.iter().copied().filter(|id| !asked.contains(id)).collect();
    // Side by side: what is read by loaders is then read at once.
    let finding = rest.into_iter().map(|id| async move { Ok::<_, Exception>((id, Box::pin(find(ctx, id)).await?)) });
    let others: Vec<(AnyId, Option<Node>)> = futures_util::future::try_join_all(finding).await?;
    found.extend(others.into_iter().filter_map(|(id, node)| Some((id, node?))));
    Ok(found)
}

/// Recognition and redemptions come many at once, among notifications above all: each kind takes one statement.
async fn find_thanks(
    ctx: &RequestContext,
    ids: &[AnyId],
    found: &mut HashMap<AnyId, Node>,
    asked: &mut HashSet<AnyId>,
) -> Result<(), Exception> {
    let (mut thanks, mut redemptions) = (Vec::new(), Vec::new());
    for id in ids {
        match id {
            AnyId::RecognitionId(one) if asked.insert(*id) => thanks.push(*one),
            AnyId::RedemptionId(one) if asked.insert(*id) => redemptions.push(*one),
            _ => {}
        }
    }
    if !thanks.is_empty() {
        for one in recognition::service::find_all(ctx, &thanks).await? {
            found.insert(AnyId::RecognitionId(one.id), Node::Recognition(one.into()));
        }
    }
    if !redemptions.is_empty() {
        for row in rewards::service::find_redemptions(ctx, &redemptions).await? {
            found.insert(AnyId::RedemptionId(row.id), Node::Redemption(row.into()));
        }
    }
    Ok(())
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
        AnyId::RecognitionId(id) => recognition::service::find(ctx, id).await?.map(|one| Node::Recognition(one.into())),
        AnyId::CompanyValueId(id) => CompanyValue::find(ctx, id).await?.map(Node::CompanyValue),
        AnyId::RewardId(id) => rewards::service::find(ctx, id).await?.map(|row| Node::Reward(row.into())),
        AnyId::RedemptionId(id) => {
            rewards::service::find_redemption(ctx, id).await?.map(|row| Node::Redemption(row.into()))
        }
        AnyId::ServiceRequestId(id) => requests::service::find(ctx, id).await?.map(Node::ServiceRequest),
        AnyId::RequestQueueId(id) => requests::queues::find(ctx, id).await?.map(Node::RequestQueue),
        AnyId::TeamResponseId(id) => requests::responses::find(ctx, id).await?.map(Node::TeamResponse),
        AnyId::FrictionId(id) => friction::service::find(ctx, id).await?.map(Node::Friction),
        AnyId::RoadmapStepId(id) => friction::service::find_step(ctx, id).await?.map(Node::RoadmapStep),
        AnyId::ExpectationId(id) => Expectation::find(ctx, id).await?.map(Node::Expectation),
        AnyId::ResponsibilityId(id) => Responsibility::find(ctx, id).await?.map(Node::Responsibility),
        AnyId::ResponsibilityAssignmentId(id) => {
            ResponsibilityAssignment::find(ctx, id).await?.map(Node::ResponsibilityAssignment)
        }
        AnyId::GoalId(id) => goals::service::find_goal(ctx, id).await?.map(|goal| Node::Goal(goal.into())),
        AnyId::KeyResultId(id) => {
            goals::service::find_key_result(ctx, id).await?.map(|part| Node::KeyResult(part.into()))
        }
        AnyId::GoalCycleId(id) => goals::service::find_cycle(ctx, id).await?.map(|cycle| Node::GoalCycle(cycle.into())),
        AnyId::PriorityRoundId(id) => priorities::service::find(ctx, id).await?.map(Node::PriorityRound),
        // These are ids of ours, but not of objects that can be fetched.
        AnyId::DirectoryChangeId(_)
        | AnyId::ConversationPartId(_)
        | AnyId::AgendaItemId(_)
        | AnyId::PrivateNoteId(_)
        | AnyId::ConversationTemplateId(_)
        | AnyId::CalendarFeedId(_)
        | AnyId::ExpectationMoveId(_)
        | AnyId::OverloadId(_)
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
        | AnyId::RecognitionReceiverId(_)
        | AnyId::ReactionId(_)
        | AnyId::PointRulesId(_)
        | AnyId::PointAccountId(_)
        | AnyId::PointTransferId(_)
        | AnyId::PointPostingId(_)
        | AnyId::CelebrationChoiceId(_)
        | AnyId::RequestQueueOwnerId(_)
        | AnyId::RequestMessageId(_)
        | AnyId::RequestMoveId(_)
        | AnyId::RequestReportId(_)
        | AnyId::FrictionVoteId(_)
        | AnyId::PriorityInvitationId(_)
        | AnyId::PriorityBallotId(_)
        | AnyId::RiskFeaturesId(_)
        | AnyId::RiskModelId(_)
        | AnyId::RequestId(_) => None,
    })
}
