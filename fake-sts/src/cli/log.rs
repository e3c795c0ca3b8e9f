use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};

use clap::ValueEnum;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::set_global_default;
use tracing::{Event, Metadata, Subscriber};

/// What is told of each call.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Level {
    /// Nothing.
    Quiet,
    /// One line: who called what about whom, and how it ended.
    Calls,
    /// Below the line, each decision with the statement that made it.
    Explain,
}

pub(super) fn start(level: Option<Level>) {
    let by_default = || if io::stderr().is_terminal() { Level::Calls } else { Level::Quiet };
    let shown = match level.unwrap_or_else(by_default) {
        Level::Quiet => return,
        Level::Calls => tracing::Level::INFO,
        Level::Explain => tracing::Level::DEBUG,
    };
    // There is no other in this process.
    let _ = set_global_default(Lines { shown });
}

/// Writes the messages of the library's events of one level, and nothing around them: a call's line has its time and its number, and its
/// explanation begins with the line.
struct Lines {
    shown: tracing::Level,
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        !metadata.is_span() && metadata.target() == "fake_sts" && *metadata.level() == self.shown
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.shown.into())
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Message(String::new());
        event.record(&mut line);
        line.0.push('\n');
        // All at once, so that the lines of two calls do not mix.
        let _ = io::stderr().write_all(line.0.as_bytes());
    }

    // No span is ever enabled.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}
