//! The pages of this folder as tests: each block of Rust in them is compiled, and run
//! unless it says `no_run`. What else they say is checked in `tests/`.

#[cfg(doctest)]
mod pages;
