//! The attacker: everything that linear algebra can draw from published sums, whoever colludes.

use super::dense::{Echelon, indicator};

/// What is published, as a row space.
#[derive(Debug)]
pub struct Attacker {
    n: usize,
    rows: Vec<Vec<u128>>,
    space: Echelon,
}

impl Attacker {
    pub fn new(n: usize, published: &[Vec<u32>]) -> Self {
        let mut space = Echelon::default();
        let mut rows = Vec::new();
        for members in published {
            let reduced = space.reduce(indicator(n, members));
            if let Some(pivot) = reduced.iter().position(|&x| x != 0) {
                space.add(reduced, pivot);
                rows.push(indicator(n, members));
            }
        }
        Self { n, rows, space }
    }

    pub fn rank(&self) -> usize {
        self.rows.len()
    }

    /// Respondents whose own answer is a combination of published figures: their unit vector is in the row space.
    pub fn isolated(&self) -> Vec<u32> {
        let alone = |&x: &u32| self.space.reduce(indicator(self.n, &[x])).iter().all(|&y| y == 0);
        (0..self.n as u32).filter(alone).collect()
    }

    /// Whether something non-zero about these people alone follows: the rows lose rank when their columns are struck out.
    pub fn knows_about(&self, people: &[u32]) -> bool {
        let mut rest = Echelon::default();
        for row in &self.rows {
            let mut row = row.clone();
            people.iter().for_each(|&x| row[x as usize] = 0);
            let reduced = rest.reduce(row);
            match reduced.iter().position(|&x| x != 0) {
                Some(pivot) => rest.add(reduced, pivot),
                None => return true,
            }
        }
        false
    }

    /// The first set of at most `most` people about whom something follows, by brute force.
    pub fn smallest_exposed(&self, most: usize) -> Option<Vec<u32>> {
        (1..=most).find_map(|size| self.exposed(size, 0, &mut Vec::new()))
    }

    fn exposed(&self, size: usize, from: u32, people: &mut Vec<u32>) -> Option<Vec<u32>> {
        if people.len() == size {
            return self.knows_about(people).then(|| people.clone());
        }
        (from..self.n as u32).find_map(|x| {
            people.push(x);
            let found = self.exposed(size, x + 1, people);
            people.pop();
            found
        })
    }
}
