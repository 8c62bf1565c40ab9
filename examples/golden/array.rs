//! A whole `.npy` array of reference data, and how far another one is from it.

use std::{fs::File, io::BufReader, path::Path};

use npyz::{NpyFile, Order};

/// Values in C order, with their shape.
pub struct Array {
    pub shape: Vec<usize>,
    pub values: Vec<f64>,
}

impl Array {
    pub fn read(path: &Path) -> Result<Array, String> {
        let named = |error: std::io::Error| format!("{}: {error}", path.display());
        let file = File::open(path).map_err(named)?;
        let array = NpyFile::new(BufReader::new(file)).map_err(named)?;
        let shape = array.shape().iter().map(|n| *n as usize).collect();
        if array.order() != Order::C {
            return Err(format!(
                "{}: the array is in Fortran order; write it in C order",
                path.display()
            ));
        }
        let values = array.into_vec().map_err(named)?;
        Ok(Array { shape, values })
    }
}

/// max |found - expected| / max(1, max |expected|); NaN where either has one.
pub fn error_of(found: &[f64], expected: &[f64]) -> f64 {
    let pairs = found.iter().zip(expected);
    largest(pairs.map(|(found, expected)| (found - expected).abs()))
        / largest(expected.iter().map(|value| value.abs())).max(1.0)
}

/// The largest number, or NaN if there is one among them: `f64::max` would drop it.
pub fn largest(numbers: impl Iterator<Item = f64>) -> f64 {
    numbers.fold(0.0, |largest, number| {
        if number > largest || number.is_nan() {
            number
        } else {
            largest
        }
    })
}
