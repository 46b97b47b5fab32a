//! Behaviour over HTTP and of the real binary: one test binary.

mod process;
