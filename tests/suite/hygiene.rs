//! Rules of the code base that no compiler checks.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use hearten_api::graphql::error::ErrorCode;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The Rust files below a folder, by their paths from the root of the repository.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path.strip_prefix(root()).unwrap().display().to_string();
                found.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// What ships: no tests, benches or examples, and of each file what comes before its tests.
fn shipped() -> Vec<(String, String)> {
    let folders = ["api/src", "crates", "entity/src", "migration/src"];
    let is_test = |name: &str| {
        let parts =
            ["/tests/", "/examples/", "/benches/", "/tests.rs", "_tests.rs", "/testing.rs", "platform/redis_server.rs"];
        parts.iter().any(|part| name.contains(part))
    };
    folders
        .iter()
        .flat_map(|folder| sources(folder))
        .filter(|(name, _)| !is_test(name))
        .map(|(name, text)| {
            let end = text.find("#[cfg(test)]\nmod ").unwrap_or(text.len());
            (name, text[..end].to_owned())
        })
        .collect()
}

/// Lines of code, without comments, with their numbers.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Every select, update and delete begins with `in_org` or a named finder of `entity`: else a tenant is forgotten.
#[test]
fn no_query_begins_outside_its_tenant() {
    let bare = [
        "Entity::find(",
        "Entity::find_by_id(",
        "Entity::delete_by_id(",
        "Entity::delete_many(",
        "Entity::update_many(",
        "Entity::delete(",
        "Entity::update(",
        "EntityTrait>::",
        "find_related(",
        "find_with_related(",
        "find_also_related(",
        "from_raw_sql(",
    ];
    for (name, text) in sources("api/src") {
        for (number, line) in code(&text) {
            // The migrator's own table belongs to no tenant.
            let found = bare.iter().find(|word| line.contains(**word) && !line.contains("seaql_migrations::"));
            assert!(found.is_none(), "{name}:{number} begins a query outside its tenant: {}", line.trim());
        }
    }
}

/// SQL is written by SeaORM alone: what is written by hand is written for one back end.
#[test]
fn sql_is_not_written_by_hand() {
    let raw = ["from_sql_and_values", "execute_unprepared", "Statement::from_string", "query_one_raw", "query_all_raw"];
    // Asks whether the database answers at all; full text, which each back end writes in its own way; and the database
    // itself, which carries statements and looks after SQLite.
    let listed = [
        "api/src/http/health.rs",
        "api/src/areas/search/index.rs",
        "api/src/platform/db.rs",
        "api/src/platform/db/reader.rs",
        "migration/src/m20261124_000002_search.rs",
    ];
    for (name, text) in shipped() {
        if listed.contains(&name.as_str()) {
            continue;
        }
        for (number, line) in code(&text) {
            assert!(!raw.iter().any(|word| line.contains(word)), "{name}:{number}: {}", line.trim());
        }
    }
}

#[test]
fn nothing_unwraps_outside_tests() {
    for (name, text) in shipped() {
        for (number, line) in code(&text) {
            assert!(!line.contains(".unwrap("), "{name}:{number}: {}", line.trim());
        }
    }
}

/// The debug form of an error may repeat a row of the database, or what somebody sent.
#[test]
fn errors_are_logged_in_their_display_form() {
    for (name, text) in shipped().into_iter().filter(|(name, _)| name.starts_with("api/")) {
        for (number, line) in code(&text) {
            let debug_form = line.contains("tracing::") && (line.contains("?error") || line.contains("error:?}"));
            assert!(!debug_form, "{name}:{number}: {}", line.trim());
        }
    }
}

/// Files that are longer than 600 lines. The list may only get shorter.
const LONG_FILES: &[&str] = &[];

#[test]
fn files_stay_short_enough_to_read() {
    let long: Vec<String> =
        sources("api/src").into_iter().filter(|(_, text)| text.lines().count() > 600).map(|(name, _)| name).collect();
    assert_eq!(long, LONG_FILES, "split it, or take it off the list");
}

/// Our own crates in the `[dependencies]` of a manifest.
fn own_dependencies(manifest: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join(manifest)).unwrap();
    let dependencies = text.split("\n[").find(|part| part.starts_with("dependencies]")).unwrap_or_default();
    let names = dependencies.lines().filter_map(|line| line.strip_prefix("hearten-"));
    names.map(|name| name.split(['.', ' ', '=']).next().unwrap_or_default().to_owned()).collect()
}

/// Arrows point down only: the pure crates know ids (and the policy the org chart), entities know ids, migrations know
/// nothing of ours.
#[test]
fn crates_depend_downwards() {
    let set = |names: &[&str]| names.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    let mut crates = 0;
    for entry in std::fs::read_dir(root().join("crates")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let allowed = match name.as_str() {
            "policy" => set(&["ids", "orgchart"]),
            "ids" => set(&[]),
            _ => set(&["ids"]),
        };
        let found = own_dependencies(&format!("crates/{name}/Cargo.toml"));
        assert!(found.is_subset(&allowed), "crates/{name} depends on {found:?}");
        crates += 1;
    }
    assert!(crates >= 6);
    assert!(own_dependencies("entity/Cargo.toml").is_subset(&set(&["ids"])));
    assert_eq!(own_dependencies("migration/Cargo.toml"), set(&[]));
    assert!(own_dependencies("api/Cargo.toml").contains("policy"), "the manifests are read");
}

/// What the pure crates must not know: no async, no database, no GraphQL, no clock.
#[test]
fn pure_crates_are_pure() {
    for entry in std::fs::read_dir(root().join("crates")).unwrap() {
        let path = entry.unwrap().path().join("Cargo.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let dependencies = text.split("\n[").find(|part| part.starts_with("dependencies]")).unwrap_or_default();
        for line in dependencies.lines() {
            let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
            let impure = ["tokio", "async-graphql", "actix-web", "reqwest", "redis", "sqlx", "rand", "tracing"];
            assert!(!impure.contains(&name), "{} depends on {name}", path.display());
            let optional = line.contains("optional = true");
            assert!(name != "sea-orm" || optional, "{} depends on {name}", path.display());
        }
    }
}

/// Every path a `use` in `text` names, with its braces taken apart.
fn used_paths(text: &str) -> Vec<String> {
    fn take_apart(prefix: &str, tree: &str, paths: &mut Vec<String>) {
        let tree = tree.trim();
        let Some(open) = tree.find('{') else {
            let name = tree.split(" as ").next().unwrap_or_default().trim();
            if !name.is_empty() {
                paths.push(format!("{prefix}{name}"));
            }
            return;
        };
        let inside = &tree[open + 1..tree.rfind('}').unwrap_or(tree.len())];
        let prefix = format!("{prefix}{}", &tree[..open]);
        let (mut depth, mut start) = (0, 0);
        for (at, letter) in inside.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    take_apart(&prefix, &inside[start..at], paths);
                    start = at + 1;
                }
                _ => {}
            }
        }
        take_apart(&prefix, &inside[start..], paths);
    }
    let mut paths = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("use crate::") {
        rest = &rest[at + 4..];
        let end = rest.find(';').unwrap_or(rest.len());
        take_apart("", &rest[..end], &mut paths);
        rest = &rest[end..];
    }
    // Paths written out in code.
    for (_, line) in code(text) {
        for (at, _) in line.match_indices("crate::areas::") {
            let path: String =
                line[at..].chars().take_while(|c| c.is_alphanumeric() || *c == ':' || *c == '_').collect();
            paths.push(path);
        }
    }
    paths
}

/// Doors from one area into another beside `service`, `types`, `store` and `loaders`, each for a reason: results are
/// launched, closed and framed together with their survey, and a survey freezes what the directory knows. The list may
/// only get shorter. (`audit`, `happenings` and `search` are everybody's.)
const OTHER_DOORS: &[&str] = &[
    "results -> surveys::closing",
    "results -> surveys::launching",
    "surveys -> directory::records",
    "surveys -> results::frame",
];

const EVERYBODYS: &[&str] = &["audit", "happenings", "search"];

#[test]
fn areas_use_each_other_through_their_doors() {
    let mut doors = BTreeSet::new();
    for (name, text) in shipped() {
        let Some(area) = name.strip_prefix("api/src/areas/").and_then(|rest| rest.split_once('/')) else { continue };
        for path in used_paths(&text) {
            let Some(path) = path.strip_prefix("crate::areas::") else { continue };
            let mut parts = path.split("::");
            let (other, module) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let open = ["service", "types", "store", "loaders"].contains(&module);
            if other != area.0 && !EVERYBODYS.contains(&other) && !open {
                doors.insert(format!("{} -> {other}::{module}", area.0));
            }
        }
    }
    assert_eq!(doors.into_iter().collect::<Vec<_>>(), OTHER_DOORS);
}

/// Only the demo declares itself one; with the declaration comes an issuer that vouches for anybody.
#[test]
fn only_the_demo_declares_a_demo() {
    let callers: Vec<String> = shipped()
        .into_iter()
        .filter(|(name, text)| text.contains("DemoMode::declare(") && !name.ends_with("auth/demo_issuer.rs"))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(callers, ["api/src/demo/mod.rs"]);
}

/// The table of error codes in the documentation is the one of the code.
#[test]
fn the_documentation_explains_every_error_code() {
    let Ok(text) = std::fs::read_to_string(root().join("docs/API.md")) else { return };
    for code in ErrorCode::ALL {
        assert!(text.contains(&format!("`{}`", code.name())), "docs/API.md does not name `{}`", code.name());
    }
}
