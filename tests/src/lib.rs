//! Behaviour tests live in `suite/`: one test binary.
