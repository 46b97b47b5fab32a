//! What the table asks for and nobody was given: such a row cannot fail, whatever the policy says. So each field, each
//! mutation and each way has to give at least one column something, but for what stands here.

use std::{collections::BTreeMap, collections::BTreeSet};

use super::Row;

/// Fields as `Type.field`, and ways as `Type: title`, that give nobody anything, with the reason. The list may only
/// shrink: an entry that gives somebody something fails the test.
const VACUOUS: &[(&str, &str)] = &[
    ("SurveyConnection.totalCount", UNCOUNTED),
    ("NotificationConnection.totalCount", UNCOUNTED),
    ("GoalCheckInConnection.totalCount", UNCOUNTED),
    ("GoalChangeConnection.totalCount", UNCOUNTED),
    ("ExpectationConnection.totalCount", UNCOUNTED),
    ("ResponsibilityConnection.totalCount", UNCOUNTED),
    ("ServiceRequestConnection.totalCount", UNCOUNTED),
    ("FrictionConnection.totalCount", UNCOUNTED),
    ("RoadmapStepConnection.totalCount", UNCOUNTED),
    ("RecognitionConnection.totalCount", UNCOUNTED),
    ("PointEntryConnection.totalCount", UNCOUNTED),
    ("RewardConnection.totalCount", UNCOUNTED),
    ("RedemptionConnection.totalCount", UNCOUNTED),
    ("ReleasedComments: a site, to everybody", "comments are never narrowed by an attribute, for anybody"),
    ("Workload: carl's", "no column is above carl; emil's shows what his manager is given"),
    ("RetentionModel.auc", NO_LEAVERS),
    ("RetentionModel.beatsBaseRate", NO_LEAVERS),
    ("RetentionModel.brier", NO_LEAVERS),
    ("RetentionModel.calibrationSlope", NO_LEAVERS),
    ("RetentionModel.leavers", NO_LEAVERS),
    ("RetentionModel.skill", NO_LEAVERS),
    ("SurvivalCurve.from", NO_LEAVERS),
    ("SurvivalCurve.points", NO_LEAVERS),
    ("SurvivalCurve.until", NO_LEAVERS),
    ("SurvivalCurve: of everybody", NO_LEAVERS),
    ("SurvivalPoint.high", NO_LEAVERS),
    ("SurvivalPoint.low", NO_LEAVERS),
    ("SurvivalPoint.share", NO_LEAVERS),
    ("SurvivalPoint.years", NO_LEAVERS),
    ("SurvivalPoint: of everybody", NO_LEAVERS),
];

/// In an organization as small as the scene's nobody is shown this. The tests of retention have a larger one.
const NO_LEAVERS: &str = "too few have left here";

/// Why a connection has no count.
const UNCOUNTED: &str = "counting would tell of what is hidden, or cost too much";

/// That what gives nobody anything is what [`VACUOUS`] says.
pub fn check(rows: &[Row]) {
    let found = found(rows);
    let known: BTreeSet<&str> = VACUOUS.iter().map(|(entry, _)| *entry).collect();
    let new: Vec<&String> = found.iter().filter(|entry| !known.contains(entry.as_str())).collect();
    assert!(new.is_empty(), "nobody is given anything here, so these cases cannot fail; fill the scene: {new:#?}");
    let gone: Vec<&&str> = known.iter().filter(|entry| !found.contains(**entry)).collect();
    assert!(gone.is_empty(), "these give somebody something: take them off the list: {gone:#?}");
}

fn found(rows: &[Row]) -> BTreeSet<String> {
    let mut given: BTreeMap<String, bool> = BTreeMap::new();
    for row in rows.iter().filter(|row| !is_refusal(row)) {
        let something = row.cells.iter().any(|cell| is_something(cell));
        *given.entry(row.of.clone()).or_default() |= something;
        if is_of_a_way(row) {
            *given.entry(row.group.clone()).or_default() |= something;
        }
    }
    given.into_iter().filter(|(_, something)| !something).map(|(entry, _)| entry).collect()
}

/// Payloads tell of refusals, which give nothing.
fn is_refusal(row: &Row) -> bool {
    row.of.ends_with("Payload.errors")
}

/// Whether the row tells if its way leads anywhere. A connection leads to what is in it. What a payload has, and what a
/// single call does, is told by other rows.
fn is_of_a_way(row: &Row) -> bool {
    let of = row.group.split(':').next().unwrap_or_default();
    match of {
        "Mutation" => false,
        _ if of.ends_with("Payload") => false,
        _ if of.ends_with("Connection") => row.field == "nodes",
        _ => true,
    }
}

fn is_something(cell: &str) -> bool {
    let nothing = cell == "." || cell == "null" || cell == "[0]" || cell.starts_with("[0/");
    !nothing && !cell.ends_with('!') && !cell.starts_with("no:")
}
