//! The persons by slot, the keys they are found by, and their order by name.

use std::{cmp::Ordering, collections::HashSet, sync::Arc};

use hearten_ids::PersonId;

use crate::{
    ChartProblem, PersonRecord,
    chunked::Chunked,
    cursor::{PersonCursor, email_key, name_key},
    index::Index,
};

/// Slots are 32 bits wide; this is far below, and far above any organization.
pub(crate) const LIMIT: u32 = 10_000_000;

/// A person with what its look-ups need.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) record: PersonRecord,
    pub(crate) name_key: Arc<str>,
}

/// What an upsert did to one slot.
pub(crate) struct Touched {
    pub(crate) slot: u32,
    pub(crate) before: Option<Arc<Entry>>,
}

/// All persons, active or not.
#[derive(Debug, Clone)]
pub(crate) struct People {
    entries: Chunked<Arc<Entry>>,
    by_id: Index<PersonId>,
    by_external_id: Index<Arc<str>>,
    by_email: Index<Arc<str>>,
    /// Active persons by (name, id), and the others likewise.
    active: Arc<Vec<u32>>,
    former: Arc<Vec<u32>>,
}

impl People {
    pub(crate) fn new() -> Self {
        Self {
            entries: Chunked::new(),
            by_id: Index::new(),
            by_external_id: Index::new(),
            by_email: Index::new(),
            active: Arc::default(),
            former: Arc::default(),
        }
    }

    pub(crate) const fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn slot(&self, id: PersonId) -> Option<u32> {
        self.by_id.get(&id)
    }

    pub(crate) fn slot_by_external_id(&self, external_id: &str) -> Option<u32> {
        self.by_external_id.get(external_id)
    }

    pub(crate) fn slot_by_email(&self, email: &str) -> Option<u32> {
        self.by_email.get(email.to_lowercase().as_str())
    }

    pub(crate) fn entry(&self, slot: u32) -> &Entry {
        self.entries.at(slot)
    }

    pub(crate) fn record(&self, slot: u32) -> &PersonRecord {
        &self.entries.at(slot).record
    }

    pub(crate) fn active(&self) -> &[u32] {
        &self.active
    }

    pub(crate) fn former(&self) -> &[u32] {
        &self.former
    }

    /// By (name, id), the order of every list of siblings.
    fn compare(&self, a: u32, b: u32) -> Ordering {
        let (a, b) = (self.entry(a), self.entry(b));
        (&a.name_key, a.record.id).cmp(&(&b.name_key, b.record.id))
    }

    /// How a slot stands to a cursor.
    pub(crate) fn compare_to(&self, slot: u32, cursor: &PersonCursor) -> Ordering {
        let entry = self.entry(slot);
        (&entry.name_key, entry.record.id).cmp(&(&cursor.name_key, cursor.id))
    }

    /// Writes the records into slots, old or new, and keeps keys and name order.
    pub(crate) fn upsert(&mut self, records: Vec<PersonRecord>) -> Result<Vec<Touched>, ChartProblem> {
        let mut seen = HashSet::with_capacity(records.len());
        let mut touched = Vec::with_capacity(records.len());
        for mut record in records {
            if !seen.insert(record.id) {
                return Err(ChartProblem::DuplicatePerson(record.id));
            }
            sort_attributes(&mut record);
            let id = record.id;
            let entry = Arc::new(Entry { name_key: name_key(&record.display_name), record });
            touched.push(match self.slot(id) {
                Some(slot) => Touched { slot, before: Some(self.entries.replace(slot, entry)) },
                None => {
                    let slot = u32::try_from(self.entries.len()).unwrap_or(LIMIT);
                    if slot >= LIMIT {
                        return Err(ChartProblem::TooMany { limit: LIMIT });
                    }
                    self.entries.push(entry);
                    self.by_id.insert(id, slot);
                    Touched { slot, before: None }
                }
            });
        }
        self.rekey(&touched)?;
        self.reorder(&touched);
        Ok(touched)
    }

    /// All old keys go before any new one comes, so that two persons may swap theirs in one step.
    fn rekey(&mut self, touched: &[Touched]) -> Result<(), ChartProblem> {
        for Touched { slot, before } in touched {
            let Some(before) = before else { continue };
            let now = Arc::clone(self.entries.at(*slot));
            if let Some(old) =
                before.record.external_id.as_ref().filter(|_| before.record.external_id != now.record.external_id)
            {
                self.by_external_id.remove(&**old);
            }
            if let Some(old) = before.record.email.as_ref().filter(|_| before.record.email != now.record.email) {
                self.by_email.remove(&*email_key(old));
            }
        }
        for Touched { slot, before } in touched {
            let now = Arc::clone(self.entries.at(*slot));
            let second = now.record.id;
            let before = before.as_ref().map(|before| &before.record);
            if let Some(new) = &now.record.external_id
                && before.is_none_or(|before| before.external_id != now.record.external_id)
                && let Some(holder) = self.by_external_id.insert(Arc::clone(new), *slot)
            {
                return Err(ChartProblem::SharedPersonExternalId { first: self.record(holder).id, second });
            }
            if let Some(new) = &now.record.email
                && before.is_none_or(|before| before.email != now.record.email)
                && let Some(holder) = self.by_email.insert(email_key(new), *slot)
            {
                return Err(ChartProblem::SharedEmail { first: self.record(holder).id, second });
            }
        }
        Ok(())
    }

    fn reorder(&mut self, touched: &[Touched]) {
        let (mut active, mut former) = (Moves::default(), Moves::default());
        for Touched { slot, before } in touched {
            let now = self.entry(*slot);
            if let Some(before) = before {
                if before.name_key == now.name_key && before.record.is_active() == now.record.is_active() {
                    continue;
                }
                if before.record.is_active() { &mut active } else { &mut former }.out.push(*slot);
            }
            if now.record.is_active() { &mut active } else { &mut former }.into.push(*slot);
        }
        self.active = self.relisted(&self.active, active);
        self.former = self.relisted(&self.former, former);
    }

    fn relisted(&self, list: &Arc<Vec<u32>>, mut moves: Moves) -> Arc<Vec<u32>> {
        if moves.out.is_empty() && moves.into.is_empty() {
            return Arc::clone(list);
        }
        let mut list = Vec::clone(list);
        if moves.out.len() <= FEW {
            for slot in moves.out {
                if let Some(place) = list.iter().position(|other| *other == slot) {
                    list.remove(place);
                }
            }
        } else {
            moves.out.sort_unstable();
            list.retain(|slot| moves.out.binary_search(slot).is_err());
        }
        if moves.into.len() <= FEW {
            for slot in moves.into {
                let place = list.partition_point(|other| self.compare(*other, slot).is_lt());
                list.insert(place, slot);
            }
        } else {
            // The stable sort finds the two sorted runs and merges them.
            moves.into.sort_unstable_by(|a, b| self.compare(*a, *b));
            list.extend(moves.into);
            list.sort_by(|a, b| self.compare(*a, *b));
        }
        Arc::new(list)
    }
}

/// Up to this many moves, moving them one by one beats sorting.
const FEW: usize = 16;

#[derive(Default)]
struct Moves {
    out: Vec<u32>,
    into: Vec<u32>,
}

fn sort_attributes(record: &mut PersonRecord) {
    if !record.attributes.is_sorted_by(|(a, _), (b, _)| a <= b) {
        let mut sorted = record.attributes.to_vec();
        sorted.sort();
        record.attributes = sorted.into();
    }
}
