//! The project's chores: `cargo xtask <chore>`, one file each.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "chores talk to a person")]

mod bench_fake;
mod bench_gate;
mod bench_report;
mod book;
mod ci;
mod deny;
mod doctor;
mod endpoints;
mod files;
mod fuzz;
mod house;
mod interop;
mod layers;
mod loom;
mod minimal_versions;
mod msrv;
mod package;
mod platforms;
mod powerset;
mod public_api;
mod release;
mod soak;
mod sts_model;
mod tools;
mod variables;
mod verdict;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use verdict::Verdict;

/// The project's chores.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Measures fake-sts beside moto's server and a server with one answer.
    #[command(disable_help_flag = true)]
    BenchFake {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Fails if a hit of ours executes more instructions than it did.
    #[command(disable_help_flag = true)]
    BenchGate {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Measures credentials caches under contention and at expiry, and draws it.
    #[command(disable_help_flag = true)]
    BenchReport {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Makes a book with a search field of the documents.
    Book,
    /// Runs every gate of a change in order and sums up what passed.
    Ci(ci::Ci),
    /// Checks licences, versions, sources and advisories by deny.toml.
    Deny,
    /// Shows what this machine lacks, what for, and how to install it.
    Doctor,
    /// Writes the table of STS endpoints anew from botocore's rules, and the cases that test it.
    Endpoints,
    /// Throws inputs at whatever reads something from outside that nobody would send.
    Fuzz(fuzz::Fuzz),
    /// Runs the clients of other languages against fake-sts.
    Interop(interop::Interop),
    /// Shows which crates each crate brings along, and its budget.
    Layers,
    /// Runs the cache's models under loom.
    Loom {
        #[command(subcommand)]
        chore: Option<loom::Loom>,
    },
    /// Builds with the lowest versions that the manifests allow.
    MinimalVersions,
    /// Holds each crate to the oldest toolchain that it says it needs.
    Msrv,
    /// Packs what is published, and builds each crate from its archive.
    Package(package::Packing),
    /// Checks that the crates compile for Windows and macOS.
    Platforms,
    /// Builds each published crate with sets of its features.
    Powerset(powerset::Powerset),
    /// Compares each public API with its committed listing.
    PublicApi(public_api::PublicApi),
    /// Looks for what stands in the way of a release, and publishes if nothing does.
    Release(release::Release),
    /// Runs everything under random troubles, in virtual time, and watches that no rule is broken.
    #[command(disable_help_flag = true)]
    Soak {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Writes the list of the environment variables that an installed AWS client reads.
    Variables(variables::Variables),
    /// Compares the model of STS that the tests hold with that of the newest botocore, and warns of changes.
    StsModel,
    /// Looks for what breaks the rules of the house.
    House(house::House),
}

fn main() -> ExitCode {
    if let Some(ended) = public_api::stand_in() {
        return ended;
    }
    let outcome = match Arguments::parse().chore {
        Chore::BenchFake { arguments } => bench_fake::run(&arguments),
        Chore::BenchGate { arguments } => bench_gate::run(&arguments),
        Chore::BenchReport { arguments } => bench_report::run(&arguments),
        Chore::Book => book::make(),
        Chore::Ci(chosen) => ci::run(&chosen),
        Chore::Deny => deny::run().map(|verdict| tell(&verdict)),
        Chore::Doctor => doctor::examine(),
        Chore::Endpoints => endpoints::generate(),
        Chore::Variables(chosen) => variables::write(&chosen),
        Chore::Fuzz(chosen) => fuzz::run(&chosen),
        Chore::Interop(chosen) => interop::run(&chosen).map(|verdict| tell(&verdict)),
        Chore::Layers => layers::show(),
        Chore::Loom { chore } => loom::run(chore),
        Chore::MinimalVersions => minimal_versions::run().map(|verdict| tell(&verdict)),
        Chore::Msrv => msrv::run().map(|verdict| tell(&verdict)),
        Chore::Package(chosen) => package::run(&chosen),
        Chore::Release(chosen) => release::run(&chosen),
        Chore::PublicApi(chosen) => public_api::run(&chosen).map(|verdict| tell(&verdict)),
        Chore::Platforms => platforms::run().map(|verdict| tell(&verdict)),
        Chore::Powerset(chosen) => powerset::run(&chosen),
        Chore::Soak { arguments } => soak::run(&arguments),
        Chore::StsModel => sts_model::compare().map(|verdict| tell(&verdict)),
        Chore::House(chosen) => house::inspect(&chosen),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

/// Says what a chore that found nothing wrong did not look at.
fn tell(verdict: &Verdict) {
    if let Some(what) = verdict.skipped() {
        eprintln!("not checked: {what}");
    }
}
