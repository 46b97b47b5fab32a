//! The release plan: which groups of a wave are shown, decided once, from membership alone.

use serde::{Deserialize, Serialize};

use crate::{blocks::Blocks, blocks::Fit, certificate::Certificate};

/// The smallest minimum group a plan accepts.
pub const MIN_MINIMUM: usize = 3;
/// The largest minimum group a plan accepts.
pub const MAX_MINIMUM: usize = 20;

/// A group whose results could be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Distinct respondent indices below the number of respondents, ascending.
    pub members: Vec<u32>,
}

/// Why a group, or one cell of it, is not shown. Says nothing about answers beyond the fact itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SuppressionReason {
    /// Fewer people than the minimum.
    BelowMinimum,
    /// Together with what is shown already, this would allow conclusions on fewer people than the minimum.
    Complementary,
    /// The answers are so alike that the cell would give single answers away.
    Unanimous,
    /// The group was never a candidate of the plan.
    NotInPlan,
}

/// What a plan says of one candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// Shown; it is an independent row of the certificate.
    Shown,
    /// Shown; it is a sum and difference of rows shown already, so it adds no knowledge.
    ShownDerivable,
    /// Not shown.
    Hidden(SuppressionReason),
}

impl Verdict {
    /// Whether the group is shown.
    pub fn is_shown(self) -> bool {
        !matches!(self, Self::Hidden(_))
    }
}

/// Why no plan can be decided from this input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The minimum group is outside [`MIN_MINIMUM`]..=[`MAX_MINIMUM`].
    #[error("the minimum group must be {MIN_MINIMUM} to {MAX_MINIMUM}, not {0}")]
    Minimum(usize),
    /// More respondents than a respondent index can name.
    #[error("too many respondents: {0}")]
    Respondents(usize),
    /// The members of this candidate are not ascending and distinct, or name a respondent that does not exist.
    #[error("candidate {0}: members must be distinct, ascending and below the number of respondents")]
    Members(usize),
}

/// Which candidates of a wave are shown: immutable, and the same for every question of the wave.
///
/// For a *preview* before launch, decide the same plan with the invitees as respondents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasePlan {
    respondents: usize,
    minimum: usize,
    rank: usize,
    fingerprint: u64,
    verdicts: Vec<Verdict>,
}

impl ReleasePlan {
    /// Decides a plan by the disjoint-bases certificate (`docs/ANONYMITY.md`).
    ///
    /// `candidates` come in priority order: an earlier group is never given up for a later one. `minimum` is k: no group
    /// is shown with fewer members, and nothing that follows from all shown groups together speaks of fewer than k people.
    ///
    /// # Errors
    /// [`PlanError`] where the minimum is out of range or a candidate's members are not ascending, distinct and known.
    pub fn decide(respondents: usize, minimum: usize, candidates: &[Candidate]) -> Result<Self, PlanError> {
        Self::check(respondents, minimum, candidates)?;
        let mut certificate = Certificate::new(respondents, minimum);
        let verdicts = candidates.iter().map(|candidate| certificate.judge(&candidate.members)).collect();
        Ok(Self::new(respondents, minimum, certificate.rank(), candidates, verdicts))
    }

    /// Decides a plan by the stricter rule of atoms: people who are in the same shown groups always number at least
    /// `minimum`, so every published figure stays the same when two people of an atom swap their answers.
    ///
    /// It shows fewer groups than [`ReleasePlan::decide`] and is needed where items can be recognised across groups, as
    /// comments can. `rank` then counts atoms.
    ///
    /// # Errors
    /// As for [`ReleasePlan::decide`].
    pub fn decide_strict(respondents: usize, minimum: usize, candidates: &[Candidate]) -> Result<Self, PlanError> {
        Self::check(respondents, minimum, candidates)?;
        let mut blocks = Blocks::new(respondents);
        let verdicts =
            candidates.iter().map(|candidate| judge_strict(&mut blocks, minimum, &candidate.members)).collect();
        Ok(Self::new(respondents, minimum, blocks.rank(), candidates, verdicts))
    }

    /// Whether a plan can be decided from this input.
    pub(crate) fn check(respondents: usize, minimum: usize, candidates: &[Candidate]) -> Result<(), PlanError> {
        if !(MIN_MINIMUM..=MAX_MINIMUM).contains(&minimum) {
            return Err(PlanError::Minimum(minimum));
        }
        if respondents >= u32::MAX as usize {
            return Err(PlanError::Respondents(respondents));
        }
        let sound = |members: &[u32]| {
            members.windows(2).all(|pair| pair[0] < pair[1])
                && members.last().is_none_or(|&x| (x as usize) < respondents)
        };
        match candidates.iter().position(|candidate| !sound(&candidate.members)) {
            Some(candidate) => Err(PlanError::Members(candidate)),
            None => Ok(()),
        }
    }

    fn new(respondents: usize, minimum: usize, rank: usize, candidates: &[Candidate], verdicts: Vec<Verdict>) -> Self {
        Self { respondents, minimum, rank, fingerprint: fingerprint(respondents, candidates), verdicts }
    }

    /// How many people answered (or, in a preview, are invited).
    pub fn respondents(&self) -> usize {
        self.respondents
    }

    /// The minimum group, k.
    pub fn minimum(&self) -> usize {
        self.minimum
    }

    /// How many independent rows are published; never more than [`ReleasePlan::budget`].
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// ⌊N/k⌋: the most independent rows that N respondents can carry, whatever the groups.
    pub fn budget(&self) -> usize {
        self.respondents / self.minimum
    }

    /// How many candidates the plan has judged.
    pub fn len(&self) -> usize {
        self.verdicts.len()
    }

    /// Whether the plan has judged no candidate.
    pub fn is_empty(&self) -> bool {
        self.verdicts.is_empty()
    }

    /// What the plan says of a candidate; a candidate it never judged is [`SuppressionReason::NotInPlan`].
    pub fn verdict(&self, candidate: usize) -> Verdict {
        self.verdicts.get(candidate).copied().unwrap_or(Verdict::Hidden(SuppressionReason::NotInPlan))
    }

    /// The candidates that are shown, in priority order.
    pub fn shown(&self) -> impl Iterator<Item = usize> {
        (0..self.verdicts.len()).filter(|&candidate| self.verdicts[candidate].is_shown())
    }

    /// Whether the plan was decided for exactly these candidates. It guards against mixing up waves, not against forgery.
    pub fn is_for(&self, respondents: usize, candidates: &[Candidate]) -> bool {
        self.respondents == respondents
            && self.verdicts.len() == candidates.len()
            && self.fingerprint == fingerprint(respondents, candidates)
    }
}

/// The rule of atoms: whatever a group splits, both parts must keep the minimum. Who is in no shown group may be few,
/// for nothing is said of them.
fn judge_strict(blocks: &mut Blocks, minimum: usize, group: &[u32]) -> Verdict {
    if group.len() < minimum {
        return Verdict::Hidden(SuppressionReason::BelowMinimum);
    }
    let parts = match blocks.fit(group) {
        Fit::Union => return Verdict::ShownDerivable,
        Fit::Splits(block) => vec![block],
        Fit::Crosses(parts) => parts,
    };
    let sound = |&block: &u32| {
        let (inside, size) = (blocks.hits(block), blocks.size(block));
        inside >= minimum && (block == 0 || size - inside >= minimum)
    };
    if !parts.iter().all(sound) {
        return Verdict::Hidden(SuppressionReason::Complementary);
    }
    for block in parts {
        blocks.split(group, block);
    }
    Verdict::Shown
}

/// FNV-1a over the membership: enough to notice that a plan and its candidates do not belong together.
fn fingerprint(respondents: usize, candidates: &[Candidate]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut mix = |word: u64| hash = (hash ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(29);
    mix(respondents as u64);
    for candidate in candidates {
        mix(u64::MAX);
        candidate.members.iter().for_each(|&x| mix(u64::from(x)));
    }
    hash
}
