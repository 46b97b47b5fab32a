//! Proof that an answer is *not* forced: another assignment of answers that agrees with everything published.
//!
//! Propagation of bounds finds forced answers but may miss some. For every atom whose members all gave one answer, this
//! search looks for a witness: move one member to another answer, then repair the published sums by moving others. A
//! witness found is a proof; where none is found within the budget, the caller assumes the worst.

use crate::forced::{Atoms, Known};

/// Repairs in a row, and ways tried at each: at most WIDTH^DEPTH nodes a target, in practice far fewer.
const DEPTH: usize = 9;
const WIDTH: usize = 4;
/// Nodes tried for one target and first move.
const NODES_MAX: usize = 600;

/// One person of an atom changes the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Move {
    atom: u32,
    from: usize,
    to: usize,
}

struct Search<'a> {
    atoms: &'a Atoms,
    known: &'a [Known],
    codes: usize,
    /// People by atom · codes + code, in the assignment being built.
    people: Vec<u32>,
    /// Sums by cut · codes + code, in the same assignment.
    sums: Vec<u32>,
    moves: Vec<Move>,
    nodes: usize,
}

/// The atoms whose members all gave the same answer and for which no other assignment was found.
///
/// `people` is the truth by atom · codes + code; `known` must agree with it.
pub(crate) fn unproven(atoms: &Atoms, codes: usize, known: &[Known], people: &[u32]) -> Vec<u32> {
    let mut sums = vec![0; known.len() * codes];
    for (cut, members) in atoms.cuts().iter().enumerate() {
        for (code, sum) in sums[cut * codes..(cut + 1) * codes].iter_mut().enumerate() {
            *sum = members.iter().map(|&atom| people[atom as usize * codes + code]).sum();
        }
    }
    let mut search = Search { atoms, known, codes, people: people.to_vec(), sums, moves: Vec::new(), nodes: 0 };
    let mut proven = vec![false; atoms.len()];
    let mut open = Vec::new();
    for atom in 0..atoms.len() as u32 {
        let own = &people[atom as usize * codes..(atom as usize + 1) * codes];
        let Some(only) = own.iter().position(|&count| count == atoms.size(atom)) else { continue };
        if proven[atom as usize] {
            continue;
        }
        let found =
            (0..codes).filter(|&to| to != only).any(|to| search.prove(Move { atom, from: only, to }, &mut proven));
        if !found {
            open.push(atom);
        }
    }
    open
}

impl Search<'_> {
    /// Tries to complete a first move to an assignment that agrees with what is known; leaves the truth in place.
    fn prove(&mut self, first: Move, proven: &mut [bool]) -> bool {
        self.nodes = 0;
        self.apply(first);
        let found = self.repair(0);
        if found {
            // Whoever moved has two answers that agree with the figures.
            self.moves.iter().for_each(|step| proven[step.atom as usize] = true);
        }
        while let Some(step) = self.moves.pop() {
            self.shift(Move { atom: step.atom, from: step.to, to: step.from });
        }
        found
    }

    fn repair(&mut self, depth: usize) -> bool {
        let Some((cut, from, to)) = self.violated() else { return true };
        if depth == DEPTH {
            return false;
        }
        let atoms = self.atoms;
        let mut options: Vec<(i64, Move)> = atoms.cuts()[cut]
            .iter()
            .map(|&atom| Move { atom, from, to })
            .filter(|step| self.allowed(*step))
            .map(|step| (self.gain(step), step))
            .collect();
        options.sort_by_key(|(gain, step)| (std::cmp::Reverse(*gain), step.atom));
        for (_, step) in options.into_iter().take(WIDTH) {
            self.nodes += 1;
            if self.nodes > NODES_MAX {
                return false;
            }
            self.apply(step);
            if self.repair(depth + 1) {
                return true;
            }
            self.undo();
        }
        false
    }

    /// A move needs somebody to make it, and nobody takes an earlier move back.
    fn allowed(&self, step: Move) -> bool {
        self.people[step.atom as usize * self.codes + step.from] > 0
            && !self.moves.iter().any(|earlier| earlier.atom == step.atom && earlier.to == step.from)
    }

    /// The smallest group whose figures disagree: an answer that is too frequent in it and one that is too rare.
    fn violated(&self) -> Option<(usize, usize, usize)> {
        let changed = self.moves.iter().flat_map(|step| self.atoms.cuts_at(step.atom));
        let wrong = changed.filter_map(|&cut| self.disagreement(cut as usize));
        wrong.min_by_key(|&(cut, ..)| (self.atoms.cuts()[cut].len(), cut))
    }

    fn disagreement(&self, cut: usize) -> Option<(usize, usize, usize)> {
        let ranges = self.known[cut].as_ref()?;
        let sums = &self.sums[cut * self.codes..(cut + 1) * self.codes];
        let over = |code: &usize| sums[*code] > ranges[*code].1;
        let under = |code: &usize| sums[*code] < ranges[*code].0;
        let (high, low) = ((0..self.codes).find(over), (0..self.codes).find(under));
        // The sums of a group always add up to its size, so where one is too high another can give way, and back.
        let spare = |code: &usize| sums[*code] < ranges[*code].1;
        let rich = |code: &usize| sums[*code] > ranges[*code].0;
        match (high, low) {
            (None, None) => None,
            (Some(high), Some(low)) => Some((cut, high, low)),
            (Some(high), None) => (0..self.codes).find(spare).map(|low| (cut, high, low)),
            (None, Some(low)) => (0..self.codes).find(rich).map(|high| (cut, high, low)),
        }
    }

    /// By how much a move brings the sums of its groups nearer to what is known.
    fn gain(&self, step: Move) -> i64 {
        let distance = |cut: usize, code: usize, change: i64| {
            let Some(ranges) = &self.known[cut] else { return 0 };
            let sum = i64::from(self.sums[cut * self.codes + code]) + change;
            (i64::from(ranges[code].0) - sum).max(sum - i64::from(ranges[code].1)).max(0)
        };
        let cuts = self.atoms.cuts_at(step.atom).iter().map(|&cut| cut as usize);
        cuts.map(|cut| {
            distance(cut, step.from, 0) + distance(cut, step.to, 0)
                - distance(cut, step.from, -1)
                - distance(cut, step.to, 1)
        })
        .sum()
    }

    fn apply(&mut self, step: Move) {
        self.shift(step);
        self.moves.push(step);
    }

    fn undo(&mut self) {
        if let Some(step) = self.moves.pop() {
            self.shift(Move { atom: step.atom, from: step.to, to: step.from });
        }
    }

    fn shift(&mut self, step: Move) {
        self.people[step.atom as usize * self.codes + step.from] -= 1;
        self.people[step.atom as usize * self.codes + step.to] += 1;
        let atoms = self.atoms;
        for &cut in atoms.cuts_at(step.atom) {
            self.sums[cut as usize * self.codes + step.from] -= 1;
            self.sums[cut as usize * self.codes + step.to] += 1;
        }
    }
}
