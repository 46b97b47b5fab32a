//! The certificate as the theorem states it, written for clarity: dense reduced row echelon forms modulo 2^61 − 1,
//! one per base. Column choice follows the same rule as the product: members first, then the others, ascending.

const P: u128 = (1 << 61) - 1;

#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub enum Dense {
    Independent,
    Derivable,
    BelowMinimum,
    Complementary,
}

fn inverse(mut base: u128) -> u128 {
    let (mut exponent, mut result) = (P - 2, 1);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % P;
        }
        base = base * base % P;
        exponent >>= 1;
    }
    result
}

/// A matrix in reduced row echelon form with chosen pivot columns.
#[derive(Debug, Clone, Default)]
pub struct Echelon {
    pub rows: Vec<(usize, Vec<u128>)>,
}

impl Echelon {
    pub fn reduce(&self, mut row: Vec<u128>) -> Vec<u128> {
        for (pivot, known) in &self.rows {
            let factor = row[*pivot];
            if factor != 0 {
                row.iter_mut().zip(known).for_each(|(x, y)| *x = (*x + (P - factor) * y) % P);
            }
        }
        row
    }

    pub fn add(&mut self, mut row: Vec<u128>, pivot: usize) {
        let scale = inverse(row[pivot]);
        row.iter_mut().for_each(|x| *x = *x * scale % P);
        for (_, known) in &mut self.rows {
            let factor = known[pivot];
            known.iter_mut().zip(&row).for_each(|(x, y)| *x = (*x + (P - factor) * y) % P);
        }
        self.rows.push((pivot, row));
    }
}

pub fn indicator(n: usize, members: &[u32]) -> Vec<u128> {
    let mut row = vec![0; n];
    members.iter().for_each(|&x| row[x as usize] = 1);
    row
}

fn augment(lists: &[Vec<usize>], list: usize, owner: &mut [Option<usize>], seen: &mut [bool]) -> bool {
    if let Some(&free) = lists[list].iter().find(|&&x| owner[x].is_none()) {
        owner[free] = Some(list);
        return true;
    }
    for &x in &lists[list] {
        if !std::mem::replace(&mut seen[x], true) {
            let holder = owner[x].unwrap();
            if augment(lists, holder, owner, seen) {
                owner[x] = Some(list);
                return true;
            }
        }
    }
    false
}

/// The verdicts and the k bases.
pub fn decide(n: usize, k: usize, candidates: &[Vec<u32>]) -> (Vec<Dense>, Vec<Vec<usize>>) {
    let mut bases = vec![Echelon::default(); k];
    let mut used = vec![false; n];
    let mut verdicts = Vec::new();
    for members in candidates {
        if members.len() < k {
            verdicts.push(Dense::BelowMinimum);
            continue;
        }
        let row = indicator(n, members);
        let reduced: Vec<Vec<u128>> = bases.iter().map(|base| base.reduce(row.clone())).collect();
        if reduced[0].iter().all(|&x| x == 0) {
            verdicts.push(Dense::Derivable);
            continue;
        }
        let order = (0..n).filter(|&x| row[x] == 1).chain((0..n).filter(|&x| row[x] == 0));
        let lists: Vec<Vec<usize>> =
            reduced.iter().map(|v| order.clone().filter(|&x| !used[x] && v[x] != 0).take(k).collect()).collect();
        let mut owner = vec![None; n];
        if !(0..k).all(|list| augment(&lists, list, &mut owner, &mut vec![false; n])) {
            verdicts.push(Dense::Complementary);
            continue;
        }
        for (column, list) in owner.iter().enumerate().filter_map(|(x, list)| list.map(|list| (x, list))) {
            bases[list].add(reduced[list].clone(), column);
            used[column] = true;
        }
        verdicts.push(Dense::Independent);
    }
    let pivots = bases.iter().map(|base| base.rows.iter().map(|(pivot, _)| *pivot).collect()).collect();
    (verdicts, pivots)
}
