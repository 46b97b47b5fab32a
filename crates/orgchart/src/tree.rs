//! The teams: their one tree, their keys and their leads. Small beside the persons, so any change rebuilds it whole.

use std::{cmp::Ordering, collections::HashMap, sync::Arc};

use foldhash::fast::RandomState;
use hearten_ids::TeamId;

use crate::{
    ChartProblem, TeamRecord,
    cursor::{TeamCursor, name_key},
    forest::{Forest, NONE},
    people::{LIMIT, People},
};

/// A team with the name it is sorted by.
#[derive(Debug, Clone)]
pub(crate) struct TeamEntry {
    pub(crate) record: TeamRecord,
    pub(crate) name_key: Arc<str>,
}

/// All teams, in use or archived.
#[derive(Debug, Default)]
pub(crate) struct TeamTree {
    entries: Vec<Arc<TeamEntry>>,
    by_id: HashMap<TeamId, u32, RandomState>,
    by_external_id: HashMap<Arc<str>, u32>,
    /// Teams in use by (name, id).
    by_name: Vec<u32>,
    /// The teams in use that a person (slot) leads, by (name, id).
    led: HashMap<u32, Vec<u32>, RandomState>,
    root: Option<u32>,
    pub(crate) forest: Forest,
}

impl TeamTree {
    pub(crate) const fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn slot(&self, id: TeamId) -> Option<u32> {
        self.by_id.get(&id).copied()
    }

    pub(crate) fn slot_by_external_id(&self, external_id: &str) -> Option<u32> {
        self.by_external_id.get(external_id).copied()
    }

    pub(crate) fn entry(&self, slot: u32) -> &TeamEntry {
        &self.entries[slot as usize]
    }

    pub(crate) fn record(&self, slot: u32) -> &TeamRecord {
        &self.entries[slot as usize].record
    }

    pub(crate) const fn root(&self) -> Option<u32> {
        self.root
    }

    pub(crate) fn by_name(&self) -> &[u32] {
        &self.by_name
    }

    pub(crate) fn led_by(&self, person: u32) -> &[u32] {
        self.led.get(&person).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn compare_to(&self, slot: u32, cursor: &TeamCursor) -> Ordering {
        let entry = self.entry(slot);
        (&entry.name_key, entry.record.id).cmp(&(&cursor.name_key, cursor.id))
    }

    /// The tree with these records written over it.
    pub(crate) fn with(&self, records: Vec<TeamRecord>, people: &People) -> Result<Self, ChartProblem> {
        let mut tree = Self { entries: self.entries.clone(), by_id: self.by_id.clone(), ..Self::default() };
        tree.upsert(records)?;
        tree.key()?;
        let (listing, in_use) = tree.listing();
        let parents = tree.parents()?;
        tree.forest = Forest::grow(parents, &listing, in_use)
            .map_err(|cycle| ChartProblem::TeamCycle(cycle.into_iter().map(|slot| tree.record(slot).id).collect()))?;
        tree.by_name = listing;
        tree.by_name.truncate(in_use);
        tree.appoint(people)?;
        Ok(tree)
    }

    fn upsert(&mut self, records: Vec<TeamRecord>) -> Result<(), ChartProblem> {
        let mut seen = std::collections::HashSet::with_capacity(records.len());
        for record in records {
            let id = record.id;
            if !seen.insert(id) {
                return Err(ChartProblem::DuplicateTeam(id));
            }
            let entry = Arc::new(TeamEntry { name_key: name_key(&record.name), record });
            if let Some(slot) = self.slot(id) {
                self.entries[slot as usize] = entry;
                continue;
            }
            let slot = u32::try_from(self.entries.len()).unwrap_or(LIMIT);
            if slot >= LIMIT {
                return Err(ChartProblem::TooMany { limit: LIMIT });
            }
            self.entries.push(entry);
            self.by_id.insert(id, slot);
        }
        Ok(())
    }

    fn key(&mut self) -> Result<(), ChartProblem> {
        for (slot, entry) in self.entries.iter().enumerate() {
            if let Some(external_id) = &entry.record.external_id
                && let Some(holder) = self.by_external_id.insert(Arc::clone(external_id), slot as u32)
            {
                let first = self.record(holder).id;
                return Err(ChartProblem::SharedTeamExternalId { first, second: entry.record.id });
            }
        }
        Ok(())
    }

    /// Every slot, those in use first, each part by (name, id); and how many are in use.
    fn listing(&self) -> (Vec<u32>, usize) {
        let mut listing: Vec<u32> = (0..self.entries.len() as u32).collect();
        listing.sort_unstable_by(|a, b| {
            let (a, b) = (self.entry(*a), self.entry(*b));
            (a.record.archived, &a.name_key, a.record.id).cmp(&(b.record.archived, &b.name_key, b.record.id))
        });
        let in_use = listing.partition_point(|slot| !self.record(*slot).archived);
        (listing, in_use)
    }

    fn parents(&mut self) -> Result<Vec<u32>, ChartProblem> {
        let mut parents = Vec::with_capacity(self.entries.len());
        let mut root: Option<u32> = None;
        for (slot, entry) in self.entries.iter().enumerate() {
            let TeamRecord { id: team, parent, archived, .. } = entry.record;
            let Some(parent) = parent else {
                if let Some(first) = root {
                    return Err(ChartProblem::SeveralRoots { first: self.record(first).id, second: team });
                }
                root = Some(slot as u32);
                parents.push(NONE);
                continue;
            };
            let above = self.slot(parent).ok_or(ChartProblem::UnknownParent { team, parent })?;
            if !archived && self.record(above).archived {
                return Err(ChartProblem::ArchivedParent { team, parent });
            }
            parents.push(above);
        }
        self.root = root;
        Ok(parents)
    }

    fn appoint(&mut self, people: &People) -> Result<(), ChartProblem> {
        for entry in &self.entries {
            if let Some(lead) = entry.record.lead
                && people.slot(lead).is_none()
            {
                return Err(ChartProblem::UnknownLead { team: entry.record.id, lead });
            }
        }
        for slot in &self.by_name {
            if let Some(lead) = self.record(*slot).lead.and_then(|lead| people.slot(lead)) {
                self.led.entry(lead).or_default().push(*slot);
            }
        }
        Ok(())
    }
}
