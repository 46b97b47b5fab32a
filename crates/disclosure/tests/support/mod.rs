//! What the tests of this crate share: the fixture, random organisations, a dense reference and an attacker.
#![expect(dead_code, reason = "every test binary uses its own part")]

pub mod attacker;
pub mod dense;
pub mod organisation;

use hearten_disclosure::Candidate;
use serde::Deserialize;

/// The simulated organisation of 46 respondents.
#[derive(Debug, Deserialize)]
pub struct Fixture {
    pub k: usize,
    pub n: usize,
    pub cells: Vec<FixtureCell>,
    pub naive_published: Vec<usize>,
    pub naive_isolated_count: usize,
    pub certificate_published: Vec<usize>,
    pub certificate_rank: usize,
}

#[derive(Debug, Deserialize)]
pub struct FixtureCell {
    pub members: Vec<u32>,
}

impl Fixture {
    pub fn read() -> Self {
        serde_json::from_str(include_str!("../data/sdc_org46.json")).unwrap()
    }

    pub fn candidates(&self) -> Vec<Candidate> {
        self.cells.iter().map(|cell| Candidate { members: cell.members.clone() }).collect()
    }

    pub fn members(&self, cells: &[usize]) -> Vec<Vec<u32>> {
        cells.iter().map(|&cell| self.cells[cell].members.clone()).collect()
    }
}
