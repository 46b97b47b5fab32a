//! The frame of a wave: the team tree as it stood at launch, and the cuts it can be looked at by.
//!
//! It is frozen with the wave, so that a reorganisation changes neither what is shown nor how it is named.

use std::collections::HashMap;

use hearten_disclosure::Candidate;
use hearten_ids::TeamId;
use hearten_orgchart::OrgChart;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The frozen team tree, and the attributes results may be cut by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The teams, each after the one above it.
    pub teams: Vec<FrameTeam>,
    /// Names of attributes.
    pub axes: Vec<String>,
}

/// A team as it stood at launch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameTeam {
    /// The team.
    pub id: TeamId,
    /// Its name then.
    pub name: String,
    /// The index of the team above, in this list.
    pub parent: Option<usize>,
}

/// What a cut is of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum CutKey {
    /// Everybody who was invited.
    Everyone,
    /// A team with the teams below it.
    Team {
        /// The team.
        team: TeamId,
    },
    /// Everybody with a value of an attribute.
    Attribute {
        /// The attribute.
        name: String,
        /// The value.
        value: String,
    },
}

/// A cut of a wave: its key, its name, and where it hangs in the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameCut {
    /// What it is of.
    pub key: CutKey,
    /// Its name at launch.
    pub name: String,
    /// The index of the cut above, in the list of cuts.
    pub parent: Option<usize>,
    /// 0 for everybody, 1 for the teams below the root, and so on.
    pub depth: u32,
}

/// Somebody as cuts see them: a team and the values of the axes. Not a person.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// The team at launch.
    pub team: Option<TeamId>,
    /// A JSON object from axis to value.
    pub attributes: &'a Value,
}

/// The cuts of a wave in the order in which they are considered, and who is in each.
#[derive(Debug)]
pub struct Cuts {
    /// The cuts.
    pub cuts: Vec<FrameCut>,
    /// The members of each cut, as indices into the members given.
    pub candidates: Vec<Candidate>,
    /// How many of the cuts (the first ones) are everybody and teams.
    pub tree: usize,
}

impl Frame {
    /// Freezes the tree of `chart`, without archived teams.
    pub fn freeze(chart: &OrgChart, axes: &[String]) -> Self {
        let mut teams = Vec::new();
        let mut index = HashMap::new();
        // Breadth first, so that a team stands after the one above it and higher teams are considered first.
        let mut level: Vec<TeamId> = chart.root_team().into_iter().map(|root| root.id).collect();
        while !level.is_empty() {
            let mut next = Vec::new();
            for id in level {
                let Some(team) = chart.team(id).filter(|team| !team.archived) else { continue };
                let parent = team.parent.and_then(|parent| index.get(&parent).copied());
                index.insert(id, teams.len());
                teams.push(FrameTeam { id, name: team.name.to_string(), parent });
                next.extend(chart.children(id).map(|child| child.id));
            }
            level = next;
        }
        Self { teams, axes: axes.to_vec() }
    }

    /// All cuts of this frame for `members`. Empty teams are left out; the order is everybody, teams from the top down,
    /// attribute values in alphabetical order.
    pub fn cuts(&self, everyone: &str, members: &[Member<'_>]) -> Cuts {
        let mut found = Cuts { cuts: Vec::new(), candidates: Vec::new(), tree: 0 };
        let all = (0..u32::try_from(members.len()).unwrap_or(u32::MAX)).collect();
        found.push(CutKey::Everyone, everyone.to_owned(), None, 0, all);
        self.team_cuts(members, &mut found);
        found.tree = found.cuts.len();
        for axis in &self.axes {
            attribute_cuts(axis, members, &mut found);
        }
        found
    }

    fn team_cuts(&self, members: &[Member<'_>], found: &mut Cuts) {
        let index: HashMap<TeamId, usize> = self.teams.iter().enumerate().map(|(at, team)| (team.id, at)).collect();
        let mut inside: Vec<Vec<u32>> = vec![Vec::new(); self.teams.len()];
        for (at, member) in members.iter().enumerate() {
            // A member counts for the team and every team above it; the tree has no circles, so this ends.
            let mut team = member.team.and_then(|team| index.get(&team).copied());
            while let Some(position) = team {
                inside[position].push(u32::try_from(at).unwrap_or(u32::MAX));
                team = self.teams[position].parent;
            }
        }
        let mut cut_of: Vec<Option<usize>> = vec![None; self.teams.len()];
        for (position, (team, members_inside)) in self.teams.iter().zip(inside).enumerate() {
            if members_inside.is_empty() {
                continue;
            }
            let parent = team.parent.and_then(|parent| cut_of[parent]).unwrap_or(0);
            let depth = found.cuts[parent].depth + 1;
            cut_of[position] = Some(found.cuts.len());
            found.push(CutKey::Team { team: team.id }, team.name.clone(), Some(parent), depth, members_inside);
        }
    }
}

impl Cuts {
    fn push(&mut self, key: CutKey, name: String, parent: Option<usize>, depth: u32, members: Vec<u32>) {
        self.cuts.push(FrameCut { key, name, parent, depth });
        self.candidates.push(Candidate { members });
    }
}

fn attribute_cuts(axis: &str, members: &[Member<'_>], found: &mut Cuts) {
    let mut by_value: std::collections::BTreeMap<&str, Vec<u32>> = std::collections::BTreeMap::new();
    for (at, member) in members.iter().enumerate() {
        if let Some(value) = member.attributes.get(axis).and_then(Value::as_str) {
            by_value.entry(value).or_default().push(u32::try_from(at).unwrap_or(u32::MAX));
        }
    }
    for (value, inside) in by_value {
        let key = CutKey::Attribute { name: axis.to_owned(), value: value.to_owned() };
        found.push(key, value.to_owned(), Some(0), 1, inside);
    }
}
