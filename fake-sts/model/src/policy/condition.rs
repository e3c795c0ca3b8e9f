use super::context::Context;
use super::error::{PolicyError, PolicyProblem};
use super::operator::{Comparison, Operand, Operator, SetPrefix};

/// One operator on one key: all the values a policy lists for it.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    pub(super) operator: Operator,
    /// As the policy writes it.
    pub(super) key: Box<str>,
    /// In lower case, as the context looks it up.
    pub(super) lookup: Box<str>,
    /// As the policy writes them.
    pub(super) wanted: Box<[Box<str>]>,
    pub(super) operands: Box<[Operand]>,
}

impl Condition {
    /// Checks that each value can be compared, which IAM asks of what it stores.
    pub(super) fn check(&self) -> Result<(), PolicyError> {
        for (operand, value) in self.operands.iter().zip(&self.wanted) {
            if let Operand::Unreadable { wanted } = operand {
                let problem = PolicyProblem::InvalidOperand { value: value.to_string(), wanted };
                return Err(PolicyError::new(problem).under(&self.key).under(self.operator));
            }
        }
        Ok(())
    }

    pub(super) fn holds(&self, context: &Context) -> bool {
        let actual = context.get(&self.lookup);
        if self.operator.comparison == Comparison::Null {
            return self.operands.iter().any(
                |operand| matches!(operand, Operand::Bool(absent) if *absent == actual.is_none()),
            );
        }
        let Some(actual) = actual else {
            return self.holds_when_absent();
        };
        match self.operator.set {
            SetPrefix::None => {
                self.operator.negated != actual.iter().any(|value| self.is_related(value, context))
            }
            SetPrefix::ForAnyValue => actual.iter().any(|value| self.accepts(value, context)),
            // A set whose only value is empty counts as no set at all, and nothing is true of all of nothing.
            SetPrefix::ForAllValues => actual
                .iter()
                .filter(|value| !value.is_empty())
                .all(|value| self.accepts(value, context)),
        }
    }

    /// The trap of `ForAllValues`: with the key absent it holds, whatever it asks for.
    fn holds_when_absent(&self) -> bool {
        match self.operator.set {
            _ if self.operator.if_exists => true,
            SetPrefix::None => self.operator.negated,
            SetPrefix::ForAnyValue => false,
            SetPrefix::ForAllValues => true,
        }
    }

    fn accepts(&self, value: &str, context: &Context) -> bool {
        self.operator.negated != self.is_related(value, context)
    }

    /// Whether any of the policy's values is in relation to this one; negated operators ask for none of them.
    fn is_related(&self, value: &str, context: &Context) -> bool {
        self.operands.iter().any(|operand| self.operator.relates(operand, value, context))
    }
}
