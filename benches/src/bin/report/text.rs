use std::fmt::Write as _;

use benches::instructions::Counts;
use benches::question::Spread;
use benches::{Form, Level, Table, contenders};

use crate::answers::{HitRow, Report, ours_at};

mod slow;

/// The contenders and what each is.
pub(crate) fn contenders() -> String {
    let mut table = Table::new(["contender", "what it is"]);
    for entry in contenders::all() {
        table.row([entry.name, &entry.description()]);
    }
    table.row([benches::READER, "our reader, one per thread"]);
    for part in benches::floor() {
        table.row([part.name, part.holds]);
    }
    table.markdown()
}

/// The whole report in Markdown.
pub(crate) fn document(report: &Report) -> String {
    let mut text = String::from("# Benchmark report\n\n");
    text += &heading(report);
    text += &hits(report);
    text += &slow::sections(report);
    if !report.skipped.is_empty() {
        text += "## Left out\n\n";
        for what in &report.skipped {
            let _ = writeln!(text, "- {what}");
        }
        text += "\n";
    }
    text
}

fn heading(report: &Report) -> String {
    let machine = &report.machine;
    let versions: Vec<_> = machine.versions.iter().map(|(n, v)| format!("{n} {v}")).collect();
    let completeness = if report.is_complete { "complete" } else { "ended early" };
    format!(
        "{}: {} rounds, {:.0} s, {completeness}. {}, {} cores, {}, {}, load {} when it began.\n\
         {}.\n\n",
        report.began,
        report.rounds,
        report.took_seconds,
        machine.processor,
        machine.cores,
        machine.system,
        machine.rustc,
        machine.load,
        versions.join(", ")
    )
}

fn hits(report: &Report) -> String {
    if report.hits.is_empty() {
        return instructions_alone(report);
    }
    let mut text = String::from(
        "## What a hit costs\n\nCPU nanoseconds per hit on each thread, by number of threads; \
         `x` is how many times dearer than ours at the same level and form (the median of the \
         rounds' ratios). `spread` is the lowest and the highest round on the fewest threads, \
         `per thread` the cheapest and the dearest thread on the most, and `M/s` million hits \
         per second of all threads, if the cores are theirs. `~`: the machine was too busy to \
         run the threads at once, so there was less contention than there would be. \
         `instructions` are without the clock's, as far as those can be seen, which are in \
         brackets.\n\n",
    );
    let groups = [
        (Level::Direct, Form::Borrowed, "Read in place, asked directly"),
        (Level::Direct, Form::Owned, "A value to keep, asked directly"),
        (Level::Provider, Form::Owned, "A value to keep, through `ProvideCredentials`"),
        (Level::SdkSeam, Form::Owned, "An identity, as a client of the SDK asks for it"),
        (Level::Floor, Form::Borrowed, "The floor: reading"),
        (Level::Floor, Form::Owned, "The floor: counting and cloning"),
    ];
    for (level, form, title) in groups {
        let table = hit_table(report, level, form);
        if !table.is_empty() {
            let _ = write!(text, "### {title}\n\n{table}");
        }
    }
    text
}

fn hit_table(report: &Report, level: Level, form: Form) -> String {
    let Some(fewest) = report.threads.first().copied() else { return String::new() };
    let most = report.threads.last().copied().unwrap_or(fewest);
    let mut header = vec!["contender".to_owned()];
    header.extend(report.threads.iter().map(|threads| format!("{threads}T ns (x)")));
    header.extend(["spread", "per thread"].map(str::to_owned));
    header.push(format!("{fewest}T to {most}T, M/s"));
    header.extend(["instructions", "allocations"].map(str::to_owned));
    let mut table = Table::new(header);

    let is_of_group = |row: &&HitRow| (row.level, row.form, row.threads) == (level, form, fewest);
    let mut rows: Vec<_> = report.hits.iter().filter(is_of_group).collect();
    let cost = |row: &&HitRow| row.cpu_ns().unwrap_or(f64::INFINITY);
    rows.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
    for row in rows {
        let at = |threads| report.hit(&row.name, form, threads);
        let mut cells = vec![row.name.clone()];
        for threads in &report.threads {
            let ours = report.hit(ours_at(level), form, *threads);
            let cores = report.machine.cores;
            cells.push(at(*threads).map_or_else(|| "-".into(), |row| cell(row, ours, cores)));
        }
        let spread = Spread::of(row.samples.iter().map(|sample| sample.cpu_ns));
        cells.push(spread.map_or_else(|| "-".into(), |s| format!("{:.1}-{:.1}", s.low, s.high)));
        cells.push(at(most).map_or_else(|| "-".into(), per_thread));
        let millions = |threads| {
            let per_second = at(threads).and_then(|row| row.per_second(report.machine.cores));
            per_second.map_or_else(|| "-".into(), |hits| format!("{:.1}", hits / 1e6))
        };
        cells.push(format!("{} to {}", millions(fewest), millions(most)));
        let counts = report.counts(&row.name, form);
        cells.push(counts.map_or_else(|| "-".into(), instructions_of));
        cells.push(counts.map_or_else(|| "-".into(), |c| format!("{:.1}", c.allocations)));
        table.row(cells);
    }
    table.markdown()
}

fn cell(row: &HitRow, ours: Option<&HitRow>, cores: usize) -> String {
    let doubt = if row.threads == 1 || row.ran_at_once(cores) { "" } else { "~" };
    let nanos = row.cpu_ns().map_or_else(|| "-".into(), |nanos| format!("{doubt}{nanos:.1}"));
    match ours.and_then(|ours| row.ratio_to(ours)) {
        Some(ratio) => format!("{nanos} ({ratio:.2})"),
        None => nanos,
    }
}

/// The cheapest and the dearest thread in the round in the middle.
fn per_thread(row: &HitRow) -> String {
    let low = Spread::of(row.samples.iter().map(|sample| sample.cheapest_ns));
    let high = Spread::of(row.samples.iter().map(|sample| sample.dearest_ns));
    match (low, high) {
        (Some(low), Some(high)) => format!("{:.0}-{:.0}", low.median, high.median),
        _ => "-".into(),
    }
}

fn instructions_alone(report: &Report) -> String {
    let mut table = Table::new(["contender", "form", "instructions", "allocations"]);
    for row in &report.instructions {
        table.row([
            row.name.clone(),
            row.form.to_string(),
            instructions_of(row.counts),
            format!("{:.1}", row.counts.allocations),
        ]);
    }
    match table.markdown() {
        none if none.is_empty() => none,
        table => format!("## Instructions per hit\n\n{table}"),
    }
}

fn instructions_of(counts: Counts) -> String {
    format!("{:.0} ({:.0})", counts.instructions, counts.clock)
}
