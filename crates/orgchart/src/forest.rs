//! A forest over slots as pre-order intervals: whatever lies below a node is one slice.
//!
//! Teams and reporting lines are both kept this way. Some nodes are *shown* (active persons, teams in use); the others
//! hold the structure together (somebody reports to a manager who has left) and are in no slice that is handed out.

/// No slot.
pub(crate) const NONE: u32 = u32::MAX;

/// Parents, children and pre-order intervals of every slot.
#[derive(Debug, Default)]
pub(crate) struct Forest {
    parent: Vec<u32>,
    /// Children of `v`: `children[child_start[v]..child_start[v + 1]]`, the shown ones first.
    child_start: Vec<u32>,
    children: Vec<u32>,
    shown_children: Vec<u32>,
    /// The pre-order place of a slot, and the place behind its last descendant.
    enter: Vec<u32>,
    exit: Vec<u32>,
    /// Shown slots in pre-order, and how many of them stand before a place.
    shown: Vec<u32>,
    shown_before: Vec<u32>,
}

impl Forest {
    /// Grows the forest. `listing` names every slot once, in the order siblings shall stand in; its first `shown` slots
    /// are shown. The error is a cycle, each slot under the next.
    pub(crate) fn grow(parent: Vec<u32>, listing: &[u32], shown: usize) -> Result<Self, Vec<u32>> {
        let n = parent.len();
        let mut forest = Self { parent, ..Self::default() };
        let roots = forest.adopt(listing, shown);
        let order = forest.walk(&roots);
        if order.len() < n {
            return Err(forest.cycle(&order));
        }
        let mut is_shown = vec![false; n];
        for slot in &listing[..shown] {
            is_shown[*slot as usize] = true;
        }
        forest.shown = Vec::with_capacity(shown);
        forest.shown_before = Vec::with_capacity(n + 1);
        for slot in order {
            forest.shown_before.push(forest.shown.len() as u32);
            if is_shown[slot as usize] {
                forest.shown.push(slot);
            }
        }
        forest.shown_before.push(forest.shown.len() as u32);
        Ok(forest)
    }

    /// Fills the children, by a counting sort that keeps the listing's order, and gives back the roots.
    fn adopt(&mut self, listing: &[u32], shown: usize) -> Vec<u32> {
        let n = self.parent.len();
        self.child_start = vec![0; n + 1];
        for parent in &self.parent {
            if *parent != NONE {
                self.child_start[*parent as usize + 1] += 1;
            }
        }
        for v in 0..n {
            self.child_start[v + 1] += self.child_start[v];
        }
        self.children = vec![NONE; self.child_start[n] as usize];
        self.shown_children = vec![0; n];
        let mut next = self.child_start.clone();
        let mut roots = Vec::new();
        for (place, slot) in listing.iter().enumerate() {
            let parent = self.parent[*slot as usize];
            if parent == NONE {
                roots.push(*slot);
                continue;
            }
            let parent = parent as usize;
            self.children[next[parent] as usize] = *slot;
            next[parent] += 1;
            self.shown_children[parent] += u32::from(place < shown);
        }
        roots
    }

    /// Pre-order without recursion (a hostile import may be one long line). Slots on a cycle are never reached.
    fn walk(&mut self, roots: &[u32]) -> Vec<u32> {
        let n = self.parent.len();
        self.enter = vec![0; n];
        let mut size = vec![1_u32; n];
        let mut order = Vec::with_capacity(n);
        let mut stack: Vec<u32> = roots.iter().rev().copied().collect();
        while let Some(slot) = stack.pop() {
            self.enter[slot as usize] = order.len() as u32;
            order.push(slot);
            let range = self.child_start[slot as usize] as usize..self.child_start[slot as usize + 1] as usize;
            stack.extend(self.children[range].iter().rev());
        }
        for slot in order.iter().rev() {
            let parent = self.parent[*slot as usize];
            if parent != NONE {
                size[parent as usize] += size[*slot as usize];
            }
        }
        self.exit = self.enter.iter().zip(size).map(|(enter, size)| enter + size).collect();
        order
    }

    fn cycle(&self, reached: &[u32]) -> Vec<u32> {
        let mut seen = vec![false; self.parent.len()];
        for slot in reached {
            seen[*slot as usize] = true;
        }
        let Some(start) = seen.iter().position(|seen| !seen) else { return Vec::new() };
        // Whoever was not reached has a cycle above: climb until a slot comes twice.
        let mut slot = start;
        while !seen[slot] {
            seen[slot] = true;
            slot = self.parent[slot] as usize;
        }
        let first = slot as u32;
        let mut cycle = vec![first];
        let mut above = self.parent[slot];
        while above != first {
            cycle.push(above);
            above = self.parent[above as usize];
        }
        cycle
    }

    /// The parent of every slot, `NONE` for roots.
    pub(crate) fn parents(&self) -> &[u32] {
        &self.parent
    }

    pub(crate) fn parent(&self, slot: u32) -> Option<u32> {
        self.parent.get(slot as usize).copied().filter(|parent| *parent != NONE)
    }

    /// Everything above, nearest first.
    pub(crate) fn above(&self, slot: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(self.parent(slot), |above| self.parent(*above))
    }

    /// Shown children, in the listing's order.
    pub(crate) fn children(&self, slot: u32) -> &[u32] {
        let start = self.child_start[slot as usize] as usize;
        &self.children[start..start + self.shown_children[slot as usize] as usize]
    }

    /// Shown slots strictly below, in pre-order.
    pub(crate) fn below(&self, slot: u32) -> &[u32] {
        let from = self.shown_before[self.enter[slot as usize] as usize + 1];
        let to = self.shown_before[self.exit[slot as usize] as usize];
        &self.shown[from as usize..to as usize]
    }

    /// Shown slots of the sub-tree, its own first, in pre-order.
    pub(crate) fn within(&self, slot: u32) -> &[u32] {
        let (enter, exit) = self.interval(slot);
        &self.shown[self.shown_before[enter] as usize..self.shown_before[exit] as usize]
    }

    /// Whether a slot is another or lies below it.
    pub(crate) fn is_within(&self, slot: u32, above: u32) -> bool {
        let place = self.enter[slot as usize];
        self.enter[above as usize] <= place && place < self.exit[above as usize]
    }

    /// The pre-order interval of a sub-tree.
    pub(crate) fn interval(&self, slot: u32) -> (usize, usize) {
        (self.enter[slot as usize] as usize, self.exit[slot as usize] as usize)
    }

    /// How many shown slots stand before this one and its own place.
    pub(crate) fn rank(&self, slot: u32) -> usize {
        self.shown_before[self.enter[slot as usize] as usize] as usize
    }
}
