//! Which variables of the environment are settings. One that looks like a setting and is none was mistyped, and the
//! service would start without what was meant: so it is refused, with the nearest name there is.

use figment::value::{Dict, Value};

/// What all our variables begin with.
pub const PREFIX: &str = "HEARTEN_";
/// Variables that are no settings: where the settings are, and what tests are told.
const SWITCHES: [&str; 2] = ["HEARTEN_CONFIG", "HEARTEN_RELEASE_BINARY"];
const OF_TESTS: &str = "HEARTEN_TEST_";
/// Read by the build alone.
const OF_BUILD: &str = "HEARTEN_GRAPHIQL";
/// How many letters a name may be off to be taken for a slip.
const SLIPS: usize = 3;

/// What is wrong with the first of `names` that begins like ours and is neither a setting (a section and a key of
/// `defaults`) nor a switch; None when all are known.
pub fn find_unknown(names: impl Iterator<Item = String>, defaults: &Dict) -> Option<String> {
    let settings: Vec<String> = defaults
        .iter()
        .flat_map(|(section, keys)| match keys {
            Value::Dict(_, keys) => keys.keys().map(|key| name_of(section, key)).collect(),
            _ => Vec::new(),
        })
        .collect();
    let unknown = names.into_iter().find(|name| {
        let name = name.to_ascii_uppercase();
        name.starts_with(PREFIX) && !name.starts_with(OF_TESTS) && !is_known(&name, &settings)
    })?;
    let hint = hint(&unknown.to_ascii_uppercase(), &settings);
    Some(format!("the environment has {unknown}, which is no setting: {hint}"))
}

fn name_of(section: &str, key: &str) -> String {
    format!("{PREFIX}{section}__{key}").to_ascii_uppercase()
}

fn is_known(name: &str, settings: &[String]) -> bool {
    SWITCHES.contains(&name) || settings.iter().any(|setting| setting == name)
}

fn hint(unknown: &str, settings: &[String]) -> String {
    if unknown == OF_BUILD {
        return "it is for building; unset it to run".to_owned();
    }
    // The section was left out.
    let key = unknown.trim_start_matches(PREFIX);
    let of_key = |setting: &&String| setting.split_once("__").is_some_and(|(_, own)| own == key);
    if let Some(setting) = settings.iter().find(of_key) {
        return format!("did you mean {setting}?");
    }
    let known = settings.iter().map(String::as_str).chain([SWITCHES[0]]);
    match known.map(|name| (distance(unknown, name), name)).min() {
        Some((off, name)) if off <= SLIPS => format!("did you mean {name}?"),
        _ => "`hearten config default` prints all settings; HEARTEN_SERVER__LISTEN sets server.listen".to_owned(),
    }
}

/// The fewest letters to insert, delete or replace to make `b` of `a` (Levenshtein 1965).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use figment::{
        Figment,
        providers::{Format, Toml},
    };

    use super::*;

    fn complaint(name: &str) -> Option<String> {
        let defaults: Dict = Figment::from(Toml::string(crate::config::DEFAULTS)).extract().unwrap();
        find_unknown([name.to_owned()].into_iter(), &defaults)
    }

    #[test]
    fn settings_switches_and_what_is_not_ours_are_let_through() {
        for name in [
            "HEARTEN_SERVER__LISTEN",
            "hearten_server__listen",
            "HEARTEN_IDENTITY__PROVIDERS",
            "HEARTEN_CONFIG",
            "HEARTEN_TEST_POSTGRES_URL",
            "HEARTEN_RELEASE_BINARY",
            "PATH",
            "HEARTENED",
        ] {
            assert_eq!(complaint(name), None);
        }
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_nearest() {
        for (name, nearest) in [
            ("HEARTEN_SERVER_LISTEN", "did you mean HEARTEN_SERVER__LISTEN?"),
            ("HEARTEN_DATABASE_URL", "did you mean HEARTEN_DATABASE__URL?"),
            ("HEARTEN_LISTEN", "did you mean HEARTEN_SERVER__LISTEN?"),
            ("HEARTEN_PORT", "`hearten config default`"),
            ("HEARTEN_CONFIGURATION", "`hearten config default`"),
            ("HEARTEN_CONFG", "did you mean HEARTEN_CONFIG?"),
            ("HEARTEN_GRAPHQL__QUERY_SECOND", "did you mean HEARTEN_GRAPHQL__QUERY_SECONDS?"),
            ("HEARTEN_GRAPHIQL", "it is for building"),
            ("HEARTEN_", "`hearten config default`"),
        ] {
            let said = complaint(name).unwrap();
            assert!(said.contains(name) && said.contains(nearest), "{said}");
        }
    }
}
