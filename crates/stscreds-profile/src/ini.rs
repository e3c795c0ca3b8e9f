use std::collections::{BTreeMap, HashMap};

use stscreds_core::SecretString;

/// The sections of a configuration file in their order, as Python's `RawConfigParser`
/// reads them: that parser, of botocore and the AWS CLI, is the format's definition.
///
/// Sections and options do not repeat; options begin with `=` or `:`; a line that is
/// indented deeper than its option continues it; whole lines can be comments, ends of
/// lines cannot; `[DEFAULT]` holds for every section.
///
/// All faults are reported, in the order of their lines.
pub(super) fn parse(text: &str) -> Result<Vec<Section>, Vec<SyntaxFault>> {
    let mut reading = Reading::default();
    for (number, line) in (1..).zip(lines(text)) {
        if let Err(fault) = reading.line(number, line) {
            reading.faults.push(fault);
        }
    }
    reading.finish()
}

#[derive(Debug)]
pub(super) struct Section {
    pub(super) name: String,
    pub(super) options: BTreeMap<String, Setting>,
}

/// What an option is set to, and on which line.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    pub(super) line: usize,
    pub(super) value: Value,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
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
    #[error("setting outside of any [section]")]
    OutsideOfSections,
    #[error("neither a [section] nor a setting of the form name = value")]
    NoSetting,
    #[error("a setting without a name")]
    NoName,
    #[error("a nested setting that is not of the form name = value")]
    NoNestedSetting,
    #[error("duplicate section [{name}], first defined on line {first}")]
    RepeatedSection { name: String, first: usize },
    #[error("duplicate setting, first defined on line {first}")]
    RepeatedSetting { first: usize },
    #[error("a byte order mark; save the file as UTF-8 without one")]
    ByteOrderMark,
    #[error("a line of a shell script; remove `export` and put the setting below a [section]")]
    Export,
}

/// The name of the section whose options all others have too.
const DEFAULT: &str = "DEFAULT";

#[derive(Default)]
struct Reading {
    sections: Vec<Draft>,
    /// Into `sections`, by name.
    by_name: HashMap<String, usize>,
    /// Into `sections`, once there is one.
    current: Option<usize>,
    faults: Vec<SyntaxFault>,
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
            if number == 1 && line.starts_with('\u{feff}') {
                // What follows belongs to a section whose name cannot be read.
                self.current = Some(self.draft("", number));
                return fault(Fault::ByteOrderMark);
            }
            let export = text.starts_with("export ");
            return fault(if export { Fault::Export } else { Fault::OutsideOfSections });
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
        let there = self.by_name.get(name).copied();
        match there.and_then(|at| Some((at, self.sections.get(at)?.line))) {
            None => {
                let at = self.draft(name, line);
                self.by_name.insert(name.to_owned(), at);
                self.current = Some(at);
                Ok(())
            }
            Some((at, _)) if name == DEFAULT => {
                self.current = Some(at);
                Ok(())
            }
            Some((_, first)) => {
                // Its settings are read apart, to find what is wrong in them.
                self.current = Some(self.draft(name, line));
                let fault = Fault::RepeatedSection { name: name.to_owned(), first };
                Err(SyntaxFault { line, fault })
            }
        }
    }

    fn draft(&mut self, name: &str, line: usize) -> usize {
        self.sections.push(Draft { name: name.to_owned(), line, options: BTreeMap::new() });
        self.sections.len() - 1
    }

    fn open_value(&mut self) -> Option<&mut Lines> {
        self.sections.get_mut(self.current?)?.options.get_mut(self.option.as_ref()?)
    }

    fn finish(self) -> Result<Vec<Section>, Vec<SyntaxFault>> {
        let mut faults = self.faults;
        let mut sections = Vec::new();
        let mut for_all = BTreeMap::new();
        for Draft { name, options, .. } in self.sections {
            let mut setting = |(option, lines): (String, Lines)| {
                lines.setting().map_err(|fault| faults.push(fault)).ok().map(|read| (option, read))
            };
            let options = options.into_iter().filter_map(&mut setting).collect();
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
        faults.sort_by_key(|fault| fault.line);
        if faults.is_empty() { Ok(sections) } else { Err(faults) }
    }
}

impl Lines {
    fn setting(mut self) -> Result<Setting, SyntaxFault> {
        let line = self.0.first().map_or(0, |(line, _)| *line);
        while self.0.len() > 1 && self.0.last().is_some_and(|(_, text)| text.expose().is_empty()) {
            self.0.pop();
        }
        match self.0.as_slice() {
            [(_, first), _, ..] if first.expose().is_empty() => {
                Ok(Setting { line, value: self.nested()? })
            }
            lines => {
                let lines: Vec<_> = lines.iter().map(|(_, text)| text.expose()).collect();
                Ok(Setting { line, value: Value::Text(lines.join("\n").into()) })
            }
        }
    }

    fn nested(self) -> Result<Value, SyntaxFault> {
        let mut nested = BTreeMap::new();
        for (line, text) in self.0.iter().filter(|(_, text)| !text.expose().is_empty()) {
            let Some((name, value)) = text.expose().split_once('=') else {
                return Err(SyntaxFault { line: *line, fault: Fault::NoNestedSetting });
            };
            nested.insert(name.trim().to_owned(), value.trim().into());
        }
        Ok(Value::Nested(nested))
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
        assert_eq!(parse(text).unwrap_err(), [SyntaxFault { line, fault }]);
    }

    #[test]
    fn every_fault_has_the_line_that_it_stands_on() {
        check_fault("a = 1\n[default]", 1, Fault::OutsideOfSections);
        check_fault("\n# c\n\nregion\n", 4, Fault::OutsideOfSections);
        check_fault("export AWS_PROFILE=x\n[a]\n", 1, Fault::Export);
        check_fault("[]\n", 1, Fault::OutsideOfSections);
        check_fault("[default\n[a]\n", 1, Fault::OutsideOfSections);
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
    fn every_fault_of_a_file_is_reported() {
        let text = "a = 1\n[b]\nregion\n[b]\n= 2\n[c]\nx =\n  y\nz = 1\nz = 2\n";

        let faults = parse(text).unwrap_err();

        let lines: Vec<_> = faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [1, 3, 4, 5, 8, 10], "{faults:?}");
    }

    /// 30,000 profiles took 12 seconds when each looked at all before it.
    #[test]
    fn sections_are_found_by_name() {
        let text: String = (0..30_000).map(|n| format!("[profile p{n}]\na = 1\n")).collect();

        assert_eq!(parse(&text).unwrap().len(), 30_000);
    }

    #[test]
    fn every_text_is_read_or_refused_as_botocore_does() {
        let derived: serde_json::Value =
            serde_json::from_str(include_str!("../tests/botocore.json")).unwrap();
        let files = derived["files"].as_array().unwrap();
        assert!(files.len() > 80);
        for file in files {
            let text = file["text"].as_str().unwrap();
            let read = parse(text).map_or(serde_json::Value::Null, |read| as_json(&read));
            assert_eq!(read, file["sections"], "{text:?}");
        }
    }

    fn as_json(sections: &[Section]) -> serde_json::Value {
        let text = |text: &SecretString| serde_json::Value::from(text.expose());
        let setting = |setting: &Setting| match &setting.value {
            Value::Text(plain) => text(plain),
            Value::Nested(nested) => {
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
        let fault = parse("[a]\nplanted/secret/without/a/name\n").unwrap_err().remove(0);

        assert!(!format!("{fault} {fault:?}").contains("planted"));
        assert_eq!(
            fault.to_string(),
            "line 2: neither a [section] nor a setting of the form name = value"
        );
    }
}
