//! Free text: whose comments may be shown, and the shuffled road out.
//!
//! A comment can be recognised again in every group that shows it, so sums are not the measure: two groups that show the
//! same text tell that its author is in both. Comments are therefore decided by atoms (see `docs/ANONYMITY.md`,
//! "Comments"), from who commented, never from what was written.

use serde::{Deserialize, Serialize};

use crate::{
    plan::{Candidate, PlanError, ReleasePlan, SuppressionReason, Verdict},
    released::Released,
};

/// For each question, which candidates' comments are shown. Decided once, from who commented only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentPlan {
    questions: Vec<QuestionComments>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct QuestionComments {
    /// Respondents who commented, ascending; the plan's respondents are indices into this.
    commenters: Vec<u32>,
    plan: ReleasePlan,
}

/// Why no comment plan can be decided, or why no comments are released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommentError {
    /// The candidates or the minimum are not sound.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The commenters of this question are not distinct, ascending respondents.
    #[error("question {0}: commenters must be distinct, ascending and below the number of respondents")]
    Commenters(usize),
    /// The plan has no such question.
    #[error("the plan has no such question")]
    Question,
    /// The group's comments are hidden.
    #[error("the comments of this group are not shown")]
    Hidden(SuppressionReason),
    /// The plan was decided for other candidates or the texts do not match the commenters.
    #[error("plan, group and texts do not belong together")]
    OtherPlan,
    /// The order is not a permutation of the group's comments.
    #[error("the order must name every comment of the group exactly once")]
    Order,
}

/// Decides for each question which candidates' comments are shown.
///
/// `commenters[q]` are the respondents who commented on question q (ascending, distinct); `minimum` is the comments' own
/// (10 by default): fewer commenters in a group, in the difference or in the overlap of shown groups are never shown.
/// Pass the candidates of the team tree only; attribute filters on texts invite guessing.
///
/// # Errors
/// [`CommentError`] where commenters, candidates or the minimum are not sound.
pub fn comment_plan(
    respondents: usize,
    commenters: &[Vec<u32>],
    minimum: usize,
    candidates: &[Candidate],
) -> Result<CommentPlan, CommentError> {
    let sound = |list: &[u32]| {
        list.windows(2).all(|pair| pair[0] < pair[1]) && list.last().is_none_or(|&x| (x as usize) < respondents)
    };
    if let Some(question) = commenters.iter().position(|list| !sound(list)) {
        return Err(CommentError::Commenters(question));
    }
    // The candidates are checked once against all respondents: the projections below would hide what is wrong with them.
    ReleasePlan::check(respondents, minimum, candidates)?;
    let questions = commenters
        .iter()
        .map(|list| {
            let projected: Vec<Candidate> = candidates.iter().map(|candidate| project(list, candidate)).collect();
            let plan = ReleasePlan::decide_strict(list.len(), minimum, &projected)?;
            Ok(QuestionComments { commenters: list.clone(), plan })
        })
        .collect::<Result<_, PlanError>>()?;
    Ok(CommentPlan { questions })
}

/// A candidate's members among the commenters, as indices into the commenters.
fn project(commenters: &[u32], candidate: &Candidate) -> Candidate {
    let index = |x: &u32| commenters.binary_search(x).ok().map(|at| at as u32);
    Candidate { members: candidate.members.iter().filter_map(index).collect() }
}

impl CommentPlan {
    /// What the plan says of one question and candidate; what it never judged is [`SuppressionReason::NotInPlan`].
    pub fn verdict(&self, question: usize, candidate: usize) -> Verdict {
        let unknown = Verdict::Hidden(SuppressionReason::NotInPlan);
        self.questions.get(question).map_or(unknown, |question| question.plan.verdict(candidate))
    }

    /// How many people of a candidate commented on a question.
    pub(crate) fn commenters_in(&self, question: usize, candidate: &Candidate) -> usize {
        self.questions.get(question).map_or(0, |question| project(&question.commenters, candidate).members.len())
    }

    /// How many questions the plan has.
    pub fn questions(&self) -> usize {
        self.questions.len()
    }
}

/// Releases the comments of one group on one question, in the order given.
///
/// `texts[i]` is the comment of the question's i-th commenter, in the order in which [`comment_plan`] was given them.
/// `order` is a random permutation of 0..m, m being the comments of the group; this crate draws no randomness. Draw a new
/// one for every group and question: a shared order would tell which comments have one author.
///
/// # Errors
/// [`CommentError::Hidden`] where the plan does not show the group; other kinds where the input does not fit the plan.
pub fn release_comments(
    plan: &CommentPlan,
    question: usize,
    candidates: &[Candidate],
    cut: usize,
    texts: &[String],
    order: &[usize],
) -> Result<Released<Vec<String>>, CommentError> {
    let QuestionComments { commenters, plan } = plan.questions.get(question).ok_or(CommentError::Question)?;
    if let Verdict::Hidden(reason) = plan.verdict(cut) {
        return Err(CommentError::Hidden(reason));
    }
    let projected: Vec<Candidate> = candidates.iter().map(|candidate| project(commenters, candidate)).collect();
    if texts.len() != commenters.len() || !plan.is_for(commenters.len(), &projected) {
        return Err(CommentError::OtherPlan);
    }
    let members = &projected[cut].members;
    let mut seen = vec![false; members.len()];
    let fresh = |&at: &usize| seen.get_mut(at).is_some_and(|seen| !std::mem::replace(seen, true));
    if order.len() != members.len() || !order.iter().all(fresh) {
        return Err(CommentError::Order);
    }
    Ok(Released::new(order.iter().map(|&at| texts[members[at] as usize].clone()).collect()))
}
