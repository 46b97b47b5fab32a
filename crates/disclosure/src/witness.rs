//! Proof that an answer is *not* forced: another assignment of answers that agrees with everything published.
//!
//! Propagation of bounds finds forced answers but may miss some. For every atom whose members all gave one answer, this
//! search looks for a witness: first one to three swaps of answers that cancel in all published sums, then a walk:
//! one member changes the answer, and others repair the sums one move at a time. A witness found is a proof; where none is found
//! within the budget, the caller assumes the worst.

use std::collections::BTreeSet;

use crate::{
    forced::{Atoms, Known},
    swaps::{Swap, Swaps},
};

/// Moves in one walk, and walks from one first move.
const STEPS_MAX: usize = 120;
const WALKS_MAX: usize = 2;
/// A move is not taken back within this many moves.
const TABU: usize = 6;

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
    /// The true answers, by atom · codes + code.
    truth: &'a [u32],
    /// A fixed sequence that breaks ties; the result depends on the input only.
    noise: u64,
}

/// The atoms whose members all gave the same answer and for which no other assignment was found.
///
/// `people` is the truth by atom · codes + code; `known` must agree with it. `proven` notes, by atom, for whom a witness is
/// found; it stays true when less is published, so a caller who drops cells passes it in again.
pub(crate) fn unproven(atoms: &Atoms, codes: usize, known: &[Known], people: &[u32], proven: &mut [bool]) -> Vec<u32> {
    let known = &without_repetition(atoms, known);
    let mut sums = vec![0; known.len() * codes];
    for (cut, members) in atoms.cuts().iter().enumerate() {
        for (code, sum) in sums[cut * codes..(cut + 1) * codes].iter_mut().enumerate() {
            *sum = members.iter().map(|&atom| people[atom as usize * codes + code]).sum();
        }
    }
    let mut search =
        Search { atoms, known, codes, people: people.to_vec(), sums, moves: Vec::new(), truth: people, noise: 1 };
    let exact: Vec<bool> =
        known.iter().map(|ranges| ranges.as_ref().is_some_and(|ranges| ranges.iter().all(|(a, b)| a == b))).collect();
    let swaps = Swaps::new(atoms, codes, &exact, people);
    let mut open = Vec::new();
    for atom in 0..atoms.len() as u32 {
        let own = &people[atom as usize * codes..(atom as usize + 1) * codes];
        let Some(only) = own.iter().position(|&count| count == atoms.size(atom)) else { continue };
        if proven[atom as usize] {
            continue;
        }
        let found = swaps.cancelling(atom, |swaps| search.prove_swaps(swaps, atom, only, proven))
            || (0..codes)
                .filter(move |&to| to != only)
                .cycle()
                .take((codes - 1) * WALKS_MAX)
                .any(|to| search.prove(Move { atom, from: only, to }, proven));
        if !found {
            open.push(atom);
        }
    }
    open
}

/// Groups of the same people say the same; once is enough, and a walk is not pulled towards what is said thrice.
fn without_repetition(atoms: &Atoms, known: &[Known]) -> Vec<Known> {
    let mut seen = BTreeSet::new();
    let once = |(cut, ranges): (usize, &Known)| {
        ranges.clone().filter(|ranges| seen.insert((&atoms.cuts()[cut], ranges.clone())))
    };
    known.iter().enumerate().map(once).collect()
}

impl Search<'_> {
    /// Tries to complete a first move to an assignment that agrees with what is known; leaves the truth in place.
    fn prove(&mut self, first: Move, proven: &mut [bool]) -> bool {
        self.apply(first);
        let found = self.walk(first);
        self.settle(found, proven)
    }

    /// Repairs one group at a time by the best move there is, never giving the first atom its only answer back.
    fn walk(&mut self, first: Move) -> bool {
        for _ in 0..STEPS_MAX {
            let Some((cut, high, low)) = self.violated() else { return true };
            let atoms = self.atoms;
            let wild = self.draw().is_multiple_of(8);
            let mut best: Option<(i64, u64, Move)> = None;
            for &atom in &atoms.cuts()[cut] {
                let step = Move { atom, from: high, to: low };
                if !self.allowed(step) || (atom == first.atom && low == first.from) {
                    continue;
                }
                // Now and then any move will do: a walk that only ever improves gets stuck.
                let tie = self.draw();
                let gain = if wild { 0 } else { self.gain(step) };
                if best.is_none_or(|(most, luck, _)| (gain, tie) > (most, luck)) {
                    best = Some((gain, tie, step));
                }
            }
            let Some((.., step)) = best else { return false };
            self.apply(step);
        }
        false
    }

    fn draw(&mut self) -> u64 {
        self.noise ^= self.noise << 13;
        self.noise ^= self.noise >> 7;
        self.noise ^= self.noise << 17;
        self.noise
    }

    /// Whether swaps leave an assignment that agrees with what is known, and the atom with another answer.
    fn prove_swaps(&mut self, swaps: &[Swap], atom: u32, only: usize, proven: &mut [bool]) -> bool {
        let steps = swaps
            .iter()
            .flat_map(|&Swap { a, b, p, q }| [Move { atom: a, from: p, to: q }, Move { atom: b, from: q, to: p }]);
        let possible = steps.into_iter().all(|step| {
            let allowed = self.allowed(step);
            if allowed {
                self.apply(step);
            }
            allowed
        });
        let changed = self.people[atom as usize * self.codes + only] < self.atoms.size(atom);
        let found = possible && changed && self.violated().is_none();
        self.settle(found, proven)
    }

    /// Notes what a search has found and goes back to the truth.
    fn settle(&mut self, found: bool, proven: &mut [bool]) -> bool {
        if found {
            for step in &self.moves {
                let own = step.atom as usize * self.codes..(step.atom as usize + 1) * self.codes;
                // Whoever has other answers now than in truth has two that agree with the figures.
                proven[step.atom as usize] |= self.people[own.clone()] != self.truth[own];
            }
        }
        while let Some(step) = self.moves.pop() {
            self.shift(Move { atom: step.atom, from: step.to, to: step.from });
        }
        found
    }

    /// A move needs somebody to make it, and is not taken back at once.
    fn allowed(&self, step: Move) -> bool {
        self.people[step.atom as usize * self.codes + step.from] > 0
            && !self.moves.iter().rev().take(TABU).any(|earlier| earlier.atom == step.atom && earlier.to == step.from)
    }

    /// A group whose figures disagree, drawn at random, with an answer that is too frequent in it and one too rare.
    fn violated(&mut self) -> Option<(usize, usize, usize)> {
        let changed = self.moves.iter().flat_map(|step| self.atoms.cuts_at(step.atom));
        let wrong: BTreeSet<usize> = changed.map(|&cut| cut as usize).filter(|&cut| self.disagrees(cut)).collect();
        if wrong.is_empty() {
            return None;
        }
        let at = (self.draw() % wrong.len() as u64) as usize;
        wrong.into_iter().nth(at).and_then(|cut| self.disagreement(cut))
    }

    fn disagrees(&self, cut: usize) -> bool {
        let sums = &self.sums[cut * self.codes..(cut + 1) * self.codes];
        let outside = |(ranges, sum): (&(u32, u32), &u32)| *sum < ranges.0 || *sum > ranges.1;
        self.known[cut].as_ref().is_some_and(|ranges| ranges.iter().zip(sums).any(outside))
    }

    /// The sums of a group always add up to its size, so where one is too high another can give way, and back.
    fn disagreement(&mut self, cut: usize) -> Option<(usize, usize, usize)> {
        let ranges = self.known[cut].as_ref()?;
        let sums = &self.sums[cut * self.codes..(cut + 1) * self.codes];
        let pick = |wanted: &dyn Fn(u32, (u32, u32)) -> bool| -> Vec<usize> {
            (0..ranges.len()).filter(|&code| wanted(sums[code], ranges[code])).collect()
        };
        let high = Some(pick(&|sum, range| sum > range.1)).filter(|high| !high.is_empty());
        let high = high.unwrap_or_else(|| pick(&|sum, range| sum > range.0));
        let low = Some(pick(&|sum, range| sum < range.0)).filter(|low| !low.is_empty());
        let low = low.unwrap_or_else(|| pick(&|sum, range| sum < range.1));
        let (left, right) = (self.draw(), self.draw());
        let high = *high.get((left % high.len().max(1) as u64) as usize)?;
        let low = *low.get((right % low.len().max(1) as u64) as usize)?;
        (high != low).then_some((cut, high, low))
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
