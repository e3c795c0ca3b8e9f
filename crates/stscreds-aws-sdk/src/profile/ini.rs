use std::collections::BTreeMap;

use stscreds_core::SecretString;

/// The sections of a configuration file in their order, as Python's `RawConfigParser`
/// reads them: that parser, of botocore and the AWS CLI, is the format's definition.
///
/// Sections and options do not repeat; options begin with `=` or `:`; a line that is
/// indented deeper than its option continues it; whole lines can be comments, ends of
/// lines cannot; `[DEFAULT]` holds for every section.
pub(super) fn parse(text: &str) -> Result<Vec<Section>, SyntaxFault> {
    let mut reading = Reading::default();
    for (number, line) in (1..).zip(lines(text)) {
        reading.line(number, line)?;
    }
    reading.finish()
}

#[derive(Debug)]
pub(super) struct Section {
    pub(super) name: String,
    pub(super) options: BTreeMap<String, Setting>,
}

/// What an option is set to.
#[derive(Debug, Clone)]
pub(super) enum Setting {
    Text(SecretString),
    /// Options below the option: the first line was empty and further ones are indented.
    Nested(BTreeMap<String, SecretString>),
}

/// Where a file is not what it should be. The line itself is not told: there may be a
/// secret on it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub(super) struct SyntaxFault {
    pub(super) line: usize,
    pub(super) fault: Fault,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("nothing can stand before the first [section]")]
    OutsideOfSections,
    #[error("neither a [section] nor a setting of the form name = value")]
    NoSetting,
    #[error("a setting without a name")]
    NoName,
    #[error("a nested setting that is not of the form name = value")]
    NoNestedSetting,
    #[error("the section [{name}] is there already, on line {first}")]
    RepeatedSection { name: String, first: usize },
    #[error("the setting is there already, on line {first}")]
    RepeatedSetting { first: usize },
    #[error("a byte order mark; save the file as UTF-8 without one")]
    ByteOrderMark,
}

/// The name of the section whose options all others have too.
const DEFAULT: &str = "DEFAULT";

#[derive(Default)]
struct Reading {
    sections: Vec<Draft>,
    /// Into `sections`, once there is one.
    current: Option<usize>,
    /// The option that further lines may continue.
    option: Option<String>,
    indent: usize,
}

struct Draft {
    name: String,
    line: usize,
    options: BTreeMap<String, Lines>,
}

/// The lines of a value, each with its number.
struct Lines(Vec<(usize, SecretString)>);

impl Reading {
    fn line(&mut self, number: usize, line: &str) -> Result<(), SyntaxFault> {
        let fault = |fault| Err(SyntaxFault { line: number, fault });
        let text = line.trim();
        if text.starts_with(['#', ';']) {
            return Ok(());
        }
        if text.is_empty() {
            // Part of a value that goes on below; what remains at its end is trimmed.
            if let Some(value) = self.open_value() {
                value.0.push((number, SecretString::from("")));
            }
            return Ok(());
        }
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        if indent > self.indent
            && let Some(value) = self.open_value()
        {
            value.0.push((number, text.into()));
            return Ok(());
        }
        self.indent = indent;
        if let Some(name) = header(text) {
            return self.enter(number, name);
        }
        let Some(section) = self.current.and_then(|current| self.sections.get_mut(current)) else {
            let mark = number == 1 && line.starts_with('\u{feff}');
            return fault(if mark { Fault::ByteOrderMark } else { Fault::OutsideOfSections });
        };
        let Some((name, value)) = text.split_once(['=', ':']) else {
            return fault(Fault::NoSetting);
        };
        let name = name.trim_end().to_lowercase();
        if name.is_empty() {
            return fault(Fault::NoName);
        }
        if let Some(Lines(there)) = section.options.get(&name) {
            let first = there.first().map_or(0, |(line, _)| *line);
            return fault(Fault::RepeatedSetting { first });
        }
        section.options.insert(name.clone(), Lines(vec![(number, value.trim().into())]));
        self.option = Some(name);
        Ok(())
    }

    fn enter(&mut self, line: usize, name: &str) -> Result<(), SyntaxFault> {
        self.option = None;
        let there = self.sections.iter().position(|section| section.name == name);
        self.current = match there.and_then(|at| Some((at, self.sections.get(at)?.line))) {
            None => {
                let options = BTreeMap::new();
                self.sections.push(Draft { name: name.to_owned(), line, options });
                Some(self.sections.len() - 1)
            }
            Some((at, _)) if name == DEFAULT => Some(at),
            Some((_, first)) => {
                let fault = Fault::RepeatedSection { name: name.to_owned(), first };
                return Err(SyntaxFault { line, fault });
            }
        };
        Ok(())
    }

    fn open_value(&mut self) -> Option<&mut Lines> {
        self.sections.get_mut(self.current?)?.options.get_mut(self.option.as_ref()?)
    }

    fn finish(self) -> Result<Vec<Section>, SyntaxFault> {
        let mut sections = Vec::new();
        let mut for_all = BTreeMap::new();
        for Draft { name, options, .. } in self.sections {
            let setting = |(option, lines): (String, Lines)| Ok((option, lines.setting()?));
            let options = options.into_iter().map(setting).collect::<Result<_, _>>()?;
            if name == DEFAULT {
                for_all = options;
            } else {
                sections.push(Section { name, options });
            }
        }
        for section in &mut sections {
            for (option, setting) in &for_all {
                section.options.entry(option.clone()).or_insert_with(|| setting.clone());
            }
        }
        Ok(sections)
    }
}

impl Lines {
    fn setting(mut self) -> Result<Setting, SyntaxFault> {
        while self.0.len() > 1 && self.0.last().is_some_and(|(_, text)| text.expose().is_empty()) {
            self.0.pop();
        }
        match self.0.as_slice() {
            [(_, first), _, ..] if first.expose().is_empty() => self.nested(),
            lines => {
                let lines: Vec<_> = lines.iter().map(|(_, text)| text.expose()).collect();
                Ok(Setting::Text(lines.join("\n").into()))
            }
        }
    }

    fn nested(self) -> Result<Setting, SyntaxFault> {
        let mut nested = BTreeMap::new();
        for (line, text) in self.0.iter().filter(|(_, text)| !text.expose().is_empty()) {
            let Some((name, value)) = text.expose().split_once('=') else {
                return Err(SyntaxFault { line: *line, fault: Fault::NoNestedSetting });
            };
            nested.insert(name.trim().to_owned(), value.trim().into());
        }
        Ok(Setting::Nested(nested))
    }
}

/// `[name]`, whatever stands behind the last bracket.
fn header(text: &str) -> Option<&str> {
    let (name, _) = text.strip_prefix('[')?.rsplit_once(']')?;
    (!name.is_empty()).then_some(name)
}

/// Lines as every system ends them.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split("\r\n").flat_map(|part| part.split(['\n', '\r']))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::*;

    #[test]
    fn no_text_makes_it_panic() {
        proptest!(|(text in "(\\PC|[\\[\\]=:#; \t\r\n])*")| { let _ = parse(&text); });
    }

    #[track_caller]
    fn check_fault(text: &str, line: usize, fault: Fault) {
        assert_eq!(parse(text).unwrap_err(), SyntaxFault { line, fault });
    }

    #[test]
    fn every_fault_has_the_line_that_it_stands_on() {
        check_fault("a = 1\n[default]", 1, Fault::OutsideOfSections);
        check_fault("\n# c\n\nregion\n", 4, Fault::OutsideOfSections);
        check_fault("[]\n", 1, Fault::OutsideOfSections);
        check_fault("[default\nregion = x\n", 1, Fault::OutsideOfSections);
        check_fault("[default]\nregion = x\nregion\n", 3, Fault::NoSetting);
        check_fault("[default]\r\nregion = x\r\n[b\r\n", 3, Fault::NoSetting);
        check_fault("[default]\n= x\n", 2, Fault::NoName);
        check_fault("[default]\n: x\n", 2, Fault::NoName);
        check_fault("[a]\ns3 =\n  x = 1\n  # c\n  y\n", 5, Fault::NoNestedSetting);
        check_fault("[a]\nx = 1\n\nX: 2\n", 4, Fault::RepeatedSetting { first: 2 });
        check_fault("[a]\n[b]\n[a]\n", 3, Fault::RepeatedSection { name: "a".into(), first: 1 });
        check_fault("\u{feff}[default]\nregion = x\n", 1, Fault::ByteOrderMark);
        check_fault(
            "[DEFAULT]\na = 1\n[b]\n[DEFAULT]\na = 2\n",
            5,
            Fault::RepeatedSetting { first: 2 },
        );
    }

    #[test]
    fn every_text_is_read_or_refused_as_botocore_does() {
        let derived: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/botocore.json")).unwrap();
        let files = derived["files"].as_array().unwrap();
        assert!(files.len() > 80);
        for file in files {
            let text = file["text"].as_str().unwrap();
            let read = parse(text).map_or(serde_json::Value::Null, |sections| as_json(&sections));
            assert_eq!(read, file["sections"], "{text:?}");
        }
    }

    fn as_json(sections: &[Section]) -> serde_json::Value {
        let text = |text: &SecretString| serde_json::Value::from(text.expose());
        let setting = |setting: &Setting| match setting {
            Setting::Text(plain) => text(plain),
            Setting::Nested(nested) => {
                nested.iter().map(|(name, value)| (name.clone(), text(value))).collect()
            }
        };
        let options = |section: &Section| -> serde_json::Value {
            section.options.iter().map(|(name, value)| (name.clone(), setting(value))).collect()
        };
        sections.iter().map(|section| (section.name.clone(), options(section))).collect()
    }

    #[test]
    fn a_fault_does_not_repeat_what_is_on_its_line() {
        let fault = parse("[a]\nplanted/secret/without/a/name\n").unwrap_err();

        assert!(!format!("{fault} {fault:?}").contains("planted"));
        assert_eq!(
            fault.to_string(),
            "line 2: neither a [section] nor a setting of the form name = value"
        );
    }
}
