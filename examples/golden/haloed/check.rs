//! All cases on their own grids, then the table.

use super::{
    super::{array::error_of, check::TOLERANCE, family::Family, report::Report},
    case::{Case, Outcome},
    table,
};

/// Runs all cases and compares all rows.
pub fn check(family: &Family) -> Result<Report, String> {
    let mut report = Report::new(family, &[]);
    for case in family.cases(Case::read)? {
        report.cases += 1;
        match case {
            Ok(case) => check_case(&case, &mut report),
            Err(message) => report.failures.push(message),
        }
    }
    table::check(family, &mut report)?;
    Ok(report)
}

fn check_case(case: &Case, report: &mut Report) {
    let place = format!("{:?} ranks", case.grid);
    let outcomes = match case.run() {
        Ok(outcomes) => outcomes,
        Err(error) => return report.fail(&case.id, &place, &error.to_string()),
    };
    report.ran_on(case.grid.clone());
    for (rank, Outcome { extent, y, .. }) in outcomes.iter().enumerate() {
        if *extent != case.extents[rank] {
            let expected = &case.extents[rank];
            let message = format!("rank {rank} has a block of {extent:?} instead of {expected:?}");
            return report.fail(&case.id, &place, &message);
        }
        compare(
            case,
            &place,
            "forward",
            y,
            case.block(&case.y, rank),
            report,
        );
    }
    let aty: Vec<f64> = outcomes
        .into_iter()
        .flat_map(|outcome| outcome.aty)
        .collect();
    compare(case, &place, "adjoint", &aty, &case.aty.values, report);
}

fn compare(
    case: &Case,
    place: &str,
    name: &'static str,
    found: &[f64],
    expected: &[f64],
    report: &mut Report,
) {
    let error = error_of(found, expected);
    report.note_error(name, error);
    if error.is_nan() || error > TOLERANCE {
        let message = format!("{name} is off by {error:.1e}, where {TOLERANCE:.0e} is allowed");
        report.fail(&case.id, place, &message);
    }
}
