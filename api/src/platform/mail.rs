//! Mail: one letter to one person, by SMTP. Without a server nothing is sent, and nothing is queued.

use std::time::Duration;

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    address::AddressError,
    message::{Mailbox, header::ContentType},
    transport::smtp,
};

use crate::config;

/// How long a server may take to accept a letter.
const PATIENCE: Duration = Duration::from_secs(30);

/// A letter to be sent.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The name of the person it is for.
    pub name: String,
    /// Their address.
    pub address: String,
    /// What it is about.
    pub subject: String,
    /// What it says: plain text.
    pub text: String,
    /// What names the message: a second try of the same letter has the same, so that a mailbox can tell.
    pub id: String,
    /// The language, such as "de".
    pub language: String,
}

/// The way letters take.
#[derive(Debug, Clone)]
pub struct Mail(Option<Box<Post>>);

#[derive(Debug, Clone)]
struct Post {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    application_url: String,
}

/// Why a letter was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Unsent {
    /// It never will be: the address is wrong or refused.
    #[error("refused: {0}")]
    Refused(String),
    /// The server is away or busy.
    #[error("not now: {0}")]
    NotNow(String),
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadMailSettings {
    /// The sender is no address.
    #[error("mail.from is no address such as \"Hearten <hearten@example.com>\": {0}")]
    From(AddressError),
    /// The server's URL cannot be read. Its text stays out: it may hold a password.
    #[error("mail.smtp_url is not like smtps://user:password@mail.example.com")]
    Url,
}

impl Mail {
    /// The way the settings name. Nothing is connected to yet.
    ///
    /// # Errors
    /// When the settings cannot be understood.
    pub fn new(settings: &config::Mail) -> Result<Self, BadMailSettings> {
        let url = settings.smtp_url.expose();
        if url.is_empty() {
            return Ok(Self(None));
        }
        let from = settings.from.parse().map_err(BadMailSettings::From)?;
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| BadMailSettings::Url)?;
        let server = server.timeout(Some(PATIENCE)).build();
        let application_url = settings.application_url.trim_end_matches('/').to_owned();
        Ok(Self(Some(Box::new(Post { server, from, application_url }))))
    }

    /// Whether letters can be sent at all.
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Where people open the application; empty when nobody said.
    pub fn application_url(&self) -> &str {
        self.0.as_ref().map(|post| post.application_url.as_str()).unwrap_or_default()
    }

    /// Sends a letter. When this returns, a server has taken it.
    ///
    /// # Errors
    /// Why it was not taken.
    pub async fn send(&self, letter: Letter) -> Result<(), Unsent> {
        let Some(post) = &self.0 else { return Err(Unsent::NotNow("no mail server is set".to_owned())) };
        let address = letter.address.parse().map_err(|error: AddressError| Unsent::Refused(error.to_string()))?;
        let id = format!("<{}@{}>", letter.id, post.from.email.domain());
        let message = Message::builder()
            .from(post.from.clone())
            .to(Mailbox::new(Some(letter.name), address))
            .subject(letter.subject)
            .message_id(Some(id))
            .header(ContentType::TEXT_PLAIN)
            .header(Automatic)
            .header(Language(letter.language))
            .body(letter.text)
            .map_err(|error| Unsent::Refused(error.to_string()))?;
        match post.server.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if is_final(&error) => Err(Unsent::Refused(error.to_string())),
            Err(error) => Err(Unsent::NotNow(error.to_string())),
        }
    }
}

fn is_final(error: &smtp::Error) -> bool {
    error.is_permanent()
}

/// No holiday answers, please (RFC 3834).
#[derive(Debug, Clone)]
struct Automatic;

impl lettre::message::header::Header for Automatic {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// What language the letter is in.
#[derive(Debug, Clone)]
struct Language(String);

impl lettre::message::header::Header for Language {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), self.0.clone())
    }
}
