//! The packed answer sheet: all closed answers of one respondent in one short row of bytes.
//!
//! Version 1: the version byte, then one byte for each closed question in questionnaire order. 0 is a skipped question;
//! 1 to `points` are the points of a rating, as answered; 1 to 11 are the eNPS scores 0 to 10. Open questions take no
//! byte.

use std::fmt;

use crate::Questionnaire;

/// The version byte that [`Sheet::encode`] writes.
pub const SHEET_VERSION: u8 = 1;

/// The layout of a questionnaire's sheets. Derive it once per wave ([`Questionnaire::shape`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetShape {
    columns: Vec<Column>,
}

/// One closed question of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The question's key.
    pub key: String,
    /// How many options it has; codes run from 1 to this, and 0 is skipped.
    pub options: u8,
    /// Whether its points are turned before scoring; codes are stored as answered.
    pub reversed: bool,
}

/// Why bytes are not a sheet of the expected shape. It tells nothing about the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// There are no bytes at all.
    #[error("the answer sheet is empty")]
    Empty,
    /// The sheet was written by a newer program.
    #[error("the answer sheet has version {0}, which this program does not know")]
    Version(u8),
    /// The sheet belongs to another questionnaire.
    #[error("the answer sheet has {found} answers where its questionnaire has {expected} closed questions")]
    Length {
        /// How many closed questions the shape has.
        expected: usize,
        /// How many answers the sheet has.
        found: usize,
    },
    /// A code is higher than its question has options.
    #[error("the answer sheet holds an impossible code in column {column}")]
    Code {
        /// The index of the first such column.
        column: usize,
    },
}

impl SheetShape {
    /// The layout of this questionnaire's sheets.
    pub fn of(questionnaire: &Questionnaire) -> Self {
        let column = |question: &crate::Question| {
            let options = question.kind.options()?;
            Some(Column { key: question.key.clone(), options, reversed: question.kind.is_reversed() })
        };
        Self { columns: questionnaire.questions().filter_map(column).collect() }
    }

    /// The closed questions, in the order of their bytes.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column of this question, counted from 0; `None` for open and unknown questions.
    pub fn find_column(&self, key: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.key == key)
    }

    /// The codes inside an encoded sheet, checked, without copying them: one a column.
    ///
    /// # Errors
    /// When the bytes are not a sheet of this shape.
    pub fn codes<'a>(&self, encoded: &'a [u8]) -> Result<&'a [u8], SheetError> {
        let (version, codes) = encoded.split_first().ok_or(SheetError::Empty)?;
        if *version != SHEET_VERSION {
            return Err(SheetError::Version(*version));
        }
        if codes.len() != self.columns.len() {
            return Err(SheetError::Length { expected: self.columns.len(), found: codes.len() });
        }
        match codes.iter().zip(&self.columns).position(|(code, column)| *code > column.options) {
            Some(column) => Err(SheetError::Code { column }),
            None => Ok(codes),
        }
    }
}

/// All closed answers of one respondent. It cannot be printed: `Debug` is redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct Sheet {
    codes: Vec<u8>,
}

impl Sheet {
    /// The caller has checked the codes against the questionnaire.
    pub(crate) fn from_codes(codes: Vec<u8>) -> Self {
        Self { codes }
    }

    /// The bytes to store; see the module for their meaning.
    pub fn encode(&self) -> Vec<u8> {
        let mut encoded = Vec::with_capacity(self.codes.len() + 1);
        encoded.push(SHEET_VERSION);
        encoded.extend_from_slice(&self.codes);
        encoded
    }

    /// Reads stored bytes.
    ///
    /// # Errors
    /// When the bytes are not a sheet of this shape.
    pub fn decode(shape: &SheetShape, encoded: &[u8]) -> Result<Self, SheetError> {
        shape.codes(encoded).map(|codes| Self { codes: codes.to_vec() })
    }

    /// The codes, one a column of the shape: 0 for skipped, else the option from 1.
    pub fn codes(&self) -> &[u8] {
        &self.codes
    }
}

impl fmt::Debug for Sheet {
    /// Answers never reach a log, and neither does how many there are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sheet(redacted)")
    }
}
