//! Reading a file of areas: columns, values and limits. No database here; every problem names its line.

use csv::{ReaderBuilder, StringRecord, Trim};

use super::{
    store::Part,
    writing::{LONGEST_DESCRIPTION, LONGEST_NAME, keywords},
};
use crate::graphql::input;

/// A file with more rows is refused.
pub const MOST_ROWS: usize = 5_000;
/// A report lists this many problems; the rest are counted.
pub const MOST_PROBLEMS: usize = 100;

const COLUMNS: [&str; 8] =
    ["name", "team", "description", "keywords", "accountable", "responsible", "consulted", "informed"];

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

/// A row: an area, where it is at home, and who has which part. A column that is absent says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line in the file.
    pub line: u64,
    /// The name.
    pub name: String,
    /// The external id of the home team; none for the organization as a whole.
    pub team: Option<String>,
    /// What belongs to it; None when the column is absent.
    pub description: Option<Option<String>>,
    /// Other words for it; None when the column is absent.
    pub keywords: Option<Vec<String>>,
    /// External ids of persons, by part.
    pub parts: Vec<(Part, String)>,
}

/// The column of a part.
pub fn column_of(part: Part) -> String {
    part.as_str().to_lowercase()
}

/// Reads all rows. With problems, the rows are not to be used.
pub fn read(file: &str, problems: &mut Problems) -> Vec<Row> {
    let mut reader = ReaderBuilder::new().trim(Trim::All).flexible(false).from_reader(file.as_bytes());
    let Ok(header) = reader.headers().cloned() else {
        problems.add(1, None, "the header cannot be read as CSV");
        return Vec::new();
    };
    let mut columns: Vec<String> = Vec::new();
    for name in &header {
        // A byte-order mark is what spreadsheets put before the first column.
        let name = name.trim_start_matches('\u{feff}').to_lowercase();
        if !COLUMNS.contains(&name.as_str()) {
            problems.add(1, Some(&name), format!("unknown column; known are {}", COLUMNS.join(", ")));
        } else if columns.contains(&name) {
            problems.add(1, Some(&name), "this column stands twice");
        }
        columns.push(name);
    }
    if !columns.iter().any(|name| name == "name") {
        problems.add(1, Some("name"), "this column is required");
    }
    if problems.count > 0 {
        return Vec::new();
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                if rows.len() == MOST_ROWS {
                    problems.add(line, None, format!("at most {MOST_ROWS} rows"));
                    return rows;
                }
                rows.extend(row(&Line { line, columns: &columns, record: &record }, problems));
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                problems.add(line, None, "the row cannot be read as CSV, or has more or fewer columns than the header");
                if !matches!(error.kind(), csv::ErrorKind::UnequalLengths { .. }) {
                    return rows;
                }
            }
        }
    }
    rows
}

struct Line<'a> {
    line: u64,
    columns: &'a [String],
    record: &'a StringRecord,
}

impl Line<'_> {
    /// The text of a column; None when the column is absent.
    fn told(&self, column: &str) -> Option<&str> {
        let at = self.columns.iter().position(|name| name == column)?;
        self.record.get(at)
    }

    /// What stands between semicolons.
    fn list(&self, column: &str) -> Option<Vec<String>> {
        let parts = self.told(column)?.split(';').map(str::trim).filter(|part| !part.is_empty());
        Some(parts.map(str::to_owned).collect())
    }
}

fn row(line: &Line<'_>, problems: &mut Problems) -> Option<Row> {
    let before = problems.count;
    let mut text = |column: &'static str, longest| {
        let value = line.told(column)?;
        if value.is_empty() {
            return Some(None);
        }
        match input::text([column], value, longest) {
            Ok(text) => Some(Some(text)),
            Err(refused) => {
                problems.add(line.line, Some(column), refused.message);
                Some(None)
            }
        }
    };
    let name = text("name", LONGEST_NAME).flatten();
    let team = text("team", LONGEST_NAME * 2).flatten();
    let description = text("description", LONGEST_DESCRIPTION);
    if name.is_none() && problems.count == before {
        problems.add(line.line, Some("name"), "a value is required");
    }
    let words = match line.list("keywords").map(|words| keywords(&words)) {
        None => None,
        Some(Ok(words)) => Some(words),
        Some(Err(refused)) => {
            problems.add(line.line, Some("keywords"), refused.message);
            None
        }
    };
    let mut parts = Vec::new();
    for part in Part::ALL {
        let persons = line.list(&column_of(part)).unwrap_or_default();
        parts.extend(persons.into_iter().map(|person| (part, person)));
    }
    (problems.count == before).then_some(Row {
        line: line.line,
        name: name?,
        team,
        description,
        keywords: words,
        parts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(file: &str) -> (Vec<Row>, Vec<String>) {
        let mut problems = Problems::default();
        let rows = read(file, &mut problems);
        let told = problems.listed.iter().map(|one| format!("{} {}", one.line, one.column.as_deref().unwrap_or("-")));
        (rows, told.collect())
    }

    #[test]
    fn a_row_says_what_its_columns_say() {
        let (rows, problems) = read_all(
            "\u{feff}Name,Team,Keywords,Accountable,Informed\nBudget,north, money ; plan;,p1,p2; p3\nAudit,,,,\n",
        );
        assert!(problems.is_empty());
        let parts: Vec<(Part, &str)> = rows[0].parts.iter().map(|(part, person)| (*part, person.as_str())).collect();
        assert_eq!(parts, [(Part::Accountable, "p1"), (Part::Informed, "p2"), (Part::Informed, "p3")]);
        assert_eq!(rows[0].keywords, Some(vec!["money".to_owned(), "plan".to_owned()]));
        assert_eq!((&rows[0].description, &rows[1].team), (&None, &None));
        assert_eq!(rows[1].keywords, Some(Vec::new()));
    }

    #[test]
    fn every_problem_names_its_line_and_column() {
        assert_eq!(read_all("team\nnorth\n").1, ["1 name"]);
        assert_eq!(read_all("name,cost,name\n").1, ["1 cost", "1 name"]);
        assert_eq!(read_all("").1, ["1 name"]);
        let long = "x".repeat(LONGEST_NAME + 1);
        let file = format!("name,keywords\n{long},\n,a\nA,{}\nB\nC,ok\n", "w;".to_owned() + &"y".repeat(61));
        let (rows, problems) = read_all(&file);
        assert_eq!(problems, ["2 name", "3 name", "4 keywords", "5 -"]);
        assert_eq!(rows.len(), 1);
        let many = "name\n".to_owned() + &"A\n".repeat(MOST_ROWS + 1);
        assert_eq!(read_all(&many).1, [format!("{} -", MOST_ROWS + 2)]);
    }
}
