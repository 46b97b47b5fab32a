//! Who sits where: active persons sorted by (team in tree order, name, id), so that the members of a team and of a
//! whole sub-tree are both one slice.

use crate::forest::NONE;

/// The members of all teams.
#[derive(Debug, Default)]
pub(crate) struct Seats {
    slots: Vec<u32>,
    /// Where the members of the team at a pre-order place begin; one more entry ends the last.
    start: Vec<u32>,
}

impl Seats {
    /// A counting sort that keeps the name order it is given: O(persons + teams), nothing is compared.
    /// `place_of` gives the pre-order place of a person's team, or `NONE`.
    pub(crate) fn fill(by_name: &[u32], places: usize, place_of: impl Fn(u32) -> u32) -> Self {
        let mut start = vec![0_u32; places + 1];
        let place_by_rank: Vec<u32> = by_name.iter().map(|slot| place_of(*slot)).collect();
        for place in &place_by_rank {
            if *place != NONE {
                start[*place as usize + 1] += 1;
            }
        }
        for place in 0..places {
            start[place + 1] += start[place];
        }
        let mut slots = vec![NONE; start[places] as usize];
        let mut next = start.clone();
        for (slot, place) in by_name.iter().zip(place_by_rank) {
            if place != NONE {
                slots[next[place as usize] as usize] = *slot;
                next[place as usize] += 1;
            }
        }
        Self { slots, start }
    }

    /// The members of the teams at the pre-order places `from..to`.
    pub(crate) fn of(&self, from: usize, to: usize) -> &[u32] {
        &self.slots[self.offset(from)..self.offset(to)]
    }

    /// How many members sit before the team at a place.
    pub(crate) fn offset(&self, place: usize) -> usize {
        self.start[place] as usize
    }
}
