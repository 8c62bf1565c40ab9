//! The operator of a case on a grid: from a field to a field, or to its derivatives along all axes.

use halo::{
    Field, Grid, Result,
    operator::Operator,
    stock::{GradientGrid, GradientOperator},
};

use super::{
    array::Array,
    convolution::ConvolutionGrid,
    operation::{Operation, direction},
};

/// An operator of the two kinds that the reference has.
pub enum Built<const D: usize>
where
    Grid<D>: GradientGrid<D>,
{
    Field(Operator<Field<f64, D>, Field<f64, D>>),
    Gradient(GradientOperator<D>),
}

/// The operator, with the directions or filters that come beside its parameters.
pub fn built<const D: usize>(
    operation: &Operation,
    grid: &Grid<D>,
    [v, hs]: [&Option<Array>; 2],
) -> Result<Built<D>>
where
    Grid<D>: GradientGrid<D> + ConvolutionGrid<D>,
{
    let v = || direction(grid, v.as_ref());
    Ok(Built::Field(match operation {
        Operation::FirstDerivative(chosen) => chosen.on::<D>()?.on(grid)?,
        Operation::SecondDerivative(chosen) => chosen.on::<D>()?.on(grid)?,
        Operation::Laplacian(chosen) => chosen.on::<D>()?.on(grid)?,
        Operation::Gradient(chosen) => return Ok(Built::Gradient(chosen.gradient().on(grid)?)),
        Operation::FirstDirectionalDerivative(chosen) => chosen.first_in(v()?).on(grid)?,
        Operation::SecondDirectionalDerivative(chosen) => chosen.second_in(v()?).on(grid)?,
        Operation::NonStationaryConvolve1D(chosen) => chosen.on(grid, hs.as_ref())?,
        Operation::NonStationaryConvolve2D(chosen) | Operation::NonStationaryConvolve3D(chosen) => {
            grid.convolution(chosen, hs.as_ref())?
        }
    }))
}
