//! The core and what it asks of the browser, in a real one: `wasm-pack test --headless --chrome`.
#![cfg(target_arch = "wasm32")]

use std::cell::RefCell;
use std::rc::Rc;

use alongside::browser::host::Host;
use alongside::protocol::Message;
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(module = "/js/host/host.js")]
extern "C" {
    #[wasm_bindgen(js_name = Host)]
    type JsHost;

    #[wasm_bindgen(constructor, js_class = "Host")]
    fn new(options: &JsValue, emit: &JsValue, fatal: &JsValue) -> JsHost;

    #[wasm_bindgen(method, setter)]
    fn set_core(this: &JsHost, core: &JsValue);

    #[wasm_bindgen(method)]
    fn watch(this: &JsHost);

    #[wasm_bindgen(method)]
    fn end(this: &JsHost);

    #[wasm_bindgen(method)]
    fn tell(this: &JsHost, fact: &str);
}

#[wasm_bindgen(module = "/js/host/storage.js")]
extern "C" {
    type Store;

    #[wasm_bindgen(constructor)]
    fn new() -> Store;

    #[wasm_bindgen(static_method_of = Store)]
    fn memory() -> Store;

    #[wasm_bindgen(method)]
    fn read(this: &Store, key: &str) -> Option<String>;

    #[wasm_bindgen(method)]
    fn write(this: &Store, key: &str, value: &str);

    #[wasm_bindgen(method)]
    fn remove(this: &Store, key: &str);

    #[wasm_bindgen(method)]
    fn keys(this: &Store, prefix: &str) -> Vec<String>;
}

#[wasm_bindgen(module = "/js/host/tabs.js")]
extern "C" {
    fn claim(name: &str) -> Promise;

    #[wasm_bindgen(js_name = takeTurn)]
    fn take_turn(name: &str) -> Promise;
}

#[wasm_bindgen(module = "/js/host/page.js")]
extern "C" {
    #[wasm_bindgen(js_name = searchTerms)]
    fn search_terms(address: &str, parameters: Vec<String>) -> Vec<String>;
}

// What those import themselves: files that nobody names here are not served to the tests.
#[wasm_bindgen(module = "/js/host/transport.js")]
extern "C" {
    #[wasm_bindgen(js_name = open)]
    fn _open();
}

#[wasm_bindgen(module = "/js/host/poll.js")]
extern "C" {
    #[wasm_bindgen(js_name = poll)]
    fn _poll();
}

#[wasm_bindgen(module = "/js/queue.js")]
extern "C" {
    #[wasm_bindgen(js_name = failure)]
    fn _failure();
}

async fn pause(milliseconds: i32) {
    let window = web_sys::window().unwrap();
    let promise = Promise::new(&mut |resolve, _| {
        window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds).unwrap();
    });
    JsFuture::from(promise).await.unwrap();
}

/// A host whose core writes down what it is told, as `fact value`.
struct World {
    host: JsHost,
    told: Rc<RefCell<Vec<String>>>,
}

impl World {
    /// `transport` is the page's own object, or nothing.
    fn new(transport: &JsValue) -> Self {
        let options = Object::new();
        let set = |name: &str, value: &JsValue| Reflect::set(&options, &name.into(), value).unwrap();
        set("hub", &"http://localhost:1".into());
        set("format", &"json".into());
        set("pageViews", &"auto".into());
        set("keepFragment", &false.into());
        set("searchParameters", &Array::of1(&"q".into()));
        set("transport", transport);
        let fatal = Function::new_no_args("throw new Error('a fault')");
        let host = JsHost::new(&options, &JsValue::from(Function::new_no_args("")), &fatal);
        let told: Rc<RefCell<Vec<String>>> = Rc::default();
        let recorder = Rc::clone(&told);
        let record = Closure::<dyn FnMut(String, JsValue)>::new(move |fact: String, value: JsValue| {
            let value = match (value.as_string(), value.as_f64()) {
                (Some(text), _) => text,
                (_, Some(number)) => number.to_string(),
                _ if value.is_undefined() => String::new(),
                _ => format!("{:?}", js_sys::Uint8Array::new(&value).to_vec()),
            };
            recorder.borrow_mut().push(format!("{fact} {value}").trim_end().to_owned());
        });
        let make = Function::new_with_args(
            "record",
            "return new Proxy({}, { get: (_, fact) => (value) => record(fact, value) })",
        );
        host.set_core(&make.call1(&JsValue::NULL, &record.into_js_value()).unwrap());
        Self { host, told }
    }

    /// The host as the core sees it.
    fn host(&self) -> Host {
        self.host.clone().unchecked_into()
    }

    fn told(&self) -> Vec<String> {
        self.told.borrow().clone()
    }
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
    check_store(&Store::new());
    check_store(&Store::memory());
    Store::new().write("alongside:kept", "1");
    assert_eq!(Store::new().read("alongside:kept").as_deref(), Some("1"), "the first kind is the browser's");
    Store::new().remove("alongside:kept");
}

#[wasm_bindgen_test]
async fn a_lock_belongs_to_one_until_it_is_released() {
    let claimed = async |name| JsFuture::from(claim(name)).await.unwrap();
    let release = |slot: &JsValue| {
        Reflect::get(slot, &"release".into()).unwrap().unchecked_into::<Function>().call0(slot).unwrap();
    };
    let held = claimed("alongside:lock").await;
    assert!(held.is_object());
    assert!(claimed("alongside:lock").await.is_undefined());
    release(&held);
    pause(20).await;
    assert!(claimed("alongside:lock").await.is_object());
}

#[wasm_bindgen_test]
async fn a_turn_is_waited_for_but_not_for_ever() {
    let world = World::new(&JsValue::UNDEFINED);
    let held = JsFuture::from(claim("alongside:turn")).await.unwrap();
    let before = world.host().now();
    assert!(JsFuture::from(take_turn("alongside:turn")).await.unwrap().is_undefined());
    assert!(world.host().now().since(before).as_millis() >= 900);
    assert!(held.is_object());
}

#[wasm_bindgen_test]
async fn a_tab_begins_with_the_first_outbox_that_is_free() {
    let world = World::new(&JsValue::UNDEFINED);
    let store = Store::new();
    store.write("alongside:slots:1", "");
    let held = JsFuture::from(claim("alongside:slots:1")).await.unwrap();
    assert!(held.is_object());
    world.host().take_slot("alongside:slots:", "alongside:slots:fresh", "alongside:slots", 7);
    pause(100).await;
    store.remove("alongside:slots:1");
    assert_eq!(world.told(), ["handleTurn 7"], "the number of the beginning");
    assert!(JsFuture::from(claim("alongside:slots:fresh")).await.unwrap().is_undefined(), "it is taken");
}

#[wasm_bindgen_test]
fn ids_are_random_and_time_goes_forward() {
    let host = World::new(&JsValue::UNDEFINED).host();
    assert_ne!(host.random(), host.random());
    assert!((0.0..1.0).contains(&host.jitter()));
    assert!(host.wall().as_millis() > 1_700_000_000_000);
    let first = host.now();
    assert!(host.now() >= first);
}

#[wasm_bindgen_test]
fn search_terms_are_decoded_and_chosen_by_name() {
    let terms = |url| search_terms(url, vec!["q".into(), "s".into()]);
    assert_eq!(terms("https://shop.example/?q=gr%C3%BCner+tee&x=1&s=a#q=no"), ["grüner tee", "a"]);
    assert_eq!(terms("https://shop.example/?q=+"), Vec::<String>::new());
    assert_eq!(terms("http://[?q=1"), Vec::<String>::new());
}

#[wasm_bindgen_test]
async fn the_page_is_watched_until_the_end() {
    let world = World::new(&JsValue::UNDEFINED);
    world.host.watch();
    let window = web_sys::window().unwrap();
    let history = window.history().unwrap();
    let before = window.location().href().unwrap();
    let go = |address: &str| history.push_state_with_url(&JsValue::NULL, "", Some(address)).unwrap();
    go("?q=tea#here");
    pause(600).await;
    go("?q=tea#there");
    pause(600).await;
    let address = window.location().href().unwrap().replace("#there", "#here");
    assert_eq!(world.told(), [format!("handleView {address}"), "search tea".into()]);
    window.dispatch_event(&web_sys::Event::new("online").unwrap()).unwrap();
    world.host.end();
    window.dispatch_event(&web_sys::Event::new("online").unwrap()).unwrap();
    go("?q=coffee");
    pause(600).await;
    assert_eq!(world.told()[2..], ["handleOnline"]);
    history.replace_state_with_url(&JsValue::NULL, "", Some(&before)).unwrap();
}

#[wasm_bindgen_test]
async fn one_timer_wakes_the_core_and_the_last_call_counts() {
    let world = World::new(&JsValue::UNDEFINED);
    world.host().wake(Some(1));
    world.host().wake(Some(30));
    pause(15).await;
    assert_eq!(world.told(), Vec::<String>::new());
    pause(60).await;
    assert_eq!(world.told(), ["handleTimeout"]);
    world.host().wake(Some(1));
    world.host().wake(None);
    pause(30).await;
    assert_eq!(world.told().len(), 1);
}

#[wasm_bindgen_test]
async fn a_socket_that_cannot_be_opened_says_so_later() {
    for transport in ["websocket", "http"] {
        let world = World::new(&JsValue::UNDEFINED);
        let socket = world.host().open(transport);
        assert_eq!(world.told(), Vec::<String>::new());
        for _ in 0..100 {
            if !world.told().is_empty() {
                break;
            }
            pause(50).await;
        }
        assert_eq!(world.told(), ["handleClose"], "{transport}");
        drop(socket);
    }
}

/// An object of a page.
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
    let world = World::new(&object);
    let socket = world.host().open("custom");
    assert_eq!(world.told(), Vec::<String>::new(), "no event before open has returned");
    pause(20).await;
    socket.send(&Message::Text("hello".into()));
    assert_eq!(world.told(), ["handleOpen"], "no event before send has returned");
    pause(20).await;
    assert_eq!(world.told(), ["handleOpen", "handleText hello", "handleBytes [1, 2]"]);
    drop(socket);
    assert!(Reflect::get(&object, &"closed".into()).unwrap().is_truthy());
    // The page calls back after the end: nothing comes of it, and nothing is thrown.
    let late = Function::new_no_args("this.s.onmessage('late'); this.s.onclose()");
    late.call0(&object).unwrap();
    pause(20).await;
    assert_eq!(world.told().len(), 3);
}

#[wasm_bindgen_test]
async fn a_transport_of_the_page_that_throws_is_a_closed_one() {
    let world = World::new(&transport("throw 1", "throw 2"));
    let socket = world.host().open("custom");
    socket.send(&Message::Text("lost".into()));
    pause(20).await;
    assert_eq!(world.told(), ["handleClose"]);
}

#[wasm_bindgen_test]
fn a_core_that_traps_is_told_nothing_more_and_throws_nothing() {
    let world = World::new(&JsValue::UNDEFINED);
    let trap = "return { handleOnline() { this.calls = (this.calls ?? 0) + 1; throw new WebAssembly.RuntimeError('unreachable'); } }";
    let core = Function::new_no_args(trap).call0(&JsValue::NULL).unwrap();
    world.host.set_core(&core);
    world.host.tell("handleOnline");
    world.host.tell("handleOnline");
    assert_eq!(Reflect::get(&core, &"calls".into()).unwrap().as_f64(), Some(1.0));
}
