//! One respondent's answers: checked against the questionnaire, all problems at once, and packed.

use std::{collections::HashMap, fmt};

use crate::{MAX_QUESTIONS, Question, QuestionKind, Questionnaire, Sheet, comment, is_key};

/// One answer, as the respondent gave it. It cannot be printed: `Debug` is redacted.
#[derive(Clone, PartialEq, Eq)]
pub enum Answer {
    /// A point of a rating scale, 1 being the lowest; as given, also where the question is reversed.
    Rating(i64),
    /// A score from 0 to 10.
    Enps(i64),
    /// Free text. Blank is the same as skipped.
    Comment(String),
    /// Deliberately not answered, or not applicable.
    Skip,
}

impl fmt::Debug for Answer {
    /// Answers never reach a log; that a question was skipped tells something too.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer(redacted)")
    }
}

/// The accepted answers of one respondent: the packed sheet, and the comments to be stored apart from it.
#[derive(Clone, PartialEq, Eq)]
pub struct Filled {
    /// The closed answers.
    pub sheet: Sheet,
    /// The comments that say something, by question key, in questionnaire order; cleaned and trimmed.
    pub comments: Vec<(String, String)>,
}

impl fmt::Debug for Filled {
    /// Neither answers, nor comments, nor how many there are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Filled(redacted)")
    }
}

/// Why answers were not accepted. It names the question, never the answer; `Display` says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerProblem {
    /// More answers than any questionnaire has questions; nothing else was looked at.
    #[error("there are too many answers: send at most one for each question, {max} in all")]
    TooMany {
        /// The most answers looked at.
        max: usize,
    },
    /// The questionnaire has no such question.
    #[error("\"{question}\" is not a question of this survey: leave it out")]
    UnknownQuestion {
        /// The key that was sent; `?` where it is no key at all, for it may be a misplaced answer.
        question: String,
    },
    /// The question was answered more than once.
    #[error("\"{question}\" is answered more than once: send one answer")]
    Twice {
        /// The question's key.
        question: String,
    },
    /// The answer is of another kind than the question wants.
    #[error("\"{question}\" wants another kind of answer: send {wanted}")]
    WrongKind {
        /// The question's key.
        question: String,
        /// What the question wants, in words.
        wanted: &'static str,
    },
    /// The answer is not on the question's scale.
    #[error("the answer to \"{question}\" is outside its scale: choose {low} to {high}")]
    OutsideScale {
        /// The question's key.
        question: String,
        /// The lowest answer possible.
        low: u8,
        /// The highest answer possible.
        high: u8,
    },
    /// A required question has no answer.
    #[error("\"{question}\" needs an answer")]
    Missing {
        /// The question's key.
        question: String,
    },
    /// A comment is longer than its question allows.
    #[error("the comment on \"{question}\" is too long: use at most {max_chars} characters")]
    TooLong {
        /// The question's key.
        question: String,
        /// The most characters allowed.
        max_chars: u32,
    },
}

impl AnswerProblem {
    /// The key of the question concerned; `None` when the answers as a whole are refused.
    pub fn question(&self) -> Option<&str> {
        match self {
            Self::TooMany { .. } => None,
            Self::UnknownQuestion { question }
            | Self::Twice { question }
            | Self::WrongKind { question, .. }
            | Self::OutsideScale { question, .. }
            | Self::Missing { question }
            | Self::TooLong { question, .. } => Some(question),
        }
    }
}

impl Questionnaire {
    /// Checks one respondent's answers, given by question key in any order, and packs them.
    ///
    /// A question without an answer counts as skipped. A blank comment is dropped.
    ///
    /// # Errors
    /// Every problem at once: first what should not have been sent, then the questions in order. Never an empty list.
    pub fn fill(&self, answers: Vec<(String, Answer)>) -> Result<Filled, Vec<AnswerProblem>> {
        if answers.len() > MAX_QUESTIONS {
            return Err(vec![AnswerProblem::TooMany { max: MAX_QUESTIONS }]);
        }
        let (mut given, mut problems) = self.sort(answers);
        let mut codes = Vec::new();
        let mut comments = Vec::new();
        for question in self.questions() {
            let answer = given.remove(question.key.as_str()).unwrap_or(Answer::Skip);
            match question.read(answer) {
                Ok(Read::Code(code)) => codes.push(code),
                Ok(Read::Comment(text)) => comments.extend(text.map(|text| (question.key.clone(), text))),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(Filled { sheet: Sheet::from_codes(codes), comments }) } else { Err(problems) }
    }

    /// The answers by question, and the problems of those that belong to none or come again.
    fn sort(&self, answers: Vec<(String, Answer)>) -> (HashMap<&str, Answer>, Vec<AnswerProblem>) {
        let keys: HashMap<&str, &str> = self.questions().map(|q| (q.key.as_str(), q.key.as_str())).collect();
        let mut given = HashMap::new();
        let mut problems = Vec::new();
        for (key, answer) in answers {
            let problem = match keys.get(key.as_str()) {
                Some(known) => match given.insert(*known, answer) {
                    None => continue,
                    Some(_) => AnswerProblem::Twice { question: key },
                },
                None => AnswerProblem::UnknownQuestion { question: if is_key(&key) { key } else { "?".to_owned() } },
            };
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        (given, problems)
    }
}

/// What an answer comes to once it was accepted.
enum Read {
    Code(u8),
    Comment(Option<String>),
}

impl Question {
    fn read(&self, answer: Answer) -> Result<Read, AnswerProblem> {
        let read = match (&self.kind, answer) {
            (QuestionKind::Rating { points, .. }, Answer::Rating(point)) => Read::Code(self.code(point, 1, *points)?),
            // Stored one higher, for code 0 means skipped.
            (QuestionKind::Enps, Answer::Enps(score)) => Read::Code(self.code(score, 0, 10)? + 1),
            (QuestionKind::Comment { max_chars }, Answer::Comment(text)) => {
                let text = comment::clean(&text);
                if text.as_ref().is_some_and(|text| text.chars().nth(*max_chars as usize).is_some()) {
                    return Err(AnswerProblem::TooLong { question: self.key.clone(), max_chars: *max_chars });
                }
                Read::Comment(text)
            }
            (QuestionKind::Rating { .. } | QuestionKind::Enps, Answer::Skip) => Read::Code(0),
            (QuestionKind::Comment { .. }, Answer::Skip) => Read::Comment(None),
            (kind, Answer::Rating(_) | Answer::Enps(_) | Answer::Comment(_)) => {
                let wanted = match kind {
                    QuestionKind::Rating { .. } => "a rating",
                    QuestionKind::Enps => "a score from 0 to 10",
                    QuestionKind::Comment { .. } => "a comment",
                };
                return Err(AnswerProblem::WrongKind { question: self.key.clone(), wanted });
            }
        };
        match read {
            Read::Code(0) | Read::Comment(None) if self.required => {
                Err(AnswerProblem::Missing { question: self.key.clone() })
            }
            read => Ok(read),
        }
    }

    fn code(&self, answer: i64, low: u8, high: u8) -> Result<u8, AnswerProblem> {
        u8::try_from(answer)
            .ok()
            .filter(|code| (low..=high).contains(code))
            .ok_or_else(|| AnswerProblem::OutsideScale { question: self.key.clone(), low, high })
    }
}
