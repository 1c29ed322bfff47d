//! Starts the hub: flags, data folder, listener, and a clean end.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use alongside_hub::api;
use alongside_hub::bot::{Bot, Flow, Web};
use alongside_hub::channel;
use alongside_hub::cobrowse::{self, Webhooks};
use alongside_hub::conversation::{self, Operator};
use alongside_hub::files::{self, Files};
use alongside_hub::hub::{Front, Hub, Setup};
use alongside_hub::identity;
use alongside_hub::preview::{self, Previews};
use alongside_hub::signed::{self, Target};
use alongside_hub::store::{DevLogin, Sqlite, StoreError};
use alongside_hub::terms;
use clap::Parser;
use tokio::net::TcpListener;

/// Other systems have so long to answer.
const ANSWER: Duration = Duration::from_secs(10);

/// Open connections get so long to end.
const GRACE: Duration = Duration::from_secs(4);

/// The reference hub of Alongside.
#[derive(Debug, Parser)]
#[command(version)]
struct Flags {
    /// Address to bind. Other than loopback needs --behind-proxy.
    #[arg(long, default_value = "127.0.0.1", env = "ALONGSIDE_BIND")]
    bind: IpAddr,
    /// Port; 0 takes a free one.
    #[arg(long, default_value_t = 7700, env = "ALONGSIDE_PORT")]
    port: u16,
    /// Folder for the database; made where absent.
    #[arg(long, default_value = "alongside-data", env = "ALONGSIDE_DATA")]
    data: PathBuf,
    /// Folder of the built SDK.
    #[arg(long, default_value = "js/dist")]
    sdk: PathBuf,
    /// Folder of the built desk.
    #[arg(long, default_value = "examples/desk/dist")]
    desk: PathBuf,
    /// Origin whose pages the deployment `demo` allows, such as https://shop.example. Can be given several times.
    #[arg(long)]
    allow_origin: Vec<String>,
    /// A proxy in front of the hub speaks TLS. It must add each client's address to X-Forwarded-For: the last one there is what
    /// the limits of an address go by. Without this flag that header is not looked at.
    #[arg(long)]
    behind_proxy: bool,
    /// Origin under which the proxy serves the hub, such as https://hub.example: desks connect from there only.
    #[arg(long, requires = "behind_proxy", env = "ALONGSIDE_PUBLIC_ORIGIN")]
    public_origin: Option<String>,
    /// Add the login agent@example.com with password alongside. Without this flag only a new data folder gets it, and only
    /// when the hub is bound to loopback without a proxy.
    #[arg(long)]
    dev_login: bool,
    /// Address that is told of shared sessions: started, ended, granted, revoked.
    #[arg(long, requires = "webhook_secret_file")]
    webhook: Option<String>,
    /// File with the secret that signs what is told; at least 16 bytes.
    #[arg(long, requires = "webhook")]
    webhook_secret_file: Option<PathBuf>,
    /// Hours without activity, from 1 to 72, after which a conversation is over: what the visitor writes then begins a new one.
    #[arg(long, default_value_t = 72, value_parser = clap::value_parser!(u16).range(1..=72))]
    threading_hours: u16,
    /// Program that is run with the path of each file that people send: 0 is clean, 1 is harmful, all else is an error. Without it
    /// files are not scanned.
    #[arg(long, env = "ALONGSIDE_SCAN_COMMAND")]
    scan_command: Option<PathBuf>,
    /// File of a bot that answers first: steps that say and offer something, as JSON.
    #[arg(long)]
    flow: Option<PathBuf>,
    /// Address of another system's bot that answers first: it is told what visitors say, and its answers are said.
    #[arg(long, requires = "bot_secret_file", conflicts_with = "flow")]
    bot: Option<String>,
    /// File with the secret that signs what it is told; at least 16 bytes.
    #[arg(long, requires = "bot")]
    bot_secret_file: Option<PathBuf>,
    /// Its name, as visitors see it.
    #[arg(long, default_value = "Assistant")]
    bot_name: String,
    /// Look at what the first address in each message leads to, at public hosts and by https only, and show its title and picture.
    #[arg(long)]
    link_previews: bool,
    /// A host and port, such as 127.0.0.1:8080, that is looked at although it is not public. Can be given several times.
    #[arg(long)]
    link_preview_host: Vec<String>,
    /// Origin that may be asked for keys although it is in a private network or without TLS, such as http://localhost:7701: for
    /// development. Can be given several times.
    #[arg(long)]
    identity_keys_from: Vec<String>,
    #[command(subcommand)]
    task: Option<Task>,
}

/// What else the program does.
#[derive(Debug, clap::Subcommand)]
enum Task {
    /// Checks the record of a shared session: a file with the answer to GET /v1/sessions/{id}/record.
    VerifyRecord {
        /// The file.
        file: PathBuf,
    },
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "alongside_hub=info,warn".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let mut flags = Flags::parse();
    if let Some(Task::VerifyRecord { file }) = flags.task.take() {
        return verify_record(&file);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = match runtime {
        Ok(runtime) => {
            let result = runtime.block_on(run(flags));
            runtime.shutdown_timeout(Duration::from_secs(1));
            result
        }
        Err(error) => Err(format!("cannot start threads: {error}")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("alongside-hub: {reason}");
            ExitCode::FAILURE
        }
    }
}

async fn run(flags: Flags) -> Result<(), String> {
    if !flags.bind.is_loopback() && !flags.behind_proxy {
        return Err(format!(
            "refused to bind {}: tokens would travel unencrypted. Put a TLS proxy in front and say --behind-proxy, or bind \
             127.0.0.1",
            flags.bind
        ));
    }
    for origin in &flags.allow_origin {
        check_origin("--allow-origin", origin)?;
    }
    for origin in &flags.identity_keys_from {
        check_origin("--identity-keys-from", origin)?;
    }
    if let Some(origin) = &flags.public_origin {
        check_origin("--public-origin", origin)?;
    }
    let login = match (flags.dev_login, flags.bind.is_loopback() && !flags.behind_proxy) {
        (true, _) => DevLogin::Always,
        (false, true) => DevLogin::WhenNew,
        (false, false) => DevLogin::Never,
    };
    let webhook = target("--webhook", flags.webhook.as_deref(), flags.webhook_secret_file.as_deref())?;
    let bot = match (&flags.flow, target("--bot", flags.bot.as_deref(), flags.bot_secret_file.as_deref())?) {
        (Some(file), _) => {
            let json = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
            Some(Bot::Flow(Flow::read(&json).map_err(|error| format!("{}: {error}", file.display()))?))
        }
        (None, Some(target)) => {
            Some(Bot::Web(Web::new(flags.bot_name, target).map_err(|error| format!("--bot: {error}"))?))
        }
        (None, None) => None,
    };
    let store =
        open(&flags.data, &flags.allow_origin, login).map_err(|error| format!("{}: {error}", flags.data.display()))?;
    let folder = flags.data.join("files");
    let kept =
        Files::open(folder.clone(), flags.scan_command).map_err(|error| format!("{}: {error}", folder.display()))?;
    let listener = TcpListener::bind((flags.bind, flags.port))
        .await
        .map_err(|error| format!("cannot listen on {}:{}: {error}", flags.bind, flags.port))?;
    let port = listener.local_addr().map_err(|error| error.to_string())?.port();
    let own = match flags.public_origin {
        Some(origin) => vec![origin],
        None => ["localhost", "127.0.0.1"].map(|host| format!("http://{host}:{port}")).to_vec(),
    };
    let front = if flags.behind_proxy { Front::Proxy } else { Front::Direct };
    let threading = Duration::from_secs(u64::from(flags.threading_hours) * 3_600);
    let client = signed::client(ANSWER).map_err(|error| format!("cannot encrypt: {error}"))?;
    let previews = match flags.link_previews || !flags.link_preview_host.is_empty() {
        true => Previews::new(flags.link_preview_host).map_err(|error| format!("--link-previews: {error}"))?,
        false => Previews::default(),
    };
    let webhooks = webhook.map(Webhooks::start).unwrap_or_default();
    let identity_keys = identity::Keys::new(flags.identity_keys_from);
    let hub = Hub::new(
        store,
        kept,
        Setup { own_origins: own, front, webhooks, threading, bot, client, previews, identity_keys },
    );
    tokio::spawn(cobrowse::sweep(hub.clone()));
    tokio::spawn(files::sweep(hub.clone()));
    tokio::spawn(identity::sweep(hub.clone()));
    tokio::spawn(channel::begin(hub.clone()));
    tokio::spawn(terms::keep_time(hub.clone()));
    tokio::spawn(terms::sweep(hub.clone()));
    tokio::spawn(conversation::sweep(hub.clone()));
    tokio::spawn(preview::begin(hub.clone()));
    // Before any desk is served: what agents have is known then.
    let operator = Operator::restore(hub.clone()).await.map_err(|error| error.to_string())?;
    tokio::spawn(operator.run());
    tokio::spawn(conversation::resume(hub.clone()));
    let router = api::router(hub.clone(), flags.sdk, flags.desk);
    println!("hub http://localhost:{port}");
    let stopping = hub.clone();
    let server = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(async move { stopping.stopping().await });
    let mut serving = tokio::spawn(async move { server.await });
    let result = tokio::select! {
        result = &mut serving => result.map_err(|error| error.to_string())?.map_err(|error| error.to_string()),
        () = signalled() => {
            tracing::info!("stopping");
            hub.stop();
            // Sockets are no requests any more, so the server does not wait for them.
            let _ = tokio::time::timeout(GRACE, async { tokio::join!(serving, hub.released()) }).await;
            Ok(())
        }
    };
    hub.store.close().await;
    result
}

/// Where requests go to that are signed with the secret in a file.
fn target(flag: &str, url: Option<&str>, secret: Option<&Path>) -> Result<Option<Target>, String> {
    let (Some(url), Some(file)) = (url, secret) else { return Ok(None) };
    let secret = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    Target::new(url, &secret).map(Some).map_err(|error| format!("{flag}: {error}"))
}

fn verify_record(file: &Path) -> ExitCode {
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string());
    match text.and_then(|text| cobrowse::verify(&text).map_err(|error| error.to_string())) {
        Ok(entries) => {
            println!("{}: {entries} entries, the chain is whole", file.display());
            ExitCode::SUCCESS
        }
        Err(reason) => {
            eprintln!("{}: {reason}", file.display());
            ExitCode::FAILURE
        }
    }
}

fn check_origin(flag: &str, origin: &str) -> Result<(), String> {
    let rest = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', '*', ' ']) => Ok(()),
        _ => Err(format!("{flag} {origin}: an origin is scheme, host and port only, such as https://shop.example")),
    }
}

fn open(folder: &Path, origins: &[String], login: DevLogin) -> Result<Sqlite, StoreError> {
    std::fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    Sqlite::open(folder, origins, login)
}

async fn signalled() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        if let Ok(mut terminate) = terminate {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
