//! Reads the data of the tests.

#![allow(
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    clippy::allow_attributes,
    reason = "every test uses a part of it"
)]

use std::{collections::HashMap, path::Path};

use hearten_retention::{Design, Row, Strata};

/// A file of numbers with a header.
pub struct Table {
    pub names: Vec<String>,
    pub rows: Vec<Vec<f64>>,
}

impl Table {
    pub fn read(file: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(file);
        let mut reader = csv::Reader::from_path(path).unwrap();
        let names = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let number = |text: &str| text.parse().unwrap_or(f64::NAN);
        let rows = reader.records().map(|record| record.unwrap().iter().map(number).collect()).collect();
        Self { names, rows }
    }

    pub fn column(&self, name: &str) -> Vec<f64> {
        let at = self.names.iter().position(|other| other == name).unwrap();
        self.rows.iter().map(|row| row[at]).collect()
    }
}

/// The values R found, by name.
pub fn expected() -> HashMap<String, f64> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/expected_values.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader
        .records()
        .map(|record| record.unwrap())
        .map(|record| (record[0].to_owned(), record[1].parse().unwrap()))
        .collect()
}

/// The IBM persons: outcomes, inputs, and the names of the inputs.
pub struct Persons {
    pub names: Vec<String>,
    pub left: Vec<bool>,
    pub inputs: Vec<Vec<f32>>,
}

pub fn ibm() -> Persons {
    let table = Table::read("ibm_design.csv");
    let left = table.column("y").iter().map(|y| *y == 1.0).collect();
    let inputs = table.rows.iter().map(|row| row[2..].iter().map(|value| *value as f32).collect()).collect();
    Persons { names: table.names[2..].to_vec(), left, inputs }
}

/// Columns of the IBM persons that the product may not use.
pub const PROTECTED: [&str; 4] = ["Age", "Gender=Male", "MaritalStatus=Married", "MaritalStatus=Single"];

impl Persons {
    /// The values of a column.
    pub fn column(&self, name: &str) -> Vec<f32> {
        let at = self.names.iter().position(|other| other == name).unwrap();
        self.inputs.iter().map(|values| values[at]).collect()
    }

    /// The same persons without some columns.
    pub fn without(&self, columns: &[&str]) -> Self {
        let kept: Vec<usize> =
            (0..self.names.len()).filter(|at| !columns.contains(&self.names[*at].as_str())).collect();
        let inputs = self.inputs.iter().map(|values| kept.iter().map(|at| values[*at]).collect()).collect();
        Self { names: kept.iter().map(|at| self.names[*at].clone()).collect(), left: self.left.clone(), inputs }
    }

    /// A design of some of them, one month each.
    pub fn design(&self, of: impl IntoIterator<Item = usize>) -> Design {
        let mut design = Design::new(self.names.clone(), Strata::Single).unwrap();
        for at in of {
            let leavers = f64::from(u8::from(self.left[at]));
            design.push(Row { stratum: 0, values: &self.inputs[at], months: 1.0, leavers, offset: 0.0 }).unwrap();
        }
        design
    }
}

/// Folds: one list a repetition, the fold of each row.
pub fn folds(file: &str) -> Vec<Vec<usize>> {
    let table = Table::read(file);
    (0..5).map(|rep| table.column(&format!("rep{rep}")).iter().map(|fold| *fold as usize).collect()).collect()
}

/// Numbers that look drawn at random and are the same in every run (Steele, Lea and Flood 2014: SplitMix64).
pub struct Draws(pub u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Between 0 and 1.
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.share() * n as f64) as usize
    }

    /// About standard normal: twelve shares less six.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}
