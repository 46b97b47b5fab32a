//! Changing goals: thin doors to the services.

mod cycles;
mod goals;
mod key_results;

use async_graphql::MergedObject;

/// Goals, their cycles and key results.
#[derive(MergedObject, Default)]
pub struct GoalMutations(cycles::CycleMutations, goals::WritingMutations, key_results::KeyResultMutations);
