//! The privacy notice: what a survey promises before its first question, as data and in plain words.

use std::{collections::BTreeSet, ops::RangeInclusive};

use serde::{Deserialize, Serialize};

/// How small a group the notice may let results be shown for.
pub const MINIMUM_GROUP: RangeInclusive<u32> = 3..=20;
/// How many days answers may be kept after the close of a wave.
pub const RETENTION_DAYS: RangeInclusive<u32> = 1..=3_650;
/// The largest threshold for comments; more would promise comments that never appear.
const MAX_COMMENT_MINIMUM: u32 = 20;

named_values! {
    /// How closely an answer is tied to the person who gave it.
    AnonymityMode {
        /// Answers belong to the person.
        Named = "NAMED",
        /// The server sees who answers while it accepts the sheet, and keeps no link.
        Confidential = "CONFIDENTIAL",
        /// Blind-signed ballots: the server cannot link an answer to a person.
        Unlinkable = "UNLINKABLE",
    }
}

named_values! {
    /// Who may read, as the notice names them.
    ReaderRole {
        /// Administrators.
        Admin = "ADMIN",
        /// The people team.
        PeoplePartner = "PEOPLE_PARTNER",
        /// The leadership of the whole organisation.
        Executive = "EXECUTIVE",
        /// Managers, for their own teams.
        Manager = "MANAGER",
        /// Everybody.
        Employee = "EMPLOYEE",
    }
}

/// The promise under which a survey is answered; frozen when the survey is launched.
///
/// When it was frozen is kept beside it, by whoever has a clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrivacyNotice {
    /// How closely an answer is tied to a person.
    pub mode: AnonymityMode,
    /// The fewest respondents a shown group may have: 3 to 20.
    pub minimum_group: u32,
    /// The fewest people who must have commented before a group's comments are shown: `minimum_group` to 20.
    pub comment_minimum: u32,
    /// Who may read published results.
    pub results_visible_to: BTreeSet<ReaderRole>,
    /// Who may read comments; may be nobody.
    pub comments_visible_to: BTreeSet<ReaderRole>,
    /// How many days after the close single sheets and comments are deleted: 1 to 3,650. What was published stays.
    pub retention_days: u32,
}

/// What keeps a notice from being given; `Display` says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoticeProblem {
    /// The minimum group is out of range.
    #[error("the minimum group must be {} to {}", MINIMUM_GROUP.start(), MINIMUM_GROUP.end())]
    MinimumGroup,
    /// The threshold of comments is below the one of results, or too high.
    #[error("the minimum for comments must be at least the minimum group and at most {MAX_COMMENT_MINIMUM}")]
    CommentMinimum,
    /// Nobody could read the results.
    #[error("nobody may see the results: name at least one role")]
    NoReader,
    /// The retention period is out of range.
    #[error("answers must be kept {} to {} days", RETENTION_DAYS.start(), RETENTION_DAYS.end())]
    RetentionDays,
}

impl NoticeProblem {
    /// The field of [`PrivacyNotice`] that has to change.
    pub const fn field(self) -> &'static str {
        match self {
            Self::MinimumGroup => "minimum_group",
            Self::CommentMinimum => "comment_minimum",
            Self::NoReader => "results_visible_to",
            Self::RetentionDays => "retention_days",
        }
    }
}

impl Default for PrivacyNotice {
    /// Confidential, groups of 5, comments of 10, two years; managers see their results, the people team the comments.
    fn default() -> Self {
        use ReaderRole::{Admin, Executive, Manager, PeoplePartner};
        Self {
            mode: AnonymityMode::Confidential,
            minimum_group: 5,
            comment_minimum: 10,
            results_visible_to: BTreeSet::from([Admin, PeoplePartner, Executive, Manager]),
            comments_visible_to: BTreeSet::from([Admin, PeoplePartner]),
            retention_days: 730,
        }
    }
}

impl PrivacyNotice {
    /// Whether this notice may be given.
    ///
    /// # Errors
    /// Every problem, in the order of the fields: never an empty list.
    pub fn check(&self) -> Result<(), Vec<NoticeProblem>> {
        let comments = self.minimum_group..=MAX_COMMENT_MINIMUM;
        let problems: Vec<NoticeProblem> = [
            (MINIMUM_GROUP.contains(&self.minimum_group), NoticeProblem::MinimumGroup),
            (comments.contains(&self.comment_minimum), NoticeProblem::CommentMinimum),
            (!self.results_visible_to.is_empty(), NoticeProblem::NoReader),
            (RETENTION_DAYS.contains(&self.retention_days), NoticeProblem::RetentionDays),
        ]
        .into_iter()
        .filter_map(|(holds, problem)| (!holds).then_some(problem))
        .collect();
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(change: impl FnOnce(&mut PrivacyNotice)) -> Vec<NoticeProblem> {
        let mut notice = PrivacyNotice::default();
        change(&mut notice);
        notice.check().err().unwrap_or_default()
    }

    #[test]
    fn thresholds_have_bounds() {
        assert_eq!(problems(|_| {}), []);
        for minimum in [3, 20] {
            assert_eq!(problems(|n| (n.minimum_group, n.comment_minimum) = (minimum, 20)), []);
        }
        assert_eq!(problems(|n| n.minimum_group = 2), [NoticeProblem::MinimumGroup]);
        assert_eq!(problems(|n| n.minimum_group = 21), [NoticeProblem::MinimumGroup, NoticeProblem::CommentMinimum]);
        assert_eq!(problems(|n| n.comment_minimum = 4), [NoticeProblem::CommentMinimum]);
        assert_eq!(problems(|n| n.comment_minimum = 5), []);
        assert_eq!(problems(|n| n.results_visible_to.clear()), [NoticeProblem::NoReader]);
        assert_eq!(problems(|n| n.comments_visible_to.clear()), []);
        assert_eq!(problems(|n| n.retention_days = 0), [NoticeProblem::RetentionDays]);
    }

    #[test]
    fn json_keeps_the_names_of_the_schema() {
        let json = serde_json::to_string(&PrivacyNotice::default()).unwrap();
        assert_eq!(
            json,
            r#"{"mode":"CONFIDENTIAL","minimum_group":5,"comment_minimum":10,"results_visible_to":["ADMIN","PEOPLE_PARTNER","EXECUTIVE","MANAGER"],"comments_visible_to":["ADMIN","PEOPLE_PARTNER"],"retention_days":730}"#
        );
        assert_eq!(serde_json::from_str::<PrivacyNotice>(&json).unwrap(), PrivacyNotice::default());
        assert!(serde_json::from_str::<PrivacyNotice>(&json.replace("\"mode\"", "\"note\":1,\"mode\"")).is_err());
    }
}
