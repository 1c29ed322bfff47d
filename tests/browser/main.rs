//! The adapters in a real browser: `wasm-pack test --headless --chrome`.
#![cfg(target_arch = "wasm32")]

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use alongside::browser::listener::Listener;
use alongside::browser::storage::Store;
use alongside::browser::transport::{Custom, Event, Transport, WebSocket};
use alongside::browser::{clock, page, random, tabs};
use alongside::protocol::{Encoding, Message};
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

async fn pause(milliseconds: i32) {
    let window = web_sys::window().unwrap();
    let promise = Promise::new(&mut |resolve, _| {
        window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds).unwrap();
    });
    JsFuture::from(promise).await.unwrap();
}

/// What both kinds of storage must do.
fn check_store(store: &Store) {
    assert_eq!(store.read("alongside:test:a"), None);
    store.write("alongside:test:a", "1");
    store.write("alongside:test:a", "2");
    store.write("alongside:test:b", "お茶");
    store.write("alongside:other", "3");
    assert_eq!(store.read("alongside:test:a").as_deref(), Some("2"));
    let mut keys = store.keys("alongside:test:");
    keys.sort();
    assert_eq!(keys, ["alongside:test:a", "alongside:test:b"]);
    for key in ["alongside:test:a", "alongside:test:b", "alongside:other", "alongside:never"] {
        store.remove(key);
    }
    assert_eq!(store.keys("alongside:"), Vec::<String>::new());
}

#[wasm_bindgen_test]
fn storage_and_its_memory_twin_do_the_same() {
    let store = Store::open();
    assert!(matches!(store, Store::Local(_)));
    check_store(&store);
    check_store(&Store::memory());
}

#[wasm_bindgen_test]
async fn a_lock_belongs_to_one_until_it_is_dropped() {
    assert!(tabs::is_supported());
    let held = tabs::claim("alongside:lock").await;
    assert!(held.is_some());
    assert!(tabs::claim("alongside:lock").await.is_none());
    drop(held);
    pause(20).await;
    assert!(tabs::claim("alongside:lock").await.is_some());
}

#[wasm_bindgen_test]
async fn a_turn_is_waited_for_but_not_for_ever() {
    let held = tabs::claim("alongside:turn").await;
    let before = clock::now();
    assert!(tabs::take_turn("alongside:turn").await.is_none());
    assert!(clock::now().since(before).as_millis() >= 900);
    drop(held);
    assert!(tabs::take_turn("alongside:turn").await.is_some());
}

#[wasm_bindgen_test]
fn ids_are_random_and_time_goes_forward() {
    assert_ne!(random::bytes(), random::bytes());
    assert!((0.0..1.0).contains(&random::jitter()));
    assert!(clock::wall().as_millis() > 1_700_000_000_000);
    let first = clock::now();
    assert!(clock::now() >= first);
}

#[wasm_bindgen_test]
fn a_dropped_listener_hears_nothing() {
    let window = web_sys::window().unwrap();
    let heard = Rc::new(Cell::new(0));
    let counter = Rc::clone(&heard);
    let listener = Listener::new(&window, "alongside", move |_| counter.set(counter.get() + 1)).unwrap();
    let event = || window.dispatch_event(&web_sys::Event::new("alongside").unwrap()).unwrap();
    event();
    drop(listener);
    event();
    assert_eq!(heard.get(), 1);
}

#[wasm_bindgen_test]
fn query_values_are_decoded_and_chosen_by_name() {
    let values = |url| page::query_values(url, |name| name == "q" || name == "s");
    assert_eq!(values("https://shop.example/?q=gr%C3%BCner+tee&x=1&s=a#q=no"), ["grüner tee", "a"]);
    assert_eq!(values("https://shop.example/"), Vec::<String>::new());
    assert_eq!(values("not an address?q=%E0%A4%A"), ["\u{fffd}%A"]);
}

#[wasm_bindgen_test]
async fn navigation_within_the_page_is_noticed_once() {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let recorder = Rc::clone(&seen);
    let watch = page::NavigationWatch::new(true, move |before| recorder.borrow_mut().push((before, page::address())));
    let history = web_sys::window().unwrap().history().unwrap();
    let before = page::address();
    history.push_state_with_url(&JsValue::NULL, "", Some("?navigated=1#here")).unwrap();
    pause(600).await;
    history.push_state_with_url(&JsValue::NULL, "", Some("?navigated=1#there")).unwrap();
    pause(600).await;
    drop(watch);
    history.push_state_with_url(&JsValue::NULL, "", Some("?navigated=2")).unwrap();
    pause(600).await;
    let seen = seen.borrow();
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!(seen[0].0, before);
    assert!(seen[0].1.ends_with("?navigated=1#here"));
    history.replace_state_with_url(&JsValue::NULL, "", Some(&before)).unwrap();
}

#[wasm_bindgen_test]
async fn a_socket_that_cannot_be_opened_says_so_later() {
    let events: Rc<RefCell<Vec<Event>>> = Rc::default();
    let recorder = Rc::clone(&events);
    let socket = WebSocket::new("ws://localhost:1/".into())
        .open(Encoding::Binary, Rc::new(move |event| recorder.borrow_mut().push(event)));
    assert_eq!(*events.borrow(), []);
    for _ in 0..100 {
        if !events.borrow().is_empty() {
            break;
        }
        pause(50).await;
    }
    assert_eq!(*events.borrow(), [Event::Closed]);
    drop(socket);
}

/// An object of a page that calls back at once, and tells what it was sent.
fn transport(open: &str, send: &str) -> Object {
    let object = Object::new();
    for (name, arguments, body) in [("open", "s", open), ("send", "m", send), ("close", "", "this.closed = true")] {
        Reflect::set(&object, &name.into(), &Function::new_with_args(arguments, body)).unwrap();
    }
    object
}

#[wasm_bindgen_test]
async fn a_transport_of_the_page_may_call_back_at_once() {
    let object = transport("this.s = s; s.onopen()", "this.s.onmessage(m); this.s.onmessage(new Uint8Array([1, 2]))");
    let events: Rc<RefCell<Vec<Event>>> = Rc::default();
    let recorder = Rc::clone(&events);
    let custom = Custom::new(&object, "ws://x/".into()).unwrap();
    let socket = custom.open(Encoding::Json, Rc::new(move |event| recorder.borrow_mut().push(event)));
    assert_eq!(*events.borrow(), [], "no event before open has returned");
    pause(20).await;
    socket.send(&Message::Text("hello".into()));
    pause(20).await;
    assert_eq!(
        *events.borrow(),
        [Event::Opened, Event::Received(Message::Text("hello".into())), Event::Received(Message::Binary(vec![1, 2])),]
    );
    drop(socket);
    assert!(Reflect::get(&object, &"closed".into()).unwrap().is_truthy());
    // The page calls back after the end: nothing comes of it, and nothing is thrown.
    let late = Function::new_no_args("this.s.onmessage('late'); this.s.onclose()");
    late.call0(&object).unwrap();
    pause(20).await;
    assert_eq!(events.borrow().len(), 3);
}

#[wasm_bindgen_test]
async fn a_transport_of_the_page_that_throws_is_a_closed_one() {
    let events: Rc<RefCell<Vec<Event>>> = Rc::default();
    let recorder = Rc::clone(&events);
    let custom = Custom::new(&transport("throw 1", "throw 2"), "ws://x/".into()).unwrap();
    let socket = custom.open(Encoding::Json, Rc::new(move |event| recorder.borrow_mut().push(event)));
    socket.send(&Message::Text("lost".into()));
    pause(20).await;
    assert_eq!(*events.borrow(), [Event::Closed]);
    assert!(Custom::new(&Object::new(), String::new()).is_none());
}
