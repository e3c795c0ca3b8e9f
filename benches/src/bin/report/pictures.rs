use benches::question::{HerdAnswer, RefreshAnswer, median};
use benches::{Form, Level, Machine};

use crate::answers::{HitRow, ManyRow, Report, Row};
use crate::chart::{Bar, Bars, Dot, Dots, Head, Line, Lines};

/// The charts of a report, by the names of their files; those without figures are left out.
pub(crate) fn of(report: &Report) -> Result<Vec<(&'static str, String)>, String> {
    let cores = report.machine.cores;
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
            let head = head(report, title, "Higher is better; both axes are logarithmic");
            let x_axis = format!("threads on one cache, on {cores} cores");
            let y_axis = "million hits per second";
            pictures.push((file, Lines { head, x_axis, y_axis, lines }.svg()?));
        }
    }
    for (file, dots) in [("refresh-latency.svg", refresh(report)), ("herd-calls.svg", herd(report))]
    {
        if !dots.rows.is_empty() {
            pictures.push((file, dots.svg()?));
        }
    }
    for (file, bars) in [
        ("failing-calls.svg", failing(report, "calls to the source", |a| a.calls as f64)),
        ("failing-time.svg", failing(report, "ms until all know", |a| a.all_answered_ms)),
        ("many-bytes.svg", bytes(report)),
    ] {
        if !bars.rows.is_empty() {
            pictures.push((file, bars.svg()?));
        }
    }
    let lines = many(report);
    if !lines.is_empty() {
        let title = "What a hit of a random one of many costs".into();
        let head = head(report, title, "Lower is better; both axes are logarithmic");
        let (x_axis, y_axis) = ("caches in the process".into(), "CPU ns per hit");
        pictures.push(("many-cost.svg", Lines { head, x_axis, y_axis, lines }.svg()?));
    }
    Ok(pictures)
}

fn head(report: &Report, title: String, reading: &'static str) -> Head {
    let Machine { processor, cores, .. } = &report.machine;
    Head { title, reading, machine: format!("{processor}, {cores} cores") }
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

fn refresh(report: &Report) -> Dots {
    let dot = |row: &Row<RefreshAnswer>| Dot {
        name: row.name.clone(),
        is_ours: is_ours(&row.name),
        figures: vec![
            row.median(|a| a.during.p50_us) / 1e3,
            row.median(|a| a.during.p99_us) / 1e3,
            row.median(|a| a.during.p999_us) / 1e3,
            row.median(|a| a.all.worst_us) / 1e3,
        ],
    };
    Dots {
        head: head(
            report,
            "Reads that come during a refresh of 50 ms".into(),
            "Lower is better; the axis is logarithmic",
        ),
        axis: "milliseconds until the read is answered",
        kinds: ["p50", "p99", "p99.9", "worst of all reads"].map(str::to_owned).to_vec(),
        rows: report.refresh.iter().filter(|row| !row.rounds.is_empty()).map(dot).collect(),
    }
}

fn herd(report: &Report) -> Dots {
    let rows = &report.herd;
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
        head: head(
            report,
            "Tasks that find an empty cache at once".into(),
            "Lower is better; the axis is logarithmic",
        ),
        axis: "calls to the upstream (1 is enough)",
        kinds: sizes.iter().map(|tasks| format!("{tasks} tasks")).collect(),
        rows: dots,
    }
}

fn failing(report: &Report, axis: &'static str, figure: fn(&HerdAnswer) -> f64) -> Bars {
    let rows = report.failing.iter().filter_map(|row| {
        let figure = median(row.rounds.iter().map(figure))?;
        Some(Bar { name: row.name.clone(), is_ours: is_ours(&row.name), figure })
    });
    let title = format!("100 tasks, and a source that fails after 20 ms: {axis}");
    Bars { head: head(report, title, "Lower is better"), axis, rows: rows.collect() }
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

fn bytes(report: &Report) -> Bars {
    let counted = |row: &&ManyRow| row.bytes_each.is_some();
    let most = report.many.iter().filter(counted).map(|row| row.count).max().unwrap_or(0);
    let of_most = report.many.iter().filter(|row| row.count == most);
    let rows = of_most.filter_map(|row| {
        let (name, is_ours) = (row.name.clone(), is_ours(&row.name));
        Some(Bar { name, is_ours, figure: row.bytes_each? })
    });
    let title = format!("Memory of each of {most}, its credentials included");
    let axis = "resident bytes each; `values` are the credentials alone";
    Bars { head: head(report, title, "Lower is better"), axis, rows: rows.collect() }
}
