//! Do published figures force somebody's answer? Bounds are propagated over *atoms*: people in the same shown groups.
//!
//! The certificate keeps sums from isolating anybody, whatever the answers. Answers are also counts between zero and the
//! size of a group, and extreme counts say more than sums do. This module finds what follows from the counts cell by cell;
//! what that covers and what it does not is said in `docs/ANONYMITY.md`, "Unanimity".

use std::collections::BTreeMap;

/// Respondents grouped into atoms, and the shown groups as sets of atoms.
#[derive(Debug)]
pub(crate) struct Atoms {
    sizes: Vec<u32>,
    /// Atoms of each shown group, ascending.
    cuts: Vec<Vec<u32>>,
    /// Shown groups of each atom, ascending.
    cuts_at: Vec<Vec<u32>>,
    /// The atom of each respondent; `None` for people in no shown group.
    of: Vec<Option<u32>>,
}

/// What is published of one group: for every code, the least and the most people. `None`: nothing.
pub(crate) type Known = Option<Vec<(u32, u32)>>;

/// What propagation leaves: for every atom · codes + code, the least and the most people.
pub(crate) type Ranges = Vec<(u32, u32)>;

/// An atom whose members all must have given the same answer, and the groups that this follows from.
#[derive(Debug)]
pub(crate) struct Forced {
    pub(crate) because: Vec<usize>,
}

impl Atoms {
    /// Groups respondents by the shown groups they are in. People in no shown group are in no atom.
    pub(crate) fn new(respondents: usize, cuts: &[&[u32]]) -> Self {
        let mut signatures: Vec<Vec<u32>> = vec![Vec::new(); respondents];
        for (cut, members) in cuts.iter().enumerate() {
            members.iter().for_each(|&x| signatures[x as usize].push(cut as u32));
        }
        let mut numbers: BTreeMap<&[u32], u32> = BTreeMap::new();
        for signature in signatures.iter().filter(|signature| !signature.is_empty()) {
            numbers.insert(signature, 0);
        }
        numbers.values_mut().zip(0..).for_each(|(number, next)| *number = next);
        let of: Vec<Option<u32>> =
            signatures.iter().map(|signature| numbers.get(signature.as_slice()).copied()).collect();
        let mut sizes = vec![0; numbers.len()];
        of.iter().flatten().for_each(|&atom| sizes[atom as usize] += 1);
        let cuts_at: Vec<Vec<u32>> = numbers.into_keys().map(<[u32]>::to_vec).collect();
        let mut atoms_of = vec![Vec::new(); cuts.len()];
        for (atom, signature) in cuts_at.iter().enumerate() {
            signature.iter().for_each(|&cut| atoms_of[cut as usize].push(atom as u32));
        }
        Self { sizes, cuts: atoms_of, cuts_at, of }
    }

    /// How many atoms there are.
    pub(crate) fn len(&self) -> usize {
        self.sizes.len()
    }

    /// People in an atom.
    pub(crate) fn size(&self, atom: u32) -> u32 {
        self.sizes[atom as usize]
    }

    /// The atom of a respondent; `None` for people in no shown group.
    pub(crate) fn of(&self, respondent: usize) -> Option<u32> {
        self.of[respondent]
    }

    /// Atoms of each shown group.
    pub(crate) fn cuts(&self) -> &[Vec<u32>] {
        &self.cuts
    }

    /// Shown groups of an atom.
    pub(crate) fn cuts_at(&self, atom: u32) -> &[u32] {
        &self.cuts_at[atom as usize]
    }

    /// The atoms whose answers are forced by what is known of the groups, and the ranges that are left, by propagation
    /// of bounds to a fixpoint.
    pub(crate) fn forced(&self, codes: usize, known: &[Known]) -> (Vec<Forced>, Ranges) {
        let mut bounds = Bounds::new(self, codes);
        bounds.propagate(known);
        let forced = (0..self.sizes.len() * codes)
            .filter(|&at| bounds.low[at] == self.sizes[at / codes])
            .map(|at| Forced { because: bounds.explain(at) })
            .collect();
        (forced, bounds.low.into_iter().zip(bounds.high).collect())
    }
}

/// Why a bound was last tightened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Never,
    /// The figures of a group.
    Cut(u32),
    /// Everybody in an atom has exactly one answer.
    Atom,
}

/// Bounds on how many people of an atom gave an answer; index = atom · codes + code.
struct Bounds<'a> {
    atoms: &'a Atoms,
    codes: usize,
    low: Vec<u32>,
    high: Vec<u32>,
    reasons: Vec<Reason>,
}

impl<'a> Bounds<'a> {
    fn new(atoms: &'a Atoms, codes: usize) -> Self {
        let high: Vec<u32> = atoms.sizes.iter().flat_map(|&size| std::iter::repeat_n(size, codes)).collect();
        Self { atoms, codes, low: vec![0; high.len()], reasons: vec![Reason::Never; high.len()], high }
    }

    /// Sweeps over groups and atoms until nothing changes. Every change narrows an interval of whole numbers, so it ends.
    fn propagate(&mut self, known: &[Known]) {
        loop {
            let mut changed = false;
            for (cut, ranges) in known.iter().enumerate() {
                for (code, &range) in ranges.iter().flatten().enumerate() {
                    let atoms = self.atoms;
                    let codes = self.codes;
                    let members: Vec<usize> =
                        atoms.cuts[cut].iter().map(|&atom| atom as usize * codes + code).collect();
                    changed |= self.tighten(&members, range, Reason::Cut(cut as u32));
                }
            }
            for atom in 0..self.atoms.sizes.len() {
                let size = self.atoms.sizes[atom];
                let members: Vec<usize> = (atom * self.codes..(atom + 1) * self.codes).collect();
                changed |= self.tighten(&members, (size, size), Reason::Atom);
            }
            if !changed {
                return;
            }
        }
    }

    /// One constraint: the values at these places add up to a number in the range.
    fn tighten(&mut self, places: &[usize], (least, most): (u32, u32), reason: Reason) -> bool {
        let low: u32 = places.iter().map(|&at| self.low[at]).sum();
        let high: u32 = places.iter().map(|&at| self.high[at]).sum();
        // What the others leave: at least `least − (high − own high)`, at most `most − (low − own low)`.
        let (room, need) = (most.saturating_sub(low), high.saturating_sub(least));
        let mut changed = false;
        for &at in places {
            let (own_low, own_high) = (self.low[at], self.high[at]);
            let new_high = own_high.min(own_low.saturating_add(room));
            let new_low = own_low.max(own_high.saturating_sub(need)).min(new_high);
            if new_low != own_low || new_high != own_high {
                (self.low[at], self.high[at]) = (new_low, new_high);
                self.reasons[at] = reason;
                changed = true;
            }
        }
        changed
    }

    /// The groups that a bound rests on: followed back through everything that was tightened on the way. It may name more
    /// than are needed, never none.
    fn explain(&self, start: usize) -> Vec<usize> {
        let mut seen = std::collections::BTreeSet::from([start]);
        let mut cuts = std::collections::BTreeSet::new();
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            let (atom, code) = (at / self.codes, at % self.codes);
            let next: Vec<usize> = match self.reasons[at] {
                Reason::Never => continue,
                Reason::Atom => (0..self.codes).map(|code| atom * self.codes + code).collect(),
                Reason::Cut(cut) => {
                    cuts.insert(cut as usize);
                    self.atoms.cuts[cut as usize].iter().map(|&atom| atom as usize * self.codes + code).collect()
                }
            };
            open.extend(next.into_iter().filter(|&at| self.reasons[at] != Reason::Never && seen.insert(at)));
        }
        cuts.into_iter().collect()
    }
}
