//! A vector whose copies share what was not changed: chunks behind `Arc`, copied when written to.

use std::sync::Arc;

/// Small enough that copying one for a single change costs about a microsecond, large enough that copying the list of
/// chunks does too.
const CHUNK: usize = 256;

/// A vector in chunks of 256. Reading is two look-ups; a write to a shared chunk copies that chunk only.
#[derive(Debug, Clone)]
pub(crate) struct Chunked<T> {
    chunks: Vec<Arc<Vec<T>>>,
    len: usize,
}

impl<T: Clone> Chunked<T> {
    pub(crate) const fn new() -> Self {
        Self { chunks: Vec::new(), len: 0 }
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// The item in a slot that exists.
    pub(crate) fn at(&self, slot: u32) -> &T {
        let slot = slot as usize;
        &self.chunks[slot / CHUNK][slot % CHUNK]
    }

    pub(crate) fn push(&mut self, item: T) {
        match self.chunks.last_mut() {
            Some(last) if !self.len.is_multiple_of(CHUNK) => Arc::make_mut(last).push(item),
            _ => self.chunks.push(Arc::new(vec![item])),
        }
        self.len += 1;
    }

    /// Replaces the item in a slot that exists and gives back the old one.
    pub(crate) fn replace(&mut self, slot: u32, item: T) -> T {
        let slot = slot as usize;
        std::mem::replace(&mut Arc::make_mut(&mut self.chunks[slot / CHUNK])[slot % CHUNK], item)
    }
}
