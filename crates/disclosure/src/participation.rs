//! How many took part, in bands: enough to see whether to remind, too coarse to see who did not answer.

use serde::{Deserialize, Serialize};

use crate::{
    codec::DecodeError,
    forced::{Atoms, Known},
    plan::{Candidate, ReleasePlan, SuppressionReason, Verdict},
    release::ReleaseError,
    released::Released,
};

/// A share of the invited, as a range of whole counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Band {
    /// People invited.
    pub invited: u32,
    /// The band's lower end in per cent of the invited, inclusive.
    pub from_percent: u8,
    /// The band's upper end in per cent, exclusive; 100 is inclusive.
    pub to_percent: u8,
}

/// Participation bands by candidate of an invitees' plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParticipationTable {
    bands: Vec<Result<Band, SuppressionReason>>,
}

impl ParticipationTable {
    /// The bytes to store.
    pub fn encode(&self) -> Vec<u8> {
        // Numbers only: serialising them cannot fail.
        serde_json::to_vec(&self.bands).unwrap_or_default()
    }

    /// Reads what [`ParticipationTable::encode`] wrote.
    ///
    /// # Errors
    /// [`DecodeError`] when the bytes are anything else.
    pub fn decode(bytes: &[u8]) -> Result<Released<Self>, DecodeError> {
        let bands = serde_json::from_slice(bytes).map_err(|_| DecodeError::Format)?;
        Ok(Released::new(Self { bands }))
    }

    /// The band of a candidate, or why there is none.
    ///
    /// # Errors
    /// The reason for which nothing is said of the candidate.
    pub fn band(&self, candidate: usize) -> Result<Band, SuppressionReason> {
        self.bands.get(candidate).copied().unwrap_or(Err(SuppressionReason::NotInPlan))
    }
}

/// Releases participation bands under a plan that was decided with the *invitees* as respondents.
///
/// `answered[i]` says whether invitee i has answered. Bands are 10 points wide for groups of 30 and more, 20 points from
/// 15, and halves below, so that each band leaves several possible counts and neither "all" nor "nobody" is ever
/// certain. Bands that together would still force one person's participation are dropped.
///
/// # Errors
/// [`ReleaseError::OtherPlan`] where plan, candidates and invitees do not belong together.
pub fn release_participation(
    plan: &ReleasePlan,
    candidates: &[Candidate],
    answered: &[bool],
) -> Result<Released<ParticipationTable>, ReleaseError> {
    if !plan.is_for(answered.len(), candidates) {
        return Err(ReleaseError::OtherPlan);
    }
    let shown: Vec<usize> = plan.shown().collect();
    let groups: Vec<&[u32]> = shown.iter().map(|&cut| candidates[cut].members.as_slice()).collect();
    let atoms = Atoms::new(answered.len(), &groups);
    let mut bands: Vec<Option<Band>> = groups.iter().map(|group| Some(band(group, answered))).collect();
    loop {
        let known: Vec<Known> = bands.iter().map(|band| band.map(ranges)).collect();
        let (forced, _) = atoms.forced(2, &known);
        if forced.is_empty() {
            break;
        }
        for certain in forced {
            let open = certain.because.iter().all(|&cut| bands[cut].is_some());
            if let Some(&last) = certain.because.last().filter(|_| open) {
                bands[last] = None;
            }
        }
    }
    let mut table: Vec<_> = (0..plan.len())
        .map(|cut| match plan.verdict(cut) {
            Verdict::Hidden(reason) => Err(reason),
            _ => Err(SuppressionReason::Unanimous),
        })
        .collect();
    for (cut, band) in shown.into_iter().zip(bands) {
        if let Some(band) = band {
            table[cut] = Ok(band);
        }
    }
    Ok(Released::new(ParticipationTable { bands: table }))
}

fn width(invited: u32) -> u8 {
    match invited {
        30.. => 10,
        15.. => 20,
        _ => 50,
    }
}

fn band(group: &[u32], answered: &[bool]) -> Band {
    let invited = group.len() as u32;
    let count = group.iter().filter(|&&x| answered[x as usize]).count() as u64;
    let width = width(invited);
    let step = (count * 100 / (u64::from(invited) * u64::from(width))).min(u64::from(100 / width) - 1) as u8;
    Band { invited, from_percent: step * width, to_percent: (step + 1) * width }
}

/// The counts a band leaves: (not answered, answered).
fn ranges(band: Band) -> Vec<(u32, u32)> {
    let n = u64::from(band.invited);
    let least = (n * u64::from(band.from_percent)).div_ceil(100) as u32;
    let most =
        if band.to_percent == 100 { n as u32 } else { ((n * u64::from(band.to_percent)).div_ceil(100) - 1) as u32 };
    vec![(band.invited - most, band.invited - least), (least, most)]
}
