//! Transfers that are interrupted: whoever runs the command again sends no byte twice that the server has.

use super::{Desk, Said, noise};
use crate::native::on_both_engines;
use attache_tests::Setup;
use attache_tests::proxy::{Fault, Proxy, Rule};
use std::process::{Child, Stdio};

on_both_engines!(
    an_upload_that_was_killed_goes_on_where_the_server_is,
    an_upload_that_was_interrupted_says_so_and_goes_on,
    an_upload_whose_connections_break_goes_on_by_itself,
    a_small_file_whose_answer_was_lost_is_there_once,
    a_server_that_has_too_much_to_do_is_asked_again,
    a_download_that_was_killed_goes_on_where_it_was,
    a_download_that_breaks_off_goes_on_by_itself,
    a_download_that_was_damaged_on_its_way_leaves_nothing,
);

const LEN: usize = 24 << 20;
/// What the program sends in one request, which it does not go on from before that is answered.
const PIECE: u64 = 8 << 20;
/// So slow that whoever wants to has the time to interrupt it.
const SLOW: Fault = Fault::Slow { bytes_per_second: 8 << 20 };

/// The begun transfer, once so many bytes have come by.
fn begun(desk: &Desk, proxy: &Proxy, arguments: &[&str], bytes: u64) -> Child {
    let mut command = desk.command_at(&proxy.url(), arguments);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let moved = || proxy.passed().sent + proxy.passed().answered;
    while moved() < bytes {
        assert!(child.try_wait().unwrap().is_none(), "it ended after {} bytes", moved());
        std::thread::yield_now();
    }
    child
}

/// Where the server says that the one upload is that the program remembers.
async fn remembered(desk: &Desk) -> u64 {
    let folder = desk.at(".local/state/attache/uploads");
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [file] = files.as_slice() else { panic!("{files:?}") };
    let kept: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let client = desk.app.client("files:write").await;
    let path = format!("/v1/uploads/{}", kept["upload"].as_str().unwrap());
    let answer = client.head(&path).header("Tus-Resumable", "1.0.0").send().await.unwrap();
    answer.headers()["upload-offset"].to_str().unwrap().parse().unwrap()
}

/// Ends an upload in its middle by `end`, and runs it again.
async fn cut_and_gone_on(desk: &Desk, end: impl FnOnce(Child)) {
    let content = noise(11, LEN);
    desk.write("large.bin", &content);
    let proxy = Proxy::start(&desk.app.url());
    proxy.rules([Rule::new(Fault::StallRequest { after: 2 << 20 }).method("PATCH").every(2)]);
    let arguments = ["put", "large.bin", "--to", "/x", "--record", "deal/1"];
    let before = PIECE + (2 << 20);
    end(begun(desk, &proxy, &arguments, before));
    assert!(desk.run(&["find", "large", "--json"]).code == Some(1), "nothing is visible yet");
    // What came of the piece that was cut off counts as far as the server has read it.
    let told = remembered(desk).await;
    assert!((PIECE..=before).contains(&told), "{told} bytes of {before}");
    proxy.heal();
    proxy.forget();
    let said = Said::of(desk.command_at(&proxy.url(), &arguments).output());
    assert_eq!(said.good(), "/x/large.bin\n");
    assert_eq!(proxy.passed().sent, LEN as u64 - told);
    assert!(desk.run(&["get", "/x/large.bin", "-o", "-"]).out == content);
    assert_eq!(std::fs::read_dir(desk.at(".local/state/attache/uploads")).unwrap().count(), 0);
    assert_eq!(desk.run(&["ls", "deal/1", "--json"]).objects().len(), 1);
}

async fn an_upload_that_was_killed_goes_on_where_the_server_is(setup: Setup) {
    let desk = Desk::new(setup).await;
    cut_and_gone_on(&desk, |mut child| {
        child.kill().unwrap();
        child.wait().unwrap();
    })
    .await;
    desk.app.stop().await;
}

async fn an_upload_that_was_interrupted_says_so_and_goes_on(setup: Setup) {
    let desk = Desk::new(setup).await;
    cut_and_gone_on(&desk, |child| {
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
        let words = Said::of(child.wait_with_output()).bad(130);
        assert_eq!(words, "interrupted; run the same command again and it goes on");
    })
    .await;
    desk.app.stop().await;
}

async fn an_upload_whose_connections_break_goes_on_by_itself(setup: Setup) {
    let desk = Desk::new(setup).await;
    let content = noise(12, LEN);
    desk.write("large.bin", &content);
    let proxy = Proxy::start(&desk.app.url());
    proxy.rules([
        Rule::new(Fault::LoseAnswer).method("PATCH").first(1),
        Rule::new(Fault::SLOW_DOWN).method("HEAD").first(2),
        Rule::new(Fault::ResetRequest { after: 1 << 20 }).method("PATCH").first(2),
        Rule::new(Fault::SLOW_DOWN).method("POST").first(1),
    ]);
    let said = Said::of(desk.command_at(&proxy.url(), &["put", "large.bin"]).output());
    assert_eq!(said.good(), "/large.bin\n");
    let faults = proxy.faults();
    assert_eq!((faults["lost answer"], faults["SlowDown"], faults["reset request"]), (1, 3, 2), "{faults:?}");
    // Whose answer was lost had arrived.
    assert_eq!(proxy.passed().sent, LEN as u64);
    assert!(desk.run(&["get", "/large.bin", "-o", "-"]).out == content);
    desk.app.stop().await;
}

async fn a_small_file_whose_answer_was_lost_is_there_once(setup: Setup) {
    let desk = Desk::new(setup).await;
    desk.write("small.txt", "small");
    let proxy = Proxy::start(&desk.app.url());
    proxy.rules([Rule::new(Fault::LoseAnswer).method("POST").first(2)]);
    let arguments = ["put", "small.txt", "--on-conflict", "number"];
    assert_eq!(Said::of(desk.command_at(&proxy.url(), &arguments).output()).good(), "/small.txt\n");
    assert_eq!(proxy.faults()["lost answer"], 2);
    assert_eq!(desk.run(&["find", "--json"]).objects().len(), 1);
    desk.app.stop().await;
}

async fn a_server_that_has_too_much_to_do_is_asked_again(setup: Setup) {
    let desk = Desk::new(setup).await;
    let proxy = Proxy::start(&desk.app.url());
    proxy.rules([Rule::new(Fault::SLOW_DOWN).first(3)]);
    let said = Said::of(desk.command_at(&proxy.url(), &["find", "--json"]).output());
    assert_eq!((said.code, proxy.faults()["SlowDown"]), (Some(1), 3));
    proxy.rules([Rule::new(Fault::SLOW_DOWN)]);
    proxy.forget();
    let words = Said::of(desk.command_at(&proxy.url(), &["find", "--json"]).output()).bad(5);
    assert!(words.starts_with("cannot reach the server at http://127.0.0.1:") && words.contains("503"), "{words}");
    assert_eq!(proxy.faults()["SlowDown"], 5, "patience is bounded");
    desk.app.stop().await;
}

async fn a_download_that_was_killed_goes_on_where_it_was(setup: Setup) {
    let desk = Desk::new(setup).await;
    let content = noise(13, LEN);
    desk.write("large.bin", &content);
    desk.run(&["put", "large.bin"]).good();
    let proxy = Proxy::start(&desk.app.url());
    proxy.rules([Rule::new(SLOW).target("/content")]);
    let arguments = ["get", "/large.bin", "-o", "here.bin"];
    let mut child = begun(&desk, &proxy, &arguments, 6 << 20);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!desk.at("here.bin").exists(), "a name is given to what is whole alone");
    let part = || {
        let parts = std::fs::read_dir(desk.person.path()).unwrap().map(|entry| entry.unwrap());
        let mut parts = parts.filter(|entry| entry.file_name().to_string_lossy().ends_with(".part"));
        parts.next().map(|entry| entry.metadata().unwrap().len())
    };
    let before = part().unwrap();
    assert!(before > 1 << 20, "{before}");
    proxy.heal();
    proxy.forget();
    assert_eq!(Said::of(desk.command_at(&proxy.url(), &arguments).output()).good(), "here.bin\n");
    let answered = proxy.passed().answered;
    // A few blocks may have been between the two when it ended.
    assert!(answered < LEN as u64 - before + 200_000, "{answered} after {before}");
    assert!(desk.read("here.bin") == content);
    assert_eq!(part(), None);
    desk.app.stop().await;
}

async fn a_download_that_breaks_off_goes_on_by_itself(setup: Setup) {
    let desk = Desk::new(setup).await;
    let content = noise(14, LEN);
    desk.write("large.bin", &content);
    desk.run(&["put", "large.bin"]).good();
    let proxy = Proxy::start(&desk.app.url());
    let cuts = [Fault::ResetAnswer { after: 3 << 20 }, Fault::CutAnswer { after: 3 << 20 }];
    proxy.rules(cuts.map(|cut| Rule::new(cut).target("/content").first(1)));
    for (output, faults) in [("here.bin", 2), ("-", 0)] {
        let said = Said::of(desk.command_at(&proxy.url(), &["get", "/large.bin", "-o", output]).output());
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{output}");
        let got = if output == "-" { said.out } else { desk.read(output) };
        assert!(got == content, "{output}");
        assert_eq!(proxy.faults().values().sum::<usize>(), faults.max(2));
    }
    // What was on its way when a connection was reset is lost, and no more.
    assert!(proxy.passed().answered < 2 * LEN as u64 + (4 << 20));
    desk.app.stop().await;
}

async fn a_download_that_was_damaged_on_its_way_leaves_nothing(setup: Setup) {
    let desk = Desk::new(setup).await;
    desk.write("a.bin", noise(15, 1 << 20));
    desk.run(&["put", "a.bin"]).good();
    let proxy = Proxy::start(&desk.app.url());
    proxy.rules([Rule::new(Fault::DamageAnswer).target("/content")]);
    for output in ["here.bin", "-"] {
        let words = Said::of(desk.command_at(&proxy.url(), &["get", "/a.bin", "-o", output]).output()).bad(2);
        assert_eq!(words, "/a.bin: what came is not what the server has; get it again");
    }
    let left: Vec<_> = std::fs::read_dir(desk.person.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["a.bin"], "{left:?}");
    desk.app.stop().await;
}
