//! Settings: compiled-in defaults < a TOML file < the environment. Unknown keys are refused; secrets never print.

mod environment;

use std::{fmt, net::SocketAddr, path::Path};

use figment::{
    Figment,
    providers::{Env, Format, Toml},
    value::Dict,
};
use serde::{Deserialize, Serialize, Serializer};

/// The commented defaults, as `hearten config default` prints them.
pub const DEFAULTS: &str = include_str!("default.toml");

/// A text that never shows in a log, a debug print or `hearten config check`.
#[derive(Clone, Default, Deserialize, PartialEq, Eq)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "(empty)" } else { "(hidden)" })
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{self:?}"))
    }
}

/// All settings. Each field is explained in `default.toml`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The listening service.
    pub server: Server,
    /// The database.
    pub database: Database,
    /// Cache and bus.
    pub cache: Cache,
    /// Limits of the GraphQL edge.
    pub graphql: GraphQl,
    /// Who may sign in.
    pub identity: Identity,
    /// How mail is sent.
    pub mail: Mail,
    /// What is logged, and how.
    pub log: Log,
    /// Where traces go.
    pub telemetry: Telemetry,
}

/// Settings of the listening service.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Threads that answer requests; 0 is one a core.
    pub workers: usize,
    /// Exact web origins that may call from a browser.
    pub cors_origins: Vec<String>,
    /// Seconds that requests under way may take to finish at shutdown.
    pub shutdown_seconds: u64,
    /// Whether GraphiQL is served.
    pub graphiql: bool,
}

/// Settings of the database.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite://…` or `postgres://…`; may hold a password.
    pub url: Secret,
    /// Connections a worker may open.
    pub connections_per_worker: u32,
}

/// Settings of cache and bus.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    /// `redis://…`, or empty for in-process.
    pub redis_url: Secret,
}

/// Limits of the GraphQL edge.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct GraphQl {
    /// Seconds a query may run.
    pub query_seconds: u64,
    /// Seconds a mutation may run.
    pub mutation_seconds: u64,
    /// Whether persons may send only registered documents.
    pub trusted_documents_only: bool,
    /// Cost a principal may spend at once.
    pub cost_bucket: u32,
    /// Cost restored each second.
    pub cost_restored_per_second: u32,
}

/// Who may sign in.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The OpenID providers.
    pub providers: Vec<Provider>,
}

/// One OpenID provider and how its accounts become persons.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// The issuer, exactly as in its tokens and its discovery document.
    pub issuer: String,
    /// The audience its access tokens must carry.
    pub audience: String,
    /// The slug of the organization its people belong to.
    pub organization: String,
    /// The signature algorithms it uses.
    #[serde(default = "default_algorithms")]
    pub algorithms: Vec<Algorithm>,
    /// Whether `typ: JWT` is accepted beside `at+jwt`.
    #[serde(default)]
    pub accept_typ_jwt: bool,
    /// With `accept_typ_jwt`: the clients (`azp` or `client_id`) whose tokens are accepted.
    #[serde(default)]
    pub client_ids: Vec<String>,
    /// How an account that is not yet known becomes a person.
    #[serde(default)]
    pub linking: Linking,
}

fn default_algorithms() -> Vec<Algorithm> {
    vec![Algorithm::RS256]
}

/// A signature algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
pub enum Algorithm {
    /// RSA with SHA-256, PKCS #1 v1.5.
    RS256,
    /// ECDSA on P-256.
    ES256,
    /// Ed25519.
    EdDSA,
}

/// How an account that is not yet known becomes a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Linking {
    /// It does not: accounts are linked by provisioning only.
    #[default]
    Known,
    /// Once, to the person with the same verified e-mail.
    VerifiedEmail,
    /// As `VerifiedEmail`; where there is no such person, one is created.
    JustInTime,
}

/// How mail is sent.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// `smtps://user:password@host`, `smtp://user:password@host:587?tls=required`, or empty for none.
    pub smtp_url: Secret,
    /// Whom mail comes from.
    pub from: String,
    /// Where people open the application: mail leads there.
    pub application_url: String,
}

/// What is logged, and how.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Plain text or JSON.
    pub format: LogFormat,
    /// A `tracing` filter.
    pub filter: String,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Plain,
    /// One JSON object a line.
    Json,
}

/// Where traces go.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// An OTLP/HTTP endpoint, or empty.
    pub otlp_endpoint: String,
}

/// Why settings were not taken.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value is missing, malformed or unknown; the text names key and source.
    #[error("{0}")]
    Malformed(Box<figment::Error>),
    /// The environment has a variable that begins like ours and is none.
    #[error("{0}")]
    UnknownVariable(String),
    /// The named file cannot be read.
    #[error("the settings file {path} cannot be read: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system said.
        reason: std::io::Error,
    },
}

impl Config {
    /// Reads the defaults, then `file`, then the environment (`HEARTEN_SECTION__KEY`).
    ///
    /// # Errors
    /// When the file cannot be read, a value has the wrong type, or a key or a variable is unknown.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let malformed = |error| ConfigError::Malformed(Box::new(error));
        let mut figment = Figment::from(Toml::string(DEFAULTS));
        let defaults: Dict = figment.extract().map_err(malformed)?;
        // A variable that is not UTF-8 has no name of ours, or one that is refused.
        let names = std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned());
        if let Some(complaint) = environment::find_unknown(names, &defaults) {
            return Err(ConfigError::UnknownVariable(complaint));
        }
        if let Some(path) = file {
            let text = std::fs::read_to_string(path)
                .map_err(|reason| ConfigError::Unreadable { path: path.display().to_string(), reason })?;
            figment = figment.merge(Toml::string(&text));
        }
        figment
            // Names without a section are switches, not settings.
            .merge(Env::prefixed(environment::PREFIX).filter(|name| name.as_str().contains("__")).split("__"))
            .extract()
            .map_err(malformed)
    }

    /// What makes these settings unsafe for production, one line each that says what to set. Empty: `serve` may start.
    pub fn unsafe_settings(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.identity.providers.is_empty() {
            problems.push("identity.providers is empty: nobody could sign in; name your OpenID provider".to_owned());
        }
        for provider in &self.identity.providers {
            let issuer = &provider.issuer;
            if !issuer.starts_with("https://") {
                problems.push(format!("identity.providers: issuer {issuer} is not https"));
            }
            if provider.audience.is_empty() {
                problems.push(format!("identity.providers: {issuer} has no audience; tokens for others would pass"));
            }
            if provider.algorithms.is_empty() {
                problems.push(format!("identity.providers: {issuer} has no algorithms; name those it signs with"));
            }
            if provider.accept_typ_jwt && provider.client_ids.is_empty() {
                problems.push(format!("identity.providers: {issuer} has accept_typ_jwt without client_ids"));
            }
        }
        for origin in &self.server.cors_origins {
            if origin == "*" || origin == "null" || origin.contains('*') || origin.ends_with('/') {
                problems.push(format!(
                    "server.cors_origins: {origin:?} is not an exact origin such as https://app.example"
                ));
            } else if !origin.starts_with("https://") {
                problems.push(format!("server.cors_origins: {origin} is not https"));
            }
        }
        let smtp = self.mail.smtp_url.expose();
        if !smtp.is_empty() && !smtp.starts_with("smtps:") && !smtp.contains("tls=required") {
            problems.push("mail.smtp_url sends in the clear; write smtps://… or add ?tls=required".to_owned());
        }
        if self.server.graphiql {
            problems.push("server.graphiql is on; set it to false in production".to_owned());
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_complete_and_unsafe_only_for_want_of_a_provider() {
        let config = Config::load(None).unwrap();
        assert_eq!(config.unsafe_settings().len(), 1);
        assert!(config.unsafe_settings()[0].starts_with("identity.providers is empty"));
    }

    #[test]
    fn unknown_keys_are_refused_by_name() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "[server]\nlissen = \"127.0.0.1:1\"\n").unwrap();
        let error = Config::load(Some(file.path())).unwrap_err().to_string();
        assert!(error.contains("lissen"), "{error}");
    }

    #[test]
    fn secrets_do_not_print() {
        let mut config = Config::load(None).unwrap();
        config.database.url = Secret::new("postgres://u:hunter2@h/d");
        assert!(!format!("{config:?}").contains("hunter2"));
        assert!(!serde_json::to_string(&config).unwrap().contains("hunter2"));
    }
}
