use benches::instructions::Counts;
use benches::question::{HerdAnswer, OutageAnswer, RefreshAnswer, median};
use benches::{Form, Level, Machine, Sample};
use serde::{Deserialize, Serialize};

/// Everything that was measured, raw: what tables and charts show is worked out from it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) machine: Machine,
    /// RFC 3339.
    pub(crate) began: String,
    pub(crate) took_seconds: f64,
    pub(crate) rounds: usize,
    /// Whether all that was planned was asked.
    pub(crate) is_complete: bool,
    pub(crate) threads: Vec<usize>,
    pub(crate) hits: Vec<HitRow>,
    pub(crate) refresh: Vec<Row<RefreshAnswer>>,
    pub(crate) storm: Vec<Row<RefreshAnswer>>,
    pub(crate) herd: Vec<HerdRow>,
    pub(crate) failing: Vec<HerdRow>,
    pub(crate) short_outage: Vec<Row<OutageAnswer>>,
    pub(crate) long_outage: Vec<Row<OutageAnswer>>,
    pub(crate) many: Vec<ManyRow>,
    pub(crate) instructions: Vec<InstructionRow>,
    pub(crate) elsewhere: Vec<ElsewhereRow>,
    /// What was left out, and why.
    pub(crate) skipped: Vec<String>,
}

/// One form of one contender's hit at one number of threads; one sample per round.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct HitRow {
    pub(crate) name: String,
    pub(crate) holds: String,
    pub(crate) level: Level,
    pub(crate) form: Form,
    pub(crate) threads: usize,
    pub(crate) samples: Vec<Sample>,
}

impl HitRow {
    pub(crate) fn cpu_ns(&self) -> Option<f64> {
        median(self.samples.iter().map(|sample| sample.cpu_ns))
    }

    /// Hits per second of all threads together if they have the cores to themselves,
    /// worked out from CPU time: on the wall clock, whoever else uses the machine counts.
    pub(crate) fn per_second(&self, cores: usize) -> Option<f64> {
        let at_once = self.threads.min(cores.max(1));
        self.cpu_ns().map(|nanos| at_once as f64 * 1e9 / nanos)
    }

    /// Whether the threads ran at once in most rounds: where they did not, there was less
    /// contention than the number of threads suggests.
    pub(crate) fn ran_at_once(&self, cores: usize) -> bool {
        let at_once = self.threads.min(cores.max(1)) as f64;
        median(self.samples.iter().map(|sample| sample.parallel)).unwrap_or(0.0) >= 0.7 * at_once
    }

    /// By how much this is dearer than the other: the median of the ratios of each round,
    /// in which both met the same machine.
    pub(crate) fn ratio_to(&self, other: &Self) -> Option<f64> {
        let rounds = self.samples.iter().zip(&other.samples);
        median(rounds.map(|(own, others)| own.cpu_ns / others.cpu_ns))
    }
}

/// One contender's answers to one question, one per round.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Row<A> {
    pub(crate) name: String,
    pub(crate) rounds: Vec<A>,
}

impl<A> Row<A> {
    /// The median over the rounds of one figure.
    pub(crate) fn median(&self, figure: impl Fn(&A) -> f64) -> f64 {
        median(self.rounds.iter().map(figure)).unwrap_or(f64::NAN)
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct HerdRow {
    pub(crate) name: String,
    pub(crate) tasks: usize,
    pub(crate) rounds: Vec<HerdAnswer>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ManyRow {
    pub(crate) name: String,
    pub(crate) holds: String,
    pub(crate) count: usize,
    /// CPU nanoseconds per hit of a random one, one per round.
    pub(crate) cpu_ns: Vec<f64>,
    pub(crate) bytes_each: Option<f64>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct InstructionRow {
    pub(crate) name: String,
    pub(crate) form: Form,
    pub(crate) counts: Counts,
}

/// A cache of another language.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ElsewhereRow {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) threads: usize,
    /// Nanoseconds of wall time per hit, all threads together.
    pub(crate) ns_per_hit: f64,
}

impl Report {
    pub(crate) fn hit(&self, name: &str, form: Form, threads: usize) -> Option<&HitRow> {
        self.hits
            .iter()
            .find(|row| (row.name.as_str(), row.form, row.threads) == (name, form, threads))
    }

    pub(crate) fn counts(&self, name: &str, form: Form) -> Option<Counts> {
        let row = self.instructions.iter().find(|row| row.name == name && row.form == form)?;
        Some(row.counts)
    }
}

/// Whom of ours a hit of this level is compared with.
pub(crate) fn ours_at(level: Level) -> &'static str {
    match level {
        Level::SdkSeam => "stscreds-sdk-identity",
        Level::Provider => "stscreds-sdk-provider",
        _ => "stscreds",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(nanos: &[f64]) -> HitRow {
        let sample = |cpu_ns: &f64| {
            let text = format!(
                r#"{{"cpu_ns":{cpu_ns},"cheapest_ns":1,"dearest_ns":1,"per_second":1,"parallel":1}}"#
            );
            serde_json::from_str(&text).unwrap()
        };
        HitRow {
            name: "a".into(),
            holds: String::new(),
            level: Level::Direct,
            form: Form::Owned,
            threads: 1,
            samples: nanos.iter().map(sample).collect(),
        }
    }

    #[test]
    fn a_ratio_is_taken_within_a_round_so_that_a_slow_round_does_not_count() {
        let (ours, theirs) = (row(&[10.0, 100.0, 10.0]), row(&[20.0, 200.0, 20.0]));

        assert_eq!(theirs.ratio_to(&ours), Some(2.0));
    }
}
