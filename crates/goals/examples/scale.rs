//! What a cycle of 10,000 goals, eight levels deep, with 35,000 alignments costs:
//! `cargo run --release -p hearten-goals --example scale`.

#![expect(clippy::print_stdout, reason = "an example that prints figures")]

use std::time::{Duration, Instant};

use hearten_goals::{Edge, GoalNode, Graph, KeyResultNode, KeyResultSource, Progress, Rolled, RolledKeyResult};
use hearten_ids::{GoalId, KeyResultId};
use uuid::Uuid;

const GOALS: u128 = 10_000;
const LEVELS: u128 = 8;
const PARENTS: u128 = 4;

/// Ids as random as in life, and the same in every run.
fn scattered(n: u128) -> Uuid {
    Uuid::from_u128((n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
}

fn goal(n: u128) -> GoalId {
    GoalId(scattered(n))
}

fn world() -> (Vec<GoalNode>, Vec<KeyResultNode>, Vec<Edge>) {
    let a_level = GOALS / LEVELS;
    let goals = (0..GOALS).map(|n| GoalNode { id: goal(n), manual: None, counts: true, stored: Rolled::default() });
    let stored = RolledKeyResult { progress: Progress::NOTHING, source: KeyResultSource::None };
    let parts = (0..GOALS * 2).map(|n| KeyResultNode {
        id: KeyResultId(scattered(n)),
        goal: goal(n / 2),
        weight: 50,
        measured: Some(Progress::from_ppm((n * 7_919 % 1_000_000) as i64)),
        stored,
    });
    let mut edges = Vec::new();
    for n in a_level..GOALS {
        for which in 0..PARENTS {
            let parent = (n / a_level - 1) * a_level + (n * 31 + which * 17) % a_level;
            edges.push(Edge { child: goal(n), parent: goal(parent), key_result: None, weight: 20, contributes: true });
        }
    }
    (goals.collect(), parts.collect(), edges)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn main() {
    let (goals, parts, edges) = world();
    println!("{} goals, {} key results, {} alignments, {LEVELS} levels", goals.len(), parts.len(), edges.len());
    let begun = Instant::now();
    let mut graph = Graph::new(goals, parts, &edges);
    println!("build                  {:?}", begun.elapsed());
    let begun = Instant::now();
    let changed = graph.roll_up_all().goals.len();
    println!("roll up everything     {:?} ({changed} goals)", begun.elapsed());
    let (mut checks, mut rolls, mut most) = (Vec::new(), Vec::new(), 0);
    for n in 0..200 {
        let leaf = GOALS - 1 - n * 5;
        let begun = Instant::now();
        std::hint::black_box(graph.may_align(goal(n), goal(leaf))).ok();
        checks.push(begun.elapsed());
        let begun = Instant::now();
        graph.set_measured(KeyResultId(scattered(leaf * 2)), Progress::from_ppm(n as i64 * 4_999));
        most = most.max(graph.roll_up_from(&[goal(leaf)]).goals.len());
        rolls.push(begun.elapsed());
    }
    println!("check for a circle     {:?} (median)", median(checks));
    println!("roll up one check-in   {:?} (median; at most {most} goals changed)", median(rolls));
}
