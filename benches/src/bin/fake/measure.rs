use std::path::Path;
use std::time::Duration;

use benches::{Machine, Patience};

use crate::answers::{Load, Memory, Report, Start};
use crate::arguments::{Arguments, Extent};
use crate::load::{self, Until};
use crate::moto;
use crate::requests::{self, Operation};
use crate::server::{Kind, Server};

/// How many connections ask at once.
pub(crate) const CONNECTIONS: [usize; 3] = [1, 16, 64];

/// Starts the servers, lets them answer in interleaved rounds, and looks at their memory.
pub(crate) fn all(arguments: &Arguments) -> Result<Report, String> {
    let extent = arguments.extent();
    let mut kinds = vec![Kind::Fake, Kind::Canned];
    let mut skipped = Vec::new();
    match moto::prepare() {
        Ok(_) => kinds.push(Kind::Moto),
        Err(reason) => skipped.push(format!("moto: {reason}")),
    }
    // A thread of its own for Ctrl-C: the load has another runtime.
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let patience = Patience::until(extent.at_most, &runtime);
    eprintln!("at most {} minutes; Ctrl-C ends it with what it has", extent.at_most.as_secs() / 60);
    let mut report = Report {
        machine: Machine::here(&["fake-sts", "axum", "hyper", "tokio"]),
        took_seconds: 0.0,
        window_seconds: extent.window.as_secs_f64(),
        starts: starts(&kinds, &arguments.fake, extent, &patience)?,
        loads: Vec::new(),
        memory: Vec::new(),
        skipped,
    };
    let mut servers = Vec::new();
    for kind in kinds {
        let server = Server::start(kind, &arguments.fake)?;
        report.memory.extend(memory(&server, 1));
        servers.push(server);
    }
    for round in 0..extent.rounds {
        progress(&patience, &format!("round {} of {}", round + 1, extent.rounds));
        one_round(round, &servers, extent, &patience, &mut report)?;
    }
    fill_up(&servers, extent, &patience, &mut report)?;
    report.took_seconds = patience.spent().as_secs_f64();
    Ok(report)
}

fn starts(
    kinds: &[Kind],
    fake: &Path,
    extent: Extent,
    patience: &Patience,
) -> Result<Vec<Start>, String> {
    progress(patience, "starts");
    let mut starts = Vec::new();
    for _ in 0..extent.starts {
        for kind in kinds {
            if !patience.lasts() {
                return Ok(starts);
            }
            let server = Server::start(*kind, fake)?;
            starts.push(Start { server: *kind, millis: server.started_in.as_secs_f64() * 1e3 });
        }
    }
    Ok(starts)
}

fn one_round(
    round: usize,
    servers: &[Server],
    extent: Extent,
    patience: &Patience,
    report: &mut Report,
) -> Result<(), String> {
    for operation in Operation::ALL {
        for connections in CONNECTIONS {
            for server in servers {
                if !patience.lasts() {
                    return Ok(());
                }
                let until = Until { passed: extent.window, answers: usize::MAX };
                let load = put(round, server, operation, connections, until)?;
                report.loads.push(load);
            }
        }
    }
    Ok(())
}

/// Lets each server answer as many calls as was said, or what moto manages in a window, and looks at its memory.
fn fill_up(
    servers: &[Server],
    extent: Extent,
    patience: &Patience,
    report: &mut Report,
) -> Result<(), String> {
    for server in servers {
        let so_far = |report: &Report| -> u64 {
            let of_it = report.loads.iter().filter(|load| load.server == server.kind);
            of_it.map(|load| load.answers).sum()
        };
        let mut calls = so_far(report);
        progress(patience, &format!("the memory of {} after {calls} calls", server.kind.name()));
        report.memory.extend(memory(server, calls));
        if server.kind == Kind::Moto {
            continue;
        }
        while calls < extent.calls && patience.lasts() {
            let answers = usize::try_from(extent.calls - calls).unwrap_or(usize::MAX);
            let until = Until { passed: Duration::from_secs(10), answers };
            // The round is one that nothing is compared with.
            calls += put(usize::MAX, server, Operation::AssumeRole, 16, until)?.answers;
        }
        report.memory.extend(memory(server, calls));
    }
    Ok(())
}

fn put(
    round: usize,
    server: &Server,
    operation: Operation,
    connections: usize,
    until: Until,
) -> Result<Load, String> {
    let requests = requests::signed(operation, server.address)?;
    let before = server.cpu();
    let answers = load::put(server.address, requests, connections, until)?;
    let cpu = server.cpu().zip(before).map(|(after, before)| after.saturating_sub(before));
    let mut latencies = answers.latencies;
    latencies.sort_unstable();
    let percentile = |share: usize| {
        let nth = latencies.len() * share / 100;
        f64::from(latencies.get(nth).copied().unwrap_or_default()) / 10.0
    };
    let count = latencies.len();
    let amount = f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    Ok(Load {
        round,
        server: server.kind,
        operation,
        connections,
        answers: u64::try_from(count).unwrap_or(u64::MAX),
        refusals: answers.refusals,
        per_second: amount / answers.took.as_secs_f64(),
        p50_micros: percentile(50),
        p99_micros: percentile(99),
        cpu_micros: cpu.map(|cpu| cpu.as_secs_f64() * 1e6 / amount),
    })
}

fn memory(server: &Server, calls: u64) -> Option<Memory> {
    Some(Memory { server: server.kind, calls, mebibytes: server.resident()? })
}

fn progress(patience: &Patience, what: &str) {
    eprintln!("{:>4} s  {what}", patience.spent().as_secs());
}
