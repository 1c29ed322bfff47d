//! Files of conversations: brought by HTTP, kept in a folder, served to whoever has their id.
//!
//! A file is in the folder before it is in a message. Its row goes first and its bytes follow ([`sweep`]), so that bytes without a row
//! are those that are about to go. Nothing is served that was not looked at: what it is by its bytes, and by a scanner where there is one.

mod kind;
mod name;
mod scan;

pub use kind::Kind;

use std::future::poll_fn;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::Duration;

use alongside::protocol::conversation::{Attachment, FILE_LIMIT};
use alongside::protocol::{FileId, VisitorToken};
use axum::Json;
use axum::body::{Body, HttpBody};
use axum::extract::{Path as Named, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use tokio::io::AsyncWriteExt;
use tokio::sync::{Notify, Semaphore};
use tower_http::services::ServeFile;

use crate::api::{access, origin_of, problem, unavailable};
use crate::hub::{Address, Hub};
use crate::session::visitor_id;
use crate::store::{FileState, Permission, Store, StoreError, TenantId, Uploader};
use crate::{clock, random};

/// The deployment of the page that brings a file.
const DEPLOYMENT: &str = "x-alongside-deployment";

/// The token of its visitor: a secret, so never in an address.
const VISITOR: &str = "x-alongside-visitor";

/// The file's name, percent-encoded.
const NAME: &str = "x-alongside-name";

/// Who brings what the hub found itself: agents have e-mail addresses.
const HUB: &str = "hub";

/// A file that is not there after so long is given up.
const PATIENCE: Duration = Duration::from_secs(300);

/// Files that are looked at at once: each is in memory as a whole.
const LOOKED_AT: usize = 4;

/// Larger pictures have no preview, in pixels: each takes four bytes in the memory of who looks at it.
const PREVIEW: usize = 40_000_000;

/// How often is looked for what nobody sent.
const SWEEP: Duration = Duration::from_secs(60);

/// The folder of files, and who looks at them.
#[derive(Debug)]
pub struct Files {
    folder: PathBuf,
    scanner: Option<PathBuf>,
    looking: Semaphore,
    sweeping: Notify,
}

impl Files {
    /// Opens `folder`, makes it where it is absent. `scanner` is a program that is run with the path of each file: 0 is clean, 1 is not.
    ///
    /// # Errors
    /// Where it cannot be made, or others could read it.
    pub fn open(folder: PathBuf, scanner: Option<PathBuf>) -> std::io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700))?;
        }
        Ok(Self { folder, scanner, looking: Semaphore::new(LOOKED_AT), sweeping: Notify::new() })
    }

    /// What has no row any more goes now.
    pub fn sweep_soon(&self) {
        self.sweeping.notify_one();
    }

    fn path(&self, file: FileId) -> PathBuf {
        self.folder.join(file.to_string())
    }
}

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
enum FileError {
    #[error("a file has at most 10 MB")]
    TooLarge,
    #[error("the file is empty")]
    Empty,
    #[error(
        "files of this kind are not taken: send a picture (PNG, JPEG, GIF, WebP), a PDF, a text or an office document without macros"
    )]
    NotAllowed,
    #[error("too many files today: a visitor may send 20 files, 100 MB together")]
    TooMany,
    #[error("the scanner says that this file does harm")]
    Infected,
    #[error("the file could not be scanned: try again")]
    NotScanned,
    #[error("the file did not come whole: try again")]
    Incomplete,
    #[error("the file took too long: try again")]
    TooSlow,
    #[error("the hub cannot keep the file now: try again")]
    Unavailable,
}

impl FileError {
    /// For programs.
    fn code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
            Self::Empty => (StatusCode::BAD_REQUEST, "empty-file"),
            Self::NotAllowed => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "kind-not-allowed"),
            Self::TooMany => (StatusCode::TOO_MANY_REQUESTS, "too-many-files"),
            Self::Infected => (StatusCode::UNPROCESSABLE_ENTITY, "infected"),
            Self::NotScanned => (StatusCode::SERVICE_UNAVAILABLE, "not-scanned"),
            Self::Incomplete => (StatusCode::BAD_REQUEST, "incomplete"),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "too-slow"),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        }
    }
}

impl From<std::io::Error> for FileError {
    fn from(error: std::io::Error) -> Self {
        tracing::error!(%error, "cannot keep a file");
        Self::Unavailable
    }
}

impl From<StoreError> for FileError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "cannot keep a file");
        Self::Unavailable
    }
}

/// `POST /v1/files`: a visitor's page brings a file, its bytes as they are -> `{file, name, type, size, width?, height?, scan?}`
pub async fn from_visitor<S: Store>(
    State(hub): State<Hub<S>>,
    Address(address): Address,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(_place) = hub.limits.connect(address) else {
        return problem(StatusCode::TOO_MANY_REQUESTS, "busy", "too many connections: try again");
    };
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let token = text(VISITOR).and_then(|token| token.parse::<VisitorToken>().ok());
    let (Some(deployment), Some(token)) = (text(DEPLOYMENT), token) else {
        return problem(StatusCode::BAD_REQUEST, "bad-request", "a file comes with its deployment and its visitor");
    };
    match hub.tenant_of(deployment, &origin_of(&headers)).await {
        Ok(tenant) => receive(&hub, tenant, Uploader::Visitor(visitor_id(deployment, token)), &headers, body).await,
        Err(refusal) => problem(StatusCode::FORBIDDEN, refusal.code.as_str(), &refusal.reason),
    }
}

/// `POST /api/files` with `Authorization: Bearer`: the same by an agent.
pub async fn from_agent<S: Store>(State(hub): State<Hub<S>>, headers: HeaderMap, body: Body) -> Response {
    match access(&hub, &headers, Permission::Handle).await {
        Ok(access) => receive(&hub, access.tenant, Uploader::Agent(access.agent), &headers, body).await,
        Err(answer) => *answer,
    }
}

/// `GET /v1/files/{id}`: who has the id may read it.
pub async fn show<S: Store>(State(hub): State<Hub<S>>, Named(id): Named<String>, request: Request) -> Response {
    let Ok(id) = id.parse::<FileId>() else { return nothing() };
    let file = match hub.store.file(id).await {
        Ok(Some(file)) => file,
        Ok(None) => return nothing(),
        Err(error) => return unavailable(&error),
    };
    let served = ServeFile::new(hub.files.path(id)).try_call(request).await;
    let mut answer = match served {
        Ok(answer) if answer.status().is_success() || answer.status() == StatusCode::NOT_MODIFIED => {
            answer.map(Body::new)
        }
        Ok(answer) if answer.status() == StatusCode::RANGE_NOT_SATISFIABLE => return answer.map(Body::new),
        _ => return nothing(),
    };
    let set = [
        (header::CONTENT_TYPE, if file.media == "text/plain" { "text/plain; charset=utf-8" } else { &file.media }),
        (header::CONTENT_DISPOSITION, &disposition(&file)),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
        (header::CACHE_CONTROL, "private, max-age=3600"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in set {
        if let Ok(value) = HeaderValue::from_str(value) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}

/// A file that is not there, or not to be had, looks the same.
fn nothing() -> Response {
    problem(StatusCode::NOT_FOUND, "no-file", "there is no such file")
}

/// Pictures are shown, all else is saved.
fn disposition(file: &Attachment) -> String {
    let place = if file.media.starts_with("image/") { "inline" } else { "attachment" };
    let plain: String = file.name.chars().map(|char| if char.is_ascii() && char != '%' { char } else { '_' }).collect();
    let name = utf8_percent_encode(&file.name, NON_ALPHANUMERIC);
    format!("{place}; filename=\"{plain}\"; filename*=UTF-8''{name}")
}

async fn receive<S: Store>(
    hub: &Hub<S>,
    tenant: TenantId,
    uploader: Uploader,
    headers: &HeaderMap,
    mut body: Body,
) -> Response {
    let taken = tokio::time::timeout(PATIENCE, take(hub, tenant, uploader, headers, &mut body)).await;
    match taken.unwrap_or(Err(FileError::TooSlow)) {
        Ok(file) => {
            let mut answer = serde_json::json!({
                "file": file.id.to_string(), "name": file.name, "type": file.media, "size": file.size,
            });
            if let Some((width, height)) = file.picture() {
                (answer["width"], answer["height"]) = (width.into(), height.into());
            }
            if let Some(scan) = file.scan {
                answer["scan"] = scan.as_str().into();
            }
            Json(answer).into_response()
        }
        Err(error) => {
            // A browser that is not done tells its page nothing of an answer.
            let _ = tokio::time::timeout(Duration::from_secs(20), drain(&mut body)).await;
            let (status, code) = error.code();
            problem(status, code, &error.to_string())
        }
    }
}

async fn take<S: Store>(
    hub: &Hub<S>,
    tenant: TenantId,
    uploader: Uploader,
    headers: &HeaderMap,
    body: &mut Body,
) -> Result<Attachment, FileError> {
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if declared.is_some_and(|length: u64| length > FILE_LIMIT) {
        return Err(FileError::TooLarge);
    }
    let id = FileId::from_bytes(random::bytes());
    let at = clock::wall();
    if !hub.store.begin_file(&tenant, uploader, id, declared.unwrap_or(FILE_LIMIT), at).await? {
        return Err(FileError::TooMany);
    }
    let mut unfinished = Unfinished { hub: hub.clone(), id, is_over: false };
    let path = hub.files.path(id);
    let size = write(&path, body).await?;
    let looking = hub.files.looking.acquire().await;
    let seen = look(path.clone()).await;
    drop(looking);
    let (kind, pixels) = seen?;
    let state = match &hub.files.scanner {
        None => FileState::Unscanned,
        Some(scanner) => match scan::run(scanner, &path).await {
            Ok(true) => FileState::Clean,
            Ok(false) => FileState::Infected,
            Err(error) => {
                tracing::error!(%error, "the scanner failed");
                return Err(FileError::NotScanned);
            }
        },
    };
    let (width, height) = pixels.unzip();
    let named = headers.get(NAME).and_then(|name| name.to_str().ok()).unwrap_or_default();
    let name = name::clean(&percent_decode_str(named).decode_utf8_lossy(), kind);
    let file = Attachment { id, name, media: kind.media().into(), size, width, height, scan: state.scan() };
    // Its visitor may have been forgotten by now.
    if !hub.store.keep_file(&file, state).await? {
        return Err(FileError::Incomplete);
    }
    unfinished.is_over = true;
    if state == FileState::Infected {
        hub.files.sweep_soon();
        return Err(FileError::Infected);
    }
    Ok(file)
}

/// Keeps a picture that the hub found itself; nothing where it is none that can be shown. It goes in an hour where nothing names it.
pub(crate) async fn keep_picture<S: Store>(hub: &Hub<S>, tenant: &TenantId, bytes: Vec<u8>) -> Option<Attachment> {
    let mut headers = HeaderMap::new();
    headers.insert(NAME, HeaderValue::from_static("picture"));
    let uploader = Uploader::Agent(HUB.into());
    match take(hub, tenant.clone(), uploader, &headers, &mut Body::from(bytes)).await {
        Ok(file) => file.picture().map(|_| file),
        Err(error) => {
            tracing::info!(%error, "a preview has no picture");
            None
        }
    }
}

/// Writes what comes to a file that only the hub's user may read; its size.
async fn write(path: &Path, body: &mut Body) -> Result<u64, FileError> {
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(path).await?;
    let mut size = 0;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await {
        let Ok(bytes) = frame.map_err(|_| FileError::Incomplete)?.into_data() else { continue };
        size += bytes.len() as u64;
        if size > FILE_LIMIT {
            return Err(FileError::TooLarge);
        }
        file.write_all(&bytes).await?;
    }
    if size == 0 {
        return Err(FileError::Empty);
    }
    file.sync_all().await?;
    Ok(size)
}

/// What it is, and where it is a picture that can be shown, its width and height.
async fn look(path: PathBuf) -> Result<(Kind, Option<(u32, u32)>), FileError> {
    let seen = tokio::task::spawn_blocking(move || {
        let bytes = std::fs::read(path)?;
        let kind = Kind::of(&bytes).ok_or(FileError::NotAllowed)?;
        if !kind.is_picture() {
            return Ok((kind, None));
        }
        let size = imagesize::blob_size(&bytes).map_err(|_| FileError::NotAllowed)?;
        let is_shown = (1..=PREVIEW).contains(&size.width.saturating_mul(size.height));
        Ok((kind, is_shown.then_some((size.width as u32, size.height as u32))))
    });
    seen.await.unwrap_or(Err(FileError::Unavailable))
}

/// Reads what is left of a file that is not taken, unless it is endless.
async fn drain(body: &mut Body) {
    let mut left = FILE_LIMIT * 4;
    while let Some(Ok(frame)) = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await {
        let bytes = frame.into_data().map_or(0, |bytes| bytes.len() as u64);
        match left.checked_sub(bytes) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

/// A file that has begun to come; dropped, it goes unless it is over. Whoever brings it may leave at any time.
struct Unfinished<S: Store> {
    hub: Hub<S>,
    id: FileId,
    is_over: bool,
}

impl<S: Store> Drop for Unfinished<S> {
    fn drop(&mut self) {
        let Some(runtime) = tokio::runtime::Handle::try_current().ok().filter(|_| !self.is_over) else { return };
        let (hub, id) = (self.hub.clone(), self.id);
        runtime.spawn(async move {
            // Also where its row has gone before its bytes came.
            let _ = tokio::fs::remove_file(hub.files.path(id)).await;
            if let Err(error) = hub.store.drop_file(id).await {
                tracing::warn!(%error, "what is left of a file goes in an hour");
            }
        });
    }
}

/// Removes the bytes of files that have no row, those that nobody has sent within an hour among them; ends with the hub.
pub async fn sweep<S: Store>(hub: Hub<S>) {
    loop {
        let swept = async {
            let gone = hub.store.gone_files(clock::wall()).await?;
            let mut removed = Vec::with_capacity(gone.len());
            for id in gone {
                match tokio::fs::remove_file(hub.files.path(id)).await {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        tracing::error!(%error, "cannot remove a file");
                    }
                    _ => removed.push(id),
                }
            }
            if removed.is_empty() { Ok(()) } else { hub.store.removed_files(removed).await }
        };
        match swept.await {
            Ok(()) => {}
            Err(StoreError::Stopping) => return,
            Err(error) => tracing::error!(%error, "cannot look for files to remove"),
        }
        // Whichever comes first.
        let _ = tokio::time::timeout(SWEEP, hub.files.sweeping.notified()).await;
    }
}
