//! One way to hit one cache, so often, and nothing else: for valgrind.
//! `hit_path <contender> <borrowed|owned> <times>`

#![allow(clippy::print_stderr, reason = "it talks to whoever started it")]

use std::process::ExitCode;

use benches::{Hit, Upstream, contenders, floor, hits, readers};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [name, form, times] = arguments.as_slice() else {
        eprintln!("usage: hit_path <contender> <borrowed|owned> <times>");
        return ExitCode::FAILURE;
    };
    let Ok(times) = times.parse() else {
        eprintln!("`{times}` is not a number of times");
        return ExitCode::FAILURE;
    };
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        eprintln!("no runtime could be started");
        return ExitCode::FAILURE;
    };
    let found = runtime.block_on(of(name));
    let _within = runtime.enter();
    match found.iter().find(|hit| hit.form.to_string() == *form) {
        Some(hit) => hit.run(times),
        None => {
            eprintln!("there is no {form} hit of a `{name}`");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

async fn of(name: &str) -> Vec<Hit> {
    let upstream = Upstream::instant_while_time_stands_still();
    if let Some(entry) = contenders::all().iter().find(|entry| entry.name == name) {
        return hits(entry, upstream).await.unwrap_or_default();
    }
    let mut others = floor();
    others.extend(readers(upstream).await.unwrap_or_default());
    others.retain(|hit| hit.name == name);
    others
}
