use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use benches::many::{Crowd, crowds};
use benches::{Entry, Upstream, contenders, floor, hits};
use clap::ValueEnum as _;

use crate::arguments::Arguments;
use crate::question::Question;

/// What is asked, of whom, how often, and how long that will take.
pub(crate) struct Plan {
    pub(crate) threads: Vec<usize>,
    pub(crate) questions: BTreeSet<Question>,
    /// Names of hits; all if empty.
    names: BTreeSet<String>,
    pub(crate) quick: bool,
    pub(crate) rounds: usize,
    /// How many of the rounds ask the slow questions too.
    pub(crate) slow_rounds: usize,
    pub(crate) window: Duration,
    pub(crate) refresh_for: Duration,
    pub(crate) storm_for: Duration,
    pub(crate) herds: Vec<usize>,
    pub(crate) counts: Vec<usize>,
}

impl Plan {
    pub(crate) fn of(arguments: &Arguments) -> Result<Self, String> {
        let known = known_names();
        for name in &arguments.contenders {
            if !known.contains(name.as_str()) {
                let known = known.into_iter().collect::<Vec<_>>().join(", ");
                return Err(format!("there is no contender `{name}`; there are: {known}"));
            }
        }
        let all = Question::value_variants();
        let only = if arguments.only.is_empty() { all } else { &arguments.only };
        let questions: BTreeSet<_> = only.iter().copied().collect();
        let quick = arguments.quick;
        let pick = |quickly: u64, else_: u64| if quick { quickly } else { else_ };
        let slow_rounds = if quick { 1 } else { 3 };
        let mut threads = arguments.threads.clone();
        threads.sort_unstable();
        threads.dedup();
        Ok(Self {
            threads,
            names: arguments.contenders.iter().cloned().collect(),
            quick,
            rounds: match (questions.contains(&Question::Hit), quick) {
                (true, true) => 5,
                (true, false) => 15,
                // Hits alone are cheap enough for more rounds than the slow questions have.
                (false, _) => slow_rounds,
            },
            slow_rounds,
            questions,
            // Shorter than a turn of the scheduler, or a busy machine never runs threads at once.
            window: Duration::from_millis(pick(1, 2)),
            refresh_for: Duration::from_millis(pick(1_200, 3_000)),
            storm_for: Duration::from_millis(pick(400, 1_000)),
            herds: vec![10, 100, 1_000, 10_000],
            counts: if quick { vec![1, 1_000] } else { vec![1, 1_000, 100_000] },
        })
    }

    pub(crate) fn asks(&self, question: Question) -> bool {
        self.questions.contains(&question)
    }

    pub(crate) fn includes(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.contains(name)
    }

    /// Whether it was asked for by its name.
    pub(crate) fn names(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Of whom the slow questions are asked: of one of each pair of twins, unless the
    /// other was asked for.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let is_asked = |entry: &Entry| match self.names.is_empty() {
            true => entry.twin.is_none(),
            false => self.names.contains(entry.name),
        };
        contenders::all().into_iter().filter(is_asked).collect()
    }

    /// Ways to keep many; those that were named, or all if nobody of them was.
    pub(crate) fn crowds(&self) -> Vec<Crowd> {
        let named: Vec<_> = crowds().into_iter().filter(|c| self.includes(c.name)).collect();
        if named.is_empty() { crowds() } else { named }
    }

    pub(crate) fn announcement(&self, into: &Path) -> String {
        let seconds = self.announced().as_secs();
        let kind = if self.quick { "a quick report" } else { "a report" };
        format!(
            "{kind} in {} rounds, at most {} min {} s, into {}; Ctrl-C ends it with what it has",
            self.rounds,
            seconds / 60,
            seconds % 60,
            into.display()
        )
    }

    /// What it never takes longer than, but for the one measurement that is under way then.
    pub(crate) fn announced(&self) -> Duration {
        let estimate: f64 = self.questions.iter().map(|question| self.seconds(*question)).sum();
        // Half as much again for a machine that others use as well.
        Duration::from_secs_f64((estimate * 1.5 + 10.0).ceil())
    }

    fn seconds(&self, question: Question) -> f64 {
        let (rounds, slow_rounds) = (self.rounds as f64, self.slow_rounds as f64);
        let entries = self.entries().len() as f64;
        match question {
            Question::Hit => self.hits() * self.sample_seconds() * (rounds + 1.0),
            Question::Refresh => entries * slow_rounds * (self.refresh_for.as_secs_f64() + 0.1),
            Question::Storm => entries * slow_rounds * (self.storm_for.as_secs_f64() + 0.1),
            Question::Herd => entries * slow_rounds * 0.6,
            Question::Failing => entries * slow_rounds * 1.4,
            Question::Outage if self.quick => entries * slow_rounds * 1.5,
            Question::Outage => entries * slow_rounds * 5.0,
            Question::Many => {
                let largest = self.counts.iter().max().copied().unwrap_or(0) as f64;
                self.crowds().len() as f64 * (0.5 + largest / 25_000.0)
            }
            Question::Instructions => self.hits() * 2.5,
            Question::Elsewhere => 25.0,
        }
    }

    fn hits(&self) -> f64 {
        // Most contenders have two forms.
        let named = known_names().into_iter().filter(|name| self.includes(name)).count();
        named as f64 * 1.7
    }

    fn sample_seconds(&self) -> f64 {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let turns = |threads: &usize| (*threads as f64 / cores as f64).max(1.0);
        // Tries that were not run at once are repeated.
        self.threads.iter().map(turns).sum::<f64>() * self.window.as_secs_f64() * 5.0
    }
}

/// What can be named: contenders, and the hits that are no contender's.
pub(crate) fn known_names() -> BTreeSet<&'static str> {
    let mut names: BTreeSet<_> = contenders::all().iter().map(|entry| entry.name).collect();
    names.extend(floor().iter().map(|hit| hit.name));
    names.insert(benches::READER);
    names
}

/// The hits of those who take part, filled.
pub(crate) async fn hits_of(plan: &Plan) -> Result<Vec<benches::Hit>, String> {
    let upstream = Upstream::instant();
    let mut all = floor();
    all.extend(benches::readers(upstream.clone()).await.map_err(|e| unfilled(benches::READER, e))?);
    all.retain(|hit| plan.includes(hit.name));
    for entry in contenders::all().iter().filter(|entry| plan.includes(entry.name)) {
        let of_entry = hits(entry, upstream.clone()).await;
        all.extend(of_entry.map_err(|error| unfilled(entry.name, error))?);
    }
    Ok(all)
}

fn unfilled(name: &str, error: benches::Refused) -> String {
    format!("`{name}` could not be filled before an upstream that answers: {error}")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn plan(arguments: &[&str]) -> Result<Plan, String> {
        let all = ["bench-report"].iter().chain(arguments);
        Plan::of(&Arguments::try_parse_from(all).unwrap())
    }

    #[test]
    fn an_unknown_contender_is_answered_with_the_known_ones() {
        let complaint = plan(&["--contenders", "stscreds,lasy"]).err().unwrap();

        assert!(complaint.contains("`lasy`") && complaint.contains("sdk-lazy"), "{complaint}");
    }

    #[test]
    fn twins_are_asked_once_unless_named() {
        let asked = |arguments: &[&str]| -> Vec<_> {
            plan(arguments).unwrap().entries().iter().map(|entry| entry.name).collect()
        };

        assert!(!asked(&[]).contains(&"stscreds-lean"));
        assert_eq!(asked(&["--contenders", "stscreds-lean"]), ["stscreds-lean"]);
    }

    #[test]
    fn a_quick_report_is_announced_as_shorter() {
        let (quick, whole) = (plan(&["--quick"]).unwrap(), plan(&[]).unwrap());

        assert!(quick.announced() * 2 < whole.announced());
    }

    #[test]
    fn a_smaller_plan_is_announced_as_shorter() {
        let one = plan(&["--only", "hit", "--contenders", "stscreds"]).unwrap();

        assert!(one.announced() < Duration::from_secs(30), "{:?}", one.announced());
    }
}
