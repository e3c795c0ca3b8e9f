use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::capture::Capture;
use crate::cast::{Cast, Member};
use crate::contacts::Contacts;
use crate::schedule::{RHYTHM, Schedule, Step, Trouble};
use crate::stage::{Stage, Undo};
use crate::violation::{Rule, Violation};
use crate::wall::Wall;
use crate::watch::{Watch, lock};
use crate::weather::Weather;

/// What came of a run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Played {
    /// The first thing that must not be.
    pub violation: Option<Violation>,
    /// How much time passed in it.
    pub virtual_time: Duration,
    /// How many calls were answered.
    pub answers: u64,
    /// How often sources were contacted.
    pub contacts: u64,
    /// How often STS was called.
    pub requests: u64,
}

/// Carries a schedule out, on this thread and from its seed alone, up to the first violation.
///
/// # Panics
///
/// If there can be no runtime or no fake, which says nothing about anybody who is watched.
#[must_use]
#[expect(clippy::expect_used, reason = "documented; nothing could be watched")]
pub fn play(schedule: &Schedule, cast: &Cast) -> Played {
    fastrand::seed(schedule.seed);
    let capture = Capture::default();
    let _listening = capture.begin();
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build();
    let runtime = runtime.expect("a machine that can run this has a runtime");
    runtime.block_on(async {
        let (wall, weather) = (Wall::new(), Weather::new());
        let watch = Watch::new(wall.clone(), weather.clone(), capture);
        let stage = Stage::set(&wall, &watch).expect("the world of the stage is valid");
        let members = cast.members(&stage, &watch).expect("the cast is configured correctly");
        let mut run =
            Run { stage, members, weather, watch, callers: JoinSet::new(), undo: Vec::new() };
        for step in &schedule.steps {
            run.take(*step).await;
            if run.watch.violation().is_some() {
                break;
            }
        }
        run.end().await
    })
}

/// Who calls while time passes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Callers {
    /// One of each subject, from time to time.
    Come,
    StayAway,
}

struct Run {
    stage: Arc<Stage>,
    members: Vec<Member>,
    weather: Weather,
    watch: Watch,
    callers: JoinSet<()>,
    undo: Vec<(Instant, Undo)>,
}

impl Run {
    async fn take(&mut self, step: Step) {
        match step {
            Step::Wait { seconds } => {
                self.pass(Duration::from_secs(seconds), Callers::Come).await;
            }
            Step::Quiet { seconds } => {
                self.pass(Duration::from_secs(seconds), Callers::StayAway).await;
                self.check_uncalled();
                // Who has not called since all is well cannot have recovered.
                self.weather.bad_for(RHYTHM);
            }
            Step::Crowd { subject, callers } => {
                (0..callers).for_each(|_| self.call(subject, ANSWER_LIMIT));
            }
            Step::Leave { subject, callers, milliseconds } => {
                (0..callers).for_each(|_| self.call(subject, Duration::from_millis(milliseconds)));
            }
            Step::Invalidate { subject } => {
                let Member { subject, contacts, .. } = self.member(subject);
                contacts.rejected();
                subject.invalidate();
            }
            Step::Refresh { subject } => self.refresh(subject),
            Step::Trouble { trouble, seconds } => self.trouble(trouble, seconds),
        }
        // Whoever can go on without waiting for time does.
        self.pass(Duration::from_millis(1), Callers::StayAway).await;
        for member in &self.members {
            self.watch.show(&member.subject.shown());
        }
        self.watch.look_for_secrets();
    }

    async fn pass(&mut self, mut time: Duration, callers: Callers) {
        while !time.is_zero() && self.watch.violation().is_none() {
            if time >= RHYTHM && callers == Callers::Come {
                (0..self.members.len()).for_each(|subject| self.call(subject, ANSWER_LIMIT));
            }
            let slice = time.min(RHYTHM);
            sleep(slice).await;
            time -= slice;
            self.undo_what_is_over();
            self.see_callers_off();
        }
    }

    /// After a while without callers in which all was well.
    fn check_uncalled(&self) {
        let good_for = self.weather.good_for();
        for Member { subject, contacts, .. } in &self.members {
            if contacts.is_settled()
                && good_for > contacts.patience()
                && !subject.is_fresh_uncalled()
            {
                let what =
                    format!("nothing valid while nobody called, all being well for {good_for:?}");
                self.watch.object(Rule::Fresh, contacts.name(), what);
            }
        }
    }

    fn member(&self, subject: usize) -> &Member {
        &self.members[subject % self.members.len()]
    }

    /// A caller who waits for so long. One who waits for the limit of all patience was left
    /// without an answer.
    fn call(&mut self, subject: usize, patience: Duration) {
        let Member { subject, contacts, .. } = self.member(subject);
        let (subject, contacts) = (Arc::clone(subject), Arc::clone(contacts));
        let watch = self.watch.clone();
        self.callers.spawn(async move {
            match timeout(patience, subject.credentials()).await {
                Ok(answer) => contacts.answered(&answer),
                Err(_) if patience == ANSWER_LIMIT => unanswered(&watch, &contacts),
                Err(_) => {}
            }
        });
    }

    fn refresh(&mut self, subject: usize) {
        let Member { subject, contacts, .. } = self.member(subject);
        contacts.excuse();
        let (subject, contacts) = (Arc::clone(subject), Arc::clone(contacts));
        let watch = self.watch.clone();
        self.callers.spawn(async move {
            match timeout(ANSWER_LIMIT, subject.refresh()).await {
                // An error of a refresh withholds nothing: who asks for the value gets it.
                Ok(Err(error)) => watch.show_error(&error),
                Ok(answer) => contacts.answered(&answer),
                Err(_) => unanswered(&watch, &contacts),
            }
        });
    }

    fn trouble(&mut self, trouble: Trouble, seconds: u64) {
        let lasting = Duration::from_secs(seconds);
        // What is over is undone when time has passed, which is in slices.
        self.weather.bad_for(lasting + RHYTHM);
        let undo = self.stage.begin(trouble);
        self.undo.push((Instant::now() + lasting, undo));
        self.tell_of_clock(trouble);
    }

    /// Clocks that were moved, forward or back, and refused sessions change when it is time.
    fn tell_of_clock(&self, trouble: Trouble) {
        for member in &self.members {
            for contacts in member.inner.iter().chain([&member.contacts]) {
                contacts.excuse();
                if let Trouble::ClockOff(_) = trouble {
                    contacts.clock_moved();
                }
            }
        }
    }

    fn undo_what_is_over(&mut self) {
        let now = Instant::now();
        let (over, lasting) =
            std::mem::take(&mut self.undo).into_iter().partition(|(due, _)| *due <= now);
        self.undo = lasting;
        let over: Vec<(Instant, Undo)> = over;
        if over.is_empty() {
            return;
        }
        for (_, undo) in over {
            undo(&self.stage);
        }
        self.members.iter().for_each(|member| {
            let all = member.inner.iter().chain([&member.contacts]);
            all.for_each(|contacts| contacts.clock_moved());
        });
    }

    fn see_callers_off(&mut self) {
        while let Some(left) = self.callers.try_join_next() {
            if left.is_err_and(|error| error.is_panic()) {
                self.watch.object(Rule::Answered, "a caller", "panicked");
            }
        }
    }

    /// Lets all troubles pass, sees whether everybody recovers, and whether nothing is left.
    async fn end(mut self) -> Played {
        while let Some(due) = self.undo.iter().map(|(due, _)| *due).max() {
            self.pass(due - Instant::now() + Duration::from_millis(1), Callers::Come).await;
            if self.watch.violation().is_some() {
                break;
            }
        }
        let calm = self.members.iter().map(|member| member.contacts.patience()).max();
        let calm = calm.unwrap_or_default() + RHYTHM + 2 * ANSWER_LIMIT;
        self.pass(calm, Callers::Come).await;
        if self.watch.violation().is_none() {
            self.see_all_recovered().await;
        }
        self.check_calls();
        let played = Played {
            virtual_time: self.stage.wall.elapsed(),
            answers: self.watch.answers(),
            contacts: self.contacts().map(|contacts| contacts.begun()).sum(),
            requests: lock(&self.stage.calls).values().sum(),
            violation: None,
        };
        let watch = self.watch.clone();
        let subjects = self.members.len();
        drop(self);
        sleep(Duration::from_secs(120)).await;
        let alive = Handle::current().metrics().num_alive_tasks();
        if alive > 0 {
            let what = format!("{alive} tasks after all {subjects} were dropped");
            watch.object(Rule::NoTask, "the runtime", what);
        }
        watch.look_for_secrets();
        Played { violation: watch.violation(), ..played }
    }

    async fn see_all_recovered(&mut self) {
        for Member { subject, contacts, .. } in &self.members {
            match timeout(ANSWER_LIMIT, subject.credentials()).await {
                Ok(answer) => contacts.answered(&answer),
                Err(_) => unanswered(&self.watch, contacts),
            }
        }
        self.see_callers_off();
    }

    fn contacts(&self) -> impl Iterator<Item = &Arc<Contacts>> {
        self.members.iter().flat_map(|member| member.inner.iter().chain([&member.contacts]))
    }

    fn check_calls(&self) {
        let calls = lock(&self.stage.calls);
        let made = |operation: &str| calls.get(operation).copied().unwrap_or_default();
        let by_web: u64 =
            self.contacts().filter(|it| it.is_of("web-identity")).map(|it| it.begun()).sum();
        let by_others: u64 = self.contacts().map(|it| it.begun()).sum::<u64>() - by_web;
        let by_others_made =
            ["AssumeRole", "AssumeRoleWithSAML", "GetFederationToken", "GetSessionToken"]
                .map(made)
                .iter()
                .sum();
        let bounds = [
            ("AssumeRoleWithWebIdentity", made("AssumeRoleWithWebIdentity"), 9 * by_web),
            ("the rest", by_others_made, 3 * by_others),
        ];
        for (operations, made, most) in bounds {
            if made > most {
                let what = format!("{made} calls, and {most} are the most");
                self.watch.object(Rule::Calls, operations, what);
            }
        }
    }
}

fn unanswered(watch: &Watch, contacts: &Contacts) {
    let what = format!("no answer within {ANSWER_LIMIT:?}");
    watch.object(Rule::Answered, contacts.name(), what);
}

/// Longer than any number of time limits that may follow one another.
const ANSWER_LIMIT: Duration = Duration::from_secs(600);
