//! Behaviour tests: one binary.

mod docs;
