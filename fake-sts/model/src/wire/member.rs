/// One member of a list parameter: the part of each name after the index, with its value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Member<'a> {
    fields: Vec<(&'a str, &'a str)>,
}

impl<'a> Member<'a> {
    pub(super) fn push(&mut self, field: &'a str, value: &'a str) {
        self.fields.push((field, value));
    }

    /// The first value of a field; the empty name is the member itself.
    pub(crate) fn first(&self, field: &str) -> Option<&'a str> {
        self.fields.iter().find(|(name, _)| *name == field).map(|(_, value)| *value)
    }
}
