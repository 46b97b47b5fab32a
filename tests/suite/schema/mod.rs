//! The public schema as it lies in the repository.

/// `schema.graphql` is generated; clients read it, so it must not lag behind.
#[test]
fn schema_is_current() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.graphql");
    let written = std::fs::read_to_string(&path).unwrap();
    let current = hearten_api::graphql::schema::sdl();
    assert!(
        written.trim_end() == current.trim_end(),
        "schema.graphql is stale; refresh it with: cargo run --quiet -- schema > schema.graphql"
    );
}
