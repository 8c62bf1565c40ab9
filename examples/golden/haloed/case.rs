//! One case: the haloed blocks of all ranks, and what the adjoint makes of such blocks.

use std::path::Path;

use halo::{Comm, Error, LinearOperator, Result, launch_all};
use ndarray::IntoDimension;
use serde::Deserialize;
use serde_json::Value;

use super::{
    super::{array::Array, case::id_of, run::local},
    blocks,
    widths::Widths,
};

/// A case as `cases.json` has it, with its arrays.
pub struct Case {
    pub id: String,
    pub dims: Vec<usize>,
    /// Ranks along each axis.
    pub grid: Vec<usize>,
    halo: Widths,
    /// Of each rank's haloed block.
    pub extents: Vec<Vec<usize>>,
    /// Where the ranks' blocks begin in `y` and `yy`.
    offsets: Vec<usize>,
    x: Array,
    pub y: Array,
    yy: Array,
    pub aty: Array,
}

/// What one rank gives.
pub struct Outcome {
    pub extent: Vec<usize>,
    pub y: Vec<f64>,
    /// On rank 0.
    pub aty: Vec<f64>,
}

#[derive(Deserialize)]
struct Entry {
    dims: Vec<usize>,
    params: Parameters,
    files: Files,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    grid: Vec<usize>,
    halo: Widths,
    extents: Vec<Vec<usize>>,
    offsets: Vec<usize>,
}

#[derive(Deserialize)]
struct Files {
    x: String,
    y: String,
    yy: String,
    aty: String,
}

impl Case {
    /// Reads the case and its files.
    ///
    /// # Errors
    /// A sentence that begins with the case's name, or with its number where it has none.
    pub fn read(folder: &Path, number: usize, entry: &Value) -> std::result::Result<Case, String> {
        let id = id_of(number, entry)?;
        Self::read_named(folder, &id, entry).map_err(|message| format!("{id}: {message}"))
    }

    fn read_named(folder: &Path, id: &str, entry: &Value) -> std::result::Result<Case, String> {
        let Entry {
            dims,
            params,
            files,
        } = Entry::deserialize(entry).map_err(|error| error.to_string())?;
        let read = |file: &str, count: usize| {
            let array = Array::read(&folder.join(file))?;
            match array.values.len() {
                found if found == count => Ok(array),
                found => Err(format!("{file} has {found} values, the case says {count}")),
            }
        };
        let ranks: usize = params.grid.iter().product();
        let volumes = params.extents.iter().map(|extent| extent.iter().product());
        let ends = volumes.scan(0, |end, volume: usize| {
            *end += volume;
            Some(*end)
        });
        let offsets: Vec<usize> = [0].into_iter().chain(ends).collect();
        if params.extents.len() != ranks || params.offsets != offsets {
            return Err("extents and offsets do not fit the ranks of the grid".into());
        }
        let (points, cells) = (dims.iter().product(), offsets[ranks]);
        Ok(Case {
            id: id.into(),
            x: read(&files.x, points)?,
            y: read(&files.y, cells)?,
            yy: read(&files.yy, cells)?,
            aty: read(&files.aty, points)?,
            dims,
            grid: params.grid,
            halo: params.halo,
            extents: params.extents,
            offsets,
        })
    }

    /// The values of a rank's block in `y` or `yy`.
    pub fn block<'a>(&self, of: &'a Array, rank: usize) -> &'a [f64] {
        &of.values[self.offsets[rank]..self.offsets[rank + 1]]
    }

    /// What every rank gives, on the case's own blocks.
    pub fn run(&self) -> Result<Vec<Outcome>> {
        launch_all(self.grid.iter().product(), |comm| match self.dims.len() {
            1 => self.on_axes::<1>(comm),
            2 => self.on_axes::<2>(comm),
            3 => self.on_axes::<3>(comm),
            axes => Err(Error::Invalid(format!(
                "the case has {axes} axes, not 1 to 3"
            ))),
        })
    }

    fn on_axes<const D: usize>(&self, comm: &Comm) -> Result<Outcome>
    where
        [usize; D]: IntoDimension,
    {
        let grid = blocks::grid::<D>(comm, &self.dims, &self.grid)?;
        let halo = self.halo.on(&grid)?;
        halo.exact_adjoint_test()?;
        let y = halo.forward(&local(&grid, &self.x.values, 0))?;
        let mut yy = halo.zero_range();
        let expected = self.block(&self.yy, comm.rank());
        if yy.cells().len() != expected.len() {
            return Err(Error::ShapeMismatch {
                what: "a haloed block".into(),
                expected: self.extents[comm.rank()].clone(),
                found: yy.layout().shape().to_vec(),
            });
        }
        yy.cells_mut().copy_from_slice(expected);
        let aty = halo.adjoint(&yy)?.gather(0)?;
        Ok(Outcome {
            extent: y.layout().shape().to_vec(),
            y: y.cells().to_vec(),
            aty: aty.into_iter().flatten().collect(),
        })
    }
}
