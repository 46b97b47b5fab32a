//! From sheets to the published table: tally, unanimity, the check for forced answers, freeze.

use crate::{
    forced::{Atoms, Known},
    linear,
    plan::{Candidate, ReleasePlan, SuppressionReason, Verdict},
    released::Released,
    table::{QuestionShape, ResultTable, Row, Stored},
};

/// Up to this many atoms a linear program asks for every answer whether it is forced; beyond, propagation of bounds does.
const LINEAR_ATOMS_MAX: usize = 100;

/// Why nothing is released. No message carries an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseError {
    /// The plan was decided for other candidates or another number of respondents.
    #[error("the plan was decided for other candidates or respondents")]
    OtherPlan,
    /// A sheet has fewer or more codes than there are questions.
    #[error("sheet {sheet}: as many codes as questions are needed")]
    SheetLength {
        /// Index of the sheet.
        sheet: usize,
    },
    /// A sheet holds a code that the question does not have. The code itself is not told.
    #[error("sheet {sheet}, question {question}: no such option")]
    UnknownOption {
        /// Index of the sheet.
        sheet: usize,
        /// Index of the question.
        question: usize,
    },
}

/// Tallies the sheets under a plan and returns the table that may be shown.
///
/// `sheets[r][q]` is the option code that respondent r gave to question q: 0 = skipped or not applicable, else
/// 1..=options. For every question: a cell in which all or all but one chose the same option says only that; a cell in
/// which some, but fewer than k people answered is [`SuppressionReason::BelowMinimum`]; then cells are dropped, least
/// important first, until what remains does not force anybody's answer (see `docs/ANONYMITY.md`, "Unanimity").
///
/// # Errors
/// [`ReleaseError`] where plan, candidates, questions and sheets do not belong together.
pub fn release(
    plan: &ReleasePlan,
    candidates: &[Candidate],
    questions: &[QuestionShape],
    sheets: &[&[u8]],
) -> Result<Released<ResultTable>, ReleaseError> {
    if !plan.is_for(sheets.len(), candidates) {
        return Err(ReleaseError::OtherPlan);
    }
    check(questions, sheets)?;
    let shown: Vec<&[u32]> = plan.shown().map(|cut| candidates[cut].members.as_slice()).collect();
    let atoms = Atoms::new(sheets.len(), &shown);
    let released: Vec<Vec<Draft>> = questions
        .iter()
        .enumerate()
        .map(|(question, shape)| {
            let drafts = shown.iter().map(|members| draft(plan.minimum(), members, question, *shape, sheets)).collect();
            let codes = usize::from(shape.options) + 1;
            let mut people = vec![0; atoms.len() * codes];
            for (respondent, sheet) in sheets.iter().enumerate() {
                if let Some(atom) = atoms.of(respondent) {
                    people[atom as usize * codes + usize::from(sheet[question])] += 1;
                }
            }
            protect(&Ground { atoms: &atoms, shown: &shown, minimum: plan.minimum(), codes, people }, drafts)
        })
        .collect();
    Ok(Released::new(freeze(plan, questions, &shown, &released)))
}

fn check(questions: &[QuestionShape], sheets: &[&[u8]]) -> Result<(), ReleaseError> {
    for (sheet, codes) in sheets.iter().enumerate() {
        if codes.len() != questions.len() {
            return Err(ReleaseError::SheetLength { sheet });
        }
        if let Some(question) = codes.iter().zip(questions).position(|(&code, shape)| code > shape.options) {
            return Err(ReleaseError::UnknownOption { sheet, question });
        }
    }
    Ok(())
}

/// A cell while it is being decided. What a hidden draft knows is dropped with it.
#[derive(Debug, Clone)]
enum Draft {
    Counts(Vec<u32>),
    Unanimous(u8),
    Hidden(SuppressionReason),
}

fn draft(minimum: usize, members: &[u32], question: usize, shape: QuestionShape, sheets: &[&[u8]]) -> Draft {
    let mut counts = vec![0_u32; usize::from(shape.options) + 1];
    for &x in members {
        counts[usize::from(sheets[x as usize][question])] += 1;
    }
    let n = members.len();
    if let Some(option) = counts.iter().position(|&count| count as usize + 1 >= n) {
        return Draft::Unanimous(option as u8);
    }
    let answered = n - counts[0] as usize;
    if answered < minimum { Draft::Hidden(SuppressionReason::BelowMinimum) } else { Draft::Counts(counts) }
}

/// What the cells of one question stand on.
struct Ground<'a> {
    atoms: &'a Atoms,
    shown: &'a [&'a [u32]],
    minimum: usize,
    codes: usize,
    /// The true answers by atom · codes + code.
    people: Vec<u32>,
}

/// Drops cells of one question until no answer is forced.
fn protect(ground: &Ground<'_>, mut drafts: Vec<Draft>) -> Vec<Draft> {
    let Ground { atoms, shown, minimum, codes, people } = ground;
    let mut free = vec![false; atoms.len()];
    if *codes < 2 {
        // A question without options has nothing to give away.
        return drafts;
    }
    loop {
        let known: Vec<Known> =
            drafts.iter().zip(*shown).map(|(draft, members)| known(draft, members.len(), *minimum, *codes)).collect();
        let (found, ranges) = atoms.forced(*codes, &known);
        let mut reasons: Vec<Vec<usize>> = found.into_iter().map(|forced| forced.because).collect();
        if reasons.is_empty() && atoms.len() <= LINEAR_ATOMS_MAX {
            let around = |atom| atoms.cuts_at(atom).iter().map(|&cut| cut as usize).collect();
            reasons =
                linear::forced(atoms, *codes, &known, &ranges, people, &mut free).into_iter().map(around).collect();
            let speaks = |cuts: &Vec<usize>| cuts.iter().any(|&cut| known[cut].is_some());
            reasons.retain(speaks);
        }
        if reasons.is_empty() {
            return drafts;
        }
        let mut dropped = vec![false; drafts.len()];
        for cuts in reasons {
            // Where this round has already taken a cell away from the argument, look again first.
            if !cuts.iter().any(|&cut| dropped[cut])
                && let Some(cut) = drop_one(&cuts, &mut drafts)
            {
                dropped[cut] = true;
            }
        }
    }
}

/// Gives up one cell: counts before bounds, bounds before the word that few answered, later groups before earlier ones.
fn drop_one(cuts: &[usize], drafts: &mut [Draft]) -> Option<usize> {
    let last = |wanted: fn(&Draft) -> bool| cuts.iter().rev().copied().find(|&cut| wanted(&drafts[cut]));
    let counts = last(|draft| matches!(draft, Draft::Counts(_)));
    let few = || last(|draft| matches!(draft, Draft::Hidden(SuppressionReason::BelowMinimum)));
    let bound = || last(|draft| matches!(draft, Draft::Unanimous(_))).or_else(few);
    let reason = if counts.is_some() { SuppressionReason::Complementary } else { SuppressionReason::Unanimous };
    let cut = counts.or_else(bound)?;
    drafts[cut] = Draft::Hidden(reason);
    Some(cut)
}

/// What a cell tells a reader, for every code.
fn known(draft: &Draft, n: usize, minimum: usize, codes: usize) -> Known {
    let (n, few) = (n as u32, minimum as u32 - 1);
    match draft {
        // The reader knows that two to k − 1 people answered.
        Draft::Hidden(SuppressionReason::BelowMinimum) => {
            Some((0..codes).map(|code| if code == 0 { (n - few, n - 2) } else { (0, few) }).collect())
        }
        Draft::Hidden(_) => None,
        Draft::Counts(counts) => Some(counts.iter().map(|&count| (count, count)).collect()),
        Draft::Unanimous(option) => {
            let range = |code| if code == usize::from(*option) { (n - 1, n) } else { (0, 1) };
            Some((0..codes).map(range).collect())
        }
    }
}

fn freeze(plan: &ReleasePlan, questions: &[QuestionShape], shown: &[&[u32]], drafts: &[Vec<Draft>]) -> ResultTable {
    let mut table = ResultTable {
        minimum: plan.minimum() as u32,
        questions: questions.to_vec(),
        rows: Vec::with_capacity(plan.len()),
        cells: Vec::with_capacity(shown.len() * questions.len()),
        counts: Vec::new(),
    };
    let mut next = 0;
    for cut in 0..plan.len() {
        if let Verdict::Hidden(reason) = plan.verdict(cut) {
            table.rows.push(Row::Hidden(reason));
            continue;
        }
        table.rows.push(Row::Shown { n: shown[next].len() as u32, first_cell: table.cells.len() });
        for question in drafts {
            let stored = match &question[next] {
                Draft::Hidden(reason) => Stored::Hidden(*reason),
                Draft::Unanimous(option) => Stored::Unanimous { option: *option },
                Draft::Counts(counts) => {
                    let first = table.counts.len();
                    table.counts.extend_from_slice(counts);
                    Stored::Counts { first }
                }
            };
            table.cells.push(stored);
        }
        next += 1;
    }
    table
}
