//! The disjoint-bases certificate: accepts a group only while k disjoint sets of respondents each determine all rows.
//!
//! State: a partition into blocks (all rows accepted while the groups were laminar) and general rows (everything else);
//! for each of the k bases one representative per block, one column per general row and S⁻¹. Nothing is ever removed.
//! The theorem, the decomposition and the proofs are in `docs/ANONYMITY.md`.

use crate::{
    blocks::{Blocks, Fit},
    field::{Element, First, Prime, Second},
    matching::match_columns,
    plan::{SuppressionReason, Verdict},
    schur::Inverse,
};

/// General rows beyond this are refused as complementary. It bounds the memory of the k inverses (k · 8 bytes · rows²)
/// and the time; refusing is always safe.
const GENERAL_ROWS_MAX: usize = 4_000;

const REFUSED: Verdict = Verdict::Hidden(SuppressionReason::Complementary);

/// One base: a representative for every block and a column for every general row.
#[derive(Debug)]
struct Base {
    /// By block; entry 0 is unused, as block 0 carries no row.
    representatives: Vec<u32>,
    columns: Vec<u32>,
    inverse: Inverse<First>,
}

/// The accepted rows with their k disjoint bases.
#[derive(Debug)]
pub(crate) struct Certificate {
    minimum: usize,
    blocks: Blocks,
    bases: Vec<Base>,
    /// The first base's inverse in a second field, to confirm what looks dependent.
    second: Inverse<Second>,
    /// Respondents that are in some base.
    used: Vec<bool>,
    /// For every respondent, the general rows it is in, ascending.
    general_at: Vec<Vec<u32>>,
    /// For every general row, the respondents where it may be non-zero after reduction by blocks, ascending.
    hulls: Vec<Vec<u32>>,
}

/// What a search for columns in one base found.
struct Search {
    /// The first k unused respondents at which the reduced row is not zero.
    columns: Vec<u32>,
    /// Whether the reduced row is zero everywhere; only known where `columns` is empty.
    zero: bool,
}

impl Certificate {
    pub(crate) fn new(respondents: usize, minimum: usize) -> Self {
        let base = || Base { representatives: vec![u32::MAX], columns: Vec::new(), inverse: Inverse::new() };
        Self {
            minimum,
            blocks: Blocks::new(respondents),
            bases: (0..minimum).map(|_| base()).collect(),
            second: Inverse::new(),
            used: vec![false; respondents],
            general_at: vec![Vec::new(); respondents],
            hulls: Vec::new(),
        }
    }

    /// How many independent rows are accepted.
    pub(crate) fn rank(&self) -> usize {
        self.blocks.rank() + self.hulls.len()
    }

    /// Judges the next group and, where it is accepted, adds its row. `group` is ascending and distinct.
    pub(crate) fn judge(&mut self, group: &[u32]) -> Verdict {
        if group.len() < self.minimum {
            return Verdict::Hidden(SuppressionReason::BelowMinimum);
        }
        match self.blocks.fit(group) {
            Fit::Union => Verdict::ShownDerivable,
            Fit::Splits(block) if self.hulls.is_empty() => self.judge_split(group, block),
            Fit::Splits(block) => self.judge_general(group, &[block]),
            Fit::Crosses(blocks) => self.judge_general(group, &blocks),
        }
    }

    /// The groups are laminar so far: a representative stays with the half it lies in, and every base needs an unused
    /// member of the other half. That works out exactly if both halves keep at least k members.
    fn judge_split(&mut self, group: &[u32], block: u32) -> Verdict {
        let stays_out = |base: &Base| block != 0 && !self.blocks.hit(base.representatives[block as usize]);
        let outside_wanted = self.bases.iter().filter(|base| block != 0 && !stays_out(base)).count();
        let (blocks, used) = (&self.blocks, &self.used);
        let inside: Vec<u32> = group
            .iter()
            .copied()
            .filter(|&x| blocks.of(x) == block && !used[x as usize])
            .take(self.minimum - outside_wanted)
            .collect();
        let outside: Vec<u32> = blocks
            .members_from_cursor(block)
            .filter(|&x| !blocks.hit(x) && !used[x as usize])
            .take(outside_wanted)
            .collect();
        if inside.len() + outside.len() < self.minimum {
            return REFUSED;
        }
        let (mut inside, mut outside) = (inside.into_iter(), outside.into_iter());
        for base in &mut self.bases {
            let old = base.representatives[block as usize];
            let moves_in = block != 0 && self.blocks.hit(old);
            let Some(fresh) = (if moves_in { outside.next() } else { inside.next() }) else { return REFUSED };
            self.used[fresh as usize] = true;
            base.representatives.push(if moves_in { old } else { fresh });
            if moves_in {
                base.representatives[block as usize] = fresh;
            }
        }
        self.blocks.split(group, block);
        let used = &self.used;
        self.blocks.advance_cursor(block, |x| used[x as usize]);
        Verdict::Shown
    }

    fn judge_general(&mut self, group: &[u32], partial: &[u32]) -> Verdict {
        if self.hulls.is_empty() {
            self.blocks.compact();
        }
        let hull = self.hull(group, partial);
        let signs: Vec<Vec<i8>> = self.bases.iter().map(|base| self.signs(base)).collect();
        let mut lists = Vec::with_capacity(self.minimum);
        let mut weights = Vec::with_capacity(self.minimum);
        for (base, signs) in self.bases.iter().zip(&signs) {
            let y = base.inverse.weights(signs);
            let search = self.search(group, &hull, base, &y);
            if search.zero {
                return self.confirm_dependent(signs);
            }
            if search.columns.is_empty() {
                return REFUSED;
            }
            lists.push(search.columns);
            weights.push(y);
        }
        if self.hulls.len() >= GENERAL_ROWS_MAX {
            return REFUSED;
        }
        match match_columns(&lists) {
            Some(columns) => self.accept(group, hull, &columns, &weights, &signs[0]),
            None => REFUSED,
        }
    }

    /// Adds one column to each base, bordering its inverse with the new row and that column.
    fn accept(
        &mut self,
        group: &[u32],
        hull: Vec<u32>,
        columns: &[u32],
        weights: &[Vec<Element<First>>],
        signs: &[i8],
    ) -> Verdict {
        let y = self.second.weights(signs);
        let pivot = self.reduced(&self.bases[0], &y, columns[0]);
        if pivot.is_zero() {
            // Independent in the first field, so really independent, but the second could not follow.
            return REFUSED;
        }
        self.second.border(&y, &self.entries(&self.bases[0], columns[0]), pivot);
        for (at, &column) in columns.iter().enumerate() {
            let pivot = self.reduced(&self.bases[at], &weights[at], column);
            let entries = self.entries(&self.bases[at], column);
            self.bases[at].inverse.border(&weights[at], &entries, pivot);
            self.bases[at].columns.push(column);
            self.used[column as usize] = true;
        }
        let row = self.hulls.len() as u32;
        group.iter().for_each(|&x| self.general_at[x as usize].push(row));
        self.hulls.push(hull);
        Verdict::Shown
    }

    /// A row that is dependent in the first field is published for free only if the second field says so too.
    fn confirm_dependent(&self, signs: &[i8]) -> Verdict {
        let y = self.second.weights(signs);
        let base = &self.bases[0];
        let zero = (0..self.used.len() as u32).all(|x| self.reduced(base, &y, x).is_zero());
        if zero { Verdict::ShownDerivable } else { REFUSED }
    }

    /// Where the group's row may be non-zero after reduction by blocks: its members outside all blocks, and every member
    /// of the blocks it cuts through.
    fn hull(&self, group: &[u32], partial: &[u32]) -> Vec<u32> {
        let mut hull: Vec<u32> = group.iter().copied().filter(|&x| self.blocks.of(x) == 0).collect();
        for &block in partial.iter().filter(|&&block| block != 0) {
            hull.extend(self.blocks.members(block));
        }
        hull.sort_unstable();
        hull
    }

    /// The judged row at a base's general columns, after reduction by blocks.
    fn signs(&self, base: &Base) -> Vec<i8> {
        let sign = |&x: &u32| {
            let behind = self.representative(base, x).is_some_and(|r| self.blocks.hit(r));
            i8::from(self.blocks.hit(x)) - i8::from(behind)
        };
        base.columns.iter().map(sign).collect()
    }

    fn representative(&self, base: &Base, x: u32) -> Option<u32> {
        let block = self.blocks.of(x);
        (block != 0).then(|| base.representatives[block as usize])
    }

    /// The judged row at one respondent, fully reduced against a base: m[x] − Y[x] − (m[c] − Y[c]), where c represents the
    /// block of x and Y sums the weights of the general rows that a respondent is in.
    fn reduced<M: Prime>(&self, base: &Base, weights: &[Element<M>], x: u32) -> Element<M> {
        let at = |x: u32| {
            let own = if self.blocks.hit(x) { Element::ONE } else { Element::ZERO };
            self.general_at[x as usize].iter().fold(own, |sum, &row| sum.minus(weights[row as usize]))
        };
        self.representative(base, x).map_or_else(|| at(x), |behind| at(x).minus(at(behind)))
    }

    /// The accepted general rows at one respondent, after reduction by blocks: (row, ±1), without zeros.
    fn entries(&self, base: &Base, x: u32) -> Vec<(usize, i8)> {
        let own = &self.general_at[x as usize];
        let Some(behind) = self.representative(base, x).map(|c| &self.general_at[c as usize]) else {
            return own.iter().map(|&row| (row as usize, 1)).collect();
        };
        let plus = own.iter().filter(|row| !behind.contains(row)).map(|&row| (row as usize, 1));
        let minus = behind.iter().filter(|row| !own.contains(row)).map(|&row| (row as usize, -1));
        plus.chain(minus).collect()
    }

    /// The first k unused respondents at which the reduced row is not zero: members first, then the others, ascending.
    fn search(&self, group: &[u32], hull: &[u32], base: &Base, weights: &[Element<First>]) -> Search {
        let mut search = Search { columns: Vec::with_capacity(self.minimum), zero: true };
        for &x in group {
            if self.try_column(x, base, weights, &mut search) {
                return search;
            }
        }
        // Outside the hulls of the rows that take part, the reduced row is zero.
        let parts: Vec<&[u32]> = std::iter::once(hull)
            .chain(self.hulls.iter().zip(weights).filter(|(_, y)| !y.is_zero()).map(|(hull, _)| hull.as_slice()))
            .collect();
        if parts.iter().map(|part| part.len()).sum::<usize>() >= self.used.len() {
            let all = 0..self.used.len() as u32;
            self.try_others(all, base, weights, &mut search);
        } else {
            let mut some = parts.concat();
            some.sort_unstable();
            some.dedup();
            self.try_others(some, base, weights, &mut search);
        }
        search
    }

    fn try_others(
        &self,
        others: impl IntoIterator<Item = u32>,
        base: &Base,
        weights: &[Element<First>],
        search: &mut Search,
    ) {
        for x in others {
            if !self.blocks.hit(x) && self.try_column(x, base, weights, search) {
                return;
            }
        }
    }

    /// Notes one respondent; true when the search has found enough.
    fn try_column(&self, x: u32, base: &Base, weights: &[Element<First>], search: &mut Search) -> bool {
        if !self.reduced(base, weights, x).is_zero() {
            search.zero = false;
            if !self.used[x as usize] {
                search.columns.push(x);
            }
        }
        search.columns.len() == self.minimum
    }
}
