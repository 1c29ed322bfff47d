//! Who may import whom. A wrong import fails here, with the file and the rule.
#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::{Path, PathBuf};

/// For each folder of `src`, the modules of the crate that it may name.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("protocol", &["time"]),
    ("link", &["protocol", "time"]),
    ("journey", &["protocol", "time"]),
    ("mask", &["protocol"]),
    ("mirror", &["mask", "protocol"]),
    ("cobrowse", &["protocol", "time"]),
    ("messenger", &["protocol", "time"]),
    ("client", &["cobrowse", "journey", "link", "mask", "messenger", "protocol", "time"]),
    ("browser", &["client", "cobrowse", "journey", "link", "mask", "messenger", "mirror", "protocol", "time"]),
    ("api", &["browser", "client", "journey", "link", "mask", "protocol", "time"]),
];

/// Files and what they may not name: the visitor's half and the agent's half never import each other, nor the hub's part.
const HALVES: &[(&str, &str)] = &[
    ("mirror/asset.rs", "replica"),
    ("mirror/element.rs", "replica"),
    ("mirror/encoder.rs", "replica"),
    ("mirror/encoder/changes.rs", "replica"),
    ("mirror/encoder/children.rs", "replica"),
    ("mirror/encoder/numbers.rs", "replica"),
    ("mirror/encoder/pictures.rs", "replica"),
    ("mirror/place.rs", "replica"),
    ("mirror/run.rs", "replica"),
    ("mirror/told.rs", "replica"),
    ("mirror/writer.rs", "replica"),
    ("mirror/packed.rs", "encoder"),
    ("mirror/replica.rs", "asset"),
    ("mirror/replica.rs", "encoder"),
    ("mirror/replica.rs", "told"),
    ("mirror/replica.rs", "place"),
    ("mirror/replica.rs", "writer"),
    ("messenger/messenger.rs", "inbox"),
    ("messenger/view.rs", "inbox"),
    ("messenger/inbox.rs", "view"),
    ("messenger/inbox/line.rs", "view"),
    ("messenger/inbox/remarks.rs", "view"),
    ("cobrowse/visitor.rs", "agent"),
    ("cobrowse/visitor.rs", "session"),
    ("cobrowse/agent.rs", "masking"),
    ("cobrowse/agent.rs", "visitor"),
    ("cobrowse/agent.rs", "session"),
    ("cobrowse/session.rs", "masking"),
    ("cobrowse/session.rs", "visitor"),
    ("cobrowse/session.rs", "agent"),
];

/// Folders that hold plain Rust: no browser.
const PURE: &[&str] = &["protocol", "link", "journey", "mask", "mirror", "cobrowse", "messenger", "client"];

/// Crates of the browser.
const BROWSER_CRATES: &[&str] = &["web_sys", "js_sys", "wasm_bindgen", "wasm_bindgen_futures", "gloo_timers"];

/// What a machine must be given instead of taking it.
const AMBIENT: &[&str] = &["std::time::", "SystemTime", "getrandom", "std::net", "std::fs", "std::thread", "rand::"];

fn check(folder: &str, source: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let (_, allowed) = MAY_NAME.iter().find(|(name, _)| *name == folder).expect("every folder of src has a rule");
    let code: String = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .fold(String::new(), |all, line| all + line + "\n");
    for (at, _) in code.match_indices("crate::") {
        let named: String = code[at + 7..].chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect();
        if named != folder && !allowed.contains(&named.as_str()) {
            faults.push(format!("{folder} may not name crate::{named}"));
        }
    }
    if PURE.contains(&folder) {
        for name in BROWSER_CRATES.iter().chain(AMBIENT).filter(|name| code.contains(**name)) {
            faults.push(format!("{folder} is plain Rust and may not name {name}"));
        }
        if code.contains("#[cfg(feature") {
            faults.push(format!("{folder} is the same with every feature"));
        }
    }
    if code.contains("MaskedText::vouch") && folder != "mask" {
        faults.push(format!("only mask vouches for text, not {folder}"));
    }
    if code.contains("inner_html") || code.contains("insert_adjacent_html") || code.contains("innerHTML") {
        faults.push(format!("{folder} makes nodes from text"));
    }
    faults
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_module_keeps_to_its_ring() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut faults = Vec::new();
    for entry in fs::read_dir(&src).expect("src is there") {
        let folder = entry.expect("it can be read").path();
        if !folder.is_dir() {
            continue;
        }
        let name = folder.file_name().and_then(|name| name.to_str()).expect("folders have plain names").to_owned();
        assert!(MAY_NAME.iter().any(|(known, _)| *known == name), "src/{name} has no rule in tests/architecture.rs");
        for file in files(&folder) {
            let source = fs::read_to_string(&file).expect("it can be read");
            faults.extend(check(&name, &source).into_iter().map(|fault| format!("{}: {fault}", file.display())));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn crosses(file: &str, source: &str) -> bool {
    let names = |half: &str| source.contains(&format!("super::{half}")) || source.contains(&format!("mirror::{half}"));
    HALVES.iter().any(|(name, other)| file == *name && names(other))
}

#[test]
fn the_halves_do_not_know_each_other() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (file, _) in HALVES {
        let source = fs::read_to_string(folder.join(file)).expect("each named file is there");
        assert!(!crosses(file, &source), "{file} names the other half");
    }
    assert!(crosses("mirror/replica.rs", "use super::encoder::Encoder;"));
    assert!(crosses("mirror/encoder.rs", "use super::replica::Replica;"));
}

#[test]
fn a_planted_violation_is_found() {
    for (folder, source) in [
        ("protocol", "use crate::link::Link;"),
        ("link", "use crate::journey::Visit;"),
        ("mask", "use crate::client::Page;"),
        ("browser", "use crate::api::start;"),
        ("client", "use web_sys::Window;"),
        ("journey", "let now = std::time::Instant::now();"),
        ("client", "MaskedText::vouch(text)"),
        ("link", "#[cfg(feature = \"core\")]"),
        ("browser", "element.set_inner_html(text)"),
    ] {
        assert_eq!(check(folder, source).len(), 1, "{folder}: {source}");
    }
    assert_eq!(check("link", "// crate::journey is not for us\nuse crate::protocol::Frame;"), Vec::<String>::new());
}

#[test]
fn no_module_has_a_name_that_says_nothing() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in ["src", "examples/hub/src", "examples/desk/src"].iter().flat_map(|folder| files(&root.join(folder))) {
        let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        assert!(
            !["utils", "util", "helpers", "helper", "common", "misc", "types", "manager"].contains(&stem),
            "{} says nothing of what is in it",
            file.display()
        );
    }
}
