//! The graph against a recomputation written as the definition reads.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;

use hearten_goals::{
    AlignProblem, Edge, GoalNode, Graph, KeyResultNode, KeyResultSource, Progress, ProgressSource, Rolled,
    RolledKeyResult, weighted_mean,
};
use hearten_ids::{GoalId, KeyResultId};
use proptest::prelude::*;
use uuid::Uuid;

fn goal_id(n: usize) -> GoalId {
    GoalId(Uuid::from_u128(n as u128 + 1))
}

fn key_id(n: usize) -> KeyResultId {
    KeyResultId(Uuid::from_u128(n as u128 + 1))
}

fn goal(n: usize) -> GoalNode {
    GoalNode { id: goal_id(n), manual: None, counts: true, stored: Rolled::default() }
}

fn part(n: usize, of: usize, weight: i32, measured: Option<i64>) -> KeyResultNode {
    let stored = RolledKeyResult { progress: Progress::NOTHING, source: KeyResultSource::None };
    KeyResultNode { id: key_id(n), goal: goal_id(of), weight, measured: measured.map(Progress::from_ppm), stored }
}

fn edge(child: usize, parent: usize, weight: i32) -> Edge {
    Edge { child: goal_id(child), parent: goal_id(parent), key_result: None, weight, contributes: true }
}

fn stored(graph: &Graph, n: usize) -> (Option<i32>, ProgressSource) {
    let stored = graph.goal(goal_id(n)).unwrap().stored;
    (stored.progress.map(Progress::ppm), stored.source)
}

#[test]
fn a_goal_is_the_mean_of_what_counts_in_it() {
    use ProgressSource::{KeyResults, Manual, Mixed, RolledUp};
    let mut goals: Vec<GoalNode> = (0..7).map(goal).collect();
    goals[5].manual = Some(Progress::from_ppm(250_000));
    // Said by hand, but there is a key result.
    goals[2].manual = Some(Progress::DONE);
    goals[6].counts = false;
    let parts = vec![
        part(0, 1, 30, Some(1_000_000)),
        part(1, 1, 10, Some(0)),
        part(2, 2, 0, Some(1_000_000)),
        part(3, 6, 1, Some(1_000_000)),
    ];
    let edges = [
        edge(1, 0, 50),
        edge(5, 0, 50),
        edge(6, 0, 100),
        edge(2, 3, 100),
        edge(1, 4, 100),
        Edge { contributes: false, ..edge(5, 4, 100) },
    ];
    let mut parts_and_goals = parts.clone();
    parts_and_goals.push(part(4, 4, 100, None));
    let mut graph = Graph::new(goals, parts_and_goals, &edges);
    graph.roll_up_all();
    assert_eq!(stored(&graph, 1), (Some(750_000), KeyResults));
    assert_eq!(stored(&graph, 5), (Some(250_000), Manual));
    assert_eq!(stored(&graph, 0), (Some(500_000), RolledUp), "what was given up does not count");
    assert_eq!(stored(&graph, 2), (None, ProgressSource::None), "all weights are zero");
    assert_eq!(stored(&graph, 3), (None, ProgressSource::None), "what has no progress does not count");
    assert_eq!(stored(&graph, 4), (Some(375_000), Mixed), "a key result that was not measured stands at its start");
    assert!(graph.may_be_manual(goal_id(5)) && !graph.may_be_manual(goal_id(2)) && !graph.may_be_manual(goal_id(0)));
}

#[test]
fn a_key_result_rolls_up_until_it_is_measured() {
    let goals = (0..2).map(goal).collect();
    let parts = vec![part(0, 0, 1, None), part(1, 1, 1, Some(400_000))];
    let edges = [Edge { key_result: Some(key_id(0)), ..edge(1, 0, 70) }];
    let mut graph = Graph::new(goals, parts, &edges);
    graph.roll_up_all();
    assert_eq!(stored(&graph, 0), (Some(400_000), ProgressSource::KeyResults));
    graph.set_measured(key_id(0), Progress::from_ppm(100_000));
    let changes = graph.roll_up_from(&[goal_id(0)]);
    assert_eq!(stored(&graph, 0).0, Some(100_000));
    assert_eq!(changes.key_results.len(), 1);
    graph.remove_key_result(key_id(0));
    graph.roll_up_from(&[goal_id(0)]);
    assert_eq!(stored(&graph, 0), (None, ProgressSource::None));
    assert_eq!(graph.parents(goal_id(1)), []);
}

#[test]
fn circles_and_depths_are_refused() {
    let edges: Vec<Edge> = (0..14).map(|n| edge(n + 1, n, 1)).collect();
    let mut graph = Graph::new((0..17).map(goal).collect(), Vec::new(), &edges);
    let align = |graph: &Graph, child, parent| graph.may_align(goal_id(child), goal_id(parent));
    assert_eq!(align(&graph, 3, 3), Err(AlignProblem::Itself));
    assert_eq!(align(&graph, 0, 14), Err(AlignProblem::Circle));
    assert_eq!(align(&graph, 2, 5), Err(AlignProblem::Circle));
    assert_eq!(align(&graph, 5, 2), Ok(()), "a second way up is no circle");
    assert_eq!(align(&graph, 15, 14), Ok(()), "the sixteenth");
    graph.put_edge(edge(15, 14, 1));
    assert_eq!(align(&graph, 16, 15), Err(AlignProblem::TooDeep));
    assert_eq!(align(&graph, 0, 16), Err(AlignProblem::TooDeep));
    assert_eq!(align(&graph, 99, 0), Err(AlignProblem::Unknown));
    graph.remove_edge(goal_id(1), goal_id(0), None);
    assert_eq!(align(&graph, 0, 14), Ok(()));
}

/// A made-up graph: edges go from larger to smaller numbers.
#[derive(Debug, Clone)]
struct World {
    goals: Vec<(Option<i64>, bool)>,
    parts: Vec<(usize, i32, Option<i64>)>,
    edges: Vec<(usize, usize, i32, bool, bool)>,
}

fn worlds() -> impl Strategy<Value = World> {
    let ppm = || proptest::option::of(0_i64..=1_000_000);
    (2_usize..24).prop_flat_map(move |count| {
        let goals = proptest::collection::vec((ppm(), proptest::bool::weighted(0.9)), count);
        let parts = proptest::collection::vec((0..count, 0..4_i32, ppm()), 0..count * 2);
        let edges =
            proptest::collection::vec((1..count, 0..count, 0..4_i32, any::<bool>(), any::<bool>()), 0..count * 3);
        (goals, parts, edges).prop_map(|(goals, parts, edges)| {
            let downwards = edges
                .into_iter()
                .map(|(child, parent, weight, counts, to_part)| (child, parent % child, weight, counts, to_part));
            World { goals, parts, edges: downwards.collect() }
        })
    })
}

fn built(world: &World) -> (Graph, Vec<Edge>) {
    let goals = world.goals.iter().enumerate().map(|(n, (manual, counts))| GoalNode {
        manual: manual.map(Progress::from_ppm),
        counts: *counts,
        ..goal(n)
    });
    let parts: Vec<KeyResultNode> =
        world.parts.iter().enumerate().map(|(n, (of, weight, measured))| part(n, *of, *weight, *measured)).collect();
    let edges: Vec<Edge> = world
        .edges
        .iter()
        .map(|(child, parent, weight, contributes, to_part)| {
            let first = parts.iter().find(|part| part.goal == goal_id(*parent)).filter(|_| *to_part);
            Edge { key_result: first.map(|part| part.id), contributes: *contributes, ..edge(*child, *parent, *weight) }
        })
        .collect();
    (Graph::new(goals.collect(), parts, &edges), edges)
}

/// As the definition reads, one goal after the other from the bottom, without the crate's graph.
fn by_definition(world: &World, edges: &[Edge]) -> Vec<Option<Progress>> {
    let mut found: HashMap<GoalId, Option<Progress>> = HashMap::new();
    for n in (0..world.goals.len()).rev() {
        let counting = |edge: &&Edge| {
            let child = (0..world.goals.len()).find(|n| goal_id(*n) == edge.child).unwrap();
            edge.parent == goal_id(n) && edge.contributes && world.goals[child].1
        };
        let below: Vec<&Edge> = edges.iter().filter(counting).collect();
        let terms = |key: Option<KeyResultId>| {
            let edges = below.iter().filter(move |edge| edge.key_result == key);
            edges.filter_map(|edge| Some((edge.weight, found[&edge.child]?))).collect::<Vec<_>>()
        };
        let parts: Vec<(i32, Progress)> = (0..world.parts.len())
            .filter(|at| world.parts[*at].0 == n)
            .map(|at| {
                let measured = world.parts[at].2.map(Progress::from_ppm);
                (world.parts[at].1, measured.or(weighted_mean(terms(Some(key_id(at))))).unwrap_or_default())
            })
            .collect();
        let progress = if parts.is_empty() && below.is_empty() {
            world.goals[n].0.map(Progress::from_ppm)
        } else {
            weighted_mean(parts.into_iter().chain(terms(None)))
        };
        found.insert(goal_id(n), progress);
    }
    (0..world.goals.len()).map(|n| found[&goal_id(n)]).collect()
}

fn progress(graph: &Graph, count: usize) -> Vec<Option<Progress>> {
    (0..count).map(|n| graph.goal(goal_id(n)).unwrap().stored.progress).collect()
}

proptest! {
    #[test]
    fn a_roll_up_is_what_the_definition_says(world in worlds()) {
        let (mut graph, edges) = built(&world);
        graph.roll_up_all();
        prop_assert_eq!(progress(&graph, world.goals.len()), by_definition(&world, &edges));
        prop_assert_eq!(graph.roll_up_all(), Default::default(), "computing again changes nothing");
    }

    #[test]
    fn one_check_in_gives_what_computing_everything_gives(
        world in worlds(), checks in proptest::collection::vec((any::<prop::sample::Index>(), 0_i64..=1_000_000), 1..6),
    ) {
        let mut world = world;
        world.parts.push((0, 1, None));
        let (mut graph, edges) = built(&world);
        graph.roll_up_all();
        for (which, ppm) in checks {
            let at = which.index(world.parts.len());
            world.parts[at].2 = Some(ppm);
            graph.set_measured(key_id(at), Progress::from_ppm(ppm));
            graph.roll_up_from(&[goal_id(world.parts[at].0)]);
            prop_assert_eq!(progress(&graph, world.goals.len()), by_definition(&world, &edges));
        }
    }

    #[test]
    fn what_may_be_aligned_closes_no_circle(count in 2_usize..12, wishes in proptest::collection::vec((0_usize..12, 0_usize..12), 1..40)) {
        let mut graph = Graph::new((0..count).map(goal).collect(), Vec::new(), &[]);
        let mut above = vec![vec![false; count]; count];
        for (child, parent) in wishes {
            let (child, parent) = (child % count, parent % count);
            let circle = child == parent || above[parent][child];
            let answer = graph.may_align(goal_id(child), goal_id(parent));
            prop_assert_eq!(answer.is_err(), circle, "{:?}", answer);
            if !circle {
                graph.put_edge(edge(child, parent, 1));
                for at in 0..count {
                    if at == child || above[at][child] {
                        let over_parent = above[parent].clone();
                        for (to, reached) in above[at].iter_mut().enumerate() {
                            *reached |= to == parent || over_parent[to];
                        }
                    }
                }
            }
        }
    }
}
