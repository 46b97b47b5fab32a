//! What a demo does not do without being told: its page gives everybody who opens it a token of an admin.

use std::process::Output;

use anyhow::ensure;
use hearten_tests::{binary, demo, store::Store};

fn refused(arguments: &[&str], wanted: &[&str]) -> anyhow::Result<()> {
    let Output { status, stdout, stderr } = demo::command(&binary::hearten()?).arg("demo").args(arguments).output()?;
    let said = String::from_utf8_lossy(&stderr);
    ensure!(!status.success() && stdout.is_empty(), "{arguments:?} was not refused");
    for text in wanted {
        ensure!(said.contains(text), "{text:?} is not said: {said}");
    }
    Ok(())
}

#[test]
fn a_demo_listens_on_this_machine_only_and_says_why() -> anyhow::Result<()> {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8080"] {
        refused(&["--listen", address], &[address, "token of an admin", "--expose", "127.0.0.1"])?;
    }
    Ok(())
}

#[test]
fn a_demo_trusts_no_issuer_whose_keys_come_in_the_open() -> anyhow::Result<()> {
    for issuer in
        ["http://login.example", "http://192.0.2.1:8080", "http://localhost.example", "ftp://127.0.0.1", "login"]
    {
        refused(&["--listen", "127.0.0.1:0", "--trust-issuer", issuer, "--audience", "urn:a"], &[issuer])?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demo_is_exposed_when_told_to_and_trusts_https() -> anyhow::Result<()> {
    let store = Store::sqlite(&binary::hearten()?).await?;
    let mut launch = store.launch();
    launch.listen = "0.0.0.0:0".parse()?;
    launch.expose = true;
    launch.trust_issuer = Some("https://login.invalid".to_owned());
    let demo = launch.start()?;
    ensure!(demo.url().starts_with("http://0.0.0.0:"), "{}", demo.url());
    ensure!(demo.readiness().await?.0 == 200);
    Ok(())
}
