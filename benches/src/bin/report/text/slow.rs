use benches::Table;
use benches::question::{OutageAnswer, RefreshAnswer};

use crate::answers::{HerdRow, Report, Row};

/// What was found beside the cost of a hit.
pub(super) fn sections(report: &Report) -> String {
    let sections = [
        (
            "Reads during a refresh",
            "10,000 reads a second, credentials that live for 1 s, an upstream that takes 50 ms. \
             Microseconds.",
            reads(&report.refresh),
        ),
        (
            "A storm of refreshes",
            "2,000 reads a second, credentials that live for 100 ms, an upstream that takes 5 ms. \
             Microseconds.",
            reads(&report.storm),
        ),
        (
            "A herd on an empty cache",
            "Calls to the upstream, and milliseconds until all were answered; one call takes 20 ms.",
            herds(&report.herd),
        ),
        (
            "100 callers of a source that fails",
            "The same, if each call fails after 20 ms.",
            herds(&report.failing),
        ),
        (
            "An outage shorter than the margin",
            "1,500 reads a second; the source is down for 300 ms while valid credentials are due.",
            outages(&report.short_outage),
        ),
        (
            "An outage that nobody can bridge",
            "The same, down for 2 s; one attempt takes 50 ms.",
            outages(&report.long_outage),
        ),
        (
            "Many caches in one process",
            "CPU nanoseconds per hit of a random one, and resident bytes of each, value included.",
            many(report),
        ),
        ("Other languages", "Wall nanoseconds per hit, all threads together.", elsewhere(report)),
    ];
    let shown = sections.into_iter().filter(|(_, _, table)| !table.is_empty());
    shown.map(|(title, what, table)| format!("## {title}\n\n{what}\n\n{table}")).collect()
}

fn reads(rows: &[Row<RefreshAnswer>]) -> String {
    let mut table = Table::new([
        "contender",
        "all p50",
        "all p99.9",
        "during p50",
        "during p99",
        "during p99.9",
        "worst",
        "> 5 ms",
        "failed",
        "calls per life",
    ]);
    for row in rows.iter().filter(|row| !row.rounds.is_empty()) {
        let micros = |figure: fn(&RefreshAnswer) -> f64| whole(row.median(figure));
        table.row([
            row.name.clone(),
            micros(|a| a.all.p50_us),
            micros(|a| a.all.p999_us),
            micros(|a| a.during.p50_us),
            micros(|a| a.during.p99_us),
            micros(|a| a.during.p999_us),
            micros(|a| a.all.worst_us),
            format!("{:.1} %", row.median(|a| a.slow_per_1000) / 10.0),
            whole(row.median(|a| a.failed as f64)),
            format!("{:.1}", row.median(|a| a.calls as f64 / a.lifetimes)),
        ]);
    }
    table.markdown()
}

fn herds(rows: &[HerdRow]) -> String {
    let mut sizes: Vec<_> = rows.iter().map(|row| row.tasks).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let mut header = vec!["contender".to_owned()];
    for tasks in &sizes {
        header.extend([format!("{tasks} tasks: calls"), "ms".into()]);
    }
    header.push("CPU ms".into());
    let mut table = Table::new(header);
    let mut names: Vec<&str> = Vec::new();
    for row in rows {
        if !names.contains(&row.name.as_str()) {
            names.push(&row.name);
        }
    }
    for name in names {
        let mut cells = vec![name.to_owned()];
        let mut cpu = f64::NAN;
        for tasks in &sizes {
            let row = rows.iter().find(|row| row.name == name && row.tasks == *tasks);
            let median = |figure: fn(&benches::question::HerdAnswer) -> f64| {
                let figures = row.map(|row| row.rounds.iter().map(figure));
                benches::question::median(figures.into_iter().flatten()).unwrap_or(f64::NAN)
            };
            cells.push(whole(median(|answer| answer.calls as f64)));
            cells.push(format!("{:.1}", median(|answer| answer.all_answered_ms)));
            cpu = median(|answer| answer.cpu_ms);
        }
        cells.push(format!("{cpu:.1}"));
        table.row(cells);
    }
    table.markdown()
}

fn outages(rows: &[Row<OutageAnswer>]) -> String {
    let mut table =
        Table::new(["contender", "reads", "slow or failed", "failed", "slowest ms", "calls"]);
    for row in rows.iter().filter(|row| !row.rounds.is_empty()) {
        table.row([
            row.name.clone(),
            whole(row.median(|a| a.reads as f64)),
            whole(row.median(|a| a.troubled as f64)),
            whole(row.median(|a| a.failed as f64)),
            format!("{:.1}", row.median(|a| a.slowest_ms)),
            whole(row.median(|a| a.calls as f64)),
        ]);
    }
    table.markdown()
}

fn many(report: &Report) -> String {
    let mut counts: Vec<_> = report.many.iter().map(|row| row.count).collect();
    counts.sort_unstable();
    counts.dedup();
    let mut header = vec!["kept".to_owned()];
    header.extend(counts.iter().map(|count| format!("{count}: ns")));
    header.extend(counts.iter().filter(|c| **c >= 1_000).map(|count| format!("{count}: bytes")));
    let mut table = Table::new(header);
    let mut names: Vec<(&str, &str)> = Vec::new();
    for row in &report.many {
        if !names.contains(&(&row.name, &row.holds)) {
            names.push((&row.name, &row.holds));
        }
    }
    for (name, holds) in names {
        let at = |count| report.many.iter().find(|row| row.name == name && row.count == count);
        let mut cells = vec![format!("{name}: {holds}")];
        for count in &counts {
            let cost = at(*count).and_then(|row| benches::question::median(row.cpu_ns.clone()));
            cells.push(cost.map_or_else(|| "-".into(), |nanos| format!("{nanos:.0}")));
        }
        for count in counts.iter().filter(|count| **count >= 1_000) {
            let bytes = at(*count).and_then(|row| row.bytes_each);
            cells.push(bytes.map_or_else(|| "-".into(), whole));
        }
        table.row(cells);
    }
    table.markdown()
}

fn elsewhere(report: &Report) -> String {
    let mut table = Table::new(["cache", "version", "threads", "ns per hit"]);
    for row in &report.elsewhere {
        table.row([
            row.name.clone(),
            row.version.clone(),
            row.threads.to_string(),
            format!("{:.1}", row.ns_per_hit),
        ]);
    }
    table.markdown()
}

fn whole(figure: f64) -> String {
    if figure.is_finite() { format!("{figure:.0}") } else { "-".into() }
}
