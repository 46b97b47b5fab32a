//! Swaps of answers between two people, sorted by what they do to published sums, so that swaps which cancel are found
//! by looking them up.
//!
//! A swap of answers p and q between people of atoms a and b changes the counts of p and q in exactly the groups that
//! only one of the two is in. Every group and answer has a fixed pseudo-random number; the key of a swap is the sum of
//! these numbers over all changes, modulo 2^64. Swaps cancel when their keys add up to zero, up to accidents, which
//! callers check for.

use std::collections::BTreeMap;

use crate::forced::Atoms;

/// Partners tried for each atom in one group and pair of answers.
const PARTNERS_MAX: usize = 8;
/// Groups, smallest first, in which an atom looks for partners.
const GROUPS_MAX: usize = 3;
/// Swaps of an atom tried as the first of three.
const FIRSTS_MAX: usize = 40;
/// Swaps tried as the second of three.
const SECONDS_MAX: usize = 1_000;
/// Partners with a fitting key that are offered for checking.
const OFFERS_MAX: usize = 4;

/// Somebody of atom `a` takes answer `q`, somebody of atom `b` answer `p`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Swap {
    pub(crate) a: u32,
    pub(crate) b: u32,
    pub(crate) p: usize,
    pub(crate) q: usize,
}

/// The swaps of one question.
#[derive(Debug)]
pub(crate) struct Swaps {
    /// Key and swap, sorted.
    all: Vec<(u64, Swap)>,
    /// By atom: the swaps it takes part in, as (key, swap).
    by_atom: Vec<Vec<(u64, Swap)>>,
}

impl Swaps {
    /// Collects swaps between people of the same small groups. `exact` says which groups show counts.
    pub(crate) fn new(atoms: &Atoms, codes: usize, exact: &[bool], people: &[u32]) -> Self {
        let key = |place: usize| {
            let cuts = atoms.cuts_at((place / codes) as u32).iter().filter(|&&cut| exact[cut as usize]);
            cuts.fold(0_u64, |sum, &cut| sum.wrapping_add(scatter(cut as usize * codes + place % codes)))
        };
        let keys: Vec<u64> = (0..atoms.len() * codes).map(key).collect();
        let mut swaps = Self { all: Vec::new(), by_atom: vec![Vec::new(); atoms.len()] };
        for group in groups(atoms, exact) {
            let holders = |code: usize| group.iter().copied().filter(move |&x| people[x as usize * codes + code] > 0);
            let by_code: Vec<Vec<u32>> = (0..codes).map(|code| holders(code).collect()).collect();
            for q in 1..codes {
                for p in 0..q {
                    swaps.cross(&by_code[p], &by_code[q], (p, q, codes), &keys);
                }
            }
        }
        swaps.all.sort_unstable();
        swaps.all.dedup();
        swaps
    }

    fn cross(&mut self, with_p: &[u32], with_q: &[u32], (p, q, codes): (usize, usize, usize), keys: &[u64]) {
        // The shorter side meets every partner of a window, shifted from one to the next so that windows differ.
        let gain = |x: u32, to: usize, from: usize| {
            keys[x as usize * codes + to].wrapping_sub(keys[x as usize * codes + from])
        };
        let mut pair = |a: u32, b: u32| {
            let (swap, key) = (Swap { a, b, p, q }, gain(b, p, q).wrapping_add(gain(a, q, p)));
            self.all.push((key, swap));
            self.by_atom[a as usize].push((key, swap));
            self.by_atom[b as usize].push((key, swap));
        };
        for (at, &a) in with_p.iter().enumerate() {
            (0..with_q.len().min(PARTNERS_MAX)).for_each(|step| pair(a, with_q[(at + step) % with_q.len()]));
        }
        for (at, &b) in with_q.iter().enumerate().filter(|_| with_p.len() > PARTNERS_MAX || with_q.len() > PARTNERS_MAX)
        {
            (0..with_p.len().min(PARTNERS_MAX)).for_each(|step| pair(with_p[(at + step) % with_p.len()], b));
        }
    }

    /// Sets of one to three swaps that cancel, each with at least one swap of this atom, until one is taken.
    pub(crate) fn cancelling(&self, atom: u32, mut take: impl FnMut(&[Swap]) -> bool) -> bool {
        let own = &self.by_atom[atom as usize];
        let one = own.iter().filter(|(key, _)| *key == 0).take(OFFERS_MAX).any(|&(_, swap)| take(&[swap]));
        one || own.iter().any(|&(key, swap)| {
            self.find(key.wrapping_neg()).iter().take(OFFERS_MAX).any(|&(_, other)| take(&[swap, other]))
        }) || own.iter().take(FIRSTS_MAX).any(|&(key, swap)| self.triples(key, swap, &mut take))
    }

    fn triples(&self, key: u64, swap: Swap, take: &mut impl FnMut(&[Swap]) -> bool) -> bool {
        let stride = self.all.len().div_ceil(SECONDS_MAX).max(1);
        self.all.iter().step_by(stride).any(|&(second, other)| {
            let third = self.find(key.wrapping_add(second).wrapping_neg());
            third.iter().take(OFFERS_MAX).any(|&(_, last)| take(&[swap, other, last]))
        })
    }

    /// Swaps with this key.
    fn find(&self, key: u64) -> &[(u64, Swap)] {
        let from = self.all.partition_point(|(own, _)| *own < key);
        let to = self.all.partition_point(|(own, _)| *own <= key);
        &self.all[from..to]
    }
}

/// Atoms that could swap: those that the tree does not tell apart, and those of each group, as far as it is one of an
/// atom's smallest.
fn groups(atoms: &Atoms, exact: &[bool]) -> Vec<Vec<u32>> {
    let mut groups: BTreeMap<(bool, u32), Vec<u32>> = BTreeMap::new();
    for (atom, block) in laminar_blocks(atoms, exact).into_iter().enumerate() {
        groups.entry((false, block)).or_default().push(atom as u32);
    }
    for atom in 0..atoms.len() as u32 {
        let mut cuts: Vec<u32> = atoms.cuts_at(atom).iter().copied().filter(|&cut| exact[cut as usize]).collect();
        cuts.sort_by_key(|&cut| (atoms.cuts()[cut as usize].len(), cut));
        cuts.iter().take(GROUPS_MAX).for_each(|&cut| groups.entry((true, cut)).or_default().push(atom));
    }
    groups.into_values().collect()
}

/// For each atom the last group that it is in, of those groups which in their turn lay inside one block: with the tree
/// first and top-down, the residual sets of the tree.
fn laminar_blocks(atoms: &Atoms, exact: &[bool]) -> Vec<u32> {
    let mut blocks = vec![u32::MAX; atoms.len()];
    for (cut, members) in atoms.cuts().iter().enumerate().filter(|(cut, _)| exact[*cut]) {
        let inside = members.windows(2).all(|pair| blocks[pair[0] as usize] == blocks[pair[1] as usize]);
        if inside {
            members.iter().for_each(|&atom| blocks[atom as usize] = cut as u32);
        }
    }
    blocks
}

/// A fixed pseudo-random number for a group and answer (the finaliser of SplitMix64).
fn scatter(place: usize) -> u64 {
    let mut x = (place as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
