//! Which answers are not forced: a linear program over everything that is published of one question.
//!
//! Propagation of bounds finds forced answers but may miss some that follow from several groups at once. Here every
//! atom whose members all gave one answer must reach a solution in which at least one of them gave another. An atom for
//! which no such solution exists is forced; so is, to be safe, one for which the solver fails.

use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};
use std::collections::BTreeSet;

use crate::forced::{Atoms, Known, Ranges};

/// Solutions count from this close to the whole number on.
const TOLERANCE: f64 = 1e-6;

/// Unknowns of one question that are not fixed by bounds, with the published figures about them.
struct Model<'a> {
    ranges: &'a Ranges,
    /// Places (atom · codes + code) that add up to a number in a range.
    rows: Vec<(Vec<usize>, (u32, u32))>,
}

/// The atoms whose members all gave the same answer and for which no solution with another answer exists.
///
/// `people` is the truth by atom · codes + code, `ranges` what propagation has left. `free` notes, by atom, for whom there
/// is such a solution; it stays true when less is published, so a caller who drops cells passes it in again.
pub(crate) fn forced(
    atoms: &Atoms,
    codes: usize,
    known: &[Known],
    ranges: &Ranges,
    people: &[u32],
    free: &mut [bool],
) -> Vec<u32> {
    let only = |atom: u32| {
        let own = &people[atom as usize * codes..(atom as usize + 1) * codes];
        own.iter().position(|&count| count == atoms.size(atom)).map(|code| atom as usize * codes + code)
    };
    let mut open: Vec<(u32, usize)> = (0..atoms.len() as u32)
        .filter(|&atom| !free[atom as usize])
        .filter_map(|atom| only(atom).map(|place| (atom, place)))
        .collect();
    let model = Model::new(atoms, codes, known, ranges);
    // All together first: one solution frees most. Then those that are left one by one.
    let mut together = true;
    let mut forced = Vec::new();
    while let Some(&(last, place)) = open.last() {
        let wanted: BTreeSet<usize> =
            if together { open.iter().map(|&(_, place)| place).collect() } else { BTreeSet::from([place]) };
        let before = open.len();
        if let Some(solution) = model.least(&wanted) {
            open.retain(|&(atom, place)| {
                free[atom as usize] |= solution[place] <= f64::from(atoms.size(atom)) - 1.0 + TOLERANCE;
                !free[atom as usize]
            });
        }
        if !together && open.len() == before {
            forced.push(last);
            open.pop();
        }
        together = together && open.len() < before;
    }
    forced
}

impl<'a> Model<'a> {
    fn new(atoms: &Atoms, codes: usize, known: &[Known], ranges: &'a Ranges) -> Self {
        let mut seen = BTreeSet::new();
        let mut rows = Vec::new();
        for (members, known) in atoms.cuts().iter().zip(known) {
            // Groups of the same people say the same; once is enough.
            let Some(known) = known.as_ref().filter(|known| seen.insert((members, *known))) else { continue };
            // Where all counts are exact, the last follows from the others.
            let exact = known.iter().all(|(least, most)| least == most);
            for (code, &range) in known.iter().enumerate().take(if exact { codes - 1 } else { codes }) {
                rows.push((members.iter().map(|&atom| atom as usize * codes + code).collect(), range));
            }
        }
        for atom in 0..atoms.len() {
            let size = atoms.size(atom as u32);
            rows.push(((atom * codes..(atom + 1) * codes).collect(), (size, size)));
        }
        Self { ranges, rows }
    }

    /// A solution in which the wanted places together are as small as they can be; `None` where the solver fails.
    fn least(&self, wanted: &BTreeSet<usize>) -> Option<Vec<f64>> {
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let variables: Vec<Option<Variable>> = self
            .ranges
            .iter()
            .enumerate()
            .map(|(place, &(low, high))| {
                let cost = if wanted.contains(&place) { 1.0 } else { 0.0 };
                (low < high).then(|| problem.add_var(cost, (f64::from(low), f64::from(high))))
            })
            .collect();
        for (places, (least, most)) in &self.rows {
            let fixed: f64 =
                places.iter().filter(|&&at| variables[at].is_none()).map(|&at| f64::from(self.ranges[at].0)).sum();
            let terms: Vec<(Variable, f64)> = places.iter().filter_map(|&at| variables[at].map(|v| (v, 1.0))).collect();
            if terms.is_empty() {
                continue;
            }
            if least == most {
                problem.add_constraint(terms.as_slice(), ComparisonOp::Eq, f64::from(*least) - fixed);
            } else {
                problem.add_constraint(terms.as_slice(), ComparisonOp::Ge, f64::from(*least) - fixed);
                problem.add_constraint(terms.as_slice(), ComparisonOp::Le, f64::from(*most) - fixed);
            }
        }
        let solution = problem.solve().ok()?.into_solution().ok()?;
        let value = |(place, variable): (usize, &Option<Variable>)| {
            variable.map_or(f64::from(self.ranges[place].0), |variable| solution.var_value(variable))
        };
        Some(variables.iter().enumerate().map(value).collect())
    }
}
