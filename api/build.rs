//! Fetches GraphiQL's browser files with npm, so that the binary can serve them itself. No third-party code stands in
//! the repository; `graphiql/package-lock.json` pins every file by hash.
//!
//! HEARTEN_GRAPHIQL=off skips it, =embed fails when it cannot be done; otherwise the page falls back to a CDN.

use std::{
    env, fmt::Write as _, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The name a file is served under, and where npm puts it. The order is that of `ASSETS` in `src/http/graphiql.rs`.
const FILES: [(&str, &str); 4] = [
    ("react.js", "react/umd/react.production.min.js"),
    ("react-dom.js", "react-dom/umd/react-dom.production.min.js"),
    ("graphiql.js", "graphiql/graphiql.min.js"),
    ("graphiql.css", "graphiql/graphiql.min.css"),
];

fn main() {
    for input in ["build.rs", "graphiql/package.json", "graphiql/package-lock.json"] {
        println!("cargo::rerun-if-changed={input}");
    }
    println!("cargo::rerun-if-env-changed=HEARTEN_GRAPHIQL");
    let wish = env::var("HEARTEN_GRAPHIQL").unwrap_or_default();
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let fetched = if wish == "off" { Err("HEARTEN_GRAPHIQL=off".to_owned()) } else { fetch(&out.join("graphiql")) };
    if let Err(reason) = &fetched {
        if wish == "embed" {
            println!("cargo::error=GraphiQL cannot be embedded: {reason}");
        } else if wish != "off" {
            println!("cargo::warning=GraphiQL is not embedded, its page will load from a CDN: {reason}");
        }
    }
    let code = constant(fetched.ok());
    if let Err(error) = fs::write(out.join("graphiql.rs"), code) {
        println!("cargo::error=the build directory cannot be written: {error}");
    }
}

/// Installs into `folder` and returns where the files are.
fn fetch(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let failed = |what: &'static str| move |error: std::io::Error| format!("{what}: {error}");
    fs::create_dir_all(folder).map_err(failed("no folder"))?;
    for name in ["package.json", "package-lock.json"] {
        fs::copy(Path::new("graphiql").join(name), folder.join(name)).map_err(failed(name))?;
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let status = Command::new(npm)
        .current_dir(folder)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        .args(["--prefer-offline", "--fetch-retries=1", "--fetch-timeout=20000"])
        // What npm prints would be read as instructions to cargo.
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(failed("npm cannot be started"))?;
    if !status.success() {
        return Err(format!("npm ci ended with {status}"));
    }
    FILES
        .iter()
        .map(|(_, path)| {
            let file = folder.join("node_modules").join(path);
            if file.is_file() { Ok(file) } else { Err(format!("{path} is not in its package")) }
        })
        .collect()
}

fn constant(files: Option<Vec<PathBuf>>) -> String {
    let mut code = "/// The fetched files, in the order of `ASSETS`; None when they were not fetched.\n\
                    const EMBEDDED: Option<[&[u8]; 4]> = "
        .to_owned();
    match files {
        None => code.push_str("None;\n"),
        Some(files) => {
            code.push_str("Some([\n");
            for file in files {
                // Writing to a String cannot fail.
                let _ = writeln!(code, "    include_bytes!({:?}),", file.display().to_string());
            }
            code.push_str("]);\n");
        }
    }
    code
}
