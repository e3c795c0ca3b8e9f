use std::fmt;
use std::time::Duration;

use soak::Played;
use tokio::time::Instant;

use crate::growth::resident_kib;

/// What all runs come to.
#[derive(Debug)]
pub(crate) struct Report {
    began: Instant,
    told: Instant,
    runs: u64,
    virtual_time: Duration,
    answers: u64,
    contacts: u64,
    requests: u64,
}

impl Report {
    pub(crate) fn new() -> Self {
        let (runs, answers, contacts, requests) = Default::default();
        let (began, told) = (Instant::now(), Instant::now());
        Self { began, told, runs, virtual_time: Duration::ZERO, answers, contacts, requests }
    }

    pub(crate) fn add(&mut self, played: &Played) {
        self.runs += 1;
        self.virtual_time += played.virtual_time;
        self.answers += played.answers;
        self.contacts += played.contacts;
        self.requests += played.requests;
    }

    /// A line, at most every five seconds.
    pub(crate) fn tell_from_time_to_time(&mut self) {
        if self.told.elapsed() >= Duration::from_secs(5) {
            self.told = Instant::now();
            println!("{self}");
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { runs, answers, contacts, requests, .. } = self;
        let (minutes, seconds) =
            (self.began.elapsed().as_secs() / 60, self.began.elapsed().as_secs() % 60);
        let hours = self.virtual_time.as_secs() / 3600;
        write!(
            f,
            "{minutes}:{seconds:02}  {runs} runs, {hours} virtual hours, {answers} answers, \
             {contacts} contacts, {requests} calls to STS"
        )?;
        match resident_kib() {
            Some(kib) => write!(f, ", {} MiB", kib / 1024),
            None => Ok(()),
        }
    }
}
