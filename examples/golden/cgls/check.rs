//! All cases on every rank count and process grid, against the reference.

use super::{
    super::{
        array::{error_of, largest},
        family::Family,
        process_grids::process_grids,
        ranks::Ranks,
        report::Report,
    },
    case::Case,
    course::{Course, run},
};

/// What is allowed where rounding moves the reference by less than a hundredth of it.
const TOLERANCE: f64 = 1e-11;

/// Runs all cases.
pub fn check(family: &Family, ranks: &[Ranks]) -> Result<Report, String> {
    let mut report = Report::new(family, ranks);
    for case in family.cases(Case::read)? {
        report.cases += 1;
        match case {
            Ok(case) => check_case(&case, ranks, &mut report),
            Err(message) => report.failures.push(message),
        }
    }
    Ok(report)
}

fn check_case(case: &Case, ranks: &[Ranks], report: &mut Report) {
    let mut first: Option<(String, Course)> = None;
    for &ranks in ranks {
        let grids = process_grids(ranks.count(), &case.dims);
        if grids.is_empty() {
            match run(case, ranks, None) {
                Err(reason) => report.refuse(ranks.count(), reason.to_string()),
                Ok(_) => report.fail(&case.id, &format!("{ranks} ranks"), "ran without points"),
            }
        }
        for grid in grids {
            let place = format!("{ranks} ranks as {grid:?}");
            let course = match run(case, ranks, Some(&grid)) {
                Ok(course) => course,
                Err(error) => {
                    report.fail(&case.id, &place, &error.to_string());
                    continue;
                }
            };
            report.ran_on(grid);
            compare(case, &place, &course, report);
            match &first {
                None => first = Some((place, course)),
                Some((_, expected)) if same_bits(expected, &course) => {}
                Some((reference, _)) => {
                    report.equal_bits = false;
                    report.fail(&case.id, &place, &format!("not the bits of {reference}"));
                }
            }
        }
    }
}

fn compare(case: &Case, place: &str, course: &Course, report: &mut Report) {
    let expected = &case.expected;
    if course.iterations != expected.iterations || course.models.len() != expected.snapshots.len() {
        let message = format!(
            "{} iterations instead of {}, {} snapshots instead of {}",
            course.iterations,
            expected.iterations,
            course.models.len(),
            expected.snapshots.len()
        );
        return report.fail(&case.id, place, &message);
    }
    let mut allow = |name: &'static str, error: f64, allowed: f64| {
        report.note_error(name, error);
        // NaN is beyond any tolerance.
        if error.is_nan() || error > allowed {
            let message = format!("{name} is off by {error:.1e}, where {allowed:.0e} is allowed");
            report.fail(&case.id, place, &message);
        }
    };
    let mut allowed = TOLERANCE;
    let shown = expected.models.values.chunks(course.x.len().max(1));
    for (((_, drift), shown), found) in expected.snapshots.iter().zip(shown).zip(&course.models) {
        // What rounding did to an iterate stays in those that follow.
        allowed = allowed.max(100.0 * drift);
        allow("iterates", error_of(found, shown), allowed);
    }
    allowed = allowed.max(100.0 * expected.drift);
    allow("x", error_of(&course.x, &expected.x.values), allowed);
    for (name, found, reference) in [
        ("cost", &course.cost, &expected.cost),
        ("gradient", &course.gradient2, &expected.gradient2),
    ] {
        // Relative to where the curve begins, as tolerances are.
        let start = reference.values.first().copied().unwrap_or(1.0);
        let differences = found.iter().zip(&reference.values);
        let error = largest(differences.map(|(found, expected)| (found - expected).abs())) / start;
        allow(name, error, allowed);
    }
    let square = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>();
    let exact = &expected.exact.values;
    let rest = square(&mut course.x.iter().zip(exact).map(|(x, exact)| x - exact));
    let distance = (rest / square(&mut exact.iter().copied())).sqrt();
    allow(
        "distance to the direct solution",
        (distance - expected.error_to_exact).abs(),
        allowed,
    );
}

fn same_bits(a: &Course, b: &Course) -> bool {
    let bits = |course: &Course| -> Vec<u64> {
        let models = course.models.iter().flatten().chain(&course.x);
        let all = models.chain(&course.cost).chain(&course.gradient2);
        all.map(|value| value.to_bits()).collect()
    };
    bits(a) == bits(b)
}
