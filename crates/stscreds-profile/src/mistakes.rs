use stscreds_core::{Error, ErrorKind};

/// What is wrong in a configuration: all of it, so that one run is enough to mend it.
#[derive(Debug, Default)]
pub struct Mistakes(Vec<Error>);

impl Mistakes {
    /// The value, or a note of what is wrong with it.
    pub fn note<T>(&mut self, result: Result<T, Error>) -> Option<T> {
        result.map_err(|error| self.0.push(error)).ok()
    }

    pub fn add(&mut self, error: Error) {
        self.0.push(error);
    }

    /// Removes the last one, for a caller that returns it.
    pub fn take_last(&mut self) -> Option<Error> {
        self.0.pop()
    }

    /// An error that tells each of them, if there are any.
    pub fn into_result(mut self) -> Result<(), Error> {
        let Some(last) = self.0.pop() else { return Ok(()) };
        if self.0.is_empty() {
            return Err(last);
        }
        self.0.push(last);
        let kind = kind_of(&self.0);
        let count = self.0.len();
        let shown = self.0.iter().take(MAX_SHOWN).enumerate();
        let mut sentences: Vec<_> = shown
            .map(|(index, error)| format!("({}) {}", index + 1, without_remedy(error)))
            .collect();
        if count > MAX_SHOWN {
            sentences.push(format!("and {} more", count - MAX_SHOWN));
        }
        Err(Error::new(kind, format!("{count} mistakes: {}", sentences.join(", "))))
    }
}

fn kind_of(errors: &[Error]) -> ErrorKind {
    let mut kinds = errors.iter().map(Error::kind);
    match kinds.next() {
        Some(first) if kinds.all(|kind| kind == first) => first,
        _ => ErrorKind::InvalidConfiguration,
    }
}

fn without_remedy(error: &Error) -> String {
    let text = error.to_string();
    let remedy = format!("; {}", error.kind().remedy());
    text.strip_suffix(&remedy).map_or(text.clone(), str::to_owned)
}

/// More than anybody mends at a time.
const MAX_SHOWN: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(number: usize) -> Error {
        Error::new(ErrorKind::InvalidConfiguration, format!("fault {number}"))
    }

    fn told(errors: impl IntoIterator<Item = Error>) -> Error {
        let mut mistakes = Mistakes::default();
        errors.into_iter().for_each(|error| mistakes.add(error));
        mistakes.into_result().unwrap_err()
    }

    #[test]
    fn each_mistake_is_told_and_the_remedy_once() {
        assert!(Mistakes::default().into_result().is_ok());
        assert_eq!(told([mistake(1)]).to_string(), mistake(1).to_string());
        let remedy = ErrorKind::InvalidConfiguration.remedy();
        assert_eq!(
            told([mistake(1), mistake(2)]).to_string(),
            format!("2 mistakes: (1) fault 1, (2) fault 2; {remedy}")
        );
        assert!(told((0..25).map(mistake)).to_string().contains("(20) fault 19, and 5 more;"));
    }

    #[test]
    fn the_kind_is_that_of_all_or_the_configurations() {
        let role = || Error::new(ErrorKind::InvalidRoleArn, "role");

        assert_eq!(told([role(), role()]).kind(), ErrorKind::InvalidRoleArn);
        assert_eq!(told([role(), mistake(1)]).kind(), ErrorKind::InvalidConfiguration);
    }
}
