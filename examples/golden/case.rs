//! One reference case: an operator, what it is applied to, and what it gives.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::{array::Array, operation::Operation};

/// A case as `cases.json` has it, with its arrays.
pub struct Case {
    pub id: String,
    pub dims: Vec<usize>,
    pub operation: Operation,
    pub x: Array,
    pub y: Array,
    pub yy: Array,
    pub aty: Array,
    /// Directions or filters, for operators that have them.
    pub v: Option<Array>,
    pub hs: Option<Array>,
}

#[derive(Deserialize)]
struct Entry {
    dims: Vec<usize>,
    dimsd: Vec<usize>,
    #[serde(flatten)]
    operation: Operation,
    files: Files,
}

#[derive(Deserialize)]
struct Files {
    x: String,
    y: String,
    yy: String,
    aty: String,
    v: Option<String>,
    hs: Option<String>,
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
        let Entry {
            dims,
            dimsd,
            operation,
            files,
        } = Entry::deserialize(entry).map_err(|error| error.to_string())?;
        if !(1..=4).contains(&dims.len()) || dims.contains(&0) {
            return Err(format!(
                "dims is {dims:?}; a grid has 1 to 4 axes with at least one cell each"
            ));
        }
        let read = |what: &str, file: &str, shape: &[usize]| {
            let array = Array::read(&folder.join(file))?;
            if array.shape == shape {
                return Ok(array);
            }
            let found = &array.shape;
            Err(format!(
                "{what} ({file}) has shape {found:?}, the case says {shape:?}"
            ))
        };
        if operation.dimsd(&dims) != dimsd {
            return Err(format!(
                "dimsd is {dimsd:?}, this operator makes {:?} of {dims:?}",
                operation.dimsd(&dims)
            ));
        }
        let whole = |file: Option<String>| {
            let read = |file| Array::read(&folder.join(file));
            file.map(read).transpose()
        };
        Ok(Case {
            id: id.into(),
            x: read("x", &files.x, &dims)?,
            y: read("y", &files.y, &dimsd)?,
            yy: read("yy", &files.yy, &dimsd)?,
            aty: read("aty", &files.aty, &dims)?,
            v: whole(files.v)?,
            hs: whole(files.hs)?,
            dims,
            operation,
        })
    }
}

/// The name of a case.
pub fn id_of(number: usize, entry: &Value) -> Result<String, String> {
    let id = entry.get("id").and_then(Value::as_str);
    id.map(str::to_string)
        .ok_or_else(|| format!("case number {number} has no id"))
}
