//! Keeps the documents true: examples run, and tables agree with the code.
//!
//! What the fences mean stands in `docs/CONTRIBUTING.md`, "Change the documentation".

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::Arc,
    time::Duration,
};

use hearten_api::{
    app::App,
    config::{Config, DEFAULTS},
    demo::{self, DemoOptions},
    graphql::{error::ErrorCode, limits},
    server,
};
use serde_json::{Value, json};

/// A fenced example.
struct Fence {
    place: String,
    language: String,
    /// What follows the language, such as `as="employee"` or `run`.
    options: String,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All documents, by their path from the root.
fn documents() -> BTreeMap<String, String> {
    let mut found = BTreeMap::from([("README.md".to_owned(), read("README.md"))]);
    for folder in ["docs", "docs/areas", "docs/decisions"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".md") {
                let path = format!("{folder}/{name}");
                found.insert(path.clone(), read(&path));
            }
        }
    }
    found
}

fn fences() -> Vec<Fence> {
    let mut found = Vec::new();
    for (path, text) in documents() {
        let mut open: Option<Fence> = None;
        for (line, number) in text.lines().zip(1..) {
            match (line.trim_start().strip_prefix("```"), &mut open) {
                (Some(info), None) => {
                    let (language, options) = info.split_once(' ').unwrap_or((info, ""));
                    open = Some(Fence {
                        place: format!("{path}:{number}"),
                        language: language.to_owned(),
                        options: options.to_owned(),
                        text: String::new(),
                    });
                }
                (Some(_), Some(_)) => found.extend(open.take()),
                (None, Some(fence)) => {
                    fence.text.push_str(line);
                    fence.text.push('\n');
                }
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{path}: a fence is not closed");
    }
    found
}

/// The rows of all tables of a text, as cells without their decoration.
fn rows(text: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    text.lines().filter(|line| line.starts_with('|')).map(cells).collect()
}

/// A demo on a port of its own, as `hearten demo` prepares it.
pub struct Demo {
    pub app: Arc<App>,
    url: String,
    client: reqwest::Client,
    _data: tempfile::TempDir,
}

impl Demo {
    pub async fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let options = DemoOptions {
            listen: address,
            expose: false,
            directory: Some(data.path().to_owned()),
            database_url: None,
            redis_url: None,
            trust_issuer: None,
            audience: None,
            json: true,
        };
        let mut config = Config::load(None).unwrap();
        config.server.workers = 1;
        let app = Arc::new(demo::prepare(config, &options, address).await.unwrap().app);
        tokio::spawn(server::serve(Arc::clone(&app), listener).await.unwrap());
        let client = reqwest::Client::builder().timeout(Duration::from_secs(60)).build().unwrap();
        Self { app, url: format!("http://{address}/graphql"), client, _data: data }
    }

    /// The line that `hearten demo --json` prints.
    fn line(&self) -> String {
        let personas = self.app.personas.iter();
        let personas: Vec<Value> =
            personas.map(|one| json!({ "name": one.name, "role": one.role, "token": one.token })).collect();
        json!({ "graphql": self.url, "personas": personas }).to_string()
    }

    pub async fn ask(&self, role: &str, query: &str, variables: Value) -> Value {
        let persona = self.app.personas.iter().find(|persona| persona.role == role);
        let token = &persona.unwrap_or_else(|| panic!("the demo has no persona {role:?}")).token;
        let body = json!({ "query": query, "variables": variables });
        self.client.post(&self.url).bearer_auth(token).json(&body).send().await.unwrap().json().await.unwrap()
    }

    /// Values for the variables that examples use.
    async fn variables(&self, role: &str) -> Value {
        let query = "{
            viewer { person { id team { id } goals(first: 1) { nodes { id } } } invitations(first: 1, state: PENDING) { nodes { id } } }
            surveys(first: 1, filter: { state: PUBLISHED }) { nodes { id } }
            organization { rootTeam { id } }
        }";
        let data = self.ask(role, query, json!({})).await["data"].take();
        let team = &data["viewer"]["person"]["team"]["id"];
        json!({
            "person": data["viewer"]["person"]["id"],
            "team": if team.is_null() { &data["organization"]["rootTeam"]["id"] } else { team },
            "goal": data["viewer"]["person"]["goals"]["nodes"][0]["id"],
            "invitation": data["viewer"]["invitations"]["nodes"][0]["id"],
            "survey": data["surveys"]["nodes"][0]["id"],
            "receipt": "a-receipt-of-the-documents",
        })
    }
}

/// Everything under a key `errors`, at any depth.
fn errors_in(value: &Value) -> Vec<&Value> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(key, value)| match value {
                Value::Array(items) if key == "errors" => items.iter().collect(),
                _ => errors_in(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(errors_in).collect(),
        _ => Vec::new(),
    }
}

/// The persona an example asks as.
fn role_of(fence: &Fence) -> &str {
    let role = fence.options.strip_prefix("as=\"").and_then(|rest| rest.split_once('"'));
    role.unwrap_or_else(|| panic!("{}: say as which persona, such as as=\"employee\"", fence.place)).0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn examples_run_against_the_demo() {
    let demo = Demo::start().await;
    let fences = fences();
    let mut ran = 0;
    for fence in fences.iter().filter(|fence| fence.language == "graphql") {
        let role = role_of(fence);
        let answer = demo.ask(role, &fence.text, demo.variables(role).await).await;
        let errors = errors_in(&answer);
        // An example may show an expected failure: it then says so.
        let refused = fence.options.ends_with("refused");
        assert_eq!(!errors.is_empty(), refused, "{}: {answer:#}", fence.place);
        assert!(answer["errors"].is_null() && answer["data"].is_object(), "{}: {answer:#}", fence.place);
        ran += 1;
    }
    assert!(ran >= 5, "only {ran} GraphQL examples were found");

    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("demo.json"), demo.line()).unwrap();
    let scripts: Vec<_> = fences.iter().filter(|fence| fence.language == "sh" && fence.options == "run").collect();
    assert!(!scripts.is_empty());
    for script in scripts {
        let text = format!("set -euo pipefail\n{}", script.text);
        let folder = place.path().to_owned();
        let run = move || Command::new("bash").args(["-c", &text]).current_dir(folder).output();
        let Output { status, stdout, stderr } = tokio::task::spawn_blocking(run).await.unwrap().unwrap();
        let stdout = String::from_utf8(stdout).unwrap();
        assert!(status.success(), "{}: {stdout}{}", script.place, String::from_utf8_lossy(&stderr));
        let answers: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(answers.iter().all(|answer| errors_in(answer).is_empty()), "{}: {stdout}", script.place);
        let rows = &answers.last().unwrap()["data"]["surveyPublish"]["publication"]["heatmap"]["rows"]["nodes"];
        assert_eq!(rows[0]["cut"], json!({ "name": "Everyone", "respondents": 6 }), "{}", script.place);
        assert_eq!(rows[0]["cells"][0]["n"], 6);
        assert_eq!(rows[2]["cells"][0]["reason"], "BELOW_MINIMUM");
    }
    demo.app.stop().await;
}

#[test]
fn other_examples_are_well_formed() {
    for fence in fences() {
        let place = &fence.place;
        match fence.language.as_str() {
            "json" => {
                serde_json::from_str::<Value>(&fence.text).unwrap_or_else(|error| panic!("{place}: {error}"));
            }
            "toml" => {
                let file = tempfile::NamedTempFile::new().unwrap();
                fs::write(file.path(), &fence.text).unwrap();
                let config = Config::load(Some(file.path())).unwrap_or_else(|error| panic!("{place}: {error}"));
                assert_eq!(config.unsafe_settings(), Vec::<String>::new(), "{place}");
            }
            "sh" => {
                let output = Command::new("bash").args(["-n", "-c", &fence.text]).output().unwrap();
                assert!(output.status.success(), "{place}: {}", String::from_utf8_lossy(&output.stderr));
            }
            // Run by the test above; drawings.
            "graphql" | "text" => {}
            other => panic!("{place}: no test looks at {other:?}"),
        }
    }
}

#[test]
fn links_lead_somewhere() {
    let documents = documents();
    for (path, text) in &documents {
        let folder = Path::new(path).parent().unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("http") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { root().join(path) } else { root().join(folder).join(file) };
            assert!(target.exists(), "{path}: {link}");
            if !anchor.is_empty() {
                let text = fs::read_to_string(target).unwrap();
                let has = text.lines().filter(|line| line.starts_with('#')).any(|line| anchor_of(line) == anchor);
                assert!(has, "{path}: {link}");
            }
        }
    }
}

/// The anchor that a heading gets.
fn anchor_of(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-')).collect::<String>().replace(' ', "-")
}

#[test]
fn the_table_of_errors_is_that_of_the_code() {
    let documented: Vec<(String, String)> = rows(&read("docs/API.md"))
        .into_iter()
        .filter(|row| row.len() == 3 && row[0].starts_with('`') && row[0] == row[0].to_uppercase())
        .map(|row| (row[0].trim_matches('`').to_owned(), row[1].clone()))
        .collect();
    let known: Vec<(String, String)> =
        ErrorCode::ALL.iter().map(|code| (code.name().to_owned(), code.meaning().to_owned())).collect();
    assert_eq!(documented, known);
}

#[test]
fn the_table_of_user_errors_is_that_of_the_schema() {
    let schema = read("schema.graphql");
    let (_, rest) = schema.split_once("enum UserErrorCode {").unwrap();
    let (body, _) = rest.split_once("\n}").unwrap();
    let is_name = |line: &&str| !line.is_empty() && line.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let known: BTreeSet<String> = body.lines().map(str::trim).filter(is_name).map(str::to_owned).collect();
    let manual = read("docs/API.md");
    let (_, mutations) = manual.split_once("\n## Mutations").unwrap();
    let documented: BTreeSet<String> = rows(mutations.split("\n## ").next().unwrap_or_default())
        .into_iter()
        .filter(|row| row.len() == 2 && row[0].starts_with('`') && row[0] == row[0].to_uppercase())
        .map(|row| row[0].trim_matches('`').to_owned())
        .collect();
    assert_eq!(documented, known);
}

#[test]
fn the_table_of_limits_is_that_of_the_code() {
    let table: BTreeMap<String, String> = rows(&read("docs/API.md"))
        .into_iter()
        .filter(|row| row.len() == 3)
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect();
    let kib = |bytes: usize| format!("{} KiB", bytes >> 10);
    let grouped = |n: usize| if n < 1_000 { n.to_string() } else { format!("{},{:03}", n / 1_000, n % 1_000) };
    for (limit, value) in [
        ("body of a request, and query string", kib(limits::BODY_BYTES)),
        ("document", kib(limits::DOCUMENT_BYTES)),
        ("tokens of a document", grouped(limits::TOKENS)),
        ("brackets open at once", grouped(limits::BRACKETS)),
        ("levels of lists and objects in variables", grouped(limits::VARIABLE_DEPTH)),
        ("levels of fields", grouped(limits::DEPTH)),
        ("levels of fields under `__schema` and `__type`", grouped(limits::INTROSPECTION_DEPTH)),
        ("levels of selections, fragments included", grouped(limits::SELECTION_DEPTH)),
        ("fields, fragments expanded", grouped(limits::FIELDS as usize)),
        ("aliases, fragments expanded", grouped(limits::ALIASES as usize)),
        ("directives, fragments expanded", grouped(limits::DIRECTIVES as usize)),
        ("cost of an operation", grouped(limits::COST as usize)),
        ("errors in an answer", format!("{}; `extensions.errorsOmitted` counts the rest", limits::ERRORS)),
        ("`connection_init` of a socket", format!("within {} s", limits::SOCKET_INIT_SECONDS)),
        ("message on a socket", kib(limits::SOCKET_MESSAGE_BYTES)),
        ("operations under way on a socket", grouped(limits::SOCKET_OPERATIONS)),
        ("sockets of a principal on one node", grouped(limits::SOCKETS as usize)),
        ("event streams of a principal on one node", grouped(limits::STREAMS as usize)),
    ] {
        assert_eq!(table.get(limit), Some(&value), "{limit}");
    }
}

/// The settings of `default.toml` and their defaults, such as `server.listen` and `"127.0.0.1:8080"`.
fn settings() -> Vec<(String, String)> {
    let mut section = "";
    let mut found = Vec::new();
    for line in DEFAULTS.lines().filter(|line| !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']');
        } else if let Some((name, value)) = line.split_once(" = ") {
            found.push((format!("{section}.{name}"), value.to_owned()));
        }
    }
    found
}

#[test]
fn every_setting_is_documented_with_its_default() {
    let documented: Vec<(String, String)> = rows(&read("docs/OPERATIONS.md"))
        .into_iter()
        .filter(|row| row.len() == 3 && row[0].starts_with('`') && row[0].contains('.'))
        .map(|row| (row[0].trim_matches('`').to_owned(), row[1].trim_matches('`').to_owned()))
        .collect();
    let as_told = |value: &str| match value {
        "\"\"" => "empty".to_owned(),
        "[]" => "none".to_owned(),
        _ => value.trim_matches('"').to_owned(),
    };
    let known: Vec<_> = settings().into_iter().map(|(name, value)| (name, as_told(&value))).collect();
    assert!(known.len() > 10);
    assert_eq!(documented, known);
    // Those of a provider stand in a comment.
    let manual = read("docs/OPERATIONS.md");
    for name in ["issuer", "audience", "organization", "algorithms", "accept_typ_jwt", "client_ids", "linking"] {
        assert!(DEFAULTS.contains(&format!("# {name} = ")) && manual.contains(name), "{name}");
    }
}

/// The variables that the files for containers set exist, or the service would refuse them.
#[test]
fn containers_set_only_settings_that_exist() {
    let known: BTreeSet<String> = settings()
        .into_iter()
        .map(|(name, _)| format!("HEARTEN_{}", name.replace('.', "__").to_uppercase()))
        .chain(["HEARTEN_GRAPHIQL".to_owned()])
        .collect();
    for path in ["Dockerfile", "docker-compose.yml", ".env.example"] {
        let text = read(path);
        let is_part = |c: char| c.is_ascii_uppercase() || c == '_';
        for (at, _) in text.match_indices("HEARTEN_") {
            let name: String = text[at..].chars().take_while(|c| is_part(*c)).collect();
            assert!(known.contains(&name), "{path}: {name}");
        }
        // At run time it would be refused, so it may only stand before the command that builds.
        let builds = text.matches("HEARTEN_GRAPHIQL=embed cargo build").count();
        assert_eq!(text.matches("HEARTEN_GRAPHIQL").count(), builds, "{path}");
    }
}

/// The variant that a line begins.
fn variant(line: &str) -> Option<&str> {
    let name = line.split(|c: char| !c.is_alphanumeric()).next()?;
    name.starts_with(|c: char| c.is_ascii_uppercase()).then_some(name)
}

/// The field that a line declares.
fn field(line: &str) -> Option<&str> {
    let (name, _) = line.strip_prefix("pub ").unwrap_or(line).split_once(": ")?;
    name.chars().all(|c| c.is_lowercase() || c == '_').then_some(name)
}

/// Names of the variants or fields of a block of the command line, read from its source: the type itself is private.
fn of_block(source: &str, beginning: &str, is_name: fn(&str) -> Option<&str>) -> BTreeSet<String> {
    let (_, rest) = source.split_once(beginning).unwrap_or_else(|| panic!("the command line has no {beginning}"));
    let (body, _) = rest.split_once("\n}").unwrap();
    body.lines().filter_map(|line| is_name(line.strip_prefix("    ")?)).map(str::to_owned).collect()
}

#[test]
fn every_command_and_option_is_documented() {
    let source = read("api/src/cli.rs") + &read("api/src/demo/mod.rs");
    let manual = read("docs/OPERATIONS.md");
    let commands = of_block(&source, "enum Command {", variant);
    assert!(commands.len() >= 7, "{commands:?}");
    for command in commands {
        let command = command.to_lowercase();
        assert!(manual.contains(&format!("| `hearten {command}` |")), "hearten {command}");
    }
    for command in of_block(&source, "enum ConfigCommand {", variant) {
        assert!(manual.contains(&format!("`{}`", command.to_lowercase())), "hearten config {command}");
    }
    for block in ["pub struct DemoOptions {", "struct ImportOptions {"] {
        for option in of_block(&source, block, field) {
            let option = format!("--{}", option.replace('_', "-"));
            assert!(manual.contains(&option), "{option}");
        }
    }
    assert!(manual.contains("--down") && manual.contains("--config"));
}

/// The packages that are built here, with whether a package of ours names them.
fn packages() -> Vec<Value> {
    let rustc = Command::new("rustc").arg("-vV").output().unwrap().stdout;
    let host = String::from_utf8(rustc).unwrap();
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

#[test]
fn licences_are_free_and_direct_dependencies_are_listed() {
    const FREE: [&str; 13] = [
        "MIT",
        "MIT-0",
        "Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "ISC",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "0BSD",
        "Zlib",
        "Unlicense",
        "Unicode-3.0",
        "BSL-1.0",
        "CC0-1.0",
    ];
    // Lists of certificates: data, not code.
    const FREE_DATA: [&str; 1] = ["CDLA-Permissive-2.0"];
    let page = read("docs/decisions/0007-libraries.md");
    let listed: BTreeSet<String> = rows(&page)
        .into_iter()
        .flat_map(|row| row[0].split(", ").map(str::to_owned).collect::<Vec<_>>())
        .map(|name| name.split(' ').next().unwrap_or_default().to_owned())
        .collect();
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or_default().replace('/', " OR ");
        let licence = licence.replace(['(', ')'], " ");
        // Of alternatives one must be free, of parts that hold together all.
        let is_free = licence.split(" AND ").all(|part| {
            part.split(" OR ")
                .map(|one| one.split_whitespace().collect::<Vec<_>>().join(" "))
                .any(|one| FREE.contains(&one.as_str()) || FREE_DATA.contains(&one.as_str()))
        });
        assert!(is_free, "{name}: {licence}");
        if package["source"].is_null() {
            for dependency in package["dependencies"].as_array().unwrap() {
                let dependency = dependency["name"].as_str().unwrap();
                assert!(dependency.starts_with("hearten-") || listed.contains(dependency), "0007: {dependency}");
            }
        }
    }
}

#[test]
fn decisions_are_numbered_and_listed() {
    let index = read("docs/decisions/README.md");
    let pages: Vec<String> = documents()
        .into_keys()
        .filter_map(|path| path.strip_prefix("docs/decisions/0").map(|rest| format!("0{rest}")))
        .collect();
    for (page, number) in pages.iter().zip(1..) {
        assert!(page.starts_with(&format!("{number:04}-")), "{page}");
        assert!(index.contains(&format!("({page})")), "{page} is not in the index");
        let text = read(&format!("docs/decisions/{page}"));
        assert!(text.starts_with(&format!("# {number}. ")), "{page}");
        for part in ["**Context.**", "**Decision.**", "**Consequences.**"] {
            assert!(text.contains(part), "{page}: {part}");
        }
    }
}

/// All sources below a folder, with their paths from the root.
fn sources(folder: &str, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(root().join(folder)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{folder}/{}", entry.file_name().into_string().unwrap());
        if entry.file_type().unwrap().is_dir() {
            if !path.ends_with("node_modules") {
                sources(&path, found);
            }
        } else if path.ends_with(".rs") {
            found.insert(path.clone(), read(&path));
        }
    }
}

/// Files and functions that the documents name in code type are there.
#[test]
fn what_the_documents_name_exists() {
    let mut files = BTreeMap::new();
    for folder in ["api", "crates", "entity", "migration", "tests"] {
        sources(folder, &mut files);
    }
    let declares = |name: &str| {
        let words = ["fn ", "struct ", "enum ", "trait ", "const ", "type "].map(|word| format!("{word}{name}"));
        let is_whole = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        files.values().any(|text| {
            words.iter().any(|word| text.match_indices(word.as_str()).any(|(at, _)| is_whole(&text[at + word.len()..])))
        })
    };
    let mut named = 0;
    for path in ["docs/ARCHITECTURE.md", "docs/CONTRIBUTING.md", "docs/OPERATIONS.md", "docs/API.md"] {
        let text = read(path);
        for code in text.split('`').skip(1).step_by(2).filter(|code| !code.contains(char::is_whitespace)) {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            if code.ends_with(".rs") {
                assert!(files.keys().any(|file| file.ends_with(&format!("/{code}")) || file == code), "{path}: {code}");
                named += 1;
            } else if code.contains("::") && code.chars().all(|c| is_word(c) || c == ':') {
                let name = code.rsplit("::").next().unwrap_or_default();
                let is_module = files.keys().any(|file| file.ends_with(&format!("/{name}.rs")));
                assert!(is_module || declares(name), "{path}: {code}");
                named += 1;
            }
        }
    }
    assert!(named > 40, "only {named} names were found");
}
