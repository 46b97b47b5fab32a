//! The rows a model is fitted on: person-months, each with its stratum, its inputs, and how many were at risk and left.

use serde::{Deserialize, Serialize};

use crate::{FEATURES, Feature, FeatureRow, Spell, Strata};

/// The most columns a design takes.
pub const MOST_COLUMNS: usize = 256;

/// The largest weight of one row. Sums of weights then stay far from where a double loses whole numbers.
pub const LARGEST_WEIGHT: f64 = 1e9;

/// Person-months in a compact form: four bytes an input. Rows that follow each other with the same stratum, offset and
/// inputs become one with a count, which is the same for the likelihood.
///
/// Inputs are stored as `f32`: whole numbers up to 16.7 million are exact, other values to seven digits. NaN is a value
/// that is not known; the fit puts the column's mean in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    names: Vec<String>,
    strata: Strata,
    values: Vec<f32>,
    stratum: Vec<u8>,
    months: Vec<f64>,
    leavers: Vec<f64>,
    offsets: Vec<f64>,
    has_offsets: bool,
}

/// Why a design, or a row of one, is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DesignProblem {
    /// More than [`MOST_COLUMNS`].
    #[error("{columns} columns are more than a design takes")]
    TooManyColumns {
        /// How many.
        columns: usize,
    },
    /// Two columns of one name.
    #[error("two columns are called {name}")]
    SameName {
        /// The name.
        name: String,
    },
    /// A row with too few or too many values.
    #[error("a row of {found} values for {expected} columns")]
    RowLength {
        /// Columns of the design.
        expected: usize,
        /// Values of the row.
        found: usize,
    },
    /// No such stratum.
    #[error("there is no stratum {stratum}")]
    NoSuchStratum {
        /// The stratum asked for.
        stratum: usize,
    },
    /// A value that is infinite, or too large to be stored.
    #[error("a value of {name} is not a finite number")]
    NotFinite {
        /// The column.
        name: String,
    },
    /// Weights that are negative, not finite or above [`LARGEST_WEIGHT`], or more leavers than persons.
    #[error("a weight is out of range")]
    Weight,
    /// An offset that is not finite.
    #[error("an offset is not a finite number")]
    Offset,
}

/// A row to add. `values` has one entry a column, NaN where unknown.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// Which intercept it has; see [`Strata`].
    pub stratum: usize,
    /// The inputs, in the order of the columns.
    pub values: &'a [f32],
    /// How many person-months the row stands for; usually 1. Any weight ≥ 0.
    pub months: f64,
    /// Of these, how many left; 0 or 1 where the row is one month of one person.
    pub leavers: f64,
    /// A known part of the log-odds, usually 0.
    pub offset: f64,
}

impl Design {
    /// A design without rows.
    ///
    /// # Errors
    /// Too many columns, or two of the same name.
    pub fn new(names: Vec<String>, strata: Strata) -> Result<Self, DesignProblem> {
        if names.len() > MOST_COLUMNS {
            return Err(DesignProblem::TooManyColumns { columns: names.len() });
        }
        if let Some(name) = names.iter().enumerate().find_map(|(at, name)| names[..at].contains(name).then_some(name)) {
            return Err(DesignProblem::SameName { name: name.clone() });
        }
        Ok(Self {
            names,
            strata,
            values: Vec::new(),
            stratum: Vec::new(),
            months: Vec::new(),
            leavers: Vec::new(),
            offsets: Vec::new(),
            has_offsets: false,
        })
    }

    /// A design whose columns are the [`Feature`]s and whose strata are the tenure bands.
    #[must_use]
    pub fn of_features() -> Self {
        Self {
            names: Feature::ALL.iter().map(|feature| feature.name().to_owned()).collect(),
            strata: Strata::Tenure,
            values: Vec::new(),
            stratum: Vec::new(),
            months: Vec::new(),
            leavers: Vec::new(),
            offsets: Vec::new(),
            has_offsets: false,
        }
    }

    /// Makes room for so many more rows, so that a large design is not copied while it grows.
    pub fn reserve(&mut self, rows: usize) {
        self.values.reserve_exact(rows.saturating_mul(self.width()));
        self.stratum.reserve_exact(rows);
        self.months.reserve_exact(rows);
        self.leavers.reserve_exact(rows);
    }

    /// Adds a row, or counts it with the one before if it is the same.
    ///
    /// # Errors
    /// See [`DesignProblem`]; the design is then as before.
    pub fn push(&mut self, row: Row<'_>) -> Result<(), DesignProblem> {
        self.check(&row)?;
        let stratum = row.stratum as u8;
        if let Some(last) = self.stratum.len().checked_sub(1)
            && self.stratum[last] == stratum
            && self.offset(last).to_bits() == row.offset.to_bits()
            && self.months[last] + row.months <= LARGEST_WEIGHT
            && same(self.row(last), row.values)
        {
            self.months[last] += row.months;
            self.leavers[last] += row.leavers;
            return Ok(());
        }
        if row.offset.to_bits() != 0 && !self.has_offsets {
            self.has_offsets = true;
            self.offsets.resize(self.rows(), 0.0);
        }
        if self.has_offsets {
            self.offsets.push(row.offset);
        }
        self.values.extend_from_slice(row.values);
        self.stratum.push(stratum);
        self.months.push(row.months);
        self.leavers.push(row.leavers);
        Ok(())
    }

    /// Adds the months of a spell: one row a month at risk, with the inputs `values` writes for that month of service.
    ///
    /// # Errors
    /// See [`DesignProblem`]; months before the refused one are then in the design.
    pub fn push_spell(&mut self, spell: Spell, mut values: impl FnMut(u32, &mut [f32])) -> Result<(), DesignProblem> {
        let mut row = vec![f32::NAN; self.width()];
        for (month, left) in spell.months() {
            values(month, &mut row);
            let stratum = self.strata.of_month(month);
            let leavers = f64::from(u8::from(left));
            self.push(Row { stratum, values: &row, months: 1.0, leavers, offset: 0.0 })?;
        }
        Ok(())
    }

    /// Adds one month of a person in a design [`of_features`](Self::of_features).
    ///
    /// # Errors
    /// The design has other columns.
    pub fn push_month(&mut self, month: u32, row: &FeatureRow, left: bool) -> Result<(), DesignProblem> {
        if self.width() != FEATURES {
            return Err(DesignProblem::RowLength { expected: self.width(), found: FEATURES });
        }
        let stratum = self.strata.of_month(month);
        let leavers = f64::from(u8::from(left));
        self.push(Row { stratum, values: &row.values(), months: 1.0, leavers, offset: 0.0 })
    }

    fn check(&self, row: &Row<'_>) -> Result<(), DesignProblem> {
        if row.values.len() != self.width() {
            return Err(DesignProblem::RowLength { expected: self.width(), found: row.values.len() });
        }
        if row.stratum >= self.strata.count() {
            return Err(DesignProblem::NoSuchStratum { stratum: row.stratum });
        }
        if let Some(column) = row.values.iter().position(|value| value.is_infinite()) {
            return Err(DesignProblem::NotFinite { name: self.names[column].clone() });
        }
        // The negations also refuse NaN.
        if !(0.0..=LARGEST_WEIGHT).contains(&row.months) || !(0.0..=row.months).contains(&row.leavers) {
            return Err(DesignProblem::Weight);
        }
        if row.offset.is_finite() { Ok(()) } else { Err(DesignProblem::Offset) }
    }

    /// The names of the columns.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How months of service are told apart.
    #[must_use]
    pub const fn strata(&self) -> Strata {
        self.strata
    }

    /// How many columns there are.
    #[must_use]
    pub fn width(&self) -> usize {
        self.names.len()
    }

    /// How many rows are stored; at most the person-months, since equal neighbours are one row.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.stratum.len()
    }

    /// The person-months, by weight.
    #[must_use]
    pub fn person_months(&self) -> f64 {
        self.months.iter().sum()
    }

    /// The leavers, by weight.
    #[must_use]
    pub fn leavers(&self) -> f64 {
        self.leavers.iter().sum()
    }

    pub(crate) fn row(&self, at: usize) -> &[f32] {
        &self.values[at * self.width()..(at + 1) * self.width()]
    }

    pub(crate) fn stratum(&self, at: usize) -> usize {
        usize::from(self.stratum[at])
    }

    pub(crate) fn weight(&self, at: usize) -> (f64, f64) {
        (self.months[at], self.leavers[at])
    }

    pub(crate) fn offset(&self, at: usize) -> f64 {
        self.offsets.get(at).copied().unwrap_or(0.0)
    }

    /// Person-months and leavers of every stratum.
    pub(crate) fn by_stratum(&self) -> Vec<(f64, f64)> {
        let mut sums = vec![(0.0, 0.0); self.strata.count()];
        for at in 0..self.rows() {
            let (months, leavers) = self.weight(at);
            let sum = &mut sums[self.stratum(at)];
            *sum = (sum.0 + months, sum.1 + leavers);
        }
        sums
    }
}

/// Whether two rows hold the same bits; a NaN equals itself here.
fn same(one: &[f32], other: &[f32]) -> bool {
    one.iter().zip(other).all(|(one, other)| one.to_bits() == other.to_bits())
}

/// Where a column has its zero, and what counts as one unit of it: (x − mean) / sd goes into the model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// What is typical; the value unknown inputs get.
    pub mean: f64,
    /// One unit; above 0.
    pub sd: f64,
}

impl Scale {
    /// The scale that leaves values as they are.
    pub const RAW: Self = Self { mean: 0.0, sd: 1.0 };

    pub(crate) fn is_sound(self) -> bool {
        // Within these no input overflows on the scale.
        self.mean.abs() <= 1e40 && (1e-30..=1e40).contains(&self.sd)
    }
}

/// What one pass over a column found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread {
    pub scale: Scale,
    /// Every known value is the same, or none is known.
    pub constant: bool,
}

impl Design {
    /// The weighted mean and population standard deviation of every column over the rows whose value is known. A column
    /// without spread has the sd 1, so that it says nothing in the model.
    pub(crate) fn spreads(&self) -> Vec<Spread> {
        let width = self.width();
        let (mut total, mut mean) = (vec![0.0; width], vec![0.0; width]);
        for at in 0..self.rows() {
            let months = self.months[at];
            for (column, value) in self.row(at).iter().enumerate().filter(|(_, value)| !value.is_nan()) {
                total[column] += months;
                mean[column] += months * f64::from(*value);
            }
        }
        for column in 0..width {
            mean[column] = if total[column] > 0.0 { mean[column] / total[column] } else { 0.0 };
        }
        let (mut square, mut largest) = (vec![0.0; width], vec![0.0_f64; width]);
        for at in 0..self.rows() {
            let months = self.months[at];
            for (column, value) in self.row(at).iter().enumerate().filter(|(_, value)| !value.is_nan()) {
                let away = f64::from(*value) - mean[column];
                square[column] += months * away * away;
                largest[column] = largest[column].max(f64::from(value.abs()));
            }
        }
        let spread = |column: usize| {
            let sd = if total[column] > 0.0 { (square[column] / total[column]).sqrt() } else { 0.0 };
            let constant = sd <= 1e-9 * largest[column];
            Spread { scale: Scale { mean: mean[column], sd: if constant { 1.0 } else { sd } }, constant }
        };
        (0..width).map(spread).collect()
    }
}
