//! What is acknowledged is kept: once, in order, also over kill -9.

use std::collections::BTreeMap;

use alongside::protocol::*;

use crate::process::*;

/// The numbers in the database, by source.
fn stored(hub: &HubProcess) -> BTreeMap<Vec<u8>, Vec<u64>> {
    let database = rusqlite::Connection::open(hub.data.path().join("alongside.db")).expect("a database");
    let mut query = database.prepare("SELECT source, seq FROM event ORDER BY rowid").expect("a table");
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64))).expect("rows");
    let mut found: BTreeMap<Vec<u8>, Vec<u64>> = BTreeMap::new();
    for row in rows {
        let (source, seq) = row.expect("a row");
        found.entry(source).or_default().push(seq);
    }
    found
}

#[tokio::test]
async fn what_comes_twice_is_kept_once_and_acknowledged_twice() {
    let hub = HubProcess::start();
    let (mut client, welcome) = hub.visitor(1).await;
    assert_eq!(welcome.received, 0);
    client.send(data(1, 1, "a")).await;
    client.acknowledged(1).await;
    client.send(data(1, 1, "a")).await;
    client.acknowledged(1).await;
    client.send(data(3, 1, "c")).await;
    assert_eq!(client.receive().await, Some(Frame::Nack(Nack { expected: 2 })));
    client.send(data(2, 1, "b")).await;
    client.acknowledged(2).await;
    assert_eq!(stored(&hub).into_values().collect::<Vec<_>>(), [[1, 2]]);
    let (_, welcome) = hub.visitor(1).await;
    assert_eq!(welcome.received, 2, "a new socket goes on after what is kept");
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_when_the_hub_is_killed_while_it_ingests() {
    const SOURCES: u8 = 4;
    let mut hub = HubProcess::start();
    let mut acknowledged = [0u64; SOURCES as usize];
    for _ in 0..6 {
        let mut clients = Vec::new();
        for source in 1..=SOURCES {
            let (client, welcome) = hub.visitor(source).await;
            assert!(welcome.received >= acknowledged[usize::from(source) - 1], "an acknowledged event is gone");
            clients.push(tokio::spawn(burst(client, source, welcome.received)));
        }
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
        hub.kill_and_restart();
        for (index, client) in clients.into_iter().enumerate() {
            acknowledged[index] = acknowledged[index].max(client.await.expect("no panic"));
        }
    }
    assert!(acknowledged.iter().all(|count| *count > 0), "something was ingested: {acknowledged:?}");
    let stored = stored(&hub);
    for source in 1..=SOURCES {
        let numbers = &stored[&vec![source; 16]];
        assert_eq!(*numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "in order, without gap, each once");
        assert!(numbers.len() as u64 >= acknowledged[usize::from(source) - 1]);
    }
}

/// Sends until the hub is gone; the highest number that was acknowledged.
async fn burst(mut client: Client, source: u8, from: u64) -> u64 {
    let (mut sent, mut acknowledged) = (from, from);
    loop {
        while sent < acknowledged + 40 {
            sent += 1;
            client.send(data(sent, source, &format!("burst {sent}"))).await;
        }
        match client.receive().await {
            Some(Frame::Ack(ack)) => acknowledged = acknowledged.max(ack.received),
            Some(_) => {}
            None => return acknowledged,
        }
    }
}

#[tokio::test]
async fn a_hub_that_is_asked_to_end_ends_well() {
    let mut hub = HubProcess::start();
    let (mut client, _) = hub.visitor(1).await;
    client.send(data(1, 1, "last")).await;
    client.acknowledged(1).await;
    let before = std::time::Instant::now();
    assert_eq!(hub.terminate(), Some(0));
    assert!(before.elapsed() < std::time::Duration::from_secs(5));
    assert_eq!(client.receive().await, None);
    assert_eq!(client.closed, Some(1001), "the client is told that the hub goes away");
    assert!(!hub.data.path().join("alongside.db-wal").exists(), "the database was closed");
}

/// Whether any of the hub's files holds these bytes.
fn holds(hub: &HubProcess, text: &[u8]) -> bool {
    let files = std::fs::read_dir(hub.data.path()).expect("a folder").map(|file| file.expect("a file").path());
    let files = files.filter(|path| path.is_file());
    files.map(|file| std::fs::read(file).expect("bytes")).any(|bytes| bytes.windows(text.len()).any(|at| at == text))
}

#[tokio::test]
async fn a_visitor_who_asks_for_it_is_gone_from_the_files() {
    let mut hub = HubProcess::start();
    let (mut client, welcome) = hub.visitor(1).await;
    let (mut other, _) = hub.visitor(2).await;
    other.send(data(1, 2, "matcha")).await;
    other.acknowledged(1).await;
    for seq in 1..=200 {
        client.send(data(seq, 1, &format!("private canary {seq}"))).await;
    }
    client.acknowledged(200).await;
    let visitor = welcome.visitor.expect("an id");
    assert!(holds(&hub, b"private canary") && holds(&hub, visitor.as_bytes()), "the search finds what is there");
    let forget = Body::Journey(JourneyEvent {
        visit: VisitId::from_bytes([1; 16]),
        at: now(),
        kind: JourneyKind::Forget(Forget {}),
    });
    client.send(Frame::Data(Data { seq: 201, body: Payload::encode(&forget, Encoding::Binary) })).await;
    client.acknowledged(201).await;
    for _ in 0..2 {
        assert!(!holds(&hub, b"private canary"));
        assert!(!holds(&hub, visitor.as_bytes()));
        assert!(holds(&hub, b"matcha"), "others stay");
        hub.kill_and_restart();
    }
    assert_eq!(hub.visitor(1).await.1.received, 0, "whoever comes back is new");
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_hubs_user_can_read_its_files() {
    use std::os::unix::fs::PermissionsExt;
    let mut hub = HubProcess::start();
    let (mut client, _) = hub.visitor(1).await;
    client.send(data(1, 1, "private")).await;
    client.acknowledged(1).await;
    let modes = |hub: &HubProcess| {
        let files = std::fs::read_dir(hub.data.path()).expect("a folder").map(|file| file.expect("a file"));
        let mode = |file: std::fs::DirEntry| {
            let mode = file.metadata().expect("metadata").permissions().mode() & 0o777;
            (file.file_name().into_string().expect("a name"), format!("{mode:o}"))
        };
        files.map(mode).collect::<BTreeMap<_, _>>()
    };
    let private = ["alongside.db", "alongside.db-shm", "alongside.db-wal"].map(|name| (name.into(), "600".into()));
    let folder = ("files".into(), "700".into());
    let all = || private.iter().cloned().chain([folder.clone()]).collect::<BTreeMap<String, String>>();
    assert_eq!(modes(&hub), all());
    for (name, _) in &private {
        let path = hub.data.path().join(name);
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).expect("the mode is changed");
    }
    hub.kill_and_restart();
    assert_eq!(modes(&hub), all(), "also those of an earlier hub");
}
