//! The frame of a wave: the cuts it can be looked at by, as the organization stood at launch.
//!
//! It is frozen with the wave, so that a reorganization changes neither what is shown nor how it is named. The order of
//! the cuts is the order in which the release plan considers them: everybody, teams from the top down, attribute values.

use std::collections::{BTreeMap, HashMap};

use hearten_disclosure::Candidate;
use hearten_ids::TeamId;
use hearten_orgchart::OrgChart;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The cuts of a wave.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// The cuts, in the order in which the plan considers them.
    pub cuts: Vec<FrameCut>,
    /// How many of them (the first ones) are everybody and teams.
    pub tree: usize,
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

/// A cut: its key, its name, and where it hangs in the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameCut {
    /// What it is of.
    pub key: CutKey,
    /// Its name at launch.
    pub name: String,
    /// The index of the cut above; none for everybody.
    pub parent: Option<usize>,
    /// 0 for everybody, 1 for the root team and for attribute values, 2 for the teams below the root, and so on.
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

impl Frame {
    /// Freezes the cuts in which somebody of `invited` is, as the chart stands. `everyone` names the first cut.
    pub fn freeze(chart: &OrgChart, everyone: &str, axes: &[String], invited: &[Member<'_>]) -> Self {
        let mut frame = Self::default();
        frame.cuts.push(FrameCut { key: CutKey::Everyone, name: everyone.to_owned(), parent: None, depth: 0 });
        let mut inhabited: HashMap<TeamId, usize> = HashMap::new();
        for team in invited.iter().filter_map(|member| member.team) {
            for team in chart.ancestors(team).iter().map(|above| above.id).chain([team]) {
                *inhabited.entry(team).or_default() += 1;
            }
        }
        // Breadth first, so that higher teams are considered first and each stands after the one above it.
        let mut level: Vec<(TeamId, usize)> = chart.root_team().map(|root| (root.id, 0)).into_iter().collect();
        while !level.is_empty() {
            let mut next = Vec::new();
            for (id, parent) in level {
                let Some(team) = chart.team(id).filter(|_| inhabited.contains_key(&id)) else { continue };
                let (at, depth) = (frame.cuts.len(), frame.cuts[parent].depth + 1);
                frame.cuts.push(FrameCut {
                    key: CutKey::Team { team: id },
                    name: team.name.to_string(),
                    parent: Some(parent),
                    depth,
                });
                next.extend(chart.children(id).iter().map(|child| (child.id, at)));
            }
            level = next;
        }
        frame.tree = frame.cuts.len();
        for axis in axes {
            let values: BTreeMap<&str, ()> =
                invited.iter().filter_map(|member| Some((value(member, axis)?, ()))).collect();
            frame.cuts.extend(values.into_keys().map(|value| FrameCut {
                key: CutKey::Attribute { name: axis.clone(), value: value.to_owned() },
                name: value.to_owned(),
                parent: Some(0),
                depth: 1,
            }));
        }
        frame
    }

    /// Who of `members` is in each cut, by index: one candidate a cut, in the order of the cuts.
    pub fn candidates(&self, members: &[Member<'_>]) -> Vec<Candidate> {
        let mut inside: Vec<Vec<u32>> = vec![Vec::new(); self.cuts.len()];
        let mut cut_of: HashMap<&CutKey, usize> = HashMap::with_capacity(self.cuts.len());
        let mut axes: Vec<&str> = Vec::new();
        for (at, cut) in self.cuts.iter().enumerate() {
            cut_of.insert(&cut.key, at);
            if let CutKey::Attribute { name, .. } = &cut.key
                && axes.last() != Some(&name.as_str())
            {
                axes.push(name);
            }
        }
        for (index, member) in (0..).zip(members) {
            let team = member.team.and_then(|team| cut_of.get(&CutKey::Team { team }));
            // Up from the member's team; somebody without a team counts for everybody only.
            let mut cut = Some(team.copied().unwrap_or(0));
            while let Some(at) = cut {
                inside[at].push(index);
                cut = self.cuts[at].parent;
            }
            for axis in &axes {
                let key = value(member, axis)
                    .map(|value| CutKey::Attribute { name: (*axis).to_owned(), value: value.to_owned() });
                if let Some(at) = key.and_then(|key| cut_of.get(&key)) {
                    inside[*at].push(index);
                }
            }
        }
        inside.into_iter().map(|members| Candidate { members }).collect()
    }

    /// Whether a cut is `root` or lies below it.
    pub fn is_within(&self, cut: usize, root: usize) -> bool {
        let mut at = Some(cut);
        while let Some(here) = at {
            if here == root {
                return true;
            }
            at = self.cuts[here].parent;
        }
        false
    }

    /// The index of the cut with this key.
    pub fn find(&self, key: &CutKey) -> Option<usize> {
        self.cuts.iter().position(|cut| cut.key == *key)
    }
}

fn value<'a>(member: &Member<'a>, axis: &str) -> Option<&'a str> {
    member.attributes.get(axis).and_then(Value::as_str)
}
