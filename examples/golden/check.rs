//! A family's cases on every rank count and process grid, against the reference.

use super::{
    array::error_of,
    case::Case,
    cgls,
    family::{Family, Kind},
    haloed,
    process_grids::process_grids,
    ranks::Ranks,
    report::Report,
    run::{Outcome, run},
};

/// What is allowed of max |difference| / max(1, max |reference|).
pub const TOLERANCE: f64 = 1e-12;

/// Runs all cases of a family.
pub fn check(family: &Family, ranks: &[Ranks]) -> Report {
    let checked = match family.kind() {
        Kind::Operators => check_operators(family, ranks),
        Kind::Halo => haloed::check(family),
        Kind::Cgls => cgls::check(family, ranks),
        Kind::Unknown => Ok(Report::new(family, ranks)),
    };
    checked.unwrap_or_else(|message| {
        let mut report = Report::new(family, ranks);
        report.failures.push(message);
        report
    })
}

fn check_operators(family: &Family, ranks: &[Ranks]) -> Result<Report, String> {
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
    // The first outcome, and where it came from: the bits of all others are compared with it.
    let mut first: Option<(String, Outcome)> = None;
    for &ranks in ranks {
        let grids = process_grids(ranks.count(), &case.dims);
        if grids.is_empty() {
            refusal(case, ranks, report);
        }
        for grid in grids {
            let place = format!("{ranks} ranks as {grid:?}");
            let outcome = match run(case, ranks, Some(&grid)) {
                Ok(outcome) => outcome,
                Err(error) => {
                    report.fail(&case.id, &place, &error.to_string());
                    continue;
                }
            };
            report.ran_on(grid);
            compare(case, &place, &outcome, report);
            match &first {
                None => first = Some((place, outcome)),
                Some((_, expected)) if same_bits(expected, &outcome) => {}
                Some((reference, _)) => {
                    report.equal_bits = false;
                    report.fail(&case.id, &place, &format!("not the bits of {reference}"));
                }
            }
        }
    }
}

/// Ranks that cannot have a cell each are refused by the library; its words are what is reported.
fn refusal(case: &Case, ranks: Ranks, report: &mut Report) {
    match run(case, ranks, None) {
        Err(reason) => report.refuse(ranks.count(), reason.to_string()),
        Ok(_) => {
            let place = format!("{ranks} ranks");
            report.fail(
                &case.id,
                &place,
                "ran, though not every rank can have a cell",
            );
        }
    }
}

fn compare(case: &Case, place: &str, outcome: &Outcome, report: &mut Report) {
    let directions = [
        ("forward", &outcome.y, &case.y),
        ("adjoint", &outcome.aty, &case.aty),
    ];
    for (name, found, expected) in directions {
        let error = error_of(found, &expected.values);
        report.note_error(name, error);
        // NaN is beyond any tolerance.
        if error.is_nan() || error > TOLERANCE {
            let message = format!("{name} is off by {error:.1e}, where {TOLERANCE:.0e} is allowed");
            report.fail(&case.id, place, &message);
        }
    }
}

fn same_bits(a: &Outcome, b: &Outcome) -> bool {
    let bits = |values: &[f64]| -> Vec<u64> { values.iter().map(|v| v.to_bits()).collect() };
    bits(&a.y) == bits(&b.y) && bits(&a.aty) == bits(&b.aty)
}
