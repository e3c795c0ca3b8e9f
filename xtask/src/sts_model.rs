//! The published model of STS that fake-sts is tested against, compared with the newest one.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::files::told;
use crate::verdict::Verdict;
use crate::workspace::{output_of, root, succeed};

/// The model that the tests hold.
const HELD: &str = "fake-sts/tests/it/published_model.json";

/// Prints the model without its documentation. Newer releases pack it.
const PRINT: &str = "
import gzip, json, pathlib, sys
import botocore
folder = pathlib.Path(botocore.__file__).parent / 'data/sts/2011-06-15'
packed, plain = folder / 'service-2.json.gz', folder / 'service-2.json'
text = gzip.decompress(packed.read_bytes()) if packed.exists() else plain.read_bytes()
model = json.loads(text)
json.dump({'botocore': botocore.__version__, 'operations': model['operations'], 'shapes': model['shapes']}, sys.stdout)
";

/// Installs `PyPI`'s newest botocore below target and says what its model changed. A change is a warning, not a failure.
pub(crate) fn compare() -> Result<Verdict, String> {
    let site = root().join("target/sts-model");
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--upgrade", "--disable-pip-version-check"])
        .args(["--root-user-action", "ignore", "--target"])
        .arg(&site)
        .arg("botocore");
    if let Err(error) = succeed(pip) {
        return Ok(Verdict::Skipped(format!(
            "the model of STS, as pip cannot install botocore: {error}"
        )));
    }
    let mut python = Command::new("python3");
    python.args(["-c", PRINT]).env("PYTHONPATH", &site);
    let newest = output_of(python)?;
    let newest = serde_json::from_str::<Value>(&newest).map_err(|error| error.to_string())?;
    let path = root().join(HELD);
    let held = fs::read_to_string(&path).map_err(told(&path))?;
    let held = serde_json::from_str::<Value>(&held).map_err(|error| error.to_string())?;

    let version = newest["botocore"].as_str().unwrap_or_default();
    let mut changes = Vec::new();
    for section in ["operations", "shapes"] {
        compare_values(section, &held[section], &newest[section], &mut changes);
    }
    if changes.is_empty() {
        println!("{HELD} is the model of botocore {version}");
    } else {
        eprintln!("warning: the model of botocore {version} is not that of {HELD}:");
        changes.iter().for_each(|change| eprintln!("  {change}"));
    }
    Ok(Verdict::Passed)
}

/// Adds a line for each part that differs. Documentation does not count.
fn compare_values(place: &str, held: &Value, newest: &Value, changes: &mut Vec<String>) {
    let (Value::Object(one), Value::Object(other)) = (held, newest) else {
        if held != newest {
            changes.push(format!("{place}: {held} is now {newest}"));
        }
        return;
    };
    let names = one.keys().chain(other.keys()).filter(|name| *name != "documentation");
    for name in names.collect::<BTreeSet<_>>() {
        let place = format!("{place}.{name}");
        match (one.get(name), other.get(name)) {
            (Some(held), Some(newest)) => compare_values(&place, held, newest, changes),
            (Some(_), None) => changes.push(format!("{place} is gone")),
            (None, _) => changes.push(format!("{place} is new")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn changes_are_named_and_documentation_is_none() {
        let held = json!({"A": {"max": 64, "documentation": "a", "required": ["x"]}, "Gone": {}});
        let newest = json!({"A": {"max": 256, "documentation": "b", "required": ["x"]}, "New": {}});
        let mut changes = Vec::new();

        compare_values("shapes", &held, &newest, &mut changes);

        assert_eq!(
            changes,
            ["shapes.A.max: 64 is now 256", "shapes.Gone is gone", "shapes.New is new"]
        );
    }
}
