//! Every read against a naive recomputation, and edited charts against charts built afresh.

mod against_naive;
mod problems;
mod samples;
