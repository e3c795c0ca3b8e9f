use std::path::PathBuf;
use std::process::Command;

use benches::instructions::{self, Uncounted};
use benches::many::{Footprint, cost_of_a_hit, crowds, measure_here};
use benches::question::{self, HerdAnswer};
use benches::{Entry, Hit, Machine, Patience, Sample, clock};
use stscreds_core::Timestamp;
use tokio::runtime::Runtime;

use crate::answers::{HerdRow, HitRow, InstructionRow, ManyRow, Report, Row};
use crate::elsewhere;
use crate::plan::{Plan, hits_of};
use crate::question::Question;

/// Asks, round by round, whoever takes part.
pub(crate) struct Asking<'a> {
    plan: &'a Plan,
    runtime: &'a Runtime,
    patience: &'a Patience,
    hits: Vec<Hit>,
    report: Report,
}

impl<'a> Asking<'a> {
    pub(crate) fn new(
        plan: &'a Plan,
        runtime: &'a Runtime,
        patience: &'a Patience,
    ) -> Result<Self, String> {
        let hits = runtime.block_on(hits_of(plan))?;
        let report = Report {
            machine: Machine::here(&MEASURED),
            began: Timestamp::from(clock::precise()).to_string(),
            threads: plan.threads.clone(),
            ..Report::default()
        };
        Ok(Self { plan, runtime, patience, hits, report })
    }

    /// All questions in interleaved rounds: a machine that slows down does so for all.
    pub(crate) fn all(mut self) -> Report {
        let times = self.times();
        for round in 0..self.plan.rounds {
            self.progress(&format!("round {} of {}", round + 1, self.plan.rounds));
            self.ask_hits(&times);
            if round < self.plan.slow_rounds {
                self.ask_slow_questions();
            }
            if !self.patience.lasts() {
                break;
            }
            self.report.rounds = round + 1;
        }
        self.ask_once();
        self.report.is_complete = self.patience.lasts();
        self.report.took_seconds = self.patience.spent().as_secs_f64();
        if !self.report.is_complete {
            self.report.skipped.push("what was not reached when it was ended early".into());
        }
        self.report
    }

    /// How often each is hit per sample, by threads.
    fn times(&mut self) -> Vec<Vec<u64>> {
        if !self.plan.asks(Question::Hit) {
            return Vec::new();
        }
        self.progress("looking how fast they are");
        let (plan, handle) = (self.plan, self.runtime.handle());
        let for_one = |hit: &Hit| {
            let times = |threads: &usize| match self.patience.lasts() {
                true => hit.times_for(plan.window, (*threads).min(plan_cores()), handle),
                false => 1,
            };
            plan.threads.iter().map(times).collect()
        };
        self.hits.iter().map(for_one).collect()
    }

    fn ask_hits(&mut self, times: &[Vec<u64>]) {
        for (hit, times) in self.hits.iter().zip(times) {
            for (threads, times) in self.plan.threads.iter().zip(times) {
                if !self.patience.lasts() {
                    return;
                }
                let sample = in_parallel(hit, *threads, *times, self.runtime);
                let known = self.report.hits.iter_mut().find(|row| {
                    (row.name.as_str(), row.form, row.threads) == (hit.name, hit.form, *threads)
                });
                match known {
                    Some(row) => row.samples.push(sample),
                    None => self.report.hits.push(HitRow {
                        name: hit.name.into(),
                        holds: hit.holds.into(),
                        level: hit.level,
                        form: hit.form,
                        threads: *threads,
                        samples: vec![sample],
                    }),
                }
            }
        }
    }

    fn ask_slow_questions(&mut self) {
        let (plan, runtime, patience) = (self.plan, self.runtime, self.patience);
        let entries = plan.entries();
        let asks = |question| plan.asks(question);
        let report = &mut self.report;
        if asks(Question::Refresh) {
            progress(patience, "reads during a refresh");
            each(patience, &entries, &mut report.refresh, |entry| {
                question::during_refresh(entry, plan.refresh_for, runtime).ok()
            });
        }
        if asks(Question::Storm) {
            progress(patience, "a storm of refreshes");
            each(patience, &entries, &mut report.storm, |entry| {
                question::storm(entry, plan.storm_for, runtime).ok()
            });
        }
        if asks(Question::Herd) {
            progress(patience, "herds on an empty cache");
            for tasks in plan.herds.iter().flat_map(|tasks| [tasks; HERDS]) {
                let ask = |entry: &Entry| question::herd(entry, *tasks, runtime);
                each_herd(patience, &entries, *tasks, &mut report.herd, ask);
            }
        }
        if asks(Question::Failing) {
            progress(patience, "100 callers of a source that fails");
            let ask = |entry: &Entry| question::failing_source(entry, 100, runtime);
            each_herd(patience, &entries, 100, &mut report.failing, ask);
        }
        if asks(Question::Outage) {
            progress(patience, "outages");
            each(patience, &entries, &mut report.short_outage, |entry| {
                question::short_outage(entry, runtime).ok()
            });
            if !plan.quick {
                each(patience, &entries, &mut report.long_outage, |entry| {
                    question::long_outage(entry, runtime).ok()
                });
            }
        }
    }

    fn ask_once(&mut self) {
        if self.plan.asks(Question::Many) {
            self.progress("many caches in one process");
            self.ask_many();
        }
        if self.plan.asks(Question::Instructions) {
            self.progress("instructions per hit");
            self.ask_instructions();
        }
        if self.plan.asks(Question::Elsewhere) && self.patience.lasts() {
            self.progress("other languages");
            let (rows, skipped) = elsewhere::measure(&self.plan.threads);
            self.report.elsewhere = rows;
            self.report.skipped.extend(skipped);
        }
    }

    fn ask_many(&mut self) {
        for count in &self.plan.counts {
            for crowd in self.plan.crowds().into_iter().filter(|crowd| *count <= crowd.at_most) {
                if !self.patience.lasts() {
                    return;
                }
                let Ok(filled) = crowd.fill(*count) else { continue };
                let rounds = 0..self.plan.slow_rounds.max(2);
                let cost = |_| cost_of_a_hit(&*filled, *count, HITS_OF_MANY);
                self.report.many.push(ManyRow {
                    name: crowd.name.into(),
                    holds: crowd.holds.into(),
                    count: *count,
                    cpu_ns: rounds.map(cost).collect(),
                    // A page is the least that can be seen; one cache is less.
                    bytes_each: (*count >= 1_000).then(|| footprint(crowd.name, *count)).flatten(),
                });
            }
        }
    }

    fn ask_instructions(&mut self) {
        let Some(hit_path) = sibling("hit_path") else {
            self.report.skipped.push("instructions: the binary `hit_path` was not built".into());
            return;
        };
        for hit in &self.hits {
            let is_meant = self.plan.names(hit.name) || hit.name.starts_with("stscreds");
            if !self.patience.lasts() || (self.plan.quick && !is_meant) {
                continue;
            }
            // The tick clock, read by rustix, needs what valgrind hides.
            if ["floor-coarse", "arc-swap-coarse"].contains(&hit.name) {
                continue;
            }
            match instructions::count(&hit_path, hit.name, hit.form) {
                Ok(counts) => {
                    let (name, form) = (hit.name.into(), hit.form);
                    self.report.instructions.push(InstructionRow { name, form, counts });
                }
                Err(Uncounted::NoValgrind) => {
                    self.report.skipped.push(format!("instructions: {}", Uncounted::NoValgrind));
                    return;
                }
                Err(other) => self.report.skipped.push(format!("instructions: {other}")),
            }
        }
    }

    fn progress(&self, what: &str) {
        progress(self.patience, what);
    }
}

/// Fills a crowd in this process, and prints what that took.
pub(crate) fn print_footprint(crowd: &str, count: &str) -> Result<(), String> {
    let known = crowds();
    let crowd = known.iter().find(|known| known.name == crowd).ok_or("no such crowd")?;
    let count = count.parse().map_err(|_| "no such count")?;
    let footprint = measure_here(crowd, count).map_err(|error| error.to_string())?;
    println!("{}", serde_json::to_string(&footprint).map_err(|error| error.to_string())?);
    Ok(())
}

/// In a process of its own, as freed memory would be used again in this one.
fn footprint(crowd: &str, count: usize) -> Option<f64> {
    let this = std::env::current_exe().ok()?;
    let asked = Command::new(this).args(["--footprint-of", crowd, &count.to_string()]).output();
    let footprint: Footprint = serde_json::from_slice(&asked.ok()?.stdout).ok()?;
    Some(footprint.bytes_each)
}

fn sibling(name: &str) -> Option<PathBuf> {
    let path = std::env::current_exe().ok()?.with_file_name(name);
    path.exists().then_some(path)
}

/// A window in which the threads did not run at once shows no contention: it is tried
/// again, and the best one counts.
fn in_parallel(hit: &Hit, threads: usize, times: u64, runtime: &Runtime) -> Sample {
    let wanted = 0.75 * threads.min(plan_cores()) as f64;
    let mut best = hit.sample(threads, times, runtime.handle());
    for _ in 0..TRIES {
        if threads == 1 || best.parallel >= wanted {
            break;
        }
        let again = hit.sample(threads, times, runtime.handle());
        if again.parallel > best.parallel {
            best = again;
        }
    }
    best
}

fn plan_cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn each<A>(
    patience: &Patience,
    entries: &[Entry],
    rows: &mut Vec<Row<A>>,
    ask: impl Fn(&Entry) -> Option<A>,
) {
    for entry in entries {
        if !patience.lasts() {
            return;
        }
        let answer = ask(entry);
        match rows.iter_mut().find(|row| row.name == entry.name) {
            Some(row) => row.rounds.extend(answer),
            None => {
                let rounds = answer.into_iter().collect();
                rows.push(Row { name: entry.name.into(), rounds });
            }
        }
    }
}

fn each_herd(
    patience: &Patience,
    entries: &[Entry],
    tasks: usize,
    rows: &mut Vec<HerdRow>,
    ask: impl Fn(&Entry) -> HerdAnswer,
) {
    for entry in entries {
        if !patience.lasts() {
            return;
        }
        let answer = ask(entry);
        match rows.iter_mut().find(|row| row.name == entry.name && row.tasks == tasks) {
            Some(row) => row.rounds.push(answer),
            None => rows.push(HerdRow { name: entry.name.into(), tasks, rounds: vec![answer] }),
        }
    }
}

fn progress(patience: &Patience, what: &str) {
    eprintln!("{:>4} s  {what}", patience.spent().as_secs());
}

/// How many herds of one size there are in a round: one is over in less time than a busy
/// machine is busy.
const HERDS: usize = 3;

/// On a machine that others keep busy, few windows are had alone.
const TRIES: usize = 12;

/// Enough to visit each of 100,000 once or so.
const HITS_OF_MANY: u32 = 200_000;
/// Whose versions matter to a reader.
const MEASURED: [&str; 9] = [
    "stscreds-cache",
    "aws-smithy-runtime",
    "aws-credential-types",
    "arc-swap",
    "tokio",
    "moka",
    "parking_lot",
    "dashmap",
    "papaya",
];
