//! The stored form of a published table: versioned, compact, and validated on the way back.
//!
//! Layout: magic `HRT`, version 1, then whole numbers as LEB128: minimum, questions, options per question, cuts; per cut
//! 0 and n, or 1 + reason; per shown cut and question a tag (0 counts, 1 unanimous, 2 + reason), then the counts but the
//! last (it follows from n) or the option. Last come eight bytes of FNV-1a over all before: a check against damage.

use crate::{
    plan::{MAX_MINIMUM, MIN_MINIMUM, SuppressionReason},
    released::Released,
    table::{QuestionShape, ResultTable, Row, Stored},
};

const MAGIC: &[u8; 4] = b"HRT\x01";
/// Bounds on what a decoder allocates before it has read that much.
const CUTS_MAX: u64 = 10_000_000;
const QUESTIONS_MAX: u64 = 10_000;
const CELLS_MAX: u64 = 100_000_000;

/// Why stored bytes are not a published table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not a table, or one of a version that this build does not know.
    #[error("not a published table of a known version")]
    Format,
    /// The bytes were cut off or damaged.
    #[error("the published table is damaged")]
    Damaged,
    /// The figures contradict each other or a limit.
    #[error("the published table contradicts itself")]
    Invalid,
}

impl ResultTable {
    /// The stored form; [`ResultTable::decode`] reads it back.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        put(&mut bytes, self.minimum.into());
        put(&mut bytes, self.questions.len() as u64);
        self.questions.iter().for_each(|shape| bytes.push(shape.options));
        put(&mut bytes, self.rows.len() as u64);
        for row in &self.rows {
            match row {
                Row::Hidden(reason) => bytes.push(1 + code_of(*reason)),
                Row::Shown { n, first_cell } => {
                    bytes.push(0);
                    put(&mut bytes, (*n).into());
                    for question in 0..self.questions.len() {
                        self.put_cell(&mut bytes, *first_cell, question);
                    }
                }
            }
        }
        let sum = checksum(&bytes);
        bytes.extend_from_slice(&sum.to_le_bytes());
        bytes
    }

    fn put_cell(&self, bytes: &mut Vec<u8>, first_cell: usize, question: usize) {
        match self.cells[first_cell + question] {
            Stored::Hidden(reason) => bytes.push(2 + code_of(reason)),
            Stored::Unanimous { option } => bytes.extend_from_slice(&[1, option]),
            Stored::Counts { first } => {
                bytes.push(0);
                let all_but_last = usize::from(self.questions[question].options);
                self.counts[first..first + all_but_last].iter().for_each(|&count| put(bytes, count.into()));
            }
        }
    }

    /// Reads back what [`ResultTable::encode`] wrote. Only what a release function wrote belongs in here: the bytes say
    /// what was published, they do not prove it.
    ///
    /// # Errors
    /// [`DecodeError`] where the bytes are cut off, damaged, of an unknown version or contradict themselves. Never panics
    /// and never allocates more than a small multiple of the input.
    pub fn decode(bytes: &[u8]) -> Result<Released<Self>, DecodeError> {
        let body = bytes.strip_prefix(MAGIC).ok_or(DecodeError::Format)?;
        let (body, sum) = body.split_last_chunk::<8>().ok_or(DecodeError::Damaged)?;
        if checksum(&bytes[..bytes.len() - 8]) != u64::from_le_bytes(*sum) {
            return Err(DecodeError::Damaged);
        }
        let mut reader = Reader { rest: body };
        let table = reader.table()?;
        if reader.rest.is_empty() { Ok(Released::new(table)) } else { Err(DecodeError::Invalid) }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn byte(&mut self) -> Result<u8, DecodeError> {
        let (&first, rest) = self.rest.split_first().ok_or(DecodeError::Invalid)?;
        self.rest = rest;
        Ok(first)
    }

    fn number(&mut self, most: u64) -> Result<u64, DecodeError> {
        let mut value = 0_u64;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                // One number has one form, so that equal tables have equal bytes.
                let canonical = shift == 0 || byte != 0;
                return if canonical && value <= most { Ok(value) } else { Err(DecodeError::Invalid) };
            }
        }
        Err(DecodeError::Invalid)
    }

    fn table(&mut self) -> Result<ResultTable, DecodeError> {
        let minimum = self.number(MAX_MINIMUM as u64)? as u32;
        if (minimum as usize) < MIN_MINIMUM {
            return Err(DecodeError::Invalid);
        }
        let questions = (0..self.number(QUESTIONS_MAX)?)
            .map(|_| self.byte().map(|options| QuestionShape { options }))
            .collect::<Result<Vec<_>, _>>()?;
        let cuts = self.number(CUTS_MAX)?;
        let mut table = ResultTable { minimum, questions, rows: Vec::new(), cells: Vec::new(), counts: Vec::new() };
        for _ in 0..cuts {
            self.row(&mut table)?;
        }
        Ok(table)
    }

    fn row(&mut self, table: &mut ResultTable) -> Result<(), DecodeError> {
        let tag = self.byte()?;
        if tag > 0 {
            table.rows.push(Row::Hidden(reason_of(tag - 1)?));
            return Ok(());
        }
        let n = self.number(u32::MAX.into())? as u32;
        if n < table.minimum || (table.cells.len() + table.questions.len()) as u64 > CELLS_MAX {
            return Err(DecodeError::Invalid);
        }
        table.rows.push(Row::Shown { n, first_cell: table.cells.len() });
        for question in 0..table.questions.len() {
            let options = table.questions[question].options;
            let cell = match self.byte()? {
                0 => self.counts(table, n, options)?,
                1 => Stored::Unanimous {
                    option: Some(self.byte()?).filter(|o| *o <= options).ok_or(DecodeError::Invalid)?,
                },
                tag => Stored::Hidden(reason_of(tag - 2)?),
            };
            table.cells.push(cell);
        }
        Ok(())
    }

    fn counts(&mut self, table: &mut ResultTable, n: u32, options: u8) -> Result<Stored, DecodeError> {
        let first = table.counts.len();
        let mut left = n;
        for _ in 0..options {
            let count = self.number(left.into())? as u32;
            left -= count;
            table.counts.push(count);
        }
        table.counts.push(left);
        // Counts that say "all, or all but one" or too few answers are never shown as counts.
        let cell = &table.counts[first..];
        if cell.iter().any(|&count| count >= n - 1) || n - cell[0] < table.minimum {
            return Err(DecodeError::Invalid);
        }
        Ok(Stored::Counts { first })
    }
}

fn put(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn code_of(reason: SuppressionReason) -> u8 {
    match reason {
        SuppressionReason::BelowMinimum => 0,
        SuppressionReason::Complementary => 1,
        SuppressionReason::Unanimous => 2,
        SuppressionReason::NotInPlan => 3,
    }
}

fn reason_of(code: u8) -> Result<SuppressionReason, DecodeError> {
    match code {
        0 => Ok(SuppressionReason::BelowMinimum),
        1 => Ok(SuppressionReason::Complementary),
        2 => Ok(SuppressionReason::Unanimous),
        3 => Ok(SuppressionReason::NotInPlan),
        _ => Err(DecodeError::Invalid),
    }
}

fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
