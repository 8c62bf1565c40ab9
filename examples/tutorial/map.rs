//! The elevation map of the tour: which file, how far apart its cells are, and where on Earth they lie.

use std::path::{Path, PathBuf};

use halo::prelude::*;
use halo::{Error, Result, io::npy};

/// The map that comes with the project, see `examples/data/README.md`.
const JACKSBORO: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/examples/data/jacksboro_dem.npy"
);

/// A map in a file: row 0 lies in the north, column 0 in the west.
pub struct Map {
    pub path: PathBuf,
    /// Rows and columns.
    pub extent: [usize; 2],
    /// Where it begins in the file.
    corner: [usize; 2],
    pub place: Option<Place>,
}

/// Where a map lies: its north-western corner and the size of its cells, in degrees.
#[derive(Clone, Copy)]
pub struct Place {
    pub north: f64,
    pub west: f64,
    pub step: f64,
}

impl Map {
    /// The map in a file; cells of one's own map count as 1 x 1. Without a file, Jacksboro in Tennessee.
    ///
    /// Reads the header alone.
    ///
    /// # Errors
    /// The file cannot be read or does not hold an array of two axes.
    pub fn open(path: Option<&Path>) -> Result<Self> {
        let jacksboro = Place {
            north: 36.733,
            west: -84.414,
            step: 1.0 / 1200.0,
        };
        let (path, place) = match path {
            Some(path) => (path, None),
            None => (Path::new(JACKSBORO), Some(jacksboro)),
        };
        Ok(Map {
            path: path.to_owned(),
            extent: npy::shape(path)?,
            corner: [0, 0],
            place,
        })
    }

    /// The file's name without its folder.
    pub fn name(&self) -> std::path::Display<'_> {
        Path::new(self.path.file_name().unwrap_or_default()).display()
    }

    /// Distance between neighbours along each axis: metres where the place is known, else 1.
    ///
    /// Meridians converge towards the poles: a degree of longitude shrinks with the cosine of the latitude, here that of
    /// the map's middle.
    pub fn spacing(&self) -> [f64; 2] {
        const METRES_PER_DEGREE: f64 = 111_320.0;
        match self.place {
            None => [1.0, 1.0],
            Some(Place { north, step, .. }) => {
                let middle = north - 0.5 * step * self.extent[0] as f64;
                let metres = step * METRES_PER_DEGREE;
                [metres, metres * middle.to_radians().cos()]
            }
        }
    }

    /// The part around the middle, with at most so many rows and columns.
    pub fn middle(&self, most: [usize; 2]) -> Map {
        let extent = [0, 1].map(|axis| self.extent[axis].min(most[axis]));
        let [top, left] = [0, 1].map(|axis| (self.extent[axis] - extent[axis]) / 2);
        let [row, column] = self.corner;
        Map {
            path: self.path.clone(),
            extent,
            corner: [row + top, column + left],
            place: self.place.map(|place| Place {
                north: place.north - place.step * top as f64,
                west: place.west + place.step * left as f64,
                ..place
            }),
        }
    }

    /// The elevations on a grid of the map's extent, as they are; what is no finite number becomes NaN. Collective.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn stored(&self, grid: &Grid<2>) -> Result<Field<f64, 2>> {
        let whole = npy::shape(&self.path)?;
        let stored = if whole == self.extent {
            npy::read::<f64, 2>(grid, &self.path)?
        } else {
            let around = Grid::new(grid.comm(), whole)?;
            let around = npy::read::<f64, 2>(&around, &self.path)?.gather_all()?;
            let [top, left] = self.corner;
            grid.field(|[i, j]| around[[top + i, left + j]])
        };
        Ok(stored.map(|z| if z.is_finite() { z } else { f64::NAN }))
    }

    /// The elevations on a grid of the map's extent; what is no finite number becomes NaN. Collective.
    ///
    /// # Errors
    /// The file cannot be read, or holds no finite number, or numbers whose squares are not finite.
    pub fn read(&self, grid: &Grid<2>) -> Result<Field<f64, 2>> {
        const LARGEST: f64 = 1e100;
        let wrong = |message: String| Error::FileFormat {
            path: self.path.clone(),
            message,
        };
        let elevation = self.stored(grid)?;
        if known(&elevation).sum()? == 0.0 {
            return Err(wrong(
                "holds no finite number; give a map with elevations".into(),
            ));
        }
        let largest = elevation
            .map(|z| if z.is_nan() { 0.0 } else { z })
            .max_abs()?;
        if largest > LARGEST {
            return Err(wrong(format!(
                "holds {largest:e}; scale the map to values below {LARGEST:e}"
            )));
        }
        Ok(elevation)
    }
}

/// 1 where the map has a value, 0 elsewhere.
pub fn known(elevation: &Field<f64, 2>) -> Field<f64, 2> {
    elevation.map(|z| if z.is_nan() { 0.0 } else { 1.0 })
}
