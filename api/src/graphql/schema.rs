//! The roots of the schema, merged from the areas, and the one function that builds it.

use async_graphql::{MergedObject, MergedSubscription, Schema};

use crate::{
    areas::{
        directory::{mutations::DirectoryMutations, queries::DirectoryQueries},
        friction::{mutations::FrictionMutations, queries::FrictionQueries},
        happenings::{mutations::HappeningMutations, queries::HappeningSubscriptions},
        integrations::{mutations::IntegrationMutations, queries::IntegrationQueries},
        priorities::{mutations::PriorityMutations, queries::PriorityQueries},
        requests::{mutations::RequestMutations, queries::RequestQueries, queue_mutations::QueueMutations},
        results::queries::ResultSubscriptions,
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
    RequestQueries,
    FrictionQueries,
    PriorityQueries,
);

/// Everything that can be changed. Expected failures are in the payload's `errors`.
#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
pub struct MutationRoot(
    DirectoryMutations,
    SurveyMutations,
    IntegrationMutations,
    HappeningMutations,
    RequestMutations,
    QueueMutations,
    FrictionMutations,
    PriorityMutations,
);

/// Everything that can be listened to.
#[derive(MergedSubscription, Default)]
#[graphql(name = "Subscription")]
pub struct SubscriptionRoot(ResultSubscriptions, HappeningSubscriptions);

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
