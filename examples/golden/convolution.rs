//! The convolutions of the reference: in one axis of any grid, or in all axes of a grid of two or three.

use halo::{Error, Field, Grid, Result, operator::Operator, stock::NonStationaryConvolution};
use ndarray::ArrayViewD;
use serde::Deserialize;

use super::{array::Array, operation::axis};

/// Filters along one axis. Cases also say what their filters were made of, which nothing here depends on.
#[derive(Deserialize)]
pub struct LineConvolution {
    #[serde(default = "last")]
    axis: isize,
    ih: Vec<usize>,
}

/// Filters in all axes, with the centres of each.
#[derive(Deserialize)]
pub struct Convolution {
    ih: Vec<Vec<usize>>,
}

type Plain<const D: usize> = Result<Operator<Field<f64, D>, Field<f64, D>>>;

impl LineConvolution {
    pub fn on<const D: usize>(&self, grid: &Grid<D>, hs: Option<&Array>) -> Plain<D> {
        let filters = filters(hs)?;
        NonStationaryConvolution::new([&self.ih], &filters)
            .along([axis::<D>(self.axis)?])
            .on(grid)
    }
}

/// Grids of one to four axes, of which those of two and three have convolutions in all axes.
pub trait ConvolutionGrid<const D: usize> {
    /// The convolution in all axes.
    fn convolution(&self, chosen: &Convolution, hs: Option<&Array>) -> Plain<D>;
}

macro_rules! in_all_axes {
    ($($axes:literal)*) => {
        $(
            impl ConvolutionGrid<$axes> for Grid<$axes> {
                fn convolution(&self, chosen: &Convolution, hs: Option<&Array>) -> Plain<$axes> {
                    let centres: Vec<&[usize]> = chosen.ih.iter().map(Vec::as_slice).collect();
                    let centres: [&[usize]; $axes] =
                        centres.try_into().map_err(|lists: Vec<_>| none(lists.len(), $axes))?;
                    NonStationaryConvolution::new(centres, &filters(hs)?).on(self)
                }
            }
        )*
    };
}

macro_rules! in_one_axis_only {
    ($($axes:literal)*) => {
        $(
            impl ConvolutionGrid<$axes> for Grid<$axes> {
                fn convolution(&self, chosen: &Convolution, _: Option<&Array>) -> Plain<$axes> {
                    Err(none(chosen.ih.len(), $axes))
                }
            }
        )*
    };
}

in_all_axes!(2 3);
in_one_axis_only!(1 4);

fn none(lists: usize, axes: usize) -> Error {
    Error::Invalid(format!(
        "a convolution with {lists} lists of centres is none in all of {axes} axes"
    ))
}

fn filters(hs: Option<&Array>) -> Result<ArrayViewD<'_, f64>> {
    let hs = hs.ok_or_else(|| Error::Invalid("the case names no file `hs` of filters".into()))?;
    ArrayViewD::from_shape(&hs.shape[..], &hs.values)
        .map_err(|error| Error::Invalid(error.to_string()))
}

fn last() -> isize {
    -1
}
