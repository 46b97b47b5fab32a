//! Texts in several languages, and the tags that name the languages.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A short language tag: a language, then at most a script and a region (`en`, `de-AT`, `zh-Hant-TW`).
///
/// Read in any case and written in the usual one, so that two locales are equal exactly when their texts are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locale(String);

/// Why a text is not a [`Locale`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a language tag: write a language and at most a script and a region, such as \"en\", \"de-AT\" or \"zh-Hant\""
)]
pub struct LocaleError;

impl Locale {
    /// English, the language every text of this program exists in.
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    /// German, the second language of the built-in texts.
    pub fn german() -> Self {
        Self("de".to_owned())
    }

    /// Reads a tag; see [`Locale`] for what is accepted.
    pub fn parse(tag: &str) -> Result<Self, LocaleError> {
        let mut parts = tag.split('-');
        let mut name = parts
            .next()
            .filter(|part| (2..=3).contains(&part.len()) && letters(part))
            .ok_or(LocaleError)?
            .to_ascii_lowercase();
        let mut next = parts.next();
        if let Some(script) = next.filter(|part| part.len() == 4 && letters(part)) {
            let script = script.to_ascii_lowercase();
            name.push('-');
            name.push_str(&script[..1].to_ascii_uppercase());
            name.push_str(&script[1..]);
            next = parts.next();
        }
        if let Some(region) = next {
            let digits = region.len() == 3 && region.bytes().all(|byte| byte.is_ascii_digit());
            let country = region.len() == 2 && letters(region);
            if !digits && !country {
                return Err(LocaleError);
            }
            name.push('-');
            name.push_str(&region.to_ascii_uppercase());
        }
        if parts.next().is_some() { Err(LocaleError) } else { Ok(Self(name)) }
    }

    /// The tag, in its usual spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language alone: `de` for `de-AT`.
    pub fn language(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }

    /// This locale without its last part (`zh-Hant-TW` → `zh-Hant` → `zh`), or nothing for a bare language.
    pub fn base(&self) -> Option<Self> {
        self.0.rsplit_once('-').map(|(base, _)| Self(base.to_owned()))
    }

    /// This locale, then its bases, the closest first.
    pub(crate) fn with_bases(&self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self.clone()), Self::base)
    }
}

fn letters(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_alphabetic())
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Locale {
    type Err = LocaleError;

    fn from_str(tag: &str) -> Result<Self, Self::Err> {
        Self::parse(tag)
    }
}

impl Serialize for Locale {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Locale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// One text in several languages; in JSON an object from tag to text.
///
/// It may hold anything until [`Texts::check`] has been asked; [`crate::Questionnaire::check`] asks it for every text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Texts(BTreeMap<Locale, String>);

/// What is wrong with one language of a [`Texts`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextProblem {
    /// The language was declared but has no text.
    #[error("has no text in \"{0}\": translate it, or remove the language")]
    Missing(Locale),
    /// The text has no visible character.
    #[error("is blank in \"{0}\": write a text")]
    Blank(Locale),
    /// The text is longer than it may be.
    #[error("is too long in \"{locale}\": use at most {max_chars} characters")]
    TooLong {
        /// The language concerned.
        locale: Locale,
        /// The most characters (Unicode scalar values) allowed.
        max_chars: usize,
    },
    /// The text holds a control character other than a line break.
    #[error("holds a control character in \"{0}\": remove it")]
    ControlCharacter(Locale),
}

impl Texts {
    /// A text without any language yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same text with one more language (replacing what that language had).
    #[must_use]
    pub fn with(mut self, locale: Locale, text: impl Into<String>) -> Self {
        self.0.insert(locale, text.into());
        self
    }

    /// The text in English and in German.
    pub(crate) fn pair(english: &str, german: &str) -> Self {
        Self::new().with(Locale::english(), english).with(Locale::german(), german)
    }

    /// The text in exactly this language, if there is one.
    pub fn get(&self, locale: &Locale) -> Option<&str> {
        self.0.get(locale).map(String::as_str)
    }

    /// The text to show: in the wanted language, else in its base language, else in the fallback (the survey's
    /// default), else in any. Empty only where there is no text at all, which [`Texts::check`] refuses.
    pub fn in_locale(&self, wanted: &Locale, fallback: &Locale) -> &str {
        wanted
            .with_bases()
            .chain(fallback.with_bases())
            .find_map(|locale| self.0.get(&locale))
            .or_else(|| self.0.values().next())
            .map(String::as_str)
            .unwrap_or_default()
    }

    /// Every language and its text, ordered by tag.
    pub fn iter(&self) -> impl Iterator<Item = (&Locale, &str)> {
        self.0.iter().map(|(locale, text)| (locale, text.as_str()))
    }

    /// True when there is no text in any language.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything wrong with this text: a declared language without a text, and any language whose text is blank,
    /// longer than `max_chars` characters, or holds control characters. A language beyond the declared ones is allowed:
    /// [`crate::Questionnaire::locale_for`] keeps it from being mixed in.
    pub fn check(&self, declared: &[Locale], max_chars: usize) -> Vec<TextProblem> {
        let missing = declared.iter().filter(|locale| !self.0.contains_key(locale)).cloned().map(TextProblem::Missing);
        let faulty = self.0.iter().filter_map(|(locale, text)| {
            if text.chars().nth(max_chars).is_some() {
                Some(TextProblem::TooLong { locale: locale.clone(), max_chars })
            } else if crate::comment::is_blank(text) {
                Some(TextProblem::Blank(locale.clone()))
            } else if text.chars().any(|letter| letter.is_control() && letter != '\n') {
                Some(TextProblem::ControlCharacter(locale.clone()))
            } else {
                None
            }
        });
        missing.chain(faulty).collect()
    }
}

impl FromIterator<(Locale, String)> for Texts {
    /// A language named twice keeps its last text.
    fn from_iter<I: IntoIterator<Item = (Locale, String)>>(texts: I) -> Self {
        Self(texts.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locale(tag: &str) -> Locale {
        Locale::parse(tag).unwrap()
    }

    #[test]
    fn tags_are_read_in_any_case_and_written_in_one() {
        for (tag, written) in
            [("en", "en"), ("DE-at", "de-AT"), ("zh-hANT-tw", "zh-Hant-TW"), ("es-419", "es-419"), ("gsw", "gsw")]
        {
            assert_eq!(locale(tag).as_str(), written);
        }
        for tag in
            ["", "e", "engl", "en-", "en-GBR", "en_GB", "de-AT-AT", "de-DE-1996", "d1", "dé", "zh-Hänt", "-", "en-U1"]
        {
            assert_eq!(Locale::parse(tag), Err(LocaleError), "{tag}");
        }
    }

    #[test]
    fn the_closest_language_is_shown() {
        let texts = Texts::pair("Hello", "Hallo").with(locale("de-AT"), "Servus");
        let english = Locale::english();
        assert_eq!(texts.in_locale(&locale("de-AT"), &english), "Servus");
        assert_eq!(texts.in_locale(&locale("de-CH"), &english), "Hallo");
        assert_eq!(texts.in_locale(&locale("fr"), &english), "Hello");
        assert_eq!(texts.in_locale(&locale("fr"), &locale("en-GB")), "Hello");
        assert_eq!(texts.in_locale(&locale("fr"), &locale("it")), "Hallo");
        assert_eq!(Texts::new().in_locale(&english, &english), "");
    }

    #[test]
    fn faults_of_a_text_are_named_with_their_language() {
        let declared = [Locale::english(), locale("fr")];
        let texts = Texts::pair("Hello\u{7}", " \u{200b}").with(locale("it"), "Buongiorno");
        assert_eq!(
            texts.check(&declared, 9),
            [
                TextProblem::Missing(locale("fr")),
                TextProblem::Blank(Locale::german()),
                TextProblem::ControlCharacter(Locale::english()),
                TextProblem::TooLong { locale: locale("it"), max_chars: 9 },
            ]
        );
    }

    #[test]
    fn json_is_an_object_by_tag() {
        let texts = Texts::pair("Hello", "Hallo");
        let json = serde_json::to_string(&texts).unwrap();
        assert_eq!(json, r#"{"de":"Hallo","en":"Hello"}"#);
        assert_eq!(serde_json::from_str::<Texts>(&json).unwrap(), texts);
        assert!(serde_json::from_str::<Texts>(r#"{"english":"Hello"}"#).is_err());
    }
}
