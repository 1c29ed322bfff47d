//! How agents' passwords are kept and checked.
//!
//! Invariant: a check costs one hashing, whoever tries: the time of the answer does not tell which agents exist.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use tokio::sync::Semaphore;

use crate::random;

/// Most checks at a time: each takes 19 MiB and a core.
static CHECKS: Semaphore = Semaphore::const_new(2);

/// What is stored of a password.
pub(super) fn hash(password: &str) -> String {
    let salt = SaltString::encode_b64(&random::bytes()).expect("16 bytes are a salt");
    Argon2::default().hash_password(password.as_bytes(), &salt).expect("the default parameters are valid").to_string()
}

/// The agent's name, when `password` is the one of which `agent` has name and hash.
pub(super) async fn check(agent: Option<(String, String)>, password: String) -> Option<String> {
    let _place = CHECKS.acquire().await.ok()?;
    let checked = tokio::task::spawn_blocking(move || {
        let (name, stored) = match agent {
            Some((name, stored)) => (Some(name), stored),
            None => (None, NOBODY.to_owned()),
        };
        let stored = PasswordHash::new(&stored).ok()?;
        Argon2::default().verify_password(password.as_bytes(), &stored).ok()?;
        name
    });
    checked.await.ok()?
}

/// A hash that no password has, for e-mail addresses that no agent has.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlz$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_an_agent_is_right() {
        let agent = Some(("Aki".to_owned(), hash("right")));
        assert_eq!(check(agent.clone(), "right".into()).await.as_deref(), Some("Aki"));
        assert_eq!(check(agent, "wrong".into()).await, None);
        assert_eq!(check(None, "right".into()).await, None);
    }

    #[test]
    fn an_unknown_agent_costs_as_much_as_a_wrong_password() {
        let real = hash("some password");
        let (nobody, real) = (PasswordHash::new(NOBODY).expect("a hash"), PasswordHash::new(&real).expect("a hash"));
        assert_eq!((nobody.algorithm, nobody.version), (real.algorithm, real.version));
        assert_eq!(nobody.params, real.params);
        let length = |hash: &PasswordHash<'_>| hash.hash.map(|output| output.len());
        assert_eq!(length(&nobody), length(&real));
        let begin = std::time::Instant::now();
        assert!(Argon2::default().verify_password(b"some password", &nobody).is_err());
        assert!(begin.elapsed() > std::time::Duration::from_millis(1), "it was computed, not refused");
    }
}
