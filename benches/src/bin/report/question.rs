use clap::ValueEnum;

/// What can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Question {
    /// What a hit costs, and how that changes with threads.
    Hit,
    /// How long reads take while a refresh goes on.
    Refresh,
    /// The same with nothing but refreshes.
    Storm,
    /// How many calls a herd on an empty cache makes.
    Herd,
    /// The same if the source fails.
    Failing,
    /// Who notices an outage.
    Outage,
    /// What many caches cost.
    Many,
    /// How many instructions a hit takes.
    Instructions,
    /// What caches of other languages cost here.
    Elsewhere,
}
