//! IAM policies: documents, and the decision that follows from them.
//!
//! Everything here is a pure function of a policy and a request: no clock, no world, no input or output. A policy is parsed once, into a form in
//! which evaluating it allocates next to nothing; every verdict can explain itself to a person who debugs a trust policy.
//!
//! - [`PolicyDocument`] is a parsed policy. [`PolicyDocument::check`] applies the rules of one [`PolicyKind`].
//! - [`Principal`] is who calls, [`Context`] holds the condition keys, [`Request`] is the question.
//! - [`evaluate_trust`] and [`evaluate_identity`] judge one kind of policy; [`authorize`] combines them into a [`Decision`].
//!
//! The rules are those of the
//! [policy evaluation logic](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html) of IAM.

mod authorize;
mod condition;
mod context;
mod document;
mod error;
mod evaluate;
mod explanation;
mod hint;
mod kind;
mod number;
mod operator;
mod parse;
mod principal;
mod principal_pattern;
mod request;
mod serialize;
mod statement;
mod template;
mod verdict;
mod version;
mod wildcard;

pub use self::authorize::{Decision, PolicyType, Question, Reason, ResourcePolicy, authorize};
pub use self::context::Context;
pub use self::document::{NamedPolicy, PolicyDocument};
pub use self::error::{PolicyError, PolicyProblem, UnknownPrincipal};
pub use self::evaluate::{evaluate_identity, evaluate_trust};
pub use self::explanation::{ConditionReport, Mismatch};
pub use self::kind::PolicyKind;
pub use self::principal::{Principal, PrincipalKind};
pub use self::principal_pattern::PrincipalMatch;
pub use self::request::Request;
pub use self::verdict::{Closest, Outcome, StatementRef, Verdict};
pub use self::wildcard::matches_text;
