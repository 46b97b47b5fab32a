//! Reading the CSV file of an import of goals: columns, values and limits. No database here; every problem names its line.

use std::{collections::HashMap, io::Read};

use csv::{ReaderBuilder, StringRecord, Trim};
use hearten_goals::{GoalLevel, LARGEST_VALUE, Measure, Visibility};

use super::key_results::NewKeyResult;

/// A file with more rows is refused.
pub const MOST_ROWS: usize = 5_000;
/// A report lists this many problems; the rest are counted.
const MOST_PROBLEMS: usize = 100;
/// Characters of a value that is no text of a goal.
const LONGEST_WORD: usize = 200;

const COLUMNS: &[&str] = &[
    "external_id",
    "title",
    "level",
    "team",
    "owner",
    "description",
    "visibility",
    "check_in_every_days",
    "key_result",
    "start",
    "target",
    "current",
    "unit",
    "weight",
    "supports",
    "support_weight",
];

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// The line in the file, counted from 1 with the header.
    pub line: u64,
    /// The column, where the problem is in one.
    pub column: Option<String>,
    /// What is wrong and what is accepted.
    pub message: String,
}

/// The problems found so far: a bounded list and their number.
#[derive(Debug, Default)]
pub struct Problems {
    /// The first problems, in the order they were found.
    pub listed: Vec<RowProblem>,
    /// How many there are in all.
    pub count: usize,
}

impl Problems {
    /// Adds a problem.
    pub fn add(&mut self, line: u64, column: Option<&str>, message: impl Into<String>) {
        self.count += 1;
        if self.listed.len() < MOST_PROBLEMS {
            self.listed.push(RowProblem { line, column: column.map(str::to_owned), message: message.into() });
        }
    }
}

/// A row: a goal, one of its key results, one goal it supports. Rows with the same external id are of one goal; what they
/// say of the goal itself is taken from the first.
#[derive(Debug, Clone)]
pub struct Row {
    /// The line in the file.
    pub line: u64,
    /// What the goal is known by.
    pub external_id: String,
    /// What is to be reached.
    pub title: String,
    /// Whose goal it is.
    pub level: GoalLevel,
    /// The external id of the team.
    pub team: Option<String>,
    /// The external id of the owner.
    pub owner: Option<String>,
    /// Why and how.
    pub description: Option<String>,
    /// Who may see it.
    pub visibility: Visibility,
    /// How many days may pass between check-ins.
    pub every_days: Option<i32>,
    /// A key result.
    pub key_result: Option<NewKeyResult>,
    /// The external id of a goal it supports, and how much it counts there.
    pub supports: Option<(String, i32)>,
}

struct Sheet<'p> {
    columns: HashMap<String, usize>,
    problems: &'p mut Problems,
    record: StringRecord,
    line: u64,
}

impl Sheet<'_> {
    fn problem(&mut self, column: &str, message: impl Into<String>) {
        self.problems.add(self.line, Some(column), message);
    }

    fn text(&self, column: &str) -> Option<String> {
        let value = self.record.get(*self.columns.get(column)?)?;
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// A short value without control characters.
    fn word(&mut self, column: &str) -> Option<String> {
        let value = self.text(column)?;
        if value.chars().count() > LONGEST_WORD || value.chars().any(char::is_control) {
            self.problem(column, format!("at most {LONGEST_WORD} characters, none of them control characters"));
            return None;
        }
        Some(value)
    }

    fn required(&mut self, column: &str) -> Option<String> {
        let before = self.problems.count;
        let value = self.word(column);
        if value.is_none() && self.problems.count == before {
            self.problem(column, "a value is required");
        }
        value
    }

    fn number<T: std::str::FromStr>(&mut self, column: &str) -> Option<T> {
        let text = self.word(column)?;
        match text.parse() {
            Ok(number) => Some(number),
            Err(_) => {
                self.problem(column, "this is not a number such as 12 or 12.5");
                None
            }
        }
    }

    fn value(&mut self, column: &str) -> Option<i64> {
        let scaled = (self.number::<f64>(column)? * 1_000.0).round();
        if !scaled.is_finite() || scaled.abs() > LARGEST_VALUE as f64 {
            self.problem(column, "values lie between minus and plus 1,000,000,000,000");
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "checked to fit")]
        Some(scaled as i64)
    }

    fn one_of<T: std::str::FromStr>(&mut self, column: &str, default: T, accepted: &str) -> Option<T> {
        let Some(text) = self.word(column) else { return Some(default) };
        match text.to_uppercase().parse() {
            Ok(value) => Some(value),
            Err(_) => {
                self.problem(column, format!("must be one of {accepted}"));
                None
            }
        }
    }

    fn key_result(&mut self) -> Option<NewKeyResult> {
        let title = self.word("key_result")?;
        let (start, target, current) = (self.value("start"), self.value("target"), self.value("current"));
        let measure = match (start, target) {
            (Some(start), Some(target)) => Measure::Metric { start, target, current: current.unwrap_or(start) },
            (None, None) => Measure::Binary { done: false },
            _ => {
                self.problem("target", "a metric has a start and a target; what is done or not has neither");
                return None;
            }
        };
        let new = NewKeyResult {
            title,
            unit: self.word("unit"),
            weight: self.number("weight").unwrap_or(100),
            measured: current.is_some() && start.is_some(),
            measure,
            keeps_current: false,
        };
        for problem in new.problems(&[]) {
            let column = match problem.path.as_deref().and_then(<[String]>::first).map(String::as_str) {
                Some("title") => "key_result",
                Some("weight") => "weight",
                Some("unit") => "unit",
                _ => "target",
            };
            self.problem(column, problem.message);
        }
        Some(new)
    }

    fn row(&mut self) -> Option<Row> {
        let supports = self.word("supports");
        let weight: i32 = self.number("support_weight").unwrap_or(100);
        if supports.is_some() && super::key_results::weight_of(weight).is_err() {
            self.problem("support_weight", "weights are 0 to 100");
        }
        Some(Row {
            line: self.line,
            external_id: self.required("external_id")?,
            title: self.required("title")?,
            level: self.one_of("level", GoalLevel::Organization, "ORGANIZATION, TEAM, PERSON")?,
            team: self.word("team"),
            owner: self.word("owner"),
            description: self.text("description"),
            visibility: self.one_of("visibility", Visibility::Public, "PUBLIC, TEAM")?,
            every_days: self.number("check_in_every_days"),
            key_result: self.key_result(),
            supports: supports.map(|goal| (goal, weight)),
        })
    }
}

/// Reads all rows of a file.
pub fn read(source: impl Read, problems: &mut Problems) -> Vec<Row> {
    let mut reader = ReaderBuilder::new().trim(Trim::All).flexible(false).from_reader(source);
    let Some(columns) = header(&mut reader, problems) else { return Vec::new() };
    let mut sheet = Sheet { columns, problems, record: StringRecord::new(), line: 1 };
    let mut rows = Vec::new();
    loop {
        match reader.read_record(&mut sheet.record) {
            Ok(false) => return rows,
            Ok(true) => {
                sheet.line = sheet.record.position().map_or(0, csv::Position::line);
                rows.extend(sheet.row());
                if rows.len() > MOST_ROWS {
                    sheet.problems.add(sheet.line, None, format!("at most {MOST_ROWS} rows"));
                    return rows;
                }
            }
            Err(error) => {
                sheet.line = error.position().map_or(sheet.line + 1, csv::Position::line);
                let message = match error.kind() {
                    csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                        format!("the row has {len} columns, the header {expected_len}")
                    }
                    csv::ErrorKind::Utf8 { .. } => "the row is not UTF-8".to_owned(),
                    _ => "the row cannot be read as CSV".to_owned(),
                };
                sheet.problems.add(sheet.line, None, message);
                // After a malformed row the reader cannot tell where the next begins.
                if !matches!(error.kind(), csv::ErrorKind::UnequalLengths { .. } | csv::ErrorKind::Utf8 { .. }) {
                    return rows;
                }
            }
        }
    }
}

/// The columns by name, when the header is accepted.
fn header<R: Read>(reader: &mut csv::Reader<R>, problems: &mut Problems) -> Option<HashMap<String, usize>> {
    let Ok(header) = reader.headers().cloned() else {
        problems.add(1, None, "the header cannot be read");
        return None;
    };
    let mut columns = HashMap::new();
    for (index, name) in header.iter().enumerate() {
        // A byte-order mark is what spreadsheets put before the first column.
        let name = name.trim_start_matches('\u{feff}').to_lowercase();
        if !COLUMNS.contains(&name.as_str()) {
            problems.add(1, Some(&name), format!("unknown column; known are {}", COLUMNS.join(", ")));
        }
        if columns.insert(name.clone(), index).is_some() {
            problems.add(1, Some(&name), "this column stands twice");
        }
    }
    for needed in ["external_id", "title"] {
        if !columns.contains_key(needed) {
            problems.add(1, Some(needed), "this column is required");
        }
    }
    (problems.count == 0).then_some(columns)
}
