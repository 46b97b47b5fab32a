//! The actix routes. Nothing here knows an area.
