//! What addresses in messages lead to: the hub looks, so that nobody's browser has to, and the page there learns of nobody.
//!
//! Only where `--link-previews` says so, only at public addresses, for some seconds, and never for more than some at a time.

mod address;
mod page;

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use alongside::protocol::conversation::{Author, MessageText, Preview};
use reqwest::redirect::Policy;
use reqwest::{Client, Url, header};
use tokio::sync::mpsc;

use crate::files;
use crate::hub::Hub;
use crate::outside;
use crate::store::{KeptEntry, Store, ThreadOf};
use address::Listed;
use page::Page;

/// A page, and its picture, has so long to come,
const ANSWER: Duration = Duration::from_secs(6);

/// with at most so many addresses that lead to others,
const REDIRECTS: usize = 3;

/// and of at most so many bytes: what a page says of itself stands at its beginning.
const PAGE: usize = 512 * 1024;

/// Largest picture, in bytes.
const PICTURE: usize = 1024 * 1024;

/// Messages that wait to be looked at; more have no preview.
const QUEUE: usize = 256;

/// So many are looked at at a time.
const AT_A_TIME: usize = 4;

/// So many that were looked at last are not looked at again.
const KNOWN: usize = 32;

/// One message with an address.
#[derive(Debug)]
struct Wanted {
    of: ThreadOf,
    seq: u64,
    url: Url,
}

/// What came of an address.
#[derive(Clone, Debug)]
struct Found {
    preview: Preview,
    picture: Option<Vec<u8>>,
}

/// Looks at what addresses lead to.
#[derive(Debug, Default)]
pub struct Previews(Option<Looking>);

#[derive(Debug)]
struct Looking {
    listed: Listed,
    guarded: Client,
    /// For hosts that are listed.
    unguarded: Client,
    queue: mpsc::Sender<Wanted>,
    waiting: Mutex<Option<mpsc::Receiver<Wanted>>>,
    /// What was found last, or not.
    known: Mutex<VecDeque<(Url, Option<Found>)>>,
}

impl Previews {
    /// Looks from now on. `hosts` may be looked at although they are not public, each with its port.
    ///
    /// # Errors
    /// Where this machine has no way to encrypt.
    pub fn new(hosts: Vec<String>) -> reqwest::Result<Self> {
        let listed = Listed(hosts);
        let may = listed.clone();
        let follow = Policy::custom(move |attempt| {
            if attempt.previous().len() > REDIRECTS || !may.may(attempt.url()) {
                attempt.stop()
            } else {
                attempt.follow()
            }
        });
        let (guarded, unguarded) = (outside::guarded(ANSWER, follow)?, outside::unguarded(ANSWER)?);
        let (queue, waiting) = mpsc::channel(QUEUE);
        let waiting = Mutex::new(Some(waiting));
        Ok(Self(Some(Looking { listed, guarded, unguarded, queue, waiting, known: Mutex::default() })))
    }

    /// Something was said.
    pub fn tell(&self, of: &ThreadOf, entries: &[KeptEntry]) {
        let Some(looking) = &self.0 else { return };
        for KeptEntry { entry, .. } in entries.iter().filter(|kept| kept.entry.author != Author::Hub) {
            let url = entry.text.as_ref().map(MessageText::as_str).and_then(|text| looking.listed.first(text));
            let Some(url) = url else { continue };
            if looking.queue.try_send(Wanted { of: of.clone(), seq: entry.seq, url }).is_err() {
                tracing::warn!("too many addresses at a time: one has no preview");
            }
        }
    }
}

/// Looks at what waits; until the hub stops.
pub async fn begin<S: Store>(hub: Hub<S>) {
    let Some(looking) = &hub.previews.0 else { return };
    let waiting = looking.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(mut waiting) = waiting else { return };
    let at_a_time = std::sync::Arc::new(tokio::sync::Semaphore::new(AT_A_TIME));
    loop {
        let wanted = tokio::select! {
            wanted = waiting.recv() => wanted,
            () = hub.stopping() => return,
        };
        let Some(wanted) = wanted else { return };
        let Ok(permit) = std::sync::Arc::clone(&at_a_time).acquire_owned().await else { return };
        let hub = hub.clone();
        tokio::spawn(async move {
            answer(&hub, wanted).await;
            drop(permit);
        });
    }
}

async fn answer<S: Store>(hub: &Hub<S>, wanted: Wanted) {
    let Some(looking) = &hub.previews.0 else { return };
    let Some(Found { mut preview, picture }) = looking.look(&wanted.url).await else { return };
    let picture = match picture {
        Some(bytes) => files::keep_picture(hub, &wanted.of.tenant, bytes).await,
        None => None,
    };
    if let Some(picture) = &picture {
        (preview.image, preview.width, preview.height) = (Some(picture.id), picture.width, picture.height);
    }
    match hub.store.keep_preview(&wanted.of, wanted.seq, &preview).await {
        Ok(true) => hub.conversations.tell_preview(&wanted.of, wanted.seq, &preview),
        Ok(false) => {}
        Err(error) => tracing::error!(%error, "a preview was not kept"),
    }
}

impl Looking {
    async fn look(&self, url: &Url) -> Option<Found> {
        if let Some((_, found)) = self.known().iter().find(|(known, _)| known == url) {
            return found.clone();
        }
        let found = self.fetch(url).await;
        let mut known = self.known();
        known.truncate(KNOWN - 1);
        known.push_front((url.clone(), found.clone()));
        found
    }

    fn known(&self) -> std::sync::MutexGuard<'_, VecDeque<(Url, Option<Found>)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn fetch(&self, url: &Url) -> Option<Found> {
        let (bytes, answer) = self.get(url, "text/html", PAGE, true).await?;
        let charset = answer.charset.clone();
        let address = answer.url.clone();
        let read = tokio::task::spawn_blocking(move || page::read(&bytes, charset.as_deref(), &address));
        let Page { title, text, image } = read.await.ok().flatten()?;
        let picture = match image.filter(|image| self.listed.may(image)) {
            Some(image) => self.get(&image, "image/", PICTURE, false).await.map(|(bytes, _)| bytes),
            None => None,
        };
        // What it leads to by itself is what is opened; whose it is, its host says and not the page.
        let host = answer.url.host_str().unwrap_or_default();
        let preview = Preview {
            address: url.to_string(),
            title,
            text,
            site: Some(host.strip_prefix("www.").unwrap_or(host).to_owned()),
            image: None,
            width: None,
            height: None,
        };
        Some(Found { preview, picture })
    }

    /// The bytes at an address, of a media type that begins so; cut at `limit` where a part will do.
    async fn get(&self, url: &Url, media: &str, limit: usize, is_cut: bool) -> Option<(Vec<u8>, Answer)> {
        let client = if self.listed.has(url) { &self.unguarded } else { &self.guarded };
        let request = client
            .get(url.clone())
            .header(header::ACCEPT, [media, "*"].concat())
            .header(header::USER_AGENT, "Alongside (link preview)");
        let mut answer = request.send().await.ok().filter(|answer| answer.status().is_success())?;
        let content = answer.headers().get(header::CONTENT_TYPE)?.to_str().ok()?.to_ascii_lowercase();
        if !content.starts_with(media) {
            return None;
        }
        let charset = content.split("charset=").nth(1).map(|charset| charset.trim_matches(['"', ' ', ';']).to_owned());
        let url = answer.url().clone();
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.ok()? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > limit {
                if !is_cut {
                    return None;
                }
                bytes.truncate(limit);
                break;
            }
        }
        Some((bytes, Answer { url, charset }))
    }
}

/// Where an answer came from in the end.
#[derive(Debug)]
struct Answer {
    url: Url,
    charset: Option<String>,
}
