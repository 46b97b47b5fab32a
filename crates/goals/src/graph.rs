//! The graph of one cycle: goals, their key results, and which goal supports which. It has no circles; whoever adds an
//! edge asks [`Graph::may_align`] first.
//!
//! Ids become dense numbers once, so that walking the graph hashes nothing. A change is rolled up from where it happened:
//! only goals above it are looked at, each after all that count in it, and those whose parts did not change are passed
//! over.

use std::collections::HashMap;

use hearten_ids::{GoalId, KeyResultId};

use crate::{KeyResultSource, Progress, ProgressSource, weighted_mean};

/// Goals stand at most this many deep, the top counted.
pub const DEEPEST: usize = 16;

/// A goal, as far as sums go.
#[derive(Debug, Clone)]
pub struct GoalNode {
    /// The goal.
    pub id: GoalId,
    /// What somebody said, for a goal without anything to tell it by.
    pub manual: Option<Progress>,
    /// Whether it counts in the goals it supports: not when it was given up.
    pub counts: bool,
    /// What is stored of it.
    pub stored: Rolled,
}

/// The progress of a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rolled {
    /// How far it has come; none where nothing tells.
    pub progress: Option<Progress>,
    /// Where that comes from.
    pub source: ProgressSource,
}

impl Default for Rolled {
    fn default() -> Self {
        Self { progress: None, source: ProgressSource::None }
    }
}

/// A key result, as far as sums go.
#[derive(Debug, Clone)]
pub struct KeyResultNode {
    /// The key result.
    pub id: KeyResultId,
    /// Its goal.
    pub goal: GoalId,
    /// How much it counts in its goal.
    pub weight: i32,
    /// What its own measure says, once it was measured.
    pub measured: Option<Progress>,
    /// What is stored of it.
    pub stored: RolledKeyResult,
}

/// The progress of a key result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RolledKeyResult {
    /// How far it has come.
    pub progress: Progress,
    /// Where that comes from.
    pub source: KeyResultSource,
}

/// A goal supports another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// The goal that supports.
    pub child: GoalId,
    /// The goal that is supported.
    pub parent: GoalId,
    /// The key result of it that is meant, if one is.
    pub key_result: Option<KeyResultId>,
    /// How much the child counts.
    pub weight: i32,
    /// Whether the child may count at all: [`contributes`](crate::contributes).
    pub contributes: bool,
}

/// Why one goal cannot support another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AlignProblem {
    /// A goal cannot support itself.
    #[error("a goal cannot support itself")]
    Itself,
    /// The graph would run in a circle.
    #[error(
        "this would run in a circle: the goal to be supported supports this one already, directly or through others"
    )]
    Circle,
    /// Goals would stand too deep.
    #[error("goals stand at most 16 deep")]
    TooDeep,
    /// One of them is not part of the graph.
    #[error("both goals must be of one cycle")]
    Unknown,
}

/// What a roll-up changed, and to what.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Goals.
    pub goals: Vec<(GoalId, Rolled)>,
    /// Key results.
    pub key_results: Vec<(KeyResultId, RolledKeyResult)>,
}

/// The graph of one cycle.
#[derive(Debug, Default)]
pub struct Graph {
    goals: Vec<GoalNode>,
    place: HashMap<GoalId, usize>,
    key_results: HashMap<KeyResultId, KeyResultNode>,
    /// By goal: its key results.
    parts: Vec<Vec<KeyResultId>>,
    /// By goal: the edges to goals it supports, and from goals that support it, each with the other end.
    up: Vec<Vec<usize>>,
    down: Vec<Vec<(usize, Edge)>>,
}

impl Graph {
    /// The graph of these goals. What names a goal that is not among them is left out.
    pub fn new(goals: Vec<GoalNode>, key_results: Vec<KeyResultNode>, edges: &[Edge]) -> Self {
        let place = goals.iter().enumerate().map(|(at, goal)| (goal.id, at)).collect();
        let count = goals.len();
        let mut graph = Self {
            goals,
            place,
            key_results: HashMap::with_capacity(key_results.len()),
            parts: vec![Vec::new(); count],
            up: vec![Vec::new(); count],
            down: vec![Vec::new(); count],
        };
        for part in key_results {
            graph.put_key_result(part);
        }
        for edge in edges {
            graph.put_edge(*edge);
        }
        graph
    }

    /// The goal as the graph has it.
    pub fn goal(&self, id: GoalId) -> Option<&GoalNode> {
        self.place.get(&id).map(|at| &self.goals[*at])
    }

    /// The goals a goal supports.
    pub fn parents(&self, id: GoalId) -> Vec<GoalId> {
        let edges = self.place.get(&id).map_or(&[] as &[usize], |at| &self.up[*at]);
        edges.iter().map(|at| self.goals[*at].id).collect()
    }

    /// How many say that they support a goal, or one of its key results.
    pub fn supporter_count(&self, id: GoalId) -> usize {
        self.place.get(&id).map_or(0, |at| self.down[*at].len())
    }

    /// Whether a goal has neither key results nor goals that count: then somebody may say how far it has come.
    pub fn may_be_manual(&self, id: GoalId) -> bool {
        self.place.get(&id).is_some_and(|at| self.parts[*at].is_empty() && !self.has_supporters(*at))
    }

    /// Adds a goal.
    pub fn put_goal(&mut self, goal: GoalNode) {
        if let Some(at) = self.place.get(&goal.id) {
            self.goals[*at] = goal;
            return;
        }
        self.place.insert(goal.id, self.goals.len());
        self.goals.push(goal);
        self.parts.push(Vec::new());
        self.up.push(Vec::new());
        self.down.push(Vec::new());
    }

    /// Says how far a goal has come, as far as somebody says so.
    pub fn set_manual(&mut self, id: GoalId, manual: Option<Progress>) {
        if let Some(at) = self.place.get(&id) {
            self.goals[*at].manual = manual;
        }
    }

    /// Says whether a goal counts in those it supports.
    pub fn set_counts(&mut self, id: GoalId, counts: bool) {
        if let Some(at) = self.place.get(&id) {
            self.goals[*at].counts = counts;
        }
    }

    /// Adds a key result, or replaces it.
    pub fn put_key_result(&mut self, part: KeyResultNode) {
        let Some(at) = self.place.get(&part.goal) else { return };
        if self.key_results.insert(part.id, part.clone()).is_none() {
            self.parts[*at].push(part.id);
        }
    }

    /// Says what the measure of a key result says.
    pub fn set_measured(&mut self, id: KeyResultId, measured: Progress) {
        if let Some(part) = self.key_results.get_mut(&id) {
            part.measured = Some(measured);
        }
    }

    /// Takes a key result away. Goals that supported it support nothing of this goal any more.
    pub fn remove_key_result(&mut self, id: KeyResultId) {
        let Some(part) = self.key_results.remove(&id) else { return };
        let Some(&at) = self.place.get(&part.goal) else { return };
        self.parts[at].retain(|other| *other != id);
        let gone: Vec<usize> =
            self.down[at].iter().filter(|(_, edge)| edge.key_result == Some(id)).map(|(child, _)| *child).collect();
        self.down[at].retain(|(_, edge)| edge.key_result != Some(id));
        for child in gone {
            self.forget_way_up(child, at);
        }
    }

    /// Adds an edge.
    pub fn put_edge(&mut self, edge: Edge) {
        let (Some(&child), Some(&parent)) = (self.place.get(&edge.child), self.place.get(&edge.parent)) else { return };
        self.up[child].push(parent);
        self.down[parent].push((child, edge));
    }

    /// Takes an edge away.
    pub fn remove_edge(&mut self, child: GoalId, parent: GoalId, key_result: Option<KeyResultId>) {
        let (Some(&child), Some(&parent)) = (self.place.get(&child), self.place.get(&parent)) else { return };
        let found = self.down[parent].iter().position(|(from, edge)| *from == child && edge.key_result == key_result);
        if let Some(found) = found {
            self.down[parent].remove(found);
            self.forget_way_up(child, parent);
        }
    }

    /// Decides anew which edges at a goal count.
    pub fn set_contributes(&mut self, id: GoalId, decide: impl Fn(&Edge) -> bool) {
        let Some(&at) = self.place.get(&id) else { return };
        for (_, edge) in &mut self.down[at] {
            edge.contributes = decide(edge);
        }
        for parent in self.up[at].clone() {
            for (_, edge) in self.down[parent].iter_mut().filter(|(child, _)| *child == at) {
                edge.contributes = decide(edge);
            }
        }
    }

    fn forget_way_up(&mut self, child: usize, parent: usize) {
        if let Some(found) = self.up[child].iter().position(|at| *at == parent) {
            self.up[child].swap_remove(found);
        }
    }

    /// Whether a goal may support another.
    ///
    /// # Errors
    /// Why not.
    pub fn may_align(&self, child: GoalId, parent: GoalId) -> Result<(), AlignProblem> {
        if child == parent {
            return Err(AlignProblem::Itself);
        }
        let (Some(&child), Some(&parent)) = (self.place.get(&child), self.place.get(&parent)) else {
            return Err(AlignProblem::Unknown);
        };
        let above = self.longest(parent, &|at| self.up[at].clone());
        if above.reached[child] {
            return Err(AlignProblem::Circle);
        }
        let below = self.longest(child, &|at| self.down[at].iter().map(|(child, _)| *child).collect());
        if above.length + below.length > DEEPEST { Err(AlignProblem::TooDeep) } else { Ok(()) }
    }

    /// The longest way from a goal in one direction, counted in goals, and what was met.
    fn longest(&self, from: usize, next: &dyn Fn(usize) -> Vec<usize>) -> Longest {
        let mut reached = vec![false; self.goals.len()];
        let mut order = Vec::new();
        let mut open = vec![(from, false)];
        while let Some((at, done)) = open.pop() {
            if done {
                order.push(at);
            } else if !std::mem::replace(&mut reached[at], true) {
                open.push((at, true));
                open.extend(next(at).into_iter().map(|at| (at, false)));
            }
        }
        let mut lengths = vec![0_usize; self.goals.len()];
        for at in order {
            lengths[at] = 1 + next(at).into_iter().map(|at| lengths[at]).max().unwrap_or(0);
        }
        Longest { length: lengths[from], reached }
    }

    /// Computes everything anew.
    pub fn roll_up_all(&mut self) -> Changes {
        let all: Vec<GoalId> = self.goals.iter().map(|goal| goal.id).collect();
        self.roll_up_from(&all)
    }

    /// Computes anew the goals given, and everything above them that changes thereby.
    pub fn roll_up_from(&mut self, starts: &[GoalId]) -> Changes {
        let starts: Vec<usize> = starts.iter().filter_map(|id| self.place.get(id).copied()).collect();
        let mut changes = Changes::default();
        let mut dirty = vec![false; self.goals.len()];
        for at in &starts {
            dirty[*at] = true;
        }
        for at in self.upwards(&starts) {
            if !dirty[at] {
                continue;
            }
            self.roll_up_parts(at, &mut changes);
            let rolled = self.sum(at);
            if rolled == self.goals[at].stored {
                continue;
            }
            self.goals[at].stored = rolled;
            changes.goals.push((self.goals[at].id, rolled));
            for parent in &self.up[at] {
                dirty[*parent] = true;
            }
        }
        changes
    }

    /// The goals given and all above, each after everything of them that counts in it.
    fn upwards(&self, starts: &[usize]) -> Vec<usize> {
        let mut met = vec![false; self.goals.len()];
        let mut order = Vec::new();
        let mut open: Vec<(usize, bool)> = starts.iter().map(|at| (*at, false)).collect();
        while let Some((at, done)) = open.pop() {
            if done {
                order.push(at);
            } else if !std::mem::replace(&mut met[at], true) {
                open.push((at, true));
                open.extend(self.up[at].iter().filter(|parent| !met[**parent]).map(|parent| (*parent, false)));
            }
        }
        // A goal was put behind all above it.
        order.reverse();
        order
    }

    /// The goals that count in a goal, or in one of its key results.
    fn supporters(&self, at: usize, key_result: Option<KeyResultId>) -> impl Iterator<Item = (i32, Progress)> + '_ {
        let counting = self.down[at].iter().filter(move |(child, edge)| {
            edge.key_result == key_result && edge.contributes && self.goals[*child].counts
        });
        counting.filter_map(|(child, edge)| Some((edge.weight, self.goals[*child].stored.progress?)))
    }

    fn has_supporters(&self, at: usize) -> bool {
        self.down[at].iter().any(|(child, edge)| edge.contributes && self.goals[*child].counts)
    }

    fn roll_up_parts(&mut self, at: usize, changes: &mut Changes) {
        for id in self.parts[at].clone() {
            let measured = self.key_results.get(&id).and_then(|part| part.measured);
            let rolled = match (measured, weighted_mean(self.supporters(at, Some(id)))) {
                (Some(progress), _) => RolledKeyResult { progress, source: KeyResultSource::Measured },
                (None, Some(progress)) => RolledKeyResult { progress, source: KeyResultSource::RolledUp },
                (None, None) => RolledKeyResult { progress: Progress::NOTHING, source: KeyResultSource::None },
            };
            if let Some(part) = self.key_results.get_mut(&id)
                && part.stored != rolled
            {
                part.stored = rolled;
                changes.key_results.push((id, rolled));
            }
        }
    }

    fn sum(&self, at: usize) -> Rolled {
        let parts: Vec<(i32, Progress)> = self.parts[at]
            .iter()
            .filter_map(|id| self.key_results.get(id))
            .map(|part| (part.weight, part.stored.progress))
            .collect();
        let progress = weighted_mean(parts.iter().copied().chain(self.supporters(at, None)));
        let weighs = |(weight, _): &(i32, Progress)| *weight > 0;
        let by_parts = parts.iter().any(weighs);
        let by_goals = self.supporters(at, None).any(|term| weighs(&term));
        let source = match (by_parts, by_goals) {
            (true, true) => ProgressSource::Mixed,
            (true, false) => ProgressSource::KeyResults,
            (false, true) => ProgressSource::RolledUp,
            (false, false) if parts.is_empty() && !self.has_supporters(at) => {
                let manual = self.goals[at].manual;
                let source = if manual.is_some() { ProgressSource::Manual } else { ProgressSource::None };
                return Rolled { progress: manual, source };
            }
            (false, false) => ProgressSource::None,
        };
        Rolled { progress, source }
    }
}

struct Longest {
    length: usize,
    reached: Vec<bool>,
}
