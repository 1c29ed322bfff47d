//! What the tabs of one browser agree on, by Web Locks.
//!
//! Whoever holds a lock leads: one tab at a time makes the visitor and the visit, and each outbox belongs to one tab. A lock dies
//! with its page, so nobody has to be asked whether a tab still lives.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::window;

#[wasm_bindgen]
extern "C" {
    type LockManager;

    #[wasm_bindgen(method, catch)]
    fn request(this: &LockManager, name: &str, options: &Object, granted: &JsValue) -> Result<Promise, JsValue>;

    type AbortSignal;

    #[wasm_bindgen(static_method_of = AbortSignal, catch)]
    fn timeout(milliseconds: u32) -> Result<JsValue, JsValue>;
}

/// Longest wait for another tab that makes the visitor, in milliseconds.
const WAIT: u32 = 1_000;

/// A lock that is held until this is dropped.
#[derive(Debug)]
pub struct Held {
    release: Function,
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.release.call0(&JsValue::NULL);
    }
}

/// Whether this browser and page have Web Locks: they need a secure context.
pub fn is_supported() -> bool {
    manager().is_some()
}

/// Takes the lock where nobody holds it.
pub async fn claim(name: &str) -> Option<Held> {
    let options = Object::new();
    Reflect::set(&options, &"ifAvailable".into(), &true.into()).ok()?;
    request(name, &options).await
}

/// Takes the lock when whoever holds it is done, but waits no longer than a second.
pub async fn take_turn(name: &str) -> Option<Held> {
    let options = Object::new();
    let signal = AbortSignal::timeout(WAIT).ok()?;
    Reflect::set(&options, &"signal".into(), &signal).ok()?;
    request(name, &options).await
}

fn manager() -> Option<LockManager> {
    let navigator = window()?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    (!locks.is_undefined() && !locks.is_null()).then(|| locks.unchecked_into())
}

async fn request(name: &str, options: &Object) -> Option<Held> {
    let (held, release) = promise()?;
    let (granted, grant) = promise()?;
    let refuse = grant.clone();
    let on_granted = Closure::once_into_js(move |lock: JsValue| -> JsValue {
        let is_granted = !lock.is_null();
        let _ = grant.call1(&JsValue::NULL, &is_granted.into());
        if is_granted { held.into() } else { JsValue::UNDEFINED }
    });
    let asked = manager()?.request(name, options, &on_granted).ok()?;
    wasm_bindgen_futures::spawn_local(async move {
        // An abort by the signal ends here; after a grant nobody listens any more.
        if JsFuture::from(asked).await.is_err() {
            let _ = refuse.call1(&JsValue::NULL, &false.into());
        }
    });
    let is_granted = JsFuture::from(granted).await.ok()?.is_truthy();
    is_granted.then_some(Held { release })
}

/// A promise and what resolves it.
fn promise() -> Option<(Promise, Function)> {
    let mut resolve = None;
    let promise = Promise::new(&mut |resolved, _| resolve = Some(resolved));
    Some((promise, resolve?))
}
