//! The questionnaire as data: sections, questions and what kind of answer each wants.

use serde::{Deserialize, Serialize};

use crate::{Locale, SheetShape, Texts};

/// The options of an eNPS question: the scores 0 to 10.
pub const ENPS_OPTIONS: u8 = 11;

/// Everything that is asked in one survey, in the order in which it is asked.
///
/// Stored as JSON; unknown fields are refused, so that a newer questionnaire is never half read by an older program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Questionnaire {
    /// The language to fall back to; one of `locales`.
    pub default_locale: Locale,
    /// The languages in which every text exists.
    pub locales: Vec<Locale>,
    /// The sections, each with at least one question.
    pub sections: Vec<Section>,
}

/// A headed group of questions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Names the section within its questionnaire; see [`is_key`].
    pub key: String,
    /// The heading.
    pub title: Texts,
    /// The questions, in order.
    pub questions: Vec<Question>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Names the question within its questionnaire, and across waves and surveys: trends are drawn between equal keys.
    /// See [`is_key`].
    pub key: String,
    /// What is asked.
    pub text: Texts,
    /// What kind of answer it wants.
    pub kind: QuestionKind,
    /// Whether a sheet without an answer to it is refused.
    #[serde(default)]
    pub required: bool,
    /// The key of the driver (factor) it counts towards, if any; see [`is_key`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
}

/// What kind of answer a question wants; in JSON an object with a `type`.
///
/// More kinds will come. Match it without a catch-all, so that the compiler names every place a new kind touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", from = "StoredKind")]
pub enum QuestionKind {
    /// One point of a scale, 1 being the lowest.
    Rating {
        /// How many points the scale has: 2 to 11.
        points: u8,
        /// A label for each point from 1 upwards, or none at all.
        labels: Vec<Texts>,
        /// Whether agreement is bad news. The answer is stored as given; only scoring turns it
        /// ([`QuestionKind::scored_point`]).
        reversed: bool,
    },
    /// "How likely are you to recommend …", 0 to 10.
    Enps,
    /// Free text.
    Comment {
        /// The most characters (Unicode scalar values) a comment may have, after cleaning.
        max_chars: u32,
    },
}

/// How a [`QuestionKind`] is read. Serde refuses unknown fields of a tagged variant only where the variant has braces,
/// and `QuestionKind::Enps` reads better without.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum StoredKind {
    Rating {
        points: u8,
        #[serde(default)]
        labels: Vec<Texts>,
        #[serde(default)]
        reversed: bool,
    },
    Enps {},
    Comment {
        max_chars: u32,
    },
}

impl From<StoredKind> for QuestionKind {
    fn from(stored: StoredKind) -> Self {
        match stored {
            StoredKind::Rating { points, labels, reversed } => Self::Rating { points, labels, reversed },
            StoredKind::Enps {} => Self::Enps,
            StoredKind::Comment { max_chars } => Self::Comment { max_chars },
        }
    }
}

impl QuestionKind {
    /// How many options a closed question has; `None` for an open one.
    pub const fn options(&self) -> Option<u8> {
        match self {
            Self::Rating { points, .. } => Some(*points),
            Self::Enps => Some(ENPS_OPTIONS),
            Self::Comment { .. } => None,
        }
    }

    /// Whether the points are turned before scoring.
    pub const fn is_reversed(&self) -> bool {
        matches!(self, Self::Rating { reversed: true, .. })
    }

    /// The point that counts for a stored code: the code itself, or `points + 1 − code` on a reversed scale. `None` for
    /// a skipped question (code 0), a code outside the scale, and open questions. For eNPS the point is the score + 1.
    pub fn scored_point(&self, code: u8) -> Option<u8> {
        let options = self.options()?;
        if code == 0 || code > options {
            return None;
        }
        Some(if self.is_reversed() { options - code + 1 } else { code })
    }
}

impl Questionnaire {
    /// All questions, in the order in which they are asked.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.sections.iter().flat_map(|section| &section.questions)
    }

    /// The question with this key.
    pub fn find_question(&self, key: &str) -> Option<&Question> {
        self.questions().find(|question| question.key == key)
    }

    /// The one language to show this questionnaire in to somebody who wants `wanted`: the closest declared one, else
    /// the default. Asking every text in it keeps one screen in one language.
    pub fn locale_for(&self, wanted: &Locale) -> &Locale {
        wanted
            .with_bases()
            .find_map(|locale| self.locales.iter().find(|declared| **declared == locale))
            .unwrap_or(&self.default_locale)
    }

    /// The layout of this questionnaire's answer sheets; derive it once per wave.
    pub fn shape(&self) -> SheetShape {
        SheetShape::of(self)
    }
}

/// Whether a text can be a key: 1 to 40 of `a`–`z`, `0`–`9` and `_`.
pub fn is_key(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reversed_points_are_turned_only_for_scoring() {
        let kind = |reversed| QuestionKind::Rating { points: 5, labels: vec![], reversed };
        assert_eq!([1, 3, 5].map(|code| kind(false).scored_point(code)), [Some(1), Some(3), Some(5)]);
        assert_eq!([1, 3, 5].map(|code| kind(true).scored_point(code)), [Some(5), Some(3), Some(1)]);
        assert_eq!([0, 6, 255].map(|code| kind(true).scored_point(code)), [None; 3]);
        assert_eq!(QuestionKind::Enps.scored_point(11), Some(11));
        assert_eq!(QuestionKind::Comment { max_chars: 9 }.scored_point(1), None);
    }

    #[test]
    fn kinds_are_tagged_and_unknown_fields_refused() {
        let read = serde_json::from_str::<QuestionKind>;
        assert_eq!(serde_json::to_string(&QuestionKind::Enps).unwrap(), r#"{"type":"enps"}"#);
        assert_eq!(
            read(r#"{"type":"rating","points":7}"#).unwrap(),
            QuestionKind::Rating { points: 7, labels: vec![], reversed: false }
        );
        assert!(read(r#"{"type":"rating","points":7,"weight":2}"#).is_err());
        assert!(read(r#"{"type":"enps","points":7}"#).is_err());
        assert!(read(r#"{"type":"comment","max_chars":9,"points":7}"#).is_err());
        assert!(read(r#"{"type":"telepathy"}"#).is_err());
        for question in crate::bank::questions() {
            let stored = serde_json::to_string(&question).unwrap();
            assert_eq!(serde_json::from_str::<Question>(&stored).unwrap(), question);
            assert!(serde_json::from_str::<Question>(&stored.replacen('{', r#"{"weight":2,"#, 1)).is_err());
        }
    }

    #[test]
    fn one_screen_has_one_language() {
        let tags = |tag| Locale::parse(tag).unwrap();
        let questionnaire =
            Questionnaire { default_locale: tags("en"), locales: vec![tags("en"), tags("de")], sections: vec![] };
        for (wanted, shown) in [("de-AT", "de"), ("de", "de"), ("fr", "en"), ("en-GB", "en")] {
            assert_eq!(questionnaire.locale_for(&tags(wanted)).as_str(), shown);
        }
    }

    #[test]
    fn keys() {
        assert!(is_key("eng_1") && is_key(&"k".repeat(40)));
        assert!(!is_key("") && !is_key("Eng") && !is_key("a b") && !is_key("ä") && !is_key(&"k".repeat(41)));
    }
}
