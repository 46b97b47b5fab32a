//! Carries a whole survey through a real server and checks what comes out.
//!
//! It starts `hearten demo` (with its own OpenID issuer beside it, so that every person signs in with a token of their
//! own), imports an organization below the demo's root, launches a survey, hands in every sheet, closes, publishes and
//! reads the heat map. It prints the seconds of each step, how many cuts are shown or hidden and why, and whether every
//! shown cell equals what the input gives, computed here again. It fails when one does not.
//!
//! ```text
//! cargo run -p hearten-tests --example survey-loop -- --persons 400
//! cargo run -p hearten-tests --example survey-loop -- --binary target/release/hearten \
//!     --csv answers.csv --team-column COMPANY --items LEAD,TSIG,HOSTIL
//! ```
//!
//! The file has a row a person, a column that names the team, and a column an item (`LEAD01`, `LEAD02`, …); its scales
//! are read off its values. `--database-url` (an empty Postgres database) and `--redis-url` choose another back end
//! than SQLite and memory.

#![expect(clippy::print_stdout, reason = "this is what the program is for")]

use std::path::PathBuf;

use clap::Parser;
use hearten_tests::{
    binary,
    demo::Launch,
    issuer::Issuer,
    survey_loop::{self, Organization, Parties},
};

/// Carries a whole survey through a real server and checks what comes out.
#[derive(Debug, Parser)]
struct Options {
    /// The binary; built when left out.
    #[arg(long)]
    binary: Option<PathBuf>,
    /// An empty Postgres database.
    #[arg(long)]
    database_url: Option<String>,
    /// A Redis.
    #[arg(long)]
    redis_url: Option<String>,
    /// How many people to make up.
    #[arg(long, default_value_t = 400, conflicts_with = "csv")]
    persons: usize,
    /// What to make them up from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Real answers instead.
    #[arg(long, requires = "team_column", requires = "items")]
    csv: Option<PathBuf>,
    /// The column that names the team.
    #[arg(long)]
    team_column: Option<String>,
    /// The prefixes of the item columns.
    #[arg(long, value_delimiter = ',')]
    items: Vec<String>,
    /// The fewest respondents a shown group may have: 3 to 20.
    #[arg(long, default_value_t = 5)]
    minimum_group: u8,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let organization = match (&options.csv, &options.team_column) {
        (Some(path), Some(column)) => Organization::from_csv(path, column, &options.items)?,
        _ => Organization::generated(options.seed, options.persons),
    };
    let issuer = Issuer::start()?;
    let mut launch = Launch::new(&options.binary.map_or_else(binary::hearten, Ok)?);
    launch.trust_issuer = Some(issuer.url());
    (launch.database_url, launch.redis_url) = (options.database_url, options.redis_url);
    let demo = launch.start()?;
    let parties = Parties {
        client: demo.client()?,
        issuer: &issuer,
        admin: demo.token("admin")?,
        partner: demo.token("people partner")?,
        minimum_group: options.minimum_group,
    };
    let report = survey_loop::run(&parties, &organization).await?;
    println!("{report}");
    println!("the server's memory: {:.0} MiB at most", demo.memory_mib("VmHWM")?);
    anyhow::ensure!(report.differences.is_empty(), "what is shown differs from the input");
    Ok(())
}
