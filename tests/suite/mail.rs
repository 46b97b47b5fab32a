//! Digests by mail, to a real mail server (npm `smtp-server`) that catches them. The script is in `tests/peers/mail`.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use chrono::TimeDelta;
use hearten_api::{areas::happenings::post, config::Secret};
use hearten_entity::{InOrganization, mail};
use hearten_tests::{peers, skipped::skip};
use serde_json::{Value, json};

use crate::harness::{Client, TestApp, draft};

/// The mail server; ended when it is dropped.
struct Catcher {
    process: Child,
    port: u64,
    mails: Receiver<Value>,
    busy: PathBuf,
    _directory: tempfile::TempDir,
}

impl Catcher {
    fn start() -> anyhow::Result<Self> {
        let scripts = peers::install("mail")?;
        let directory = tempfile::tempdir()?;
        let busy = directory.path().join("busy");
        let mut process =
            peers::node(&scripts).arg("catcher.mjs").arg(&busy).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready: Value = serde_json::from_str(&lines.next().unwrap()?)?;
        let (send, mails) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = send.send(serde_json::from_str(&line).unwrap());
            }
        });
        Ok(Self { process, port: ready["port"].as_u64().unwrap(), mails, busy, _directory: directory })
    }

    /// The mails that have come. What a server has taken is on its way here, so a short wait is enough.
    fn caught(&self) -> Vec<Value> {
        let mut found = Vec::new();
        while let Ok(mail) = self.mails.recv_timeout(Duration::from_millis(500)) {
            found.push(mail);
        }
        found
    }

    async fn app(&self) -> TestApp {
        let url = format!("smtp://127.0.0.1:{}", self.port);
        TestApp::with(|config| {
            config.mail.smtp_url = Secret::new(url);
            config.mail.from = "Acme People <hearten@acme.example>".to_owned();
            config.mail.application_url = "https://app.acme.example/".to_owned();
        })
        .await
    }
}

impl Drop for Catcher {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn want(client: &Client, digest: &str) {
    let document = "mutation($digest: DigestCadence) {
        notificationSettingsUpdate(input: { digest: $digest }) { errors { code } } }";
    client.query(document, json!({ "digest": digest })).await.data();
}

async fn look(app: &TestApp) {
    post::look(app.app(), app.db().await).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_digest_comes_once_when_it_is_due() -> anyhow::Result<()> {
    let catcher = match Catcher::start() {
        Ok(catcher) => catcher,
        Err(error) => return skip("a_digest_comes_once_when_it_is_due", &format!("{error:#}")),
    };
    let mut app = catcher.app().await;
    let (emil, anna, nora) = (app.client_of("emil").await, app.client_of("anna").await, app.client_of("nora").await);
    want(&emil, "DAILY").await;
    want(&anna, "DAILY").await;
    app.launched(draft()).await;
    app.launched(draft()).await;
    look(&app).await;
    assert!(catcher.caught().is_empty(), "nothing is due before the morning");

    // Tuesday, six o'clock. Two nodes look at the same time.
    app.advance(TimeDelta::hours(22));
    let second = app.add_node().await;
    let (one, other) = (app.app().clone(), app.app_of(second).clone());
    let db = one.database.open().await.unwrap();
    let (left, right) = tokio::join!(post::look(&one, &db), post::look(&other, &db));
    left.and(right).unwrap();
    let mut mails = catcher.caught();
    mails.sort_by_key(|mail| mail["to"].to_string());
    assert_eq!(mails.len(), 2, "{mails:#?}");
    assert_eq!(mails[0]["to"], json!(["anna@acme.example"]));
    assert_eq!(mails[0]["subject"], "2 Neuigkeiten für Sie bei Acme Optics");
    assert_eq!((&mails[0]["language"], &mails[0]["automatic"]), (&json!("de"), &json!("auto-generated")));
    let text = mails[1]["text"].as_str().unwrap();
    assert!(text.contains("Hello Emil Acmeson") && text.contains("2 × surveys"), "{text}");
    assert!(text.contains("https://app.acme.example\n"), "{text}");
    assert!(!text.contains("Petra"), "it names nobody else: {text}");

    // The next morning there is nothing new; and who has seen everything is told nothing.
    app.advance(TimeDelta::days(1));
    look(&app).await;
    app.launched(draft()).await;
    let unseen = "{ viewer { notifications(first: 1) { nodes { id } } } }";
    let newest = anna.query(unseen, json!({})).await.data()["viewer"]["notifications"]["nodes"][0]["id"].clone();
    let see = "mutation($id: ID!) { notificationsSee(input: { upTo: $id }) { unseenCount errors { code } } }";
    anna.query(see, json!({ "id": newest })).await.data();
    app.advance(TimeDelta::days(1));
    look(&app).await;
    let mails = catcher.caught();
    assert_eq!(mails.len(), 1, "{mails:#?}");
    assert_eq!(mails[0]["subject"], "One thing is new for you at Acme Optics");

    // Nobody gets what they did not ask for, or not any more.
    want(&emil, "NONE").await;
    app.launched(draft()).await;
    app.advance(TimeDelta::days(1));
    look(&app).await;
    drop(nora);
    assert!(catcher.caught().iter().all(|mail| mail["to"] == json!(["anna@acme.example"])));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_busy_is_tried_again_and_an_address_that_is_wrong_is_not() -> anyhow::Result<()> {
    let name = "a_server_that_is_busy_is_tried_again_and_an_address_that_is_wrong_is_not";
    let catcher = match Catcher::start() {
        Ok(catcher) => catcher,
        Err(error) => return skip(name, &format!("{error:#}")),
    };
    let app = catcher.app().await;
    let admin = app.client_of("adam").await;
    let update = "mutation($id: ID!) { personUpdate(input: { person: $id, email: \"nobody@acme.example\" }) {
        errors { code message } } }";
    admin.query(update, json!({ "id": app.person("bela").await })).await.data();
    let (emil, bela) = (app.client_of("emil").await, app.client_of("bela").await);
    want(&emil, "WEEKLY").await;
    want(&bela, "WEEKLY").await;
    app.launched(draft()).await;
    std::fs::write(&catcher.busy, "")?;
    app.advance(TimeDelta::days(7));
    look(&app).await;
    let rows = async || mail::Entity::in_org(app.acme.id).all(app.db().await.read()).await.unwrap();
    for row in rows().await {
        assert_eq!((row.attempts, row.sent_at), (1, None));
        assert!(row.failure.unwrap().contains("451"));
        assert!(row.next_attempt_at.unwrap() > app.clock.now());
    }
    std::fs::remove_file(&catcher.busy)?;
    app.advance(TimeDelta::minutes(2));
    look(&app).await;
    let mails = catcher.caught();
    assert_eq!(mails.len(), 1, "{mails:#?}");
    let row = rows().await.into_iter().find(|row| row.sent_at.is_some()).unwrap();
    assert_eq!(mails[0]["id"], format!("<{}@acme.example>", row.id));
    let refused = rows().await.into_iter().find(|row| row.sent_at.is_none()).unwrap();
    assert_eq!((refused.attempts, refused.next_attempt_at), (2, None), "it is not tried again");
    assert!(refused.failure.unwrap().contains("550"));
    Ok(())
}
