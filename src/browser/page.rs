//! Reads the page, and notices when the visitor goes to another one within it.
//!
//! The page is not patched: where the Navigation API is absent, the address is compared a few times a second.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::{Interval, Timeout};
use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use web_sys::{EventTarget, HtmlFormElement, HtmlInputElement};

use super::listener::Listener;
use super::window;

/// Applications set the title after the address; so long after a navigation the page view is taken.
const SETTLE: u32 = 120;

/// How often the address is compared where the Navigation API is absent, in milliseconds.
const COMPARE_EVERY: u32 = 250;

/// What the browser says of the page, unmasked.
#[derive(Clone, Debug, Default)]
pub struct PageReading {
    /// `location.href`
    pub url: String,
    /// `document.title`
    pub title: String,
    /// `document.referrer`
    pub referrer: String,
    /// `document.documentElement.lang`
    pub language: String,
    /// Viewport in CSS pixels.
    pub size: (u32, u32),
    /// `navigator.webdriver`
    pub is_automated: bool,
}

impl PageReading {
    /// Reads the page now. What the page broke is empty.
    pub fn take() -> Self {
        let Some(window) = window() else { return Self::default() };
        let document = window.document();
        let text = |read: &dyn Fn(&web_sys::Document) -> String| document.as_ref().map(read).unwrap_or_default();
        let pixels =
            |value: Result<JsValue, JsValue>| value.ok().and_then(|value| value.as_f64()).unwrap_or(0.0) as u32;
        let webdriver = Reflect::get(&window.navigator(), &"webdriver".into());
        Self {
            url: address(),
            title: text(&|document| document.title()),
            referrer: text(&|document| document.referrer()),
            language: text(&|document| {
                document.document_element().and_then(|root| root.get_attribute("lang")).unwrap_or_default()
            }),
            size: (pixels(window.inner_width()), pixels(window.inner_height())),
            is_automated: webdriver.is_ok_and(|flag| flag.is_truthy()),
        }
    }
}

/// The page's address.
pub fn address() -> String {
    window().and_then(|window| window.location().href().ok()).unwrap_or_default()
}

/// The values of the query parameters for which `is_wanted` holds.
pub fn query_values(url: &str, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let Some((_, rest)) = url.split_once('?') else { return Vec::new() };
    let query = rest.split('#').next().unwrap_or_default();
    let Ok(parameters) = web_sys::UrlSearchParams::new_with_str(query) else { return Vec::new() };
    let names = query.split('&').filter_map(|pair| pair.split('=').next()).take(100);
    names.filter(|name| is_wanted(name)).filter_map(|name| parameters.get(name)).collect()
}

/// Watches for navigation within the page; dropping it stops that.
#[derive(Debug)]
pub struct NavigationWatch {
    _listeners: Vec<Listener>,
    _compare: Option<Interval>,
    _settling: Rc<RefCell<Option<Timeout>>>,
}

impl NavigationWatch {
    /// Calls `navigated` with the address before, each time the address has changed and settled. `strips_fragment` says
    /// that a change behind the `#` alone is no navigation.
    pub fn new(strips_fragment: bool, navigated: impl Fn(String) + 'static) -> Self {
        let settling: Rc<RefCell<Option<Timeout>>> = Rc::default();
        let seen = Rc::new(RefCell::new(address()));
        let navigated = Rc::new(navigated);
        let significant = move |url: &str| match strips_fragment {
            true => url.split('#').next().unwrap_or_default().to_owned(),
            false => url.to_owned(),
        };
        let compare = {
            let settling = Rc::downgrade(&settling);
            move || {
                let current = address();
                let before = seen.replace(current.clone());
                if significant(&before) == significant(&current) {
                    return;
                }
                let Some(settling) = settling.upgrade() else { return };
                let navigated = Rc::clone(&navigated);
                *settling.borrow_mut() = Some(Timeout::new(SETTLE, move || navigated(before)));
            }
        };
        let navigation = window().and_then(|window| Reflect::get(&window, &"navigation".into()).ok());
        match navigation.and_then(|navigation| navigation.dyn_into::<EventTarget>().ok()) {
            Some(navigation) => Self {
                _listeners: Listener::new(&navigation, "currententrychange", move |_| compare()).into_iter().collect(),
                _compare: None,
                _settling: settling,
            },
            None => Self {
                _listeners: Vec::new(),
                _compare: Some(Interval::new(COMPARE_EVERY, compare)),
                _settling: settling,
            },
        }
    }
}

/// Calls `searched` with the term when a search form is sent: one with `role=search` or an `input[type=search]`.
pub fn watch_search_forms(searched: impl Fn(String) + 'static) -> Option<Listener> {
    let document = window()?.document()?;
    Listener::new(&document, "submit", move |event| {
        let target = event.dyn_into::<web_sys::Event>().ok().and_then(|event| event.target());
        let Some(form) = target.and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
        let field = form.query_selector("input[type=search]").ok().flatten().or_else(|| {
            let is_search = form.closest("[role=search], search").ok().flatten().is_some();
            is_search.then(|| form.query_selector("input[type=text], input:not([type])").ok().flatten()).flatten()
        });
        let term = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()).map(|field| field.value());
        if let Some(term) = term.filter(|term| !term.trim().is_empty()) {
            searched(term);
        }
    })
}
