//! From majorities to an order: the Condorcet winner, and Schulze's method where majorities run in a circle.

use crate::Pair;

/// By how much each option is preferred to each other one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Majorities {
    options: usize,
    /// How many prefer the row to the column.
    preferred: Vec<u32>,
}

/// All options, the most preferred first. Options in one step are tied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The steps, each with the indices of its options in ascending order.
    pub steps: Vec<Vec<usize>>,
}

impl Majorities {
    /// Of a contest in which nobody has voted.
    pub fn none(options: usize) -> Self {
        Self { options, preferred: vec![0; options * options] }
    }

    /// Records how many prefer each of two options to the other.
    pub fn set(&mut self, pair: Pair, first: u32, second: u32) {
        self.preferred[pair.first * self.options + pair.second] = first;
        self.preferred[pair.second * self.options + pair.first] = second;
    }

    fn prefer(&self, one: usize, other: usize) -> u32 {
        self.preferred[one * self.options + other]
    }

    /// The option that more people prefer to each other option than the other way round, if there is one.
    pub fn condorcet_winner(&self) -> Option<usize> {
        let beats = |one: usize, other: usize| one == other || self.prefer(one, other) > self.prefer(other, one);
        (0..self.options).find(|&one| (0..self.options).all(|other| beats(one, other)))
    }

    /// The order by Schulze's method (winning votes). A Condorcet winner always stands first and alone.
    ///
    /// M. Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner election
    /// method", Social Choice and Welfare 36 (2011).
    pub fn order(&self) -> Order {
        let n = self.options;
        let mut strength: Vec<u32> = (0..n * n)
            .map(|at| {
                let (one, other) = (at / n, at % n);
                let (for_it, against) = (self.prefer(one, other), self.prefer(other, one));
                if for_it > against { for_it } else { 0 }
            })
            .collect();
        // The strongest chain from each to each: its weakest link is as strong as can be.
        for through in 0..n {
            for from in (0..n).filter(|from| *from != through) {
                for to in (0..n).filter(|to| *to != through && *to != from) {
                    let chain = strength[from * n + through].min(strength[through * n + to]);
                    strength[from * n + to] = strength[from * n + to].max(chain);
                }
            }
        }
        let better = |one: usize, other: usize| strength[one * n + other] > strength[other * n + one];
        // The relation is transitive, so who is left unbeaten makes the next step.
        let mut left: Vec<usize> = (0..n).collect();
        let mut steps = Vec::new();
        while !left.is_empty() {
            let step: Vec<usize> =
                left.iter().copied().filter(|&one| !left.iter().any(|&other| better(other, one))).collect();
            left.retain(|option| !step.contains(option));
            if step.is_empty() {
                // Cannot be, by transitivity; all that is left would be tied.
                steps.push(std::mem::take(&mut left));
            } else {
                steps.push(step);
            }
        }
        Order { steps }
    }
}
