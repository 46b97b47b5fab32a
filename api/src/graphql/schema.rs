//! The roots of the schema, merged from the areas, and the one function that builds it.

use async_graphql::{MergedObject, MergedSubscription, Schema};

use crate::{
    areas::{
        conversations::{mutations::ConversationMutations, queries::ConversationQueries},
        directory::{mutations::DirectoryMutations, queries::DirectoryQueries},
        expectations::mutations::ExpectationMutations,
        friction::{mutations::FrictionMutations, queries::FrictionQueries},
        goals::{mutations::GoalMutations, queries::GoalQueries},
        happenings::{mutations::HappeningMutations, queries::HappeningSubscriptions},
        integrations::{mutations::IntegrationMutations, queries::IntegrationQueries},
        points::{mutations::PointMutations, queries::PointQueries},
        priorities::{mutations::PriorityMutations, queries::PriorityQueries},
        recognition::{
            mutations::RecognitionMutations, queries::RecognitionQueries, subscriptions::RecognitionSubscriptions,
        },
        requests::{mutations::RequestMutations, queries::RequestQueries, queue_mutations::QueueMutations},
        responsibilities::{mutations::ResponsibilityMutations, queries::ResponsibilityQueries},
        results::queries::ResultSubscriptions,
        retention::queries::RetentionQueries,
        rewards::{mutations::RewardMutations, queries::RewardQueries},
        search::queries::SearchQueries,
        surveys::{mutations::SurveyMutations, queries::SurveyQueries},
    },
    graphql::node::NodeQueries,
};

/// Everything that can be read.
#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
pub struct QueryRoot(
    DirectoryQueries,
    NodeQueries,
    SurveyQueries,
    IntegrationQueries,
    SearchQueries,
    RecognitionQueries,
    PointQueries,
    RewardQueries,
    RequestQueries,
    FrictionQueries,
    ConversationQueries,
    ResponsibilityQueries,
    GoalQueries,
    PriorityQueries,
    RetentionQueries,
);

/// Everything that can be changed. Expected failures are in the payload's `errors`.
#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
pub struct MutationRoot(
    DirectoryMutations,
    SurveyMutations,
    IntegrationMutations,
    HappeningMutations,
    RecognitionMutations,
    PointMutations,
    RewardMutations,
    RequestMutations,
    QueueMutations,
    FrictionMutations,
    ConversationMutations,
    ExpectationMutations,
    ResponsibilityMutations,
    GoalMutations,
    PriorityMutations,
);

/// Everything that can be listened to.
#[derive(MergedSubscription, Default)]
#[graphql(name = "Subscription")]
pub struct SubscriptionRoot(ResultSubscriptions, HappeningSubscriptions, RecognitionSubscriptions);

/// Hearten's schema.
pub type HeartenSchema = Schema<QueryRoot, MutationRoot, SubscriptionRoot>;

/// Builds the schema. The library's own limits stay off: `limits` measures before execution.
pub fn build() -> HeartenSchema {
    Schema::build(QueryRoot::default(), MutationRoot::default(), SubscriptionRoot::default())
        .disable_suggestions()
        .finish()
}

/// The public schema as text, as `schema.graphql` holds it.
pub fn sdl() -> String {
    build().sdl_with_options(
        async_graphql::SDLExportOptions::new()
            .sorted_fields()
            .sorted_arguments()
            .sorted_enum_items()
            .include_specified_by(),
    )
}
