//! Frictions with their roadmap, and rounds of priorities.

use std::pin::Pin;

use hearten_api::areas::priorities::upkeep;

use super::{
    mutations::{Call, Fresh},
    requests::made,
    scene::Scene,
    ways::{Way, way},
};
use crate::harness::{Client, TestApp};

pub const WAYS: &[Way] = &[
    way("FrictionConnection", "all", "{ frictions(first: 100) { … } }", "/frictions"),
    way("FrictionEdge", "costliest", "{ frictions(first: 1) { edges { … } } }", "/frictions/edges/0"),
    way("Friction", "in North A, by emil", "{ node(id: <friction>) { ... on Friction { … } } }", "/node"),
    way("Friction", "in North A, anonymous", "{ node(id: <friction_anonymous>) { ... on Friction { … } } }", "/node"),
    way("Friction", "in North A, merged", "{ node(id: <friction_merged>) { ... on Friction { … } } }", "/node"),
    way("Friction", "in North A, rejected", "{ node(id: <friction_rejected>) { ... on Friction { … } } }", "/node"),
    way(
        "FrictionPermissionInfo",
        "in North A, anonymous",
        "{ node(id: <friction_anonymous>) { ... on Friction { viewerCan { … } } } }",
        "/node/viewerCan",
    ),
    way(
        "FrictionPermissionInfo",
        "in North A, by emil",
        "{ node(id: <friction>) { ... on Friction { viewerCan { … } } } }",
        "/node/viewerCan",
    ),
    way(
        "FrictionVoteInfo",
        "in North A, by emil",
        "{ node(id: <friction>) { ... on Friction { myVote { … } } } }",
        "/node/myVote",
    ),
    way("RoadmapStepConnection", "all", "{ roadmap(first: 100) { … } }", "/roadmap"),
    way("RoadmapStepEdge", "newest", "{ roadmap(first: 1) { edges { … } } }", "/roadmap/edges/0"),
    way("RoadmapStep", "done", "{ node(id: <step>) { ... on RoadmapStep { … } } }", "/node"),
    way("RoadmapResultInfo", "done", "{ node(id: <step>) { ... on RoadmapStep { result { … } } } }", "/node/result"),
    way("PriorityRoundConnection", "all", "{ priorityRounds(first: 100) { … } }", "/priorityRounds"),
    way("PriorityRoundEdge", "newest", "{ priorityRounds(first: 1) { edges { … } } }", "/priorityRounds/edges/0"),
    way("PriorityRound", "open to North", "{ node(id: <round_open>) { ... on PriorityRound { … } } }", "/node"),
    way("PriorityRound", "closed, of all", "{ node(id: <round>) { ... on PriorityRound { … } } }", "/node"),
    way(
        "PriorityOption",
        "closed, of all",
        "{ node(id: <round>) { ... on PriorityRound { options { … } } } }",
        "/node/options/0",
    ),
    way(
        "PriorityCutConnection",
        "closed, of all",
        "{ node(id: <round>) { ... on PriorityRound { results(first: 100) { … } } } }",
        "/node/results",
    ),
    way(
        "PriorityCutEdge",
        "closed, of all",
        "{ node(id: <round>) { ... on PriorityRound { results { edges { … } } } } }",
        "/node/results/edges/0",
    ),
    way(
        "PriorityCut",
        "closed, of all",
        "{ node(id: <round>) { ... on PriorityRound { results { nodes { … } } } } }",
        "/node/results/nodes/0",
    ),
    way(
        "PriorityCut",
        "closed, the root",
        "{ node(id: <round>) { ... on PriorityRound { results { nodes { … } } } } }",
        "/node/results/nodes/1",
    ),
    way(
        "PriorityResult",
        "closed, of all",
        "{ node(id: <round>) { ... on PriorityRound { results { nodes { outcome { ... on PriorityResult { … } } } } } } }",
        "/node/results/nodes/0/outcome",
    ),
    way(
        "PriorityScore",
        "closed, of all",
        "{ node(id: <round>) { ... on PriorityRound { results { nodes { outcome {
            ... on PriorityResult { scores { … } } } } } } } }",
        "/node/results/nodes/0/outcome/scores/0",
    ),
    way(
        "PriorityScore",
        "of a round in which all ranked alike",
        "{ node(id: <round_alike>) { ... on PriorityRound { results { nodes { outcome {
            ... on PriorityResult { scores { … } } } } } } } }",
        "/node/results/nodes/0/outcome/scores/0",
    ),
    way(
        "PriorityStep",
        "closed, of all",
        "{ node(id: <round>) { ... on PriorityRound { results { nodes { outcome {
            ... on PriorityResult { order { … } } } } } } } }",
        "/node/results/nodes/0/outcome/order/0",
    ),
    way(
        "HiddenPriorities",
        "of a round in which nobody took part",
        "{ node(id: <round_empty>) { ... on PriorityRound { results { nodes { outcome {
            ... on HiddenPriorities { … } } } } } } }",
        "/node/results/nodes/0/outcome",
    ),
];

pub const CALLS: &[Call] = &[
    ("frictionCreate", "one", "report: <new_friction>", Fresh::Nothing),
    ("frictionCreate", "anonymously", "report: <new_friction>, anonymous: true", Fresh::Nothing),
    ("frictionUpdate", "anonymous", "friction: <friction_anonymous>, report: <new_friction>", Fresh::Nothing),
    ("frictionUpdate", "emil's in North A", "friction: <fresh>, report: <new_friction>", Fresh::By(boxed_friction)),
    ("frictionVote", "emil's in North A", "friction: <fresh>, minutes: 5", Fresh::By(boxed_friction)),
    ("frictionUnvote", "emil's in North A", "friction: <fresh>", Fresh::By(boxed_friction)),
    ("frictionMerge", "emil's in North A", "friction: <fresh>, into: <friction>", Fresh::By(boxed_friction)),
    ("frictionReject", "emil's in North A", "friction: <fresh>, reason: \"No\"", Fresh::By(boxed_friction)),
    ("frictionResolve", "emil's in North A", "friction: <fresh>", Fresh::By(boxed_friction)),
    ("frictionReopen", "resolved in North A", "friction: <fresh>", Fresh::By(boxed_resolved)),
    (
        "roadmapStepCreate",
        "emil's in North A",
        "friction: <fresh>, draft: { title: \"Step\", owner: <emil> }",
        Fresh::By(boxed_friction),
    ),
    (
        "roadmapStepUpdate",
        "in North A",
        "step: <fresh>, draft: { title: \"Step\", owner: <emil> }, state: IN_PROGRESS",
        Fresh::By(boxed_step),
    ),
    ("roadmapStepFinish", "in North A", "step: <fresh>, minutesAfter: 1, peopleAfter: 1", Fresh::By(boxed_step)),
    (
        "priorityRoundPlan",
        "for North",
        "title: <text>, options: <options>, teams: [<north>], closesAt: <soon>",
        Fresh::Nothing,
    ),
    ("priorityRoundPlan", "for all", "title: <text>, options: <options>, closesAt: <soon>", Fresh::Nothing),
    ("prioritiesRank", "of North", "round: <round_open>, ranking: [\"o2\"]", Fresh::Nothing),
];

type Made<'a> = Pin<Box<dyn Future<Output = String> + Send + 'a>>;

fn boxed_friction<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    Box::pin(async move { friction(app, scene).await })
}

fn boxed_resolved<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    Box::pin(async move {
        let friction = friction(app, scene).await;
        let resolve =
            format!("mutation {{ frictionResolve(input: {{ friction: \"{friction}\" }}) {{ errors {{ code }} }} }}");
        app.client_of(scene.partner).await.data(&resolve).await;
        friction
    })
}

fn boxed_step<'a>(app: &'a TestApp, scene: &'a Scene, _: &'a Client) -> Made<'a> {
    Box::pin(async move {
        let friction = friction(app, scene).await;
        step(app, scene, &friction).await
    })
}

const NEW_FRICTION: &str = "{ title: \"WORD detour\", process: \"WORD buying\", frequency: WEEKLY,
    minutesLostPerWeek: 10, peopleAffected: 2, team: <team_a> }";

async fn friction(app: &TestApp, scene: &Scene) -> String {
    reported(app, scene, false).await
}

async fn reported(app: &TestApp, scene: &Scene, anonymous: bool) -> String {
    let create = format!(
        "mutation {{ frictionCreate(input: {{ report: {NEW_FRICTION}, anonymous: {anonymous} }}) {{
            friction {{ id }} errors {{ message }} }} }}"
    );
    made(app, scene, scene.emil, &create, "/frictionCreate/friction/id").await
}

/// Frictions of emil that nobody reported by name, that were merged, and that were rejected.
async fn set_frictions(scene: &mut Scene, app: &TestApp) {
    let id = reported(app, scene, true).await;
    scene.put("friction_anonymous", id);
    for name in ["friction_merged", "friction_rejected"] {
        let id = friction(app, scene).await;
        scene.put(name, id);
    }
    for (who, mutation, input) in [
        (scene.emil, "frictionVote", "friction: <friction>, minutes: 5"),
        (scene.partner, "frictionMerge", "friction: <friction_merged>, into: <friction>"),
        (scene.partner, "frictionReject", "friction: <friction_rejected>, reason: \"WORD: no\""),
    ] {
        let document =
            format!("mutation {{ {mutation}(input: {{ {input} }}) {{ friction {{ id }} errors {{ message }} }} }}");
        made(app, scene, who, &document, &format!("/{mutation}/friction/id")).await;
    }
}

async fn step(app: &TestApp, scene: &Scene, friction: &str) -> String {
    let create = format!(
        "mutation {{ roadmapStepCreate(input: {{ friction: \"{friction}\", draft: {{ title: \"WORD step\",
            dueOn: \"2026-12-31\", owner: <emil> }} }}) {{ step {{ id }} errors {{ message }} }} }}"
    );
    made(app, scene, scene.partner, &create, "/roadmapStepCreate/step/id").await
}

/// What stands for itself in the inputs of [`CALLS`].
pub fn fill(text: &str) -> String {
    text.replace("<new_friction>", &NEW_FRICTION.replace("WORD ", ""))
        .replace("<text>", "{ en: \"New round\", de: \"Neue Runde\" }")
        .replace("<options>", "[{ en: \"Pay\", de: \"Geld\" }, { en: \"Time\", de: \"Zeit\" }]")
        .replace("<soon>", "\"2026-12-01T00:00:00Z\"")
}

async fn round(app: &TestApp, scene: &Scene, more: &str) -> String {
    let closes = (app.clock.now() + chrono::TimeDelta::hours(1)).to_rfc3339();
    let plan = format!(
        "mutation {{ priorityRoundPlan(input: {{ title: {{ en: \"WORD priorities\", de: \"WORD Prioritäten\" }},
            options: [{{ en: \"WORD pay\", de: \"WORD Geld\" }}, {{ en: \"WORD time\", de: \"WORD Zeit\" }},
                {{ en: \"WORD calm\", de: \"WORD Ruhe\" }}], {more} closesAt: \"{closes}\" }}) {{
            round {{ id }} errors {{ message }} }} }}"
    );
    made(app, scene, scene.partner, &plan, "/priorityRoundPlan/round/id").await
}

async fn set_rounds(scene: &mut Scene, app: &TestApp) {
    for name in ["round", "round_alike", "round_empty"] {
        let id = round(app, scene, "").await;
        scene.put(name, id);
    }
    let tenant = if scene.word == "Acme" { &app.acme } else { &app.umbra };
    let directory = app.directory_of(tenant).await;
    let rankings = ["[\"o1\"]", "[\"o2\", \"o1\"]", "[\"o3\", \"o2\"]", "[\"o2\", \"o3\", \"o1\"]"];
    for (person, ranking) in directory.chart.persons().iter().zip(rankings.iter().cycle()) {
        let client = app.client_of(person.external_id.as_ref().unwrap()).await;
        for (round, ranking) in [("round", *ranking), ("round_alike", "[\"o1\"]")] {
            let rank = scene.fill(&format!(
                "mutation {{ prioritiesRank(input: {{ round: <{round}>, ranking: {ranking} }}) {{ errors {{ code }} }} }}"
            ));
            client.data(&rank).await;
        }
    }
    app.advance(chrono::TimeDelta::hours(1));
    upkeep::look(app.app(), app.db().await).await.unwrap();
    let id = round(app, scene, "teams: [<north>], cadenceWeeks: 4,").await;
    scene.put("round_open", id);
    let rank = "mutation { prioritiesRank(input: { round: <round_open>, ranking: [\"o2\"] }) {
        round { id } errors { message } } }";
    made(app, scene, scene.emil, rank, "/prioritiesRank/round/id").await;
}

pub async fn set(scene: &mut Scene, app: &TestApp) {
    let id = friction(app, scene).await;
    let done = step(app, scene, &id).await;
    scene.put("friction", id);
    let finish = format!(
        "mutation {{ roadmapStepFinish(input: {{ step: \"{done}\", minutesAfter: 1, peopleAfter: 1,
            note: \"WORD: asked\" }}) {{ step {{ id }} errors {{ message }} }} }}"
    );
    made(app, scene, scene.partner, &finish, "/roadmapStepFinish/step/id").await;
    scene.put("step", done);
    set_frictions(scene, app).await;
    set_rounds(scene, app).await;
}
