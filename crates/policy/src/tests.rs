//! The matrix to be read by people, and properties over everything it is made of.

mod matrix;
mod properties;
mod village;
