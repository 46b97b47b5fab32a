//! What each area brings to the table: ways to its objects, its mutations, its part of the scene.

use super::{
    board, conversations, expectations, goals, happenings, improvement,
    mutations::{self, Below, Call},
    recognition, requests, retention,
    scene::Scene,
    ways::{self, Way},
};
use crate::harness::TestApp;

/// The ways of all areas.
pub fn ways() -> impl Iterator<Item = &'static Way> {
    [
        ways::WAYS, // those that were there first
        happenings::WAYS,
        goals::WAYS,
        expectations::WAYS,
        conversations::WAYS,
        requests::WAYS,
        improvement::WAYS,
        recognition::WAYS,
        board::WAYS,
        retention::WAYS,
    ]
    .into_iter()
    .flatten()
}

/// The mutations of all areas.
pub fn calls() -> impl Iterator<Item = &'static Call> {
    [
        mutations::CALLS, // those that were there first
        happenings::CALLS,
        goals::CALLS,
        expectations::CALLS,
        conversations::CALLS,
        requests::CALLS,
        improvement::CALLS,
        recognition::CALLS,
    ]
    .into_iter()
    .flatten()
}

/// What only mutations lead to.
pub fn below() -> impl Iterator<Item = &'static Below> {
    [
        mutations::BELOW, // those that were there first
        goals::BELOW,
        expectations::BELOW,
        conversations::BELOW,
    ]
    .into_iter()
    .flatten()
}

/// Puts the objects of all areas into the scene.
pub async fn set(scene: &mut Scene, app: &TestApp) {
    happenings::set(scene, app).await;
    goals::set(scene, app).await;
    expectations::set(scene, app).await;
    conversations::set(scene, app).await;
    requests::set(scene, app).await;
    improvement::set(scene, app).await;
    recognition::set(scene, app).await;
    board::set(scene, app).await;
    retention::set(scene, app).await;
}
