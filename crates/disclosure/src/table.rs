//! The published table of one wave: one cell per shown group and question.

use crate::plan::SuppressionReason;

/// How one closed question can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuestionShape {
    /// Option codes are 1..=`options`; 0 on a sheet means skipped or not applicable, and counts as an option of its own.
    pub options: u8,
}

/// The counts of one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts<'a> {
    /// Counts by option code; entry 0 is "skipped".
    by_code: &'a [u32],
}

impl<'a> Counts<'a> {
    pub(crate) fn new(by_code: &'a [u32]) -> Self {
        Self { by_code }
    }

    /// People who chose an option.
    pub fn answered(&self) -> u32 {
        self.options().iter().sum()
    }

    /// People who skipped the question or to whom it does not apply.
    pub fn skipped(&self) -> u32 {
        self.by_code.first().copied().unwrap_or(0)
    }

    /// People per option; entry 0 is option 1.
    pub fn options(&self) -> &'a [u32] {
        self.by_code.get(1..).unwrap_or(&[])
    }
}

/// What the table says of one group and one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// The counts.
    Shown(Counts<'a>),
    /// Everybody, or everybody but one, gave the same answer: "at least n − 1 of n".
    Unanimous {
        /// People in the group.
        n: u32,
        /// The option that at least n − 1 of them chose; 0 is "skipped".
        option: u8,
    },
    /// Nothing is said.
    Hidden(SuppressionReason),
}

/// How a group stands in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Row {
    Hidden(SuppressionReason),
    Shown { n: u32, first_cell: usize },
}

/// One stored cell; counts live in one flat vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stored {
    Counts { first: usize },
    Unanimous { option: u8 },
    Hidden(SuppressionReason),
}

/// The published results of one wave. It holds what may be seen and nothing else: a cell that is not shown leaves no
/// trace of its counts here.
#[derive(Clone, PartialEq, Eq)]
pub struct ResultTable {
    pub(crate) minimum: u32,
    pub(crate) questions: Vec<QuestionShape>,
    pub(crate) rows: Vec<Row>,
    pub(crate) cells: Vec<Stored>,
    pub(crate) counts: Vec<u32>,
}

impl ResultTable {
    /// How many groups the table knows, shown or not.
    pub fn cuts(&self) -> usize {
        self.rows.len()
    }

    /// How many questions the table has.
    pub fn questions(&self) -> usize {
        self.questions.len()
    }

    /// The shape of a question; `None` beyond the last.
    pub fn shape(&self, question: usize) -> Option<QuestionShape> {
        self.questions.get(question).copied()
    }

    /// The minimum group the table was released with.
    pub fn minimum(&self) -> u32 {
        self.minimum
    }

    /// How many people of a shown group answered the survey; `None` for a group that is not shown.
    pub fn respondents(&self, cut: usize) -> Option<u32> {
        match self.rows.get(cut)? {
            Row::Shown { n, .. } => Some(*n),
            Row::Hidden(_) => None,
        }
    }

    /// What the table says of one group and one question. A group or question it does not know is
    /// [`SuppressionReason::NotInPlan`].
    pub fn cell(&self, cut: usize, question: usize) -> Cell<'_> {
        let unknown = Cell::Hidden(SuppressionReason::NotInPlan);
        let (Some(row), Some(shape)) = (self.rows.get(cut), self.questions.get(question)) else { return unknown };
        let (n, first_cell) = match *row {
            Row::Hidden(reason) => return Cell::Hidden(reason),
            Row::Shown { n, first_cell } => (n, first_cell),
        };
        match self.cells.get(first_cell + question) {
            None => unknown,
            Some(&Stored::Hidden(reason)) => Cell::Hidden(reason),
            Some(&Stored::Unanimous { option }) => Cell::Unanimous { n, option },
            Some(&Stored::Counts { first }) => {
                let end = first + usize::from(shape.options) + 1;
                self.counts.get(first..end).map_or(unknown, |counts| Cell::Shown(Counts::new(counts)))
            }
        }
    }
}
