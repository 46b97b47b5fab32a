//! The released comments of a whole wave, as they are stored and read back.

use serde::{Deserialize, Serialize};

use crate::{
    codec::DecodeError,
    comments::{CommentError, CommentPlan, release_comments},
    plan::{Candidate, SuppressionReason, Verdict},
    released::Released,
};

/// The comments of one wave that may be read, by question and group. A hidden group leaves no text here.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentTable {
    version: u8,
    /// `[question][group]`.
    cells: Vec<Vec<CommentCell>>,
}

/// What the table says of one question and group.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CommentCell {
    Shown(Vec<String>),
    Hidden(SuppressionReason),
}

const VERSION: u8 = 1;

impl CommentTable {
    /// The comments of a group on a question, in the order they were shuffled into.
    ///
    /// # Errors
    /// The reason for which they are not shown.
    pub fn comments(&self, question: usize, cut: usize) -> Result<&[String], SuppressionReason> {
        match self.cells.get(question).and_then(|cuts| cuts.get(cut)) {
            Some(CommentCell::Shown(texts)) => Ok(texts),
            Some(CommentCell::Hidden(reason)) => Err(*reason),
            None => Err(SuppressionReason::NotInPlan),
        }
    }

    /// The bytes to store.
    pub fn encode(&self) -> Vec<u8> {
        // Texts and numbers only: serialising them cannot fail, and no bytes are refused when they are read.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads what [`CommentTable::encode`] wrote.
    ///
    /// # Errors
    /// [`DecodeError`] when the bytes are anything else.
    pub fn decode(bytes: &[u8]) -> Result<Released<Self>, DecodeError> {
        let table: Self = serde_json::from_slice(bytes).map_err(|_| DecodeError::Format)?;
        if table.version == VERSION { Ok(Released::new(table)) } else { Err(DecodeError::Format) }
    }
}

/// Releases the comments of a wave under its plan.
///
/// `texts[q][i]` is the comment of question q's i-th commenter, as [`crate::comment_plan`] was given them. `order(n)` is a
/// fresh random permutation of 0..n: it is asked anew for every group and question, since a shared order would tell which
/// comments have one author.
///
/// # Errors
/// [`CommentError`] where plan, groups, texts and orders do not belong together.
pub fn release_comment_table(
    plan: &CommentPlan,
    candidates: &[Candidate],
    texts: &[Vec<String>],
    mut order: impl FnMut(usize) -> Vec<usize>,
) -> Result<Released<CommentTable>, CommentError> {
    let mut cells = Vec::with_capacity(plan.questions());
    for question in 0..plan.questions() {
        let mut row = Vec::with_capacity(candidates.len());
        for cut in 0..candidates.len() {
            row.push(match plan.verdict(question, cut) {
                Verdict::Hidden(reason) => CommentCell::Hidden(reason),
                Verdict::Shown | Verdict::ShownDerivable => {
                    let order = order(plan.commenters_in(question, &candidates[cut]));
                    let texts = texts.get(question).ok_or(CommentError::Question)?;
                    let released = release_comments(plan, question, candidates, cut, texts, &order)?;
                    CommentCell::Shown(released.get().clone())
                }
            });
        }
        cells.push(row);
    }
    Ok(Released::new(CommentTable { version: VERSION, cells }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comments::comment_plan;

    #[test]
    fn what_is_stored_reads_back_and_hidden_groups_leave_no_text() {
        let candidates = [
            Candidate { members: (0..20).collect() },
            Candidate { members: (0..12).collect() },
            Candidate { members: vec![12, 13] },
        ];
        let commenters: Vec<u32> = (0..12).collect();
        let plan = comment_plan(20, &[commenters], 10, &candidates).unwrap();
        let texts: Vec<String> = (0..12).map(|at| format!("text {at}")).collect();
        let table = release_comment_table(&plan, &candidates, &[texts], |n| (0..n).rev().collect()).unwrap();
        assert_eq!(table.comments(0, 1).unwrap().len(), 12);
        assert_eq!(table.comments(0, 1).unwrap()[0], "text 11");
        assert!(table.comments(0, 2).is_err());
        assert!(table.comments(1, 0).is_err());
        assert_eq!(CommentTable::decode(&table.encode()).unwrap(), table);
        assert!(CommentTable::decode(b"{}").is_err());
        assert!(CommentTable::decode(b"\xff").is_err());
    }
}
