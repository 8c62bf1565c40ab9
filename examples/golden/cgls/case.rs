//! One case: a least-squares problem, and the course that CGLS takes.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::{array::Array, case::id_of, operation::Operation};

/// The least |A x - b|^2 + eps^2 |L x|^2 + damp^2 |x|^2, and what the reference came to.
pub struct Case {
    pub id: String,
    pub dims: Vec<usize>,
    pub problem: Problem,
    pub b: Array,
    /// Filters, where A or L is a convolution.
    pub hs: Option<Array>,
    pub expected: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    #[serde(rename = "A", deserialize_with = "operation")]
    pub a: Option<Operation>,
    #[serde(rename = "L", deserialize_with = "operation")]
    pub l: Option<Operation>,
    pub eps: f64,
    pub damp: f64,
    pub tol: f64,
    pub niter: usize,
}

/// The course of the reference.
pub struct Expected {
    pub iterations: usize,
    /// Iterations of which there is a snapshot, and how far rounding moved it.
    pub snapshots: Vec<(usize, f64)>,
    /// x after each of them.
    pub models: Array,
    pub x: Array,
    /// How far rounding moved x.
    pub drift: f64,
    pub cost: Array,
    pub gradient2: Array,
    pub exact: Array,
    /// How far x is from it, by the norm.
    pub error_to_exact: f64,
}

#[derive(Deserialize)]
struct Entry {
    dims: Vec<usize>,
    params: Problem,
    files: Files,
    iterations: usize,
    snapshot_iterations: Vec<usize>,
    snapshot_rounding_drift: Vec<f64>,
    checks: Checks,
}

#[derive(Deserialize)]
struct Files {
    b: String,
    x: String,
    snapshots: String,
    cost: String,
    gradient2: String,
    exact: String,
    hs: Option<String>,
}

#[derive(Deserialize)]
struct Checks {
    relative_error_to_exact: f64,
    rounding_drift: f64,
}

impl Case {
    /// Reads the case and its files.
    ///
    /// # Errors
    /// A sentence that begins with the case's name, or with its number where it has none.
    pub fn read(folder: &Path, number: usize, entry: &Value) -> Result<Case, String> {
        let id = id_of(number, entry)?;
        Self::read_named(folder, &id, entry).map_err(|message| format!("{id}: {message}"))
    }

    fn read_named(folder: &Path, id: &str, entry: &Value) -> Result<Case, String> {
        let entry = Entry::deserialize(entry).map_err(|error| error.to_string())?;
        let (dims, files) = (entry.dims, entry.files);
        let read = |file: &str, shape: &[usize]| {
            let array = Array::read(&folder.join(file))?;
            match array.shape == shape {
                true => Ok(array),
                false => Err(format!(
                    "{file} has shape {:?} instead of {shape:?}",
                    array.shape
                )),
            }
        };
        let (at, drifts) = (entry.snapshot_iterations, entry.snapshot_rounding_drift);
        let curve = [entry.iterations + 1];
        let expected = Expected {
            iterations: entry.iterations,
            models: read(&files.snapshots, &[&[at.len()], &dims[..]].concat())?,
            x: read(&files.x, &dims)?,
            drift: entry.checks.rounding_drift,
            cost: read(&files.cost, &curve)?,
            gradient2: read(&files.gradient2, &curve)?,
            exact: read(&files.exact, &dims)?,
            error_to_exact: entry.checks.relative_error_to_exact,
            snapshots: at.into_iter().zip(drifts).collect(),
        };
        let hs = files.hs.map(|file| Array::read(&folder.join(file)));
        Ok(Case {
            id: id.into(),
            b: read(&files.b, &dims)?,
            hs: hs.transpose()?,
            problem: entry.params,
            expected,
            dims,
        })
    }
}

/// An operator with its parameters beside its name; `null` and "identity" are none.
fn operation<'de, D: serde::Deserializer<'de>>(source: D) -> Result<Option<Operation>, D::Error> {
    use serde::de::Error;
    let mut parameters = match Option::<Value>::deserialize(source)? {
        None => return Ok(None),
        Some(Value::String(word)) if word == "identity" => return Ok(None),
        Some(Value::Object(parameters)) => parameters,
        Some(other) => return Err(D::Error::custom(format!("{other} is no operator"))),
    };
    let op = parameters.remove("op").unwrap_or_default();
    let parameters: Map<String, Value> = parameters;
    let operation = json!({ "op": op, "params": parameters });
    Operation::deserialize(operation)
        .map(Some)
        .map_err(D::Error::custom)
}
