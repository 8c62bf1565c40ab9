//! The table of layouts: every row is either what the library says too, or refused.

use serde::Deserialize;

use super::{
    super::{family::Family, report::Report},
    row::Row,
};

#[derive(Deserialize)]
struct Table {
    rows: Vec<Row>,
}

/// PyLops-MPI's word for a halo that is wider on one side than on the other where blocks meet. This library has them.
const ASYMMETRIC: &str = "width differs from neighbour";

/// Compares all rows.
pub fn check(family: &Family, report: &mut Report) -> Result<(), String> {
    let Table { rows } = family.parse("table.json")?;
    let (mut agreeing, mut asymmetric, mut splits) = (0, 0, 0);
    for row in &rows {
        let place = format!("{:?} ranks", row.grid);
        let to_refuse = match row.error.as_deref() {
            Some(ASYMMETRIC) => false,
            Some(_) => true,
            // Here a rank cannot be without a point, even where its halo is empty too.
            None => row.has_empty_blocks(),
        };
        match (row.differences(), to_refuse) {
            (Err(reason), true) => report.refuse(row.ranks(), reason.to_string()),
            (Err(reason), false) => report.fail(&row.id, &place, &reason.to_string()),
            (Ok(_), true) => report.fail(&row.id, &place, "ran, though it is to be refused"),
            (Ok(differences), false) if differences.is_empty() => {
                agreeing += 1;
                asymmetric += usize::from(row.error.is_some());
            }
            (Ok(differences), false) => report.fail(&row.id, &place, &differences.join("; ")),
        }
        match row.even_split() {
            Some(true) => splits += 1,
            Some(false) => report.fail(&row.id, &place, "the even split is another"),
            None => {}
        }
    }
    report.note(format!(
        "{agreeing} rows of table.json agree in every number, {asymmetric} of them with a halo that PyLops-MPI refuses; {splits} \
         even splits agree"
    ));
    Ok(())
}
