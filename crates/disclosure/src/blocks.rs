//! A partition of respondents into blocks that accepted groups refine: the part of a plan that needs no algebra.
//!
//! Block 0 holds whoever is in no accepted group. As long as each accepted group cuts through at most one block, the
//! span of the accepted rows equals the span of the blocks 1, 2, … (see `docs/ANONYMITY.md`, "The decomposition").

/// How a group lies on the partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fit {
    /// A union of whole blocks: its counts are sums of what is already known.
    Union,
    /// Whole blocks plus a part of exactly one block.
    Splits(u32),
    /// A part of two or more blocks, ascending.
    Crosses(Vec<u32>),
}

/// The partition, with the members of each block and a stamp to ask "is x in the present group" in one step.
#[derive(Debug)]
pub(crate) struct Blocks {
    of: Vec<u32>,
    sizes: Vec<u32>,
    /// Members ascending; entries that have moved to a younger block are stale and skipped.
    lists: Vec<Vec<u32>>,
    /// Where in each list the first entry stands that is neither stale nor taken.
    cursors: Vec<usize>,
    hits: Vec<u32>,
    stamps: Vec<u32>,
    stamp: u32,
}

impl Blocks {
    pub(crate) fn new(respondents: usize) -> Self {
        let everybody: Vec<u32> = (0..respondents as u32).collect();
        Self {
            of: vec![0; respondents],
            sizes: vec![respondents as u32],
            lists: vec![everybody],
            cursors: vec![0],
            hits: vec![0],
            stamps: vec![0; respondents],
            stamp: 0,
        }
    }

    /// The block of a respondent.
    pub(crate) fn of(&self, respondent: u32) -> u32 {
        self.of[respondent as usize]
    }

    /// Blocks 1, 2, …: those that carry a row.
    pub(crate) fn rank(&self) -> usize {
        self.sizes.len() - 1
    }

    pub(crate) fn size(&self, block: u32) -> usize {
        self.sizes[block as usize] as usize
    }

    /// Members of a block, ascending.
    pub(crate) fn members(&self, block: u32) -> impl Iterator<Item = u32> {
        self.lists[block as usize].iter().copied().filter(move |&x| self.of(x) == block)
    }

    /// Members of a block, ascending, without a run at the start that [`Blocks::advance_cursor`] has passed.
    pub(crate) fn members_from_cursor(&self, block: u32) -> impl Iterator<Item = u32> {
        let list = &self.lists[block as usize];
        list[self.cursors[block as usize]..].iter().copied().filter(move |&x| self.of(x) == block)
    }

    /// Passes over members at the start of a block that are taken, so that splitting many groups off one large block
    /// stays linear.
    pub(crate) fn advance_cursor(&mut self, block: u32, taken: impl Fn(u32) -> bool) {
        let (list, of) = (&self.lists[block as usize], &self.of);
        let cursor = &mut self.cursors[block as usize];
        while list.get(*cursor).is_some_and(|&x| of[x as usize] != block || taken(x)) {
            *cursor += 1;
        }
    }

    /// Whether the group last looked at by [`Blocks::fit`] has this member.
    pub(crate) fn hit(&self, respondent: u32) -> bool {
        self.stamps[respondent as usize] == self.stamp
    }

    /// How many members of a block the group last looked at has.
    pub(crate) fn hits(&self, block: u32) -> usize {
        self.hits[block as usize] as usize
    }

    /// Looks at a group: where it cuts through blocks.
    pub(crate) fn fit(&mut self, group: &[u32]) -> Fit {
        self.stamp += 1;
        self.hits.iter_mut().for_each(|hits| *hits = 0);
        let mut touched = Vec::new();
        for &x in group {
            self.stamps[x as usize] = self.stamp;
            let block = self.of(x);
            if self.hits[block as usize] == 0 {
                touched.push(block);
            }
            self.hits[block as usize] += 1;
        }
        // Block 0 carries no row, so even the whole of it is a part.
        touched.retain(|&block| block == 0 || self.hits[block as usize] < self.sizes[block as usize]);
        touched.sort_unstable();
        match touched.as_slice() {
            [] => Fit::Union,
            [block] => Fit::Splits(*block),
            _ => Fit::Crosses(touched),
        }
    }

    /// Moves the group's part of one block into a block of its own and returns the new block. [`Blocks::fit`] must have
    /// been asked about the same group just before.
    pub(crate) fn split(&mut self, group: &[u32], block: u32) -> u32 {
        let new = self.sizes.len() as u32;
        let part: Vec<u32> = group.iter().copied().filter(|&x| self.of(x) == block).collect();
        for &x in &part {
            self.of[x as usize] = new;
        }
        self.sizes[block as usize] -= part.len() as u32;
        self.sizes.push(part.len() as u32);
        self.hits.push(0);
        self.lists.push(part);
        self.cursors.push(0);
        new
    }

    /// Forgets stale entries (and cursors), once no more splits are to come.
    pub(crate) fn compact(&mut self) {
        let of = &self.of;
        for (block, list) in self.lists.iter_mut().enumerate() {
            list.retain(|&x| of[x as usize] as usize == block);
        }
        self.cursors.iter_mut().for_each(|cursor| *cursor = 0);
    }
}
