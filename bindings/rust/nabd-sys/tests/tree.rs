// SPDX-License-Identifier: MIT
//! The bindings beside the rest of libnabd's tree: layouts beside abi.json, versions beside
//! configure.ac.

use std::collections::BTreeMap;
use std::fs;
use std::mem::{align_of, size_of};
use std::path::PathBuf;

use nabd_sys::*;

fn file(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// As much of JSON as abi.json has.
#[derive(Debug, PartialEq)]
enum Json {
    Word(String),
    Text(String),
    List(Vec<Json>),
    Object(BTreeMap<String, Json>),
}

struct Parser<'a>(&'a str);

impl Parser<'_> {
    fn next(&mut self) -> char {
        self.0 = self.0.trim_start();
        self.0.chars().next().expect("more JSON")
    }

    fn eat(&mut self, c: char) -> bool {
        let is = self.next() == c;
        if is {
            self.0 = &self.0[1..];
        }
        is
    }

    fn text(&mut self) -> String {
        assert!(self.eat('"'));
        let mut out = String::new();
        let mut chars = self.0.char_indices();
        while let Some((i, c)) = chars.next() {
            match c {
                '"' => {
                    self.0 = &self.0[i + 1..];
                    return out;
                }
                '\\' => out.push(chars.next().expect("what is escaped").1),
                c => out.push(c),
            }
        }
        panic!("a string without an end");
    }

    fn value(&mut self) -> Json {
        match self.next() {
            '{' => {
                self.eat('{');
                let mut all = BTreeMap::new();
                while !self.eat('}') {
                    let key = self.text();
                    assert!(self.eat(':'));
                    assert!(all.insert(key, self.value()).is_none());
                    let _ = self.eat(',');
                }
                Json::Object(all)
            }
            '[' => {
                self.eat('[');
                let mut all = Vec::new();
                while !self.eat(']') {
                    all.push(self.value());
                    let _ = self.eat(',');
                }
                Json::List(all)
            }
            '"' => Json::Text(self.text()),
            _ => {
                let end = self.0.find([',', '}', ']', '\n', ' ']).expect("more JSON");
                let word = self.0[..end].to_string();
                self.0 = &self.0[end..];
                Json::Word(word)
            }
        }
    }
}

impl Json {
    fn at(&self, key: &str) -> &Json {
        match self {
            Json::Object(all) => all.get(key).unwrap_or_else(|| panic!("no {key}")),
            other => panic!("{key} of {other:?}"),
        }
    }

    fn object(&self) -> &BTreeMap<String, Json> {
        match self {
            Json::Object(all) => all,
            other => panic!("{other:?} is no object"),
        }
    }

    fn number<T: std::str::FromStr>(&self) -> T {
        match self {
            Json::Word(word) => word.parse().ok().unwrap_or_else(|| panic!("{word}")),
            other => panic!("{other:?} is no number"),
        }
    }
}

/// Each field of a struct: its name, offset and size. All are named, or it does not compile.
macro_rules! layout {
    ($type:ident: $($field:ident)*) => {{
        let one = std::mem::MaybeUninit::<$type>::uninit();
        let base = one.as_ptr();
        let mut fields: Vec<(&str, usize, usize)> = Vec::new();
        $(
            // SAFETY: within `one`; nothing is read.
            let at = unsafe { std::ptr::addr_of!((*base).$field) };
            fields.push((stringify!($field), at as usize - base as usize, size_of_pointee(at)));
        )*
        #[allow(dead_code)]
        fn all_are_named(value: $type) {
            let $type { $($field: _),* } = value;
        }
        (stringify!($type), size_of::<$type>(), align_of::<$type>(), fields)
    }};
}

fn size_of_pointee<T>(_: *const T) -> usize {
    size_of::<T>()
}

#[test]
#[cfg(target_pointer_width = "64")]
fn structs_lie_as_in_c() {
    let json = Parser(&file("abi/abi.json")).value();
    let ours = [
        layout!(nabd_opts: size flags mode align owner group dir),
        layout!(nabd_msg: data sequence len flags deliveries reserved),
        layout!(nabd_join_opts: size flags max_deliveries max_stall_ms max_lag sequence
            dead_letter dead_letter_arg dead_letters),
        layout!(nabd_consumer_stats: size group state reserved joined claimed redelivered held
            nacked dead_letters lost gap),
        layout!(nabd_group_info: size group state members holding max_deliveries max_stall_ms
            reserved max_lag position low lag made),
        layout!(nabd_memory: size page huge_page bytes mapped locked huge swapped),
        layout!(nabd_member_info: size group member alive first held deliveries reserved),
        layout!(nabd_wait_opts: size flags spin_ns yield_ns slice_ns),
        layout!(nabd_wait_item: q consumer result reserved),
        layout!(nabd_backpressure: size high low reserved on_high on_low on_full arg),
        layout!(nabd_backoff_opts: size retries base_ns cap_ns),
        layout!(nabd_backoff: tried retries delay_ns cap_ns chance),
        layout!(nabd_checkpoint: size group incarnation sequence head saved_ns saves),
        layout!(nabd_resume: size flags sequence lost state reserved),
        layout!(nabd_metrics: size state slots fill fill_percent high_fill head tail bytes
            full_count reader_wakes producer_wakes evictions lost producer_epoch progress_ns
            now_ns created_ns),
        layout!(nabd_group_metrics: size group state owner members holding ended reserved made
            position low lag high_lag wakes claimed redelivered nacked dead_letters lost
            evictions progress_ns),
        layout!(nabd_member_metrics: size group member alive held first claimed redelivered
            nacked dead_letters progress_ns),
        layout!(nabd_rates: size reserved seconds messages bytes released full reader_wakes
            producer_wakes lost),
        layout!(nabd_latency: size reserved created_ns now_ns count unmeasured sum_ns max_ns
            bucket),
        layout!(nabd_latency_summary: size reserved count unmeasured mean_ns min_ns p50_ns p90_ns
            p99_ns p99_9_ns max_ns),
        layout!(nabd_stats: size state slots slot_size stride align head tail position bytes
            full_count producer_epoch created_ns incarnation),
    ];
    let structs = json.at("structs").object();
    assert_eq!(ours.len(), structs.len(), "{:?}", structs.keys());
    for (name, size, align, fields) in ours {
        let c = json.at("structs").at(name);
        assert_eq!(size, c.at("size").number(), "size of {name}");
        assert_eq!(align, c.at("align").number(), "alignment of {name}");
        let c: Vec<_> = match c.at("fields") {
            Json::List(fields) => fields
                .iter()
                .map(|field| match field.at("name") {
                    Json::Text(name) => {
                        (name.as_str(), field.at("offset").number(), field.at("size").number())
                    }
                    other => panic!("{other:?}"),
                })
                .collect(),
            other => panic!("{other:?}"),
        };
        assert_eq!(fields, c, "{name}");
    }
}

/// Each constant and error of abi.json stands in bindings.rs with its value.
#[test]
fn constants_have_the_values_of_c() {
    let json = Parser(&file("abi/abi.json")).value();
    let source = file("rust/nabd-sys/src/bindings.rs");
    let ours: BTreeMap<_, _> = source
        .lines()
        .filter_map(|line| line.strip_prefix("pub const "))
        .filter_map(|line| line.trim_end_matches(';').split_once(": "))
        .filter_map(|(name, rest)| Some((name, rest.split_once(" = ")?.1)))
        .collect();
    let errors = json.at("errors").object().iter();
    let all = errors
        .map(|(name, error)| (name, error.at("value").number::<i64>()))
        .chain(json.at("constants").object().iter().map(|(name, value)| (name, value.number())));
    let mut n = 0;
    for (name, value) in all {
        assert_eq!(ours.get(name.as_str()).map(|v| v.parse()), Some(Ok(value)), "{name}");
        n += 1;
    }
    assert!(n > 80, "{n} constants only");
}

/// Each function of abi.json is declared.
#[test]
fn functions_are_all_there() {
    let json = Parser(&file("abi/abi.json")).value();
    let source = file("rust/nabd-sys/src/bindings.rs");
    let functions = json.at("functions").object();
    for name in functions.keys() {
        assert!(source.contains(&format!("pub fn {name}(")), "{name}");
    }
    assert_eq!(source.matches("pub fn ").count(), functions.len());
}

#[test]
fn one_version_everywhere() {
    let configure = file("../configure.ac");
    let rest = configure.split("AC_INIT([libnabd], [").nth(1).expect("AC_INIT");
    let version = rest.split(']').next().expect("a version");
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
    assert_eq!(NABD_VERSION_STRING, format!("{version}\0").as_bytes());
    for toml in ["nabd-sys", "nabd", "nabd-tokio", "peers"] {
        let text = file(&format!("rust/{toml}/Cargo.toml"));
        let line = format!("\nversion = \"{version}\"\n");
        assert_eq!(text.matches(&line).count(), 1, "{toml}");
        // Of those on which it depends, too.
        for dependency in text.lines().filter(|line| line.starts_with("nabd")) {
            if dependency.contains("version") {
                let wanted = format!("version = \"{version}\"");
                assert!(dependency.contains(&wanted), "{toml}: {dependency}");
            }
        }
    }
    assert_eq!(file("rust/Cargo.lock").matches(&format!("version = \"{version}\"\n")).count(), 3);
}
