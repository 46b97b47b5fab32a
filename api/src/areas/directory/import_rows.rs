//! Reading the CSV files of an import: columns, values and limits. No database here; every problem names its line.

use std::{collections::HashMap, io::Read};

use chrono::NaiveDate;
use csv::{ReaderBuilder, StringRecord, Trim};

use super::values::{self, LONGEST_NAME, is_address};

/// A file with more rows is refused.
pub const MOST_ROWS: usize = 500_000;
/// A report lists this many problems; the rest are counted.
pub const MOST_PROBLEMS: usize = 100;

/// Which of the two files a problem is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportFile {
    /// The file of teams.
    Teams,
    /// The file of persons.
    Persons,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// The file.
    pub file: ImportFile,
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
    pub fn add(&mut self, file: ImportFile, line: u64, column: Option<&str>, message: impl Into<String>) {
        self.count += 1;
        if self.listed.len() < MOST_PROBLEMS {
            self.listed.push(RowProblem { file, line, column: column.map(str::to_owned), message: message.into() });
        }
    }
}

/// What a row says of one value: nothing (the column is absent), or this, or that it is empty.
pub type Told<T> = Option<Option<T>>;

/// A row of the file of teams.
#[derive(Debug, Clone)]
pub struct TeamRow {
    /// The line in the file.
    pub line: u64,
    /// The id in the system of record.
    pub external_id: String,
    /// The name.
    pub name: String,
    /// The external id of the team above; empty for the root.
    pub parent: Told<String>,
    /// The external id of the person who leads the team.
    pub lead: Told<String>,
}

/// A row of the file of persons.
#[derive(Debug, Clone)]
pub struct PersonRow {
    /// The line in the file.
    pub line: u64,
    /// The id in the system of record.
    pub external_id: String,
    /// The name others see.
    pub name: String,
    /// The e-mail address.
    pub email: Told<String>,
    /// The job title.
    pub title: Told<String>,
    /// EMPLOYEE, CONTRACTOR, OWNER or BOARD_MEMBER.
    pub relationship: Told<String>,
    /// The external id of the team.
    pub team: Told<String>,
    /// The external id of the manager.
    pub manager: Told<String>,
    /// The first day.
    pub hired_on: Told<NaiveDate>,
    /// The last day.
    pub left_on: Told<NaiveDate>,
    /// Why the person left.
    pub leave_reason: Told<String>,
    /// The language.
    pub locale: Told<String>,
    /// Attributes, by name: one `attribute:NAME` column each.
    pub attributes: Vec<(String, Option<String>)>,
}

const TEAM_COLUMNS: &[&str] = &["external_id", "name", "parent", "lead"];
const PERSON_COLUMNS: &[&str] = &[
    "external_id",
    "name",
    "email",
    "title",
    "relationship",
    "team",
    "manager",
    "hired_on",
    "left_on",
    "leave_reason",
    "locale",
];
const ATTRIBUTE: &str = "attribute:";

/// A CSV file under way: its header, its problems, the row at hand.
struct Sheet<'p> {
    file: ImportFile,
    columns: HashMap<String, usize>,
    problems: &'p mut Problems,
    record: StringRecord,
    line: u64,
}

impl Sheet<'_> {
    fn problem(&mut self, column: Option<&str>, message: impl Into<String>) {
        self.problems.add(self.file, self.line, column, message);
    }

    /// The value of `column`: absent, empty or a text. Too long or with control characters: a problem, and empty.
    fn told(&mut self, column: &str) -> Told<String> {
        let index = *self.columns.get(column)?;
        let value = self.record.get(index).unwrap_or_default();
        if value.is_empty() {
            return Some(None);
        }
        if value.chars().count() > LONGEST_NAME {
            self.problem(Some(column), format!("at most {LONGEST_NAME} characters"));
            return Some(None);
        }
        if value.chars().any(char::is_control) {
            self.problem(Some(column), "control characters are not allowed");
            return Some(None);
        }
        Some(Some(value.to_owned()))
    }

    fn required(&mut self, column: &str) -> Option<String> {
        let before = self.problems.count;
        let value = self.told(column).flatten();
        if value.is_none() && self.problems.count == before {
            self.problem(Some(column), "a value is required");
        }
        value
    }

    fn date(&mut self, column: &str) -> Told<NaiveDate> {
        let Some(text) = self.told(column)? else { return Some(None) };
        match NaiveDate::parse_from_str(&text, "%Y-%m-%d") {
            Ok(date) => Some(Some(date)),
            Err(_) => {
                self.problem(Some(column), "a date is written like 2026-11-23");
                Some(None)
            }
        }
    }

    fn one_of(&mut self, column: &str, accepted: &[&str]) -> Told<String> {
        let Some(text) = self.told(column)? else { return Some(None) };
        let upper = text.to_uppercase().replace([' ', '-'], "_");
        if accepted.contains(&upper.as_str()) {
            return Some(Some(upper));
        }
        self.problem(Some(column), format!("must be one of {}", accepted.join(", ")));
        Some(None)
    }
}

/// Reads all rows of a file through `row`, which returns None for a row it refused.
fn read<T>(
    file: ImportFile,
    source: impl Read,
    known: &[&str],
    problems: &mut Problems,
    mut row: impl FnMut(&mut Sheet<'_>) -> Option<T>,
) -> Vec<T> {
    let mut reader = ReaderBuilder::new().trim(Trim::All).flexible(false).from_reader(source);
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            problems.add(file, 1, None, format!("the header cannot be read: {}", csv_problem(&error)));
            return Vec::new();
        }
    };
    let mut columns = HashMap::new();
    for (index, name) in header.iter().enumerate() {
        // A byte-order mark is what spreadsheets put before the first column.
        let mut name = name.trim_start_matches('\u{feff}').to_lowercase();
        let attribute = name.strip_prefix(ATTRIBUTE).filter(|name| file == ImportFile::Persons && !name.is_empty());
        if let Some(attribute) = attribute {
            match values::attribute_name(attribute) {
                Ok(attribute) => name = format!("{ATTRIBUTE}{attribute}"),
                Err(refused) => problems.add(file, 1, Some(&name), refused.message),
            }
        } else if !known.contains(&name.as_str()) {
            problems.add(file, 1, Some(&name), format!("unknown column; known are {}", known.join(", ")));
        }
        if columns.insert(name.clone(), index).is_some() {
            problems.add(file, 1, Some(&name), "this column stands twice");
        }
    }
    for needed in ["external_id", "name"] {
        if !columns.contains_key(needed) {
            problems.add(file, 1, Some(needed), "this column is required");
        }
    }
    if columns.keys().filter(|name| name.starts_with(ATTRIBUTE)).count() > values::MOST_ATTRIBUTES {
        problems.add(file, 1, None, values::too_many_attributes());
    }
    if problems.count > 0 {
        return Vec::new();
    }
    let mut sheet = Sheet { file, columns, problems, record: StringRecord::new(), line: 1 };
    let mut rows = Vec::new();
    loop {
        match reader.read_record(&mut sheet.record) {
            Ok(false) => return rows,
            Ok(true) => {
                sheet.line = sheet.record.position().map_or(0, csv::Position::line);
                rows.extend(row(&mut sheet));
                if rows.len() > MOST_ROWS {
                    sheet.problem(None, format!("at most {MOST_ROWS} rows"));
                    return rows;
                }
            }
            Err(error) => {
                sheet.line = error.position().map_or(sheet.line + 1, csv::Position::line);
                sheet.problem(None, csv_problem(&error));
                // After a malformed row the reader cannot tell where the next begins.
                if !matches!(error.kind(), csv::ErrorKind::UnequalLengths { .. } | csv::ErrorKind::Utf8 { .. }) {
                    return rows;
                }
            }
        }
    }
}

fn csv_problem(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("the row has {len} columns, the header {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => "the row is not UTF-8".to_owned(),
        _ => "the row cannot be read as CSV".to_owned(),
    }
}

/// Reads the file of teams: `external_id, name, parent, lead`.
pub fn teams(source: impl Read, problems: &mut Problems) -> Vec<TeamRow> {
    read(ImportFile::Teams, source, TEAM_COLUMNS, problems, |sheet| {
        Some(TeamRow {
            line: sheet.line,
            external_id: sheet.required("external_id")?,
            name: sheet.required("name")?,
            parent: sheet.told("parent"),
            lead: sheet.told("lead"),
        })
    })
}

/// Reads the file of persons: `external_id, name` and any of the other columns, with `attribute:NAME` for attributes.
pub fn persons(source: impl Read, problems: &mut Problems) -> Vec<PersonRow> {
    read(ImportFile::Persons, source, PERSON_COLUMNS, problems, |sheet| {
        let names: Vec<String> = sheet.columns.keys().filter(|name| name.starts_with(ATTRIBUTE)).cloned().collect();
        let attributes = names
            .into_iter()
            .filter_map(|name| sheet.told(&name).map(|value| (name[ATTRIBUTE.len()..].to_owned(), value)))
            .collect();
        let email = sheet.told("email");
        if let Some(Some(address)) = &email
            && !is_address(address)
        {
            sheet.problem(Some("email"), "this is not an e-mail address");
        }
        let locale = sheet.told("locale");
        if let Some(Some(tag)) = &locale
            && let Err(refused) = values::check_locale(tag)
        {
            sheet.problem(Some("locale"), refused.message);
        }
        Some(PersonRow {
            line: sheet.line,
            external_id: sheet.required("external_id")?,
            name: sheet.required("name")?,
            email,
            title: sheet.told("title"),
            relationship: sheet.one_of("relationship", &["EMPLOYEE", "CONTRACTOR", "OWNER", "BOARD_MEMBER"]),
            team: sheet.told("team"),
            manager: sheet.told("manager"),
            hired_on: sheet.date("hired_on"),
            left_on: sheet.date("left_on"),
            leave_reason: sheet
                .one_of("leave_reason", &["VOLUNTARY", "INVOLUNTARY", "RETIREMENT", "END_OF_CONTRACT", "OTHER"]),
            locale,
            attributes,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_persons(text: &[u8]) -> (Vec<PersonRow>, Problems) {
        let mut problems = Problems::default();
        let rows = persons(text, &mut problems);
        (rows, problems)
    }

    #[test]
    fn absent_and_empty_columns_differ() {
        let (rows, problems) = read_persons("external_id,name,title,attribute:Site\n1,Ada,,Ulm\n".as_bytes());
        assert_eq!(problems.count, 0);
        assert_eq!(rows[0].title, Some(None));
        assert_eq!(rows[0].email, None);
        assert_eq!(rows[0].attributes, vec![("site".to_owned(), Some("Ulm".to_owned()))]);
    }

    #[test]
    fn every_problem_names_its_line_and_column() {
        let text = "external_id,name,email,hired_on\n1,Ada,not an address,2024-13-01\n,Bo,,\n3,Cy\n4,Di,di@x.example,2024-02-01\n";
        let (rows, problems) = read_persons(text.as_bytes());
        let places: Vec<_> = problems.listed.iter().map(|p| (p.line, p.column.as_deref())).collect();
        assert_eq!(places, [(2, Some("email")), (2, Some("hired_on")), (3, Some("external_id")), (4, None)]);
        assert_eq!(rows.len(), 2);
    }

    /// Line and column.
    type Place = (u64, Option<&'static str>);

    #[test]
    fn hostile_files_are_refused_without_a_panic() {
        let cases: [(&[u8], &[Place]); 5] = [
            (b"", &[(1, Some("external_id")), (1, Some("name"))]),
            (b"\xff\xfe\x00", &[(1, None)]),
            (b"external_id,name\n\xff,x\n2,Bo\n", &[(2, None)]),
            (b"external_id,name,name\n1,2,3\n", &[(1, Some("name"))]),
            (b"external_id,name\n\"open,x", &[(2, None)]),
        ];
        for (text, expected) in cases {
            let (_, problems) = read_persons(text);
            let places: Vec<_> = problems.listed.iter().map(|p| (p.line, p.column.as_deref())).collect();
            assert_eq!(places, expected, "{text:?}");
        }
    }

    #[test]
    fn the_name_of_an_attribute_is_no_longer_than_by_hand() {
        let column = |name: &str| format!("external_id,name,attribute:{name}\n1,Ada,x\n");
        assert_eq!(read_persons(column(&"n".repeat(40)).as_bytes()).1.count, 0);
        let (rows, problems) = read_persons(column(&"n".repeat(41)).as_bytes());
        let told: Vec<_> = problems.listed.iter().map(|p| (p.line, p.message.as_str())).collect();
        assert_eq!((rows.len(), told), (0, vec![(1, "at most 40 characters")]));
    }
}
