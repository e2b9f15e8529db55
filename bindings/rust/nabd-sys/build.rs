// SPDX-License-Identifier: MIT
//! Asks pkg-config where libnabd is. The program itself, not the crate of that name: so the build
//! depends on nothing that would have to be fetched.

use std::env;
use std::process::{exit, Command};

const LEAST: &str = "0.9";

fn main() {
    for name in ["PKG_CONFIG", "PKG_CONFIG_PATH", "PKG_CONFIG_LIBDIR", "PKG_CONFIG_SYSROOT_DIR"] {
        println!("cargo:rerun-if-env-changed={name}");
    }
    println!("cargo:rerun-if-env-changed=NABD_STATIC");
    println!("cargo:rerun-if-changed=build.rs");

    let is_static = env::var("NABD_STATIC").map_or(false, |value| value != "0");
    ask(&[&format!("--atleast-version={LEAST}"), "libnabd"]);
    let version = ask(&["--modversion", "libnabd"]);
    let include = ask(&["--cflags-only-I", "--keep-system-cflags", "libnabd"]);
    let libs = if is_static {
        ask(&["--libs", "--static", "libnabd"])
    } else {
        ask(&["--libs", "libnabd"])
    };

    for word in libs.split_whitespace() {
        if let Some(path) = word.strip_prefix("-L") {
            println!("cargo:rustc-link-search=native={path}");
        } else if let Some(name) = word.strip_prefix("-l") {
            let kind = if is_static && name == "nabd" { "static" } else { "dylib" };
            println!("cargo:rustc-link-lib={kind}={name}");
        }
    }
    let folders: Vec<_> =
        include.split_whitespace().filter_map(|word| word.strip_prefix("-I")).collect();
    println!("cargo:include={}", folders.join(":"));
    println!("cargo:version={}", version.trim());
}

/// What pkg-config answers; if it can't, the build ends with its own words.
fn ask(args: &[&str]) -> String {
    let program = program();
    let answer = match Command::new(&program).args(args).output() {
        Ok(answer) => answer,
        Err(error) => fail(&format!("{program}: {error}; install pkg-config")),
    };
    if !answer.status.success() {
        let said = String::from_utf8_lossy(&answer.stderr);
        fail(&format!(
            "{program} {} failed: install libnabd {LEAST} or later with its header (libnabd-dev), \
             or name its folder in PKG_CONFIG_PATH\n{said}",
            args.join(" ")
        ));
    }
    String::from_utf8_lossy(&answer.stdout).into_owned()
}

/// $PKG_CONFIG; for another machine the one with its triplet, as Debian names it.
fn program() -> String {
    if let Ok(program) = env::var("PKG_CONFIG") {
        return program;
    }
    let target = env::var("TARGET").unwrap_or_default();
    if env::var("HOST").map_or(true, |host| host == target) {
        return "pkg-config".into();
    }
    format!("{}-pkg-config", target.replace("-unknown-", "-"))
}

fn fail(text: &str) -> ! {
    eprintln!("{text}");
    exit(1);
}
