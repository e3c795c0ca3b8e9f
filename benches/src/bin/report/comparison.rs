use benches::Table;

use crate::answers::{HitRow, Report};

/// What has changed since a saved report: hits whose price, in units of a bare
/// `ArcSwap::load` of their own run, is another one by more than a tenth.
///
/// In nanoseconds a busier or another machine would change everything.
pub(crate) fn of(now: &Report, saved: &Report) -> String {
    if now.hits.is_empty() || saved.hits.is_empty() {
        return String::new();
    }
    let mut table =
        Table::new(["contender", "form", "threads", "saved", "now", "saved x bare", "now x bare"]);
    let (mut same, mut unknown) = (0, 0);
    for row in &now.hits {
        let then = saved.hit(&row.name, row.form, row.threads);
        let prices = then.map(|then| (price(then, saved), price(row, now)));
        let Some((Some(then_price), Some(price))) = prices else {
            unknown += 1;
            continue;
        };
        if (price / then_price - 1.0).abs() <= TOLERANCE {
            same += 1;
            continue;
        }
        let nanos = |row: Option<&HitRow>| row.and_then(HitRow::cpu_ns).unwrap_or(f64::NAN);
        table.row([
            row.name.clone(),
            row.form.to_string(),
            row.threads.to_string(),
            format!("{:.1} ns", nanos(then)),
            format!("{:.1} ns", nanos(Some(row))),
            format!("{then_price:.2}"),
            format!("{price:.2}"),
        ]);
    }
    let machine =
        if now.machine.processor == saved.machine.processor { "" } else { " on another machine" };
    format!(
        "## Compared with the report of {}{machine}\n\n{same} hits cost the same within {:.0} %, \
         {unknown} cannot be compared.\n\n{}",
        saved.began,
        TOLERANCE * 100.0,
        table.markdown()
    )
}

/// What two runs of the same code differ by on a shared machine.
const TOLERANCE: f64 = 0.1;

fn price(row: &HitRow, report: &Report) -> Option<f64> {
    let bare = report.hit("arc-swap-bare", benches::Form::Borrowed, row.threads)?;
    row.ratio_to(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(of_stscreds: f64, of_bare: f64) -> Report {
        let hit = |name: &str, nanos: f64| {
            format!(
                r#"{{"name":"{name}","holds":"","level":"Direct","form":"Borrowed","threads":1,
                "samples":[{{"cpu_ns":{nanos},"cheapest_ns":1,"dearest_ns":1,"per_second":1,
                "parallel":1}}]}}"#
            )
        };
        let hits = format!("[{},{}]", hit("arc-swap-bare", of_bare), hit("stscreds", of_stscreds));
        Report { hits: serde_json::from_str(&hits).unwrap(), ..Report::default() }
    }

    #[test]
    fn a_slower_machine_is_no_change() {
        let text = of(&report(40.0, 20.0), &report(20.0, 10.0));

        assert!(text.contains("2 hits cost the same"), "{text}");
    }

    #[test]
    fn a_dearer_hit_is_shown_with_both_prices() {
        let text = of(&report(30.0, 10.0), &report(20.0, 10.0));

        assert!(text.contains("1 hits cost the same"), "{text}");
        assert!(text.contains("2.00") && text.contains("3.00"), "{text}");
    }
}
