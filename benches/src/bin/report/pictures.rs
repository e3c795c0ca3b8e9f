use benches::question::{RefreshAnswer, median};
use benches::{Form, Level};

use crate::answers::{HerdRow, HitRow, Report, Row};
use crate::chart::{Dot, Dots, Line, Lines};

/// The charts of a report, by the names of their files; those without figures are left out.
pub(crate) fn of(report: &Report) -> Result<Vec<(&'static str, String)>, String> {
    let throughput = [
        ("hits-borrowed.svg", Level::Direct, Form::Borrowed, "Hits read in place"),
        ("hits-owned.svg", Level::Direct, Form::Owned, "Hits that yield a value to keep"),
        ("hits-sdk.svg", Level::SdkSeam, Form::Owned, "Hits as a client of the AWS SDK makes them"),
    ];
    let mut pictures = Vec::new();
    for (file, level, form, title) in throughput {
        let lines = hits(report, level, form);
        if !lines.is_empty() {
            let title = format!("{title}: all threads together");
            let (x_axis, y_axis) = ("threads on one cache", "million hits per second");
            pictures.push((file, Lines { title, x_axis, y_axis, lines }.svg()?));
        }
    }
    let dots = [
        ("refresh-latency.svg", refresh(&report.refresh)),
        ("herd-calls.svg", herd(&report.herd)),
        ("failing-source.svg", failing(&report.failing)),
        ("many-bytes.svg", bytes(report)),
    ];
    for (file, dots) in dots {
        if !dots.rows.is_empty() {
            pictures.push((file, dots.svg()?));
        }
    }
    let lines = many(report);
    if !lines.is_empty() {
        let title = "What a hit of a random one of many costs".into();
        let (x_axis, y_axis) = ("caches in the process", "CPU ns per hit");
        pictures.push(("many-cost.svg", Lines { title, x_axis, y_axis, lines }.svg()?));
    }
    Ok(pictures)
}

fn is_ours(name: &str) -> bool {
    name.starts_with("stscreds")
}

/// Lines one can tell apart: of twins, the one.
fn hits(report: &Report, level: Level, form: Form) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let of_group = |row: &&HitRow| (row.level, row.form) == (level, form);
    for row in
        report.hits.iter().filter(of_group).filter(|row| !DRAWN_BY_TWIN.contains(&&*row.name))
    {
        let Some(per_second) = row.per_second(report.machine.cores) else { continue };
        let point = (row.threads as f64, per_second / 1e6);
        add(&mut lines, &row.name, point);
    }
    lines
}

/// The next point of the line of this name.
fn add(lines: &mut Vec<Line>, name: &str, point: (f64, f64)) {
    match lines.iter_mut().find(|line| line.name == name) {
        Some(line) => line.points.push(point),
        None => {
            let (name, is_ours) = (name.to_owned(), is_ours(name));
            lines.push(Line { name, is_ours, points: vec![point] });
        }
    }
}

/// They differ from another contender by less than a line is thick, or would be the
/// eighth colour.
const DRAWN_BY_TWIN: [&str; 8] = [
    "stscreds-peek",
    "stscreds-dyn",
    "stscreds-aws-policy",
    "stscreds-go-policy",
    "parking-lot-mutex",
    "parking-lot-rwlock",
    "tokio-watch",
    "arc-swap-stale",
];

fn refresh(rows: &[Row<RefreshAnswer>]) -> Dots {
    let dot = |row: &Row<RefreshAnswer>| Dot {
        name: row.name.clone(),
        is_ours: is_ours(&row.name),
        figures: vec![
            row.median(|a| a.during.p50_us) / 1e3,
            row.median(|a| a.during.p99_us) / 1e3,
            row.median(|a| a.during.p999_us) / 1e3,
            row.median(|a| a.during.worst_us) / 1e3,
        ],
    };
    Dots {
        title: "Reads that come during a refresh of 50 ms".into(),
        axis: "milliseconds until the read is answered",
        kinds: ["p50", "p99", "p99.9", "worst"].map(str::to_owned).to_vec(),
        rows: rows.iter().filter(|row| !row.rounds.is_empty()).map(dot).collect(),
    }
}

fn herd(rows: &[HerdRow]) -> Dots {
    let mut sizes: Vec<_> = rows.iter().map(|row| row.tasks).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let mut dots: Vec<Dot> = Vec::new();
    for row in rows {
        let calls = median(row.rounds.iter().map(|a| a.calls as f64)).unwrap_or(f64::NAN);
        match dots.iter_mut().find(|dot| dot.name == row.name) {
            Some(dot) => dot.figures.push(calls),
            None => dots.push(Dot {
                name: row.name.clone(),
                is_ours: is_ours(&row.name),
                figures: vec![calls],
            }),
        }
    }
    Dots {
        title: "Tasks that find an empty cache at once".into(),
        axis: "calls to the upstream (1 is enough)",
        kinds: sizes.iter().map(|tasks| format!("{tasks} tasks")).collect(),
        rows: dots,
    }
}

fn failing(rows: &[HerdRow]) -> Dots {
    let figure = |row: &HerdRow, of: fn(&benches::question::HerdAnswer) -> f64| {
        median(row.rounds.iter().map(of)).unwrap_or(f64::NAN)
    };
    let dot = |row: &HerdRow| Dot {
        name: row.name.clone(),
        is_ours: is_ours(&row.name),
        figures: vec![figure(row, |a| a.calls as f64), figure(row, |a| a.all_answered_ms)],
    };
    Dots {
        title: "100 tasks, and a source that fails after 20 ms".into(),
        axis: "calls, and milliseconds",
        kinds: vec!["calls to the source".into(), "ms until all know".into()],
        rows: rows.iter().map(dot).collect(),
    }
}

fn many(report: &Report) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for row in &report.many {
        let Some(nanos) = median(row.cpu_ns.clone()) else { continue };
        let point = (row.count as f64, nanos);
        add(&mut lines, &row.name, point);
    }
    lines
}

fn bytes(report: &Report) -> Dots {
    let count = report.many.iter().filter(|row| row.bytes_each.is_some()).map(|row| row.count);
    let most = count.max().unwrap_or(0);
    let of_most = |row: &&crate::answers::ManyRow| row.count == most;
    let dot = |row: &crate::answers::ManyRow| Dot {
        name: row.name.clone(),
        is_ours: is_ours(&row.name),
        figures: vec![row.bytes_each.unwrap_or(f64::NAN)],
    };
    Dots {
        title: format!("Memory of each of {most}, its credentials included"),
        axis: "resident bytes each",
        kinds: vec!["bytes".into()],
        rows: report
            .many
            .iter()
            .filter(of_most)
            .filter(|r| r.bytes_each.is_some())
            .map(dot)
            .collect(),
    }
}
