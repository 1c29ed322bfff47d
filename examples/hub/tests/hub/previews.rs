//! What addresses in messages lead to.

use alongside::protocol::conversation::*;
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::Redirect;
use axum::routing::get;

use crate::conversation::{LAST, id, inbox_of, text, thread};
use crate::process::*;

/// A picture of one pixel.
const PIXEL: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// A site with pages; its host and port.
async fn site() -> String {
    let html =
        |html: &'static str| get(move || async move { ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html) });
    let site = Router::new()
        .route(
            "/tea",
            html("<title>Tea</title><meta property=og:title content='Sencha <b>&lt;script&gt;'><meta property=og:image content=/pixel.gif>"),
        )
        .route("/bad-picture", html("<title>No picture</title><meta property=og:image content=/evil.svg>"))
        .route("/inside", get(|| async { Redirect::temporary("http://127.0.0.1:1/secret") }))
        .route("/round", get(|| async { Redirect::temporary("/round") }))
        .route("/binary", get(|| async { ([(header::CONTENT_TYPE, "application/octet-stream")], "<title>No</title>") }))
        .route("/gone", get(|| async { (StatusCode::NOT_FOUND, "<title>No</title>") }))
        .route("/pixel.gif", get(|| async { ([(header::CONTENT_TYPE, "image/gif")], PIXEL) }))
        .route("/evil.svg", get(|| async { ([(header::CONTENT_TYPE, "image/svg+xml")], "<svg onload=alert(1)>") }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move { axum::serve(listener, site).await });
    format!("127.0.0.1:{port}")
}

async fn preview(page: &mut Client) -> Previewed {
    page.hears(|talk| if let Talk::Preview(previewed) = talk { Some(previewed.clone()) } else { None }).await
}

#[tokio::test]
async fn what_an_address_leads_to_is_shown_to_both_sides_and_kept() {
    let host = site().await;
    let hub = HubProcess::start_with(&["--link-preview-host", host.clone().leak()]);
    let mut desk = inbox_of(&hub, AGENT).await;
    let (mut page, _) = hub.visitor(1).await;
    let conversation = page.says(1, "hello").await.conversation;
    page.talk(Talk::Ask(LAST)).await;
    desk.inbox(Inbox::Look(Look { conversation, after: None, before: None })).await;
    desk.reads(|inbox| matches!(inbox, Inbox::Thread(_)).then_some(())).await;
    let words = format!("is it this? http://{host}/tea");
    page.talk(Talk::Say(Say::new(id(2), text(&words)))).await;
    let Previewed { seq, preview: found } = preview(&mut page).await;
    assert_eq!((seq, found.title.as_str(), found.site.as_deref()), (2, "Sencha <b><script>", Some("127.0.0.1")));
    assert_eq!((found.address, found.width, found.height), (format!("http://{host}/tea"), Some(1), Some(1)));
    let told = desk.reads(|inbox| if let Inbox::Preview(told) = inbox { Some(told.clone()) } else { None }).await;
    assert_eq!((told.seq, &told.preview.title), (2, &"Sencha <b><script>".to_owned()));
    let image = hub.url(&format!("/v1/files/{}", found.image.expect("a picture")));
    let answer = reqwest::get(&image).await.expect("an answer");
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "image/gif");
    assert_eq!(answer.bytes().await.expect("bytes"), PIXEL);
    let last = thread(&mut page, LAST).await.entries.pop().expect("an entry");
    assert!(last.preview.is_some() && last.file.is_none(), "it is no file of the message");
    page.talk(Talk::Say(Say::new(id(3), text(&format!("or http://{host}/bad-picture"))))).await;
    let Previewed { preview, .. } = preview(&mut page).await;
    assert_eq!((preview.title.as_str(), preview.image), ("No picture", None));
}

#[tokio::test]
async fn nothing_is_looked_at_that_is_inside_or_no_page() {
    let host = site().await;
    let other = site().await;
    let hub = HubProcess::start_with(&["--link-preview-host", host.clone().leak()]);
    let (mut page, _) = hub.visitor(1).await;
    page.talk(Talk::Ask(LAST)).await;
    for (number, path) in (1..).zip(["inside", "round", "binary", "gone"]) {
        page.says(number, &format!("http://{host}/{path}")).await;
    }
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    page.says(8, &format!("http://{other}/tea")).await;
    page.says(9, &format!("http://{host}/tea")).await;
    // It is looked at in order, some at a time: what comes is the last one's.
    assert_eq!(preview(&mut page).await.seq, 6);
    let previews: i64 = hub
        .database()
        .query_row("SELECT count(*) FROM entry WHERE preview IS NOT NULL", [], |row| row.get(0))
        .expect("a number");
    assert_eq!(previews, 1);
}
