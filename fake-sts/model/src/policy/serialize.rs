//! Decisions as data, for programs that read the journal.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::authorize::{Decision, PolicyType};
use super::explanation::{ConditionReport, Mismatch};
use super::principal_pattern::PrincipalMatch;
use super::statement::Effect;
use super::verdict::{Outcome, StatementRef, Verdict};

/// What a verdict comes down to; what does not apply is left out.
#[derive(Serialize)]
struct VerdictFields<'a> {
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<&'a StatementRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<PrincipalMatch>,
    #[serde(skip_serializing_if = "<[ConditionReport]>::is_empty")]
    conditions: &'a [ConditionReport],
    #[serde(skip_serializing_if = "Option::is_none")]
    closest: Option<ClosestFields<'a>>,
}

#[derive(Serialize)]
struct ClosestFields<'a> {
    statement: &'a StatementRef,
    mismatches: &'a [Mismatch],
}

/// `allowed`, `reason` and `explanation`, a verdict under the name of each type of policy that was asked, and one for each scope-down policy.
impl Serialize for Decision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Decision", 8)?;
        fields.serialize_field("allowed", &self.is_allowed())?;
        fields.serialize_field("reason", &self.reason().to_string())?;
        let verdicts = [
            ("trust", PolicyType::ResourceBased),
            ("identity", PolicyType::IdentityBased),
            ("boundary", PolicyType::PermissionsBoundary),
            ("session", PolicyType::Session),
        ];
        for (name, policy_type) in verdicts {
            match self.verdict(policy_type) {
                Some(verdict) => fields.serialize_field(name, verdict)?,
                None => fields.skip_field(name)?,
            }
        }
        if self.scope_downs().is_empty() {
            fields.skip_field("scope_downs")?;
        } else {
            fields.serialize_field("scope_downs", self.scope_downs())?;
        }
        fields.serialize_field("explanation", &self.to_string())?;
        fields.end()
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let closest = self.closest().map(|closest| ClosestFields {
            statement: closest.statement(),
            mismatches: closest.mismatches(),
        });
        let fields = VerdictFields {
            outcome: self.outcome(),
            statement: self.statement(),
            principal: self.principal_match(),
            conditions: self.conditions(),
            closest,
        };
        fields.serialize(serializer)
    }
}

/// `policy` (none for a trust policy), `sid` (none without one), `index` counted from 0, and `effect`.
impl Serialize for StatementRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let effect = match self.get().map(|statement| statement.effect) {
            Some(Effect::Deny) => "Deny",
            Some(Effect::Allow) | None => "Allow",
        };
        let mut fields = serializer.serialize_struct("StatementRef", 4)?;
        fields.serialize_field("policy", &self.policy())?;
        fields.serialize_field("sid", &self.sid())?;
        fields.serialize_field("index", &self.index())?;
        fields.serialize_field("effect", effect)?;
        fields.end()
    }
}
