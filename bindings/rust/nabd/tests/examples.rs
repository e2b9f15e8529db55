// SPDX-License-Identifier: MIT
//! The examples do what they say.

mod common;

use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use common::Name;

/// cargo has built them beside the tests.
fn example(program: &str) -> Command {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.set_file_name("examples");
    Command::new(path.join(program))
}

fn lines(output: &Output) -> Vec<&str> {
    assert!(output.status.success(), "{output:?}");
    std::str::from_utf8(&output.stdout).unwrap().lines().collect()
}

#[test]
fn send_and_receive() {
    let name = Name::new("example");
    let mut sender = example("send").args([&*name, "20"]).spawn().unwrap();
    // Until the sender has made the queue.
    while nabd::Observer::open(&name).is_err() {
        sleep(Duration::from_millis(5));
    }
    let receiver = example("receive").arg(&*name).stdout(Stdio::piped()).output().unwrap();
    assert!(sender.wait().unwrap().success());
    let wanted: Vec<_> = (0..20).map(|i| format!("greeting {i}")).collect();
    assert_eq!(lines(&receiver), wanted);
}

#[test]
fn workers() {
    let name = Name::new("workers");
    let output = example("workers").arg(&*name).output().unwrap();
    let mut said = lines(&output);
    said.sort_unstable();
    let mut wanted = vec!["given up: job 3".to_string()];
    wanted.extend([0, 1, 2, 4, 5].map(|i| format!("done: job {i}")));
    wanted.sort_unstable();
    assert_eq!(said, wanted);
    // It takes its name back.
    assert_eq!(nabd::unlink(&name), Err(nabd::Error::NotFound));
}
