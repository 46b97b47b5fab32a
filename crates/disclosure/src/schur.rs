//! The inverse of one base's general rows, kept up to date as rows are accepted.
//!
//! For base B_j the accepted matrix falls into blocks (identity) and general rows. What is left after reducing general
//! rows against blocks is the square matrix S_j (general row × general column); this module keeps S_j⁻¹ and grows it by
//! bordering. See `docs/ANONYMITY.md`, "The decomposition".

use crate::field::{Element, Prime};

/// S⁻¹ of one base, rows by general column, columns by general row.
#[derive(Debug)]
pub(crate) struct Inverse<M: Prime> {
    rows: Vec<Vec<Element<M>>>,
}

impl<M: Prime> Inverse<M> {
    pub(crate) fn new() -> Self {
        Self { rows: Vec::new() }
    }

    /// y = w·S⁻¹: the weights with which accepted general rows make up a row whose entries at the general columns are `w`
    /// (each −1, 0 or 1).
    pub(crate) fn weights(&self, w: &[i8]) -> Vec<Element<M>> {
        let mut weights = vec![Element::ZERO; self.rows.len()];
        for (row, &sign) in self.rows.iter().zip(w) {
            match sign {
                0 => {}
                1 => weights.iter_mut().zip(row).for_each(|(sum, &entry)| *sum = sum.plus(entry)),
                _ => weights.iter_mut().zip(row).for_each(|(sum, &entry)| *sum = sum.minus(entry)),
            }
        }
        weights
    }

    /// Adds one row and one column: `weights` as returned for the new row, `column` the entries of the accepted rows at
    /// the new column (general row, ±1), `pivot` the reduced entry of the new row there, which must not be zero.
    pub(crate) fn border(&mut self, weights: &[Element<M>], column: &[(usize, i8)], pivot: Element<M>) {
        let scale = pivot.inverse();
        let scaled: Vec<Element<M>> = weights.iter().map(|weight| weight.times(scale)).collect();
        let used: Vec<usize> = (0..scaled.len()).filter(|&g| !scaled[g].is_zero()).collect();
        for row in &mut self.rows {
            let p = column.iter().fold(
                Element::ZERO,
                |sum, &(g, sign)| {
                    if sign > 0 { sum.plus(row[g]) } else { sum.minus(row[g]) }
                },
            );
            if !p.is_zero() {
                for &g in &used {
                    row[g] = row[g].plus(p.times(scaled[g]));
                }
            }
            row.push(p.times(scale).negated());
        }
        let mut last: Vec<Element<M>> = scaled.into_iter().map(Element::negated).collect();
        last.push(scale);
        self.rows.push(last);
    }
}
