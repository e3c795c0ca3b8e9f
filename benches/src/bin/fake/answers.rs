use benches::Machine;
use serde::{Deserialize, Serialize};

use crate::requests::Operation;
use crate::server::Kind;

/// Everything that was measured, raw.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) machine: Machine,
    pub(crate) took_seconds: f64,
    pub(crate) window_seconds: f64,
    pub(crate) starts: Vec<Start>,
    pub(crate) loads: Vec<Load>,
    pub(crate) memory: Vec<Memory>,
    /// What could not be measured, and why.
    pub(crate) skipped: Vec<String>,
}

/// From the start of a process to its first answer.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Start {
    pub(crate) server: Kind,
    pub(crate) millis: f64,
}

/// What a server answered in one window.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Load {
    pub(crate) round: usize,
    pub(crate) server: Kind,
    pub(crate) operation: Operation,
    pub(crate) connections: usize,
    pub(crate) answers: u64,
    /// Answers of another status than 200.
    pub(crate) refusals: u64,
    pub(crate) per_second: f64,
    pub(crate) p50_micros: f64,
    pub(crate) p99_micros: f64,
    /// CPU time of the server for each answer, where the system tells.
    pub(crate) cpu_micros: Option<f64>,
}

/// Resident memory of a server.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Memory {
    pub(crate) server: Kind,
    /// The calls it had answered by then.
    pub(crate) calls: u64,
    pub(crate) mebibytes: f64,
}

impl Report {
    /// The median over the rounds of a figure of this load.
    pub(crate) fn median(
        &self,
        (server, operation, connections): (Kind, Operation, usize),
        figure: impl Fn(&Load) -> Option<f64>,
    ) -> Option<f64> {
        let of_it = self.loads.iter().filter(|load| {
            (load.server, load.operation, load.connections) == (server, operation, connections)
        });
        median(of_it.filter_map(figure).collect())
    }

    /// By how much one server answers faster than another, within each round, and of that the median.
    pub(crate) fn ratio(
        &self,
        server: Kind,
        to: Kind,
        operation: Operation,
        connections: usize,
    ) -> Option<f64> {
        let find = |kind, round| {
            self.loads.iter().find(|load| {
                (load.server, load.round) == (kind, round)
                    && (load.operation, load.connections) == (operation, connections)
            })
        };
        let rounds = self.loads.iter().map(|load| load.round).max()?;
        let ratios = (0..=rounds).filter_map(|round| {
            Some(find(server, round)?.per_second / find(to, round)?.per_second)
        });
        median(ratios.collect())
    }
}

/// The middle one, of two the upper.
pub(crate) fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(round: usize, server: Kind, per_second: f64) -> Load {
        Load {
            round,
            server,
            operation: Operation::AssumeRole,
            connections: 1,
            answers: 1,
            refusals: 0,
            per_second,
            p50_micros: 1.0,
            p99_micros: 1.0,
            cpu_micros: None,
        }
    }

    #[test]
    fn a_ratio_is_taken_within_a_round_so_that_a_slow_round_does_not_count() {
        let loads = vec![
            load(0, Kind::Fake, 100.0),
            load(0, Kind::Moto, 10.0),
            load(1, Kind::Fake, 10.0),
            load(1, Kind::Moto, 1.0),
            // Ended before the other one had its turn.
            load(2, Kind::Fake, 1000.0),
        ];
        let report = Report {
            machine: Machine::here(&[]),
            took_seconds: 0.0,
            window_seconds: 0.0,
            starts: Vec::new(),
            loads,
            memory: Vec::new(),
            skipped: Vec::new(),
        };

        assert_eq!(report.ratio(Kind::Fake, Kind::Moto, Operation::AssumeRole, 1), Some(10.0));
        assert_eq!(report.ratio(Kind::Fake, Kind::Moto, Operation::AssumeRole, 2), None);
    }

    #[test]
    fn of_nothing_there_is_no_median() {
        assert_eq!(median(Vec::new()), None);
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
    }
}
