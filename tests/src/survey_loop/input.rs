//! The organizations that answer: made up from a seed, or read from a file of real answers.

use std::{collections::HashMap, path::Path};

use anyhow::{Context, ensure};
use csv::StringRecord;
use rand::{Rng, SeedableRng, rngs::StdRng};

/// Teams, questions and people with their answers.
#[derive(Debug, Clone)]
pub struct Organization {
    /// The teams, each after the one above it; the first is above all others.
    pub groups: Vec<Group>,
    /// The closed questions.
    pub questions: Vec<Question>,
    /// The people.
    pub respondents: Vec<Respondent>,
}

/// A team.
#[derive(Debug, Clone)]
pub struct Group {
    /// The external id.
    pub id: String,
    /// The name; no two are equal.
    pub name: String,
    /// The external id of the team above; none for the first.
    pub parent: Option<String>,
}

/// A rating question.
#[derive(Debug, Clone)]
pub struct Question {
    /// The key.
    pub key: String,
    /// How many points its scale has.
    pub points: u8,
}

/// A person.
#[derive(Debug, Clone)]
pub struct Respondent {
    /// The external id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The place of the team in [`Organization::groups`].
    pub group: usize,
    /// One answer a question, from 1; None was skipped. None for somebody who does not answer at all.
    pub answers: Option<Vec<Option<u8>>>,
}

impl Respondent {
    /// The address by which the person signs in.
    pub fn email(&self) -> String {
        format!("{}@loop.example", self.id)
    }

    fn new(number: usize, group: usize, answers: Option<Vec<Option<u8>>>) -> Self {
        Self { id: format!("loop-{number}"), name: format!("Person {number}"), group, answers }
    }
}

impl Group {
    fn new(id: &str, parent: Option<&str>) -> Self {
        Self { id: format!("loop-{id}"), name: format!("Loop {id}"), parent: parent.map(str::to_owned) }
    }
}

impl Organization {
    /// About `persons` people in teams of 2 to 15, in divisions of 4 teams; one in ten does not answer, one answer in
    /// twenty is skipped, and moods differ from team to team. The same for the same seed.
    pub fn generated(seed: u64, persons: usize) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let scales = [5, 5, 5, 7, 2, 11];
        let questions = scales.iter().zip(1..).map(|(points, n)| Question { key: format!("q{n}"), points: *points });
        let mut organization =
            Self { groups: vec![Group::new("root", None)], questions: questions.collect(), respondents: Vec::new() };
        let mut division = String::new();
        for team in 0_usize.. {
            if organization.respondents.len() >= persons {
                break;
            }
            if team.is_multiple_of(4) {
                let group = Group::new(&format!("division {}", team / 4), Some("loop-root"));
                division.clone_from(&group.id);
                organization.groups.push(group);
            }
            organization.groups.push(Group::new(&format!("team {team}"), Some(&division)));
            let group = organization.groups.len() - 1;
            let mood = random.random_range(0.2..0.8);
            for _ in 0..random.random_range(2..=15) {
                let answers = random.random_bool(0.9).then(|| {
                    let answer = |points: u8| {
                        let drawn = (random.random::<f64>() + mood) / 2.0 * f64::from(points);
                        (!random.random_bool(0.05)).then_some((drawn as u8 + 1).min(points))
                    };
                    scales.into_iter().map(answer).collect()
                });
                let number = organization.respondents.len();
                organization.respondents.push(Respondent::new(number, group, answers));
            }
        }
        organization
    }

    /// Reads real answers: a CSV file with a row a person, a column that names the team, and columns of items. An item
    /// is a column whose name is one of `prefixes` and digits. Items of one prefix share a scale: its lowest value in
    /// the file is point 1. Whatever is not a whole number is missing, and becomes a skipped answer.
    ///
    /// # Errors
    /// When the file cannot be read or has no such columns.
    pub fn from_csv(path: &Path, team_column: &str, prefixes: &[String]) -> anyhow::Result<Self> {
        let mut reader = csv::Reader::from_path(path).context("the file cannot be read")?;
        let header = reader.headers()?.clone();
        let team_column =
            header.iter().position(|name| name == team_column).with_context(|| format!("no column {team_column}"))?;
        let columns = item_columns(&header, prefixes);
        ensure!(!columns.is_empty(), "no item columns");
        let rows: Vec<StringRecord> = reader.records().collect::<Result<_, _>>()?;
        let value = |row: &StringRecord, column: usize| row.get(column)?.trim().parse::<i32>().ok();
        let scales: Vec<(i32, i32)> = (0..prefixes.len())
            .map(|prefix| {
                let items = columns.iter().filter(|(_, of)| *of == prefix);
                let values = items.flat_map(|(column, _)| rows.iter().filter_map(|row| value(row, *column)));
                values.fold((i32::MAX, i32::MIN), |(low, high), one| (low.min(one), high.max(one)))
            })
            .collect();
        let point = |row: &StringRecord, (column, prefix): (usize, usize)| {
            value(row, column).and_then(|value| u8::try_from(value - scales[prefix].0 + 1).ok())
        };
        let questions = columns.iter().map(|(column, prefix)| {
            let (low, high) = scales[*prefix];
            Ok(Question { key: header[*column].to_lowercase(), points: u8::try_from(high - low + 1)? })
        });
        let mut organization = Self {
            groups: vec![Group::new("root", None)],
            questions: questions.collect::<anyhow::Result<_>>()?,
            respondents: Vec::new(),
        };
        let mut teams = HashMap::new();
        for (number, row) in rows.iter().enumerate() {
            let team = row[team_column].to_owned();
            let group = *teams.entry(team).or_insert_with_key(|team| {
                organization.groups.push(Group::new(&format!("team {team}"), Some("loop-root")));
                organization.groups.len() - 1
            });
            let answers = columns.iter().map(|column| point(row, *column)).collect();
            organization.respondents.push(Respondent::new(number, group, Some(answers)));
        }
        Ok(organization)
    }

    /// The places of the groups from `group` upwards, itself included.
    pub fn lineage(&self, group: usize) -> Vec<usize> {
        let mut lineage = vec![group];
        let mut at = group;
        while let Some(parent) = &self.groups[at].parent
            && let Some(above) = self.groups.iter().position(|other| other.id == *parent)
        {
            lineage.push(above);
            at = above;
        }
        lineage
    }
}

/// The columns of the items, each with the place of its prefix.
fn item_columns(header: &StringRecord, prefixes: &[String]) -> Vec<(usize, usize)> {
    let prefix_of = |name: &str| {
        prefixes.iter().position(|prefix| {
            let number = name.strip_prefix(prefix.as_str()).unwrap_or_default();
            !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    header.iter().enumerate().filter_map(|(at, name)| Some((at, prefix_of(name)?))).collect()
}
