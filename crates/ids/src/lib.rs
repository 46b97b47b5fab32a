//! Typed, prefixed, opaque ids: `per_01k…` names a person and nothing else.
//!
//! An id is 128 random or time-ordered bits. Outside the database it is written as a three-letter prefix, an
//! underscore and 26 characters of Crockford's base 32 in lower case; only that one spelling is accepted, so that two
//! different strings never name the same object. This crate draws no ids: whoever needs one asks an injected source.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const DIGITS: usize = 26;

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text does not begin with the prefix of the wanted kind.
    #[error("not an id of this kind: it should begin with \"{0}_\"")]
    Prefix(&'static str),
    /// The part after the prefix is not 26 characters of canonical base 32.
    #[error("malformed id")]
    Malformed,
}

fn encode(prefix: &str, value: Uuid, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut bits = value.as_u128();
    let mut text = [0u8; DIGITS];
    for slot in text.iter_mut().rev() {
        *slot = ALPHABET[(bits & 31) as usize];
        bits >>= 5;
    }
    f.write_str(prefix)?;
    f.write_str("_")?;
    // The alphabet is ASCII, so this cannot fail.
    f.write_str(std::str::from_utf8(&text).unwrap_or_default())
}

fn decode(prefix: &'static str, text: &str) -> Result<Uuid, IdError> {
    let digits =
        text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).ok_or(IdError::Prefix(prefix))?.as_bytes();
    // 26 digits hold 130 bits: the first may only carry the three bits that fit.
    if digits.len() != DIGITS || digits[0] > b'7' {
        return Err(IdError::Malformed);
    }
    let mut bits: u128 = 0;
    for digit in digits {
        let value = ALPHABET.iter().position(|letter| letter == digit).ok_or(IdError::Malformed)?;
        bits = (bits << 5) | value as u128;
    }
    Ok(Uuid::from_u128(bits))
}

macro_rules! typed_ids {
    ($( $(#[$doc:meta])* $name:ident = $prefix:literal; )*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            #[cfg_attr(feature = "sea-orm", derive(sea_orm::DeriveValueType))]
            pub struct $name(pub Uuid);

            impl $name {
                /// The three letters every id of this kind begins with.
                pub const PREFIX: &'static str = $prefix;
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    encode($prefix, self.0, f)
                }
            }

            // A primary key may be asked whether it fits a serial number: it never does.
            #[cfg(feature = "sea-orm")]
            impl sea_orm::TryFromU64 for $name {
                fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                    Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
                }
            }

            impl FromStr for $name {
                type Err = IdError;
                fn from_str(text: &str) -> Result<Self, IdError> {
                    decode($prefix, text).map(Self)
                }
            }

            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(self)
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let text = String::deserialize(deserializer)?;
                    text.parse().map_err(de::Error::custom)
                }
            }
        )*

        /// An id of any kind, as the `node` field receives it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum AnyId {
            $(
                #[doc = concat!("An id that begins with `", $prefix, "_`.")]
                $name($name),
            )*
        }

        impl FromStr for AnyId {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let (prefix, _) = text.split_once('_').ok_or(IdError::Malformed)?;
                match prefix {
                    $( $prefix => text.parse().map(Self::$name), )*
                    _ => Err(IdError::Malformed),
                }
            }
        }

        #[cfg(test)]
        const PREFIXES: &[&str] = &[$($prefix),*];
    };
}

typed_ids! {
    /// An organization: the tenant.
    OrganizationId = "org";
    /// A person inside an organization.
    PersonId = "per";
    /// A team: a node of the organization's team tree.
    TeamId = "tea";
    /// One entry of a person's history in the directory.
    DirectoryChangeId = "chg";
    /// A role granted to a person.
    RoleGrantId = "rol";
    /// A person's account at an identity provider.
    IdentityId = "idn";
    /// An API token of an integration.
    ApiTokenId = "tok";
    /// A survey.
    SurveyId = "sur";
    /// One run of a survey.
    WaveId = "wav";
    /// A person's invitation to a wave.
    InvitationId = "inv";
    /// The immutable results of a wave.
    PublicationId = "pub";
    /// An answer sheet. Never leaves the server.
    SheetId = "sht";
    /// A comment. Never leaves the server together with anything about its author.
    CommentId = "com";
    /// A cycle in which goals are set and worked on.
    GoalCycleId = "gcy";
    /// A goal.
    GoalId = "goa";
    /// A key result of a goal.
    KeyResultId = "krs";
    /// That one goal supports another.
    GoalAlignmentId = "gal";
    /// A check-in on a goal.
    GoalCheckInId = "gci";
    /// One entry of a goal's history.
    GoalChangeId = "gch";
    /// What somebody is told, and an entry of their timeline.
    NotificationId = "ntf";
    /// A conversation series: what recurs between the same people.
    ConversationSeriesId = "cse";
    /// One conversation of a series.
    ConversationId = "cnv";
    /// Somebody's part in a series or in a conversation. Never leaves the server.
    ConversationPartId = "cpt";
    /// A point of an agenda.
    AgendaItemId = "agi";
    /// Something somebody said they would do.
    ActionItemId = "acn";
    /// A private note. Never leaves the server: whoever wrote it finds it at its conversation.
    PrivateNoteId = "pnt";
    /// A template of conversations.
    ConversationTemplateId = "ctm";
    /// A calendar feed.
    CalendarFeedId = "cfd";
    /// A mail to be sent. Never leaves the server but as the id of its message.
    MailId = "mai";
    /// A trusted document.
    DocumentId = "doc";
    /// One audited event.
    AuditEventId = "aud";
    /// What somebody expects of somebody.
    ExpectationId = "exp";
    /// One move in the history of an expectation.
    ExpectationMoveId = "exm";
    /// A notice that somebody has more work than time.
    OverloadId = "ovl";
    /// An area of responsibility.
    ResponsibilityId = "rsp";
    /// Who has which part in an area of responsibility.
    ResponsibilityAssignmentId = "rsa";
    /// What was known of somebody's situation in a month. Never leaves the server.
    RiskFeaturesId = "rkf";
    /// A version of the retention model.
    RiskModelId = "rkm";
    /// A row of the outbox.
    OutboxId = "out";
    /// A value of the company that recognition can name.
    CompanyValueId = "val";
    /// Thanks from one person to others.
    RecognitionId = "rec";
    /// That a person was thanked in a recognition.
    RecognitionReceiverId = "rcv";
    /// A reaction to a recognition.
    ReactionId = "rct";
    /// The rules for points of an organization.
    PointRulesId = "rul";
    /// An account that holds points.
    PointAccountId = "acc";
    /// A movement of points between accounts.
    PointTransferId = "trf";
    /// What a transfer did to one account.
    PointPostingId = "pst";
    /// Something points can be spent on.
    RewardId = "rwd";
    /// A person's wish to have a reward for points.
    RedemptionId = "rdm";
    /// What a person wants others to know of birthday and anniversary.
    CelebrationChoiceId = "cel";
    /// A queue of requests.
    RequestQueueId = "que";
    /// A person's ownership of a queue.
    RequestQueueOwnerId = "rqo";
    /// What an internal customer asks for.
    ServiceRequestId = "ask";
    /// A message about a request.
    RequestMessageId = "rqm";
    /// One thing that happened to a request.
    RequestMoveId = "rqv";
    /// How the requests of a quarter were answered.
    RequestReportId = "rqr";
    /// We asked, you said, we did: a statement for a team.
    TeamResponseId = "wys";
    /// A reported detour in a process.
    FrictionId = "fri";
    /// That a friction affects somebody.
    FrictionVoteId = "frv";
    /// What is done about a friction.
    RoadmapStepId = "rms";
    /// One round of asking what matters most.
    PriorityRoundId = "pri";
    /// That somebody is asked in a round of priorities.
    PriorityInvitationId = "prv";
    /// A ranking. Never leaves the server.
    PriorityBallotId = "prb";
    /// One HTTP request, for the log.
    RequestId = "req";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_printed_is_parsed(bits: u128) {
            let id = PersonId(Uuid::from_u128(bits));
            prop_assert_eq!(id.to_string().parse::<PersonId>(), Ok(id));
            prop_assert_eq!(id.to_string().parse::<AnyId>(), Ok(AnyId::PersonId(id)));
        }

        #[test]
        fn whatever_parses_prints_back_to_itself(text in "per_[0-9a-z]{26}") {
            if let Ok(id) = text.parse::<PersonId>() {
                prop_assert_eq!(id.to_string(), text);
            }
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = text.parse::<PersonId>();
            let _ = text.parse::<AnyId>();
        }
    }

    #[test]
    fn other_kinds_and_other_spellings_are_refused() {
        let id = PersonId(Uuid::from_u128(7)).to_string();
        assert_eq!(id, "per_00000000000000000000000007");
        assert_eq!(id.parse::<TeamId>(), Err(IdError::Prefix("tea")));
        assert_eq!(id.to_uppercase().parse::<PersonId>(), Err(IdError::Prefix("per")));
        assert_eq!("per_80000000000000000000000000".parse::<PersonId>(), Err(IdError::Malformed));
        assert_eq!("per_0000000000000000000000000i".parse::<PersonId>(), Err(IdError::Malformed));
        assert_eq!("per_é0000000000000000000000000".parse::<PersonId>(), Err(IdError::Malformed));
    }

    #[test]
    fn every_prefix_is_three_letters_and_its_own() {
        let mut seen = PREFIXES.to_vec();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), PREFIXES.len());
        assert!(PREFIXES.iter().all(|prefix| prefix.len() == 3));
    }
}
