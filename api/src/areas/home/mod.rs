//! The home screens: what awaits a person, and what awaits somebody who leads. They own nothing: each field asks the area it
//! comes from, which decides what the asker may see. One query, a fixed number of statements.

pub mod types;
