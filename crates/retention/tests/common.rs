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

impl Persons {
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
