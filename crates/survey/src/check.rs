//! Whether a questionnaire may be asked: every problem at once, each with the path to what has to change.

use std::{collections::HashSet, fmt, ops::RangeInclusive};

use crate::{Locale, Question, QuestionKind, Questionnaire, Section, TextProblem, Texts, is_key};

/// The most questions in a questionnaire.
pub const MAX_QUESTIONS: usize = 200;
/// The most sections in a questionnaire.
pub const MAX_SECTIONS: usize = 50;
/// The most languages of a questionnaire.
pub const MAX_LOCALES: usize = 40;
/// The most characters of a section's title, in each language.
pub const MAX_TITLE_CHARS: usize = 200;
/// The most characters of a question, in each language.
pub const MAX_QUESTION_CHARS: usize = 1_000;
/// The most characters of a scale label, in each language.
pub const MAX_LABEL_CHARS: usize = 100;
/// The most characters a question may allow a comment to have.
pub const MAX_COMMENT_CHARS: u32 = 5_000;
/// How many points a rating scale may have.
pub const RATING_POINTS: RangeInclusive<u8> = 2..=11;

/// One thing that keeps a questionnaire from being asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionnaireProblem {
    /// Where: field names and indices from the questionnaire down, for example `sections`, `0`, `questions`, `2`, `text`.
    pub path: Vec<String>,
    /// What.
    pub problem: Problem,
}

impl fmt::Display for QuestionnaireProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.join("."), self.problem)
    }
}

/// What is wrong with a questionnaire at one place; `Display` says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A list that needs an entry has none.
    #[error("is empty: add at least one")]
    Empty,
    /// A list is longer than it may be.
    #[error("has too many entries: keep at most {max}")]
    TooMany {
        /// The most entries allowed.
        max: usize,
    },
    /// A language was declared twice.
    #[error("names the language \"{0}\" twice: keep one")]
    LocaleTwice(Locale),
    /// The default language is not among the declared ones.
    #[error("is \"{0}\", which is not among the languages: add it there, or choose another default")]
    DefaultLocaleUndeclared(Locale),
    /// A key is not of the form [`is_key`] wants.
    #[error("is not a key: use 1 to 40 of a-z, 0-9 and _")]
    NotAKey,
    /// Another question (or section) has the same key.
    #[error("is used twice (\"{0}\"): give each its own key")]
    KeyTwice(String),
    /// A text is missing, blank, too long or not printable in some language.
    #[error("{0}")]
    Text(TextProblem),
    /// A scale has some labels, but not one for each point.
    #[error("has {found} labels for {points} points: label every point, or none")]
    LabelCount {
        /// How many points the scale has.
        points: u8,
        /// How many labels it came with.
        found: usize,
    },
    /// A scale has too few or too many points.
    #[error("is not a possible number of points: use {} to {}", RATING_POINTS.start(), RATING_POINTS.end())]
    ScalePoints,
    /// The length a comment may have is zero or too large.
    #[error("is not a possible length: use 1 to {MAX_COMMENT_CHARS} characters")]
    CommentLength,
}

impl Questionnaire {
    /// Whether this questionnaire may be asked.
    ///
    /// # Errors
    /// Every problem found, in reading order: never an empty list.
    pub fn check(&self) -> Result<(), Vec<QuestionnaireProblem>> {
        let mut checker = Checker { locales: &self.locales, path: vec![], problems: vec![] };
        checker.locales(self);
        checker.at("sections", |checker| checker.sections(&self.sections));
        if checker.problems.is_empty() { Ok(()) } else { Err(checker.problems) }
    }
}

struct Checker<'a> {
    locales: &'a [Locale],
    path: Vec<String>,
    problems: Vec<QuestionnaireProblem>,
}

impl<'a> Checker<'a> {
    fn at(&mut self, step: impl ToString, look: impl FnOnce(&mut Self)) {
        self.path.push(step.to_string());
        look(self);
        self.path.pop();
    }

    fn report(&mut self, problem: Problem) {
        self.problems.push(QuestionnaireProblem { path: self.path.clone(), problem });
    }

    fn locales(&mut self, questionnaire: &Questionnaire) {
        let Questionnaire { default_locale, locales, .. } = questionnaire;
        if !locales.contains(default_locale) {
            self.at("default_locale", |c| c.report(Problem::DefaultLocaleUndeclared(default_locale.clone())));
        }
        self.at("locales", |checker| {
            checker.length(locales.len(), MAX_LOCALES);
            let mut seen = HashSet::new();
            for (index, locale) in locales.iter().enumerate() {
                if !seen.insert(locale) {
                    checker.at(index, |c| c.report(Problem::LocaleTwice(locale.clone())));
                }
            }
        });
    }

    fn length(&mut self, length: usize, max: usize) {
        if length == 0 {
            self.report(Problem::Empty);
        } else if length > max {
            self.report(Problem::TooMany { max });
        }
    }

    fn sections(&mut self, sections: &'a [Section]) {
        self.length(sections.len(), MAX_SECTIONS);
        if sections.iter().map(|section| section.questions.len()).sum::<usize>() > MAX_QUESTIONS {
            self.report(Problem::TooMany { max: MAX_QUESTIONS });
        }
        let (mut section_keys, mut question_keys) = (HashSet::new(), HashSet::new());
        for (index, section) in sections.iter().enumerate() {
            self.at(index, |checker| {
                checker.key(&section.key, &mut section_keys);
                checker.texts("title", &section.title, MAX_TITLE_CHARS);
                checker.at("questions", |checker| {
                    checker.length(section.questions.len(), MAX_QUESTIONS);
                    for (index, question) in section.questions.iter().enumerate() {
                        checker.at(index, |checker| checker.question(question, &mut question_keys));
                    }
                });
            });
        }
    }

    fn question(&mut self, question: &'a Question, keys: &mut HashSet<&'a str>) {
        self.key(&question.key, keys);
        self.texts("text", &question.text, MAX_QUESTION_CHARS);
        self.at("kind", |checker| checker.kind(&question.kind));
        if question.driver.as_deref().is_some_and(|driver| !is_key(driver)) {
            self.at("driver", |checker| checker.report(Problem::NotAKey));
        }
    }

    fn kind(&mut self, kind: &QuestionKind) {
        match kind {
            QuestionKind::Rating { points, labels, reversed: _ } => {
                if !RATING_POINTS.contains(points) {
                    self.at("points", |checker| checker.report(Problem::ScalePoints));
                }
                self.at("labels", |checker| {
                    if !labels.is_empty() && labels.len() != usize::from(*points) {
                        checker.report(Problem::LabelCount { points: *points, found: labels.len() });
                    }
                    for (index, label) in labels.iter().enumerate() {
                        checker.texts(index, label, MAX_LABEL_CHARS);
                    }
                });
            }
            QuestionKind::Enps => {}
            QuestionKind::Comment { max_chars } => {
                if !(1..=MAX_COMMENT_CHARS).contains(max_chars) {
                    self.at("max_chars", |checker| checker.report(Problem::CommentLength));
                }
            }
        }
    }

    fn key(&mut self, key: &'a str, seen: &mut HashSet<&'a str>) {
        self.at("key", |checker| {
            if !is_key(key) {
                checker.report(Problem::NotAKey);
            } else if !seen.insert(key) {
                checker.report(Problem::KeyTwice(key.to_owned()));
            }
        });
    }

    fn texts(&mut self, step: impl ToString, texts: &Texts, max_chars: usize) {
        let locales = self.locales;
        self.at(step, |checker| {
            for problem in texts.check(locales, max_chars) {
                checker.report(Problem::Text(problem));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bank;

    fn problems(change: impl FnOnce(&mut Questionnaire)) -> Vec<(String, Problem)> {
        let mut questionnaire = bank::engagement_questionnaire();
        change(&mut questionnaire);
        let found = questionnaire.check().err().unwrap_or_default();
        found.into_iter().map(|found| (found.path.join("."), found.problem)).collect()
    }

    fn kind(points: u8, labels: usize) -> QuestionKind {
        QuestionKind::Rating { points, labels: vec![Texts::pair("a", "b"); labels], reversed: false }
    }

    #[test]
    fn a_sound_questionnaire_passes() {
        assert_eq!(problems(|_| {}), []);
    }

    #[test]
    fn each_problem_is_found_where_it_is() {
        let at = |path: &str, problem| vec![(path.to_owned(), problem)];
        assert_eq!(problems(|q| q.sections.clear()), at("sections", Problem::Empty));
        assert_eq!(problems(|q| q.sections[1].questions.clear()), at("sections.1.questions", Problem::Empty));
        assert_eq!(
            problems(|q| q.sections[0].questions[0].key = "No".into()),
            at("sections.0.questions.0.key", Problem::NotAKey)
        );
        assert_eq!(
            problems(|q| q.sections[1].questions[0].key = q.sections[0].questions[0].key.clone()),
            at("sections.1.questions.0.key", Problem::KeyTwice("eng_care".into()))
        );
        assert_eq!(
            problems(|q| q.sections[1].key = q.sections[0].key.clone()),
            at("sections.1.key", Problem::KeyTwice("engagement".into()))
        );
        assert_eq!(
            problems(|q| q.sections[0].questions[1].kind = kind(5, 4)),
            at("sections.0.questions.1.kind.labels", Problem::LabelCount { points: 5, found: 4 })
        );
        for points in [0, 1, 12, 255] {
            assert_eq!(
                problems(|q| q.sections[0].questions[1].kind = kind(points, 0)),
                at("sections.0.questions.1.kind.points", Problem::ScalePoints)
            );
        }
        for max_chars in [0, MAX_COMMENT_CHARS + 1] {
            assert_eq!(
                problems(|q| q.sections[0].questions[0].kind = QuestionKind::Comment { max_chars }),
                at("sections.0.questions.0.kind.max_chars", Problem::CommentLength)
            );
        }
        assert_eq!(
            problems(|q| q.sections[0].questions[0].driver = Some(String::new())),
            at("sections.0.questions.0.driver", Problem::NotAKey)
        );
        assert_eq!(
            problems(|q| q.locales.push(Locale::german())),
            at("locales.2", Problem::LocaleTwice(Locale::german()))
        );
    }

    #[test]
    fn a_declared_language_wants_every_text() {
        let french = Locale::parse("fr").unwrap();
        let found = problems(|q| {
            q.sections.truncate(1);
            q.sections[0].questions.truncate(1);
            q.sections[0].questions[0].kind = kind(2, 2);
            q.locales.push(french.clone());
        });
        let missing = Problem::Text(TextProblem::Missing(french));
        let places = ["sections.0.title", "sections.0.questions.0.text"];
        let labels = ["sections.0.questions.0.kind.labels.0", "sections.0.questions.0.kind.labels.1"];
        assert_eq!(found, places.iter().chain(&labels).map(|p| ((*p).to_owned(), missing.clone())).collect::<Vec<_>>());
        let undeclared = problems(|q| q.default_locale = Locale::parse("fr").unwrap());
        assert_eq!(undeclared[0].0, "default_locale");
    }

    #[test]
    fn two_hundred_questions_are_enough() {
        let many = |count: usize| {
            problems(move |q| {
                q.sections.truncate(1);
                let first = q.sections[0].questions[0].clone();
                q.sections[0].questions =
                    (0..count).map(|index| Question { key: format!("q{index}"), ..first.clone() }).collect();
            })
        };
        assert_eq!(many(MAX_QUESTIONS), []);
        assert!(many(MAX_QUESTIONS + 1).contains(&("sections".to_owned(), Problem::TooMany { max: MAX_QUESTIONS })));
    }
}
