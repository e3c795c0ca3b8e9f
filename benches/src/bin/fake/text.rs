use std::fmt::Write as _;

use benches::Table;

use crate::answers::{Report, median};
use crate::measure::CONNECTIONS;
use crate::requests::Operation;
use crate::server::Kind;

/// The report as a person reads it.
pub(crate) fn document(report: &Report) -> String {
    let mut text = heading(report);
    for (title, explained, table) in [
        (
            "Requests per second",
            "Medians of the rounds. `x` compares two servers within each round, and is the median of that.",
            rates(report),
        ),
        (
            "CPU time of the server per request, microseconds",
            "What depends least on what else the machine does, and not at all on what the generator costs. `x` is how many of ours \
             one of theirs costs.",
            costs(report),
        ),
        (
            "Latency over one connection, microseconds",
            "As the generator sees it.",
            latencies(report),
        ),
        ("From the start to the first answer, milliseconds", "", starts(report)),
        ("Resident memory, MiB", "", memory(report)),
    ] {
        if !table.is_empty() {
            let _ = write!(text, "## {title}\n\n");
            if !explained.is_empty() {
                let _ = write!(text, "{explained}\n\n");
            }
            text.push_str(&table);
        }
    }
    for skipped in &report.skipped {
        let _ = writeln!(text, "Skipped: {skipped}");
    }
    text
}

fn heading(report: &Report) -> String {
    let machine = &report.machine;
    let versions: Vec<_> =
        machine.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
    let refusals: u64 = report.loads.iter().map(|load| load.refusals).sum();
    format!(
        "# fake-sts beside others\n\n\
         {} with {} cores, {}, {}; load {} when it began; {}; windows of {} s; {:.0} s in all.\n\n\
         Every request is signed, and fake-sts checks all of it and keeps its journal; moto checks no signatures \
         unless told to, and the server with one answer checks nothing. The load comes from one thread of the same \
         machine, so the servers have the other cores. Refused requests: {refusals}.\n\n",
        machine.processor,
        machine.cores,
        machine.system,
        machine.rustc,
        machine.load,
        versions.join(", "),
        report.window_seconds,
        report.took_seconds,
    )
}

fn rates(report: &Report) -> String {
    let mut table = Table::new([
        "operation, connections",
        "fake-sts",
        "moto",
        "one answer",
        "x moto",
        "x one answer",
    ]);
    for (operation, connections) in loads() {
        let rate =
            |kind| report.median((kind, operation, connections), |load| Some(load.per_second));
        let ratio = |to| report.ratio(Kind::Fake, to, operation, connections);
        table.row([
            format!("{}, {connections}", operation.name()),
            whole(rate(Kind::Fake)),
            whole(rate(Kind::Moto)),
            whole(rate(Kind::Canned)),
            whole(ratio(Kind::Moto)),
            ratio(Kind::Canned).map_or_else(none, |ratio| format!("{ratio:.2}")),
        ]);
    }
    table.markdown()
}

fn costs(report: &Report) -> String {
    let mut table = Table::new([
        "operation, connections",
        "fake-sts",
        "moto",
        "one answer",
        "moto x",
        "one answer x",
    ]);
    for (operation, connections) in loads() {
        let cost = |kind| report.median((kind, operation, connections), |load| load.cpu_micros);
        let ours = cost(Kind::Fake);
        let ratio = |kind, digits| match (cost(kind), ours) {
            (Some(theirs), Some(ours)) => format!("{:.digits$}", theirs / ours),
            _ => none(),
        };
        let shown = [ours, cost(Kind::Moto), cost(Kind::Canned)]
            .map(|micros| micros.map_or_else(none, |micros| format!("{micros:.1}")));
        let ratios = [ratio(Kind::Moto, 0), ratio(Kind::Canned, 2)];
        let name = format!("{}, {connections}", operation.name());
        table.row([name].into_iter().chain(shown).chain(ratios));
    }
    table.markdown()
}

fn latencies(report: &Report) -> String {
    let mut table = Table::new(["operation", "fake-sts", "moto", "one answer"]);
    for operation in Operation::ALL {
        for (share, figure) in [
            ("p50", (|load| Some(load.p50_micros)) as fn(&crate::answers::Load) -> Option<f64>),
            ("p99", |load| Some(load.p99_micros)),
        ] {
            let of = |kind| whole(report.median((kind, operation, 1), figure));
            let row = [of(Kind::Fake), of(Kind::Moto), of(Kind::Canned)];
            table.row([format!("{}, {share}", operation.name())].into_iter().chain(row));
        }
    }
    table.markdown()
}

fn starts(report: &Report) -> String {
    let mut table = Table::new(["server", "fastest", "median", "slowest"]);
    for kind in [Kind::Fake, Kind::Moto, Kind::Canned] {
        let of_it = report.starts.iter().filter(|start| start.server == kind);
        let mut millis: Vec<_> = of_it.map(|start| start.millis).collect();
        millis.sort_by(f64::total_cmp);
        if let (Some(first), Some(last)) = (millis.first(), millis.last()) {
            let shown = [Some(*first), median(millis.clone()), Some(*last)];
            let shown =
                shown.map(|millis| millis.map_or_else(none, |millis| format!("{millis:.1}")));
            table.row([kind.name().to_owned()].into_iter().chain(shown));
        }
    }
    table.markdown()
}

fn memory(report: &Report) -> String {
    let mut table = Table::new(["server", "calls", "MiB"]);
    for memory in &report.memory {
        let mebibytes = format!("{:.1}", memory.mebibytes);
        table.row([memory.server.name().to_owned(), memory.calls.to_string(), mebibytes]);
    }
    table.markdown()
}

fn loads() -> impl Iterator<Item = (Operation, usize)> {
    Operation::ALL.into_iter().flat_map(|operation| CONNECTIONS.map(|count| (operation, count)))
}

fn whole(figure: Option<f64>) -> String {
    figure.map_or_else(none, |figure| format!("{figure:.0}"))
}

fn none() -> String {
    "-".to_owned()
}
