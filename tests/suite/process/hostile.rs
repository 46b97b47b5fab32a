//! Documents made to exhaust the stack or the clock. A debug build has other frames and other recursion than what
//! people run, so an optimised one is tried too (see [`hearten_tests::binary::optimised`]). Without the scan of the text the
//! same documents are answered with other statuses, or end the process, as the parser's version has it.

use std::time::{Duration, Instant};

use anyhow::ensure;
use hearten_tests::{
    binary,
    demo::{Demo, Launch},
    skipped::{skip, tell},
    store::Store,
};
use serde_json::{Value, json};

/// A refusal is a matter of milliseconds; this leaves room for a busy machine.
const AT_ONCE: Duration = Duration::from_secs(10);

fn nested_lists(depth: usize) -> String {
    format!("{{ nodes(ids: {}{}) {{ id }} }}", "[".repeat(depth), "]".repeat(depth))
}

fn nested_selections(depth: usize) -> String {
    format!("{{ viewer {}{} }}", "{ person { manager ".repeat(depth), "} } ".repeat(depth))
}

/// Each fragment spreads the next one twice: 2^steps fields.
fn doubling_fragments(steps: usize) -> String {
    let chain: String = (0..steps).map(|n| format!("fragment f{n} on Query{{...f{0} ...f{0}}}", n + 1)).collect();
    format!("{{...f0}}{chain}fragment f{steps} on Query{{__typename}}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_optimised_build_refuses_what_would_overflow_its_stack() -> anyhow::Result<()> {
    let name = "an_optimised_build_refuses_what_would_overflow_its_stack";
    if !cfg!(target_os = "linux") {
        return skip(name, "the memory of a process is read from /proc");
    }
    let mut demo = Launch::new(&binary::optimised()?).start()?;
    refuse_everything(name, &mut demo).await
}

/// The same documents; here only that they are refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_debug_build_refuses_the_same() -> anyhow::Result<()> {
    let store = Store::sqlite(&binary::hearten()?).await?;
    let mut demo = store.launch().start()?;
    refuse_everything("a_debug_build_refuses_the_same", &mut demo).await
}

async fn refuse_everything(name: &str, demo: &mut Demo) -> anyhow::Result<()> {
    let client = demo.client()?;
    let employee = demo.token("employee")?;
    let documents = [
        ("a list nested 20,000 deep", nested_lists(20_000), Value::Null),
        // Short enough to be read.
        ("a list nested 9,000 deep", nested_lists(9_000), Value::Null),
        ("a list nested 65 deep", nested_lists(65), Value::Null),
        ("selections nested 400 deep", nested_selections(400), Value::Null),
        ("100 doubling fragments", doubling_fragments(100), Value::Null),
        ("25 doubling fragments", doubling_fragments(25), Value::Null),
        ("variables nested 100 deep", "query($v: ID!) { node(id: $v) { id } }".to_owned(), deep_variables(100)),
    ];
    let before = demo.memory_mib("VmHWM")?;
    let mut slowest = Duration::ZERO;
    for (what, document, variables) in documents {
        for token in [None, Some(employee.as_str())] {
            let began = Instant::now();
            let answer = client.ask(token, &document, variables.clone()).await;
            let took = began.elapsed();
            ensure!(demo.is_alive()?, "{what} ended the process");
            let answer = answer?;
            assert_eq!(answer.status, 400, "{what}: {}", answer.body);
            assert!(took < AT_ONCE, "{what} took {took:?}");
            slowest = slowest.max(took);
        }
    }
    let grown = demo.memory_mib("VmHWM")? - before;
    assert!(grown < 64.0, "refusing cost {grown:.0} MiB");
    let data = client.data(&employee, "{ viewer { person { displayName } } }", Value::Null).await?;
    assert!(data["viewer"]["person"]["displayName"].is_string());
    tell(name, &format!("the slowest refusal took {slowest:?}; memory grew by {grown:.1} MiB"));
    Ok(())
}

fn deep_variables(depth: usize) -> Value {
    json!({ "v": (0..depth).fold(Value::Null, |inner, _| json!([inner])) })
}
