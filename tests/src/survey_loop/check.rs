//! What a publication shows, compared with the input. The arithmetic is done here again, from the answers themselves.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::{Organization, Parties, Report};

const HEATMAP: &str = "query($survey: ID!, $after: String) { node(id: $survey) { ... on Survey { latestPublication {
    heatmap { columns { key } rows(first: 20, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { cut { name kind respondents } cells { __typename
            ... on ReleasedScore { n skipped mean distribution { option count } }
            ... on Suppressed { reason atLeast { option atLeast of } } } } } } } } } }";
const PLAN: &str =
    "query($survey: ID!, $after: String) { node(id: $survey) { ... on Survey { latestPublication { plan {
    rank budget respondents shownCount hiddenCount
    cuts(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { name shown reason } } } } } } }";

/// How often each point was chosen in a group, and how often none.
struct Tally {
    counts: Vec<u64>,
    skipped: u64,
}

impl Tally {
    fn n(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The mean in hundredths, halves away from zero, in whole numbers.
    fn mean_in_hundredths(&self) -> Option<u64> {
        let points: u64 = self.counts.iter().zip(1..).map(|(count, point)| count * point).sum();
        let n = self.n();
        (n > 0).then(|| (200 * points + n) / (2 * n))
    }
}

/// Reads plan and heat map, and compares every shown cell with the input.
///
/// # Errors
/// When they cannot be read or are not complete.
pub async fn read_and_compare(
    parties: &Parties<'_>,
    organization: &Organization,
    survey: &str,
) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let pages = read_pages(parties, PLAN, survey, &["plan", "cuts"]).await?;
    let plan = &pages.first().context("no plan")?["plan"];
    report.plan = (plan["rank"].as_i64().unwrap_or(-1), plan["budget"].as_i64().unwrap_or(-1));
    for cut in pages.iter().flat_map(|page| nodes(&page["plan"]["cuts"])) {
        match cut["reason"].as_str() {
            None => report.shown += 1,
            Some(reason) => count(&mut report.hidden, reason),
        }
    }
    ensure!(plan["shownCount"] == report.shown, "the plan counts its shown cuts wrongly");
    let pages = read_pages(parties, HEATMAP, survey, &["heatmap", "rows"]).await?;
    let columns: Vec<&str> = pages.first().map(|page| &page["heatmap"]["columns"]).map_or_else(Vec::new, |columns| {
        columns.as_array().into_iter().flatten().filter_map(|column| column["key"].as_str()).collect()
    });
    ensure!(columns.len() == organization.questions.len(), "the heat map has other columns: {columns:?}");
    let tallies = tallies(organization);
    for row in pages.iter().flat_map(|page| nodes(&page["heatmap"]["rows"])) {
        let name = row["cut"]["name"].as_str().context("no name")?;
        // Everybody, and the teams above the imported ones, hold everybody who was asked.
        let place = organization.groups.iter().position(|group| group.name == name).unwrap_or(0);
        for ((cell, tally), key) in nodes_of(&row["cells"]).zip(&tallies[&place]).zip(&columns) {
            let difference = match cell["reason"].as_str() {
                None => {
                    report.cells_shown += 1;
                    compare(cell, tally)
                }
                Some(reason) => {
                    count(&mut report.cells_hidden, reason);
                    check_bound(cell, tally)
                }
            };
            report.differences.extend(difference.map(|what| format!("{name}, {key}: {what}")));
        }
    }
    Ok(report)
}

/// All pages of a connection of the publication, each with the publication around it.
async fn read_pages(parties: &Parties<'_>, query: &str, survey: &str, path: &[&str]) -> anyhow::Result<Vec<Value>> {
    let mut pages = Vec::new();
    let mut after = Value::Null;
    loop {
        let variables = json!({ "survey": survey, "after": after });
        let data = parties.client.data(&parties.partner, query, variables).await?;
        let publication = data["node"]["latestPublication"].clone();
        ensure!(publication.is_object(), "there is no publication");
        let info = path.iter().fold(&publication, |value, name| &value[*name])["pageInfo"].clone();
        pages.push(publication);
        if info["hasNextPage"] != true {
            return Ok(pages);
        }
        after = info["endCursor"].clone();
    }
}

fn nodes(connection: &Value) -> impl Iterator<Item = &Value> {
    nodes_of(&connection["nodes"])
}

fn nodes_of(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn count(counts: &mut BTreeMap<String, usize>, reason: &str) {
    *counts.entry(reason.to_owned()).or_default() += 1;
}

/// The tallies of every group with those below it: one a question.
fn tallies(organization: &Organization) -> HashMap<usize, Vec<Tally>> {
    let empty = || {
        let questions = organization.questions.iter();
        questions.map(|one| Tally { counts: vec![0; usize::from(one.points)], skipped: 0 }).collect::<Vec<_>>()
    };
    let mut all: HashMap<usize, Vec<Tally>> = (0..organization.groups.len()).map(|group| (group, empty())).collect();
    for respondent in &organization.respondents {
        let Some(answers) = &respondent.answers else { continue };
        for group in organization.lineage(respondent.group) {
            for (tally, answer) in all.entry(group).or_insert_with(empty).iter_mut().zip(answers) {
                match answer {
                    Some(point) => tally.counts[usize::from(*point) - 1] += 1,
                    None => tally.skipped += 1,
                }
            }
        }
    }
    all
}

/// What of a shown cell is not as in the input.
fn compare(cell: &Value, tally: &Tally) -> Option<String> {
    let shown: Vec<u64> = nodes_of(&cell["distribution"]).filter_map(|option| option["count"].as_u64()).collect();
    let mean = cell["mean"].as_f64().map(|mean| (mean * 100.0).round() as u64);
    let numbers = (cell["n"].as_u64(), cell["skipped"].as_u64());
    let same = shown == tally.counts
        && mean == tally.mean_in_hundredths()
        && numbers == (Some(tally.n()), Some(tally.skipped));
    (!same).then(|| format!("{cell}, but the answers are {:?} and {} skipped", tally.counts, tally.skipped))
}

/// What of a hidden cell's bound ("at least n - 1 of n chose this") is not true of the input.
fn check_bound(cell: &Value, tally: &Tally) -> Option<String> {
    let bound = cell["atLeast"].as_object()?;
    let chosen = match bound["option"].as_u64().and_then(|option| usize::try_from(option).ok()) {
        Some(option) => tally.counts.get(option.checked_sub(1)?).copied()?,
        None => tally.skipped,
    };
    let holds = bound["atLeast"].as_u64()? <= chosen && bound["of"].as_u64()? == tally.n() + tally.skipped;
    (!holds).then(|| format!("{cell}, but the answers are {:?} and {} skipped", tally.counts, tally.skipped))
}
