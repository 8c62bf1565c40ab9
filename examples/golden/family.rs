//! The families of a folder of reference data, found through its `index.json`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use serde_json::Value;

/// What the cases of a family are about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An operator's results and its adjoint's.
    Operators,
    /// Haloed blocks.
    Halo,
    /// Runs of CGLS.
    Cgls,
    Unknown,
}

/// A folder of cases.
pub struct Family {
    pub name: String,
    /// How many cases the index promises, where it does.
    pub promised: Option<usize>,
    folder: PathBuf,
}

#[derive(Deserialize)]
struct Index {
    families: serde_json::Map<String, Value>,
}

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Value>,
}

/// The families of the index, or the one that is asked for.
///
/// # Errors
/// No such folder or family, no readable index.
pub fn families(folder: &Path, only: Option<&str>) -> Result<Vec<Family>, String> {
    if !folder.is_dir() {
        return Err(format!("there is no folder {}", folder.display()));
    }
    let index: Index = parse(&folder.join("index.json"))?;
    let names: Vec<&str> = index.families.keys().map(String::as_str).collect();
    if let Some(only) = only
        && !names.contains(&only)
    {
        return Err(format!(
            "there is no family {only} in {}; it has {}",
            folder.display(),
            names.join(", ")
        ));
    }
    let family = |(name, entry): (&String, &Value)| Family {
        name: name.clone(),
        folder: folder.join(name),
        promised: entry
            .get("cases")
            .and_then(Value::as_u64)
            .map(|n| n as usize),
    };
    let chosen = index
        .families
        .iter()
        .filter(|(name, _)| only.is_none_or(|only| only == name.as_str()));
    Ok(chosen.map(family).collect())
}

impl Family {
    pub fn kind(&self) -> Kind {
        match self.name.as_str() {
            "first_derivative"
            | "second_derivative"
            | "laplacian"
            | "gradient"
            | "directional_derivative"
            | "nonstat_convolve_1d"
            | "nonstat_convolve_2d"
            | "nonstat_convolve_3d" => Kind::Operators,
            "halo" => Kind::Halo,
            "cgls" => Kind::Cgls,
            _ => Kind::Unknown,
        }
    }

    /// Every case, or what is wrong with it, read by `read` from the family's folder, its number and its entry.
    ///
    /// # Errors
    /// A `cases.json` that is missing, no JSON, or without a list of cases.
    pub fn cases<C>(
        &self,
        read: impl Fn(&Path, usize, &Value) -> Result<C, String>,
    ) -> Result<Vec<Result<C, String>>, String> {
        let Cases { cases } = self.parse("cases.json")?;
        let numbered = cases.iter().enumerate();
        Ok(numbered
            .map(|(number, entry)| read(&self.folder, number, entry))
            .collect())
    }

    /// What a JSON file of the family's folder holds.
    ///
    /// # Errors
    /// No such file, no JSON, or something else.
    pub fn parse<T: for<'a> Deserialize<'a>>(&self, file: &str) -> Result<T, String> {
        parse(&self.folder.join(file))
    }
}

fn parse<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<T, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}
