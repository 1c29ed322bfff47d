//! A program that looks for harm in files.

use std::io::{Error, ErrorKind};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

/// A program that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whether a file is clean.
///
/// # Errors
/// Where the program cannot be run, takes too long, or says neither 0 nor 1.
pub async fn run(scanner: &Path, file: &Path) -> std::io::Result<bool> {
    let mut command = Command::new(scanner);
    command.arg(file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let ended = tokio::time::timeout(PATIENCE, command.status()).await;
    match ended.map_err(|_| Error::from(ErrorKind::TimedOut))??.code() {
        Some(0) => Ok(true),
        Some(1) => Ok(false),
        code => Err(Error::other(format!("it ended with {code:?}"))),
    }
}
