//! The kernels of a non-stationary convolution, for some sizes of filters: smaller ones are padded with zeros to the next.
//!
//! Few sizes, for each is a kernel that every program with a convolution compiles.

use super::placed_filters::PlacedFilters;
use crate::{
    error::{Error, Result},
    field::Field,
    grid::Grid,
    operator::Operator,
    prelude::*,
};

type Plain<const D: usize> = Result<Operator<Field<f64, D>, Field<f64, D>>>;

/// The convolution along one axis.
pub(super) fn line<const D: usize>(filters: &PlacedFilters<'_, 1>, grid: &Grid<D>) -> Plain<D> {
    let axes = filters.axes;
    match filters.longest() {
        ..=11 => ConvolveLine::<11> { h: filters.bank() }.over(axes, grid),
        12..=33 => ConvolveLine::<33> { h: filters.bank() }.over(axes, grid),
        34..=65 => ConvolveLine::<65> { h: filters.bank() }.over(axes, grid),
        66..=129 => ConvolveLine::<129> { h: filters.bank() }.over(axes, grid),
        size => Err(too_long(size, 129, LINE)),
    }
}

/// The convolution in a plane of two axes.
pub(super) fn plane<const D: usize>(filters: &PlacedFilters<'_, 2>, grid: &Grid<D>) -> Plain<D> {
    let axes = filters.axes;
    match filters.longest() {
        ..=7 => ConvolvePlane::<7> { h: filters.bank() }.over(axes, grid),
        8..=15 => ConvolvePlane::<15> { h: filters.bank() }.over(axes, grid),
        16..=31 => ConvolvePlane::<31> { h: filters.bank() }.over(axes, grid),
        size => Err(too_long(size, 31, PLANE)),
    }
}

/// The convolution in a space of three axes.
pub(super) fn space<const D: usize>(filters: &PlacedFilters<'_, 3>, grid: &Grid<D>) -> Plain<D> {
    let axes = filters.axes;
    match filters.longest() {
        ..=5 => ConvolveSpace::<5> { h: filters.bank() }.over(axes, grid),
        6..=9 => ConvolveSpace::<9> { h: filters.bank() }.over(axes, grid),
        size => Err(too_long(size, 9, SPACE)),
    }
}

#[stencil(K in [11, 33, 65, 129])]
fn convolve_line<const K: usize>(x: Input<f64, 1>, h: Bank<[f64; K], 1>) -> f64 {
    let half = K as isize / 2;
    let mut sum = 0.0;
    for k in -half..=half {
        sum += h[-k][(k + half) as usize] * x[-k];
    }
    sum
}

#[stencil(K in [7, 15, 31])]
fn convolve_plane<const K: usize>(x: Input<f64, 2>, h: Bank<[[f64; K]; K], 2>) -> f64 {
    let half = K as isize / 2;
    let mut sum = 0.0;
    for i in -half..=half {
        for j in -half..=half {
            sum += h[[-i, -j]][(i + half) as usize][(j + half) as usize] * x[[-i, -j]];
        }
    }
    sum
}

#[stencil(K in [5, 9])]
fn convolve_space<const K: usize>(x: Input<f64, 3>, h: Bank<[[[f64; K]; K]; K], 3>) -> f64 {
    let half = K as isize / 2;
    let mut sum = 0.0;
    for i in -half..=half {
        for j in -half..=half {
            for k in -half..=half {
                sum += h[[-i, -j, -k]][(i + half) as usize][(j + half) as usize]
                    [(k + half) as usize]
                    * x[[-i, -j, -k]];
            }
        }
    }
    sum
}

const LINE: &str = "fn convolve(x: Input<f64, 1>, h: Bank<[f64; SIZE], 1>) -> f64 {
    let mut sum = 0.0;
    for k in -HALF..=HALF { sum += h[-k][(k + HALF) as usize] * x[-k]; }
    sum
}";

const PLANE: &str = "fn convolve(x: Input<f64, 2>, h: Bank<[[f64; SIZE]; SIZE], 2>) -> f64 {
    let mut sum = 0.0;
    for i in -HALF..=HALF { for j in -HALF..=HALF { \
     sum += h[[-i, -j]][(i + HALF) as usize][(j + HALF) as usize] * x[[-i, -j]]; } }
    sum
}";

const SPACE: &str = "fn convolve(x: Input<f64, 3>, h: Bank<[[[f64; SIZE]; SIZE]; SIZE], 3>) -> f64 {
    let mut sum = 0.0;
    for i in -HALF..=HALF { for j in -HALF..=HALF { for k in -HALF..=HALF { \
     sum += h[[-i, -j, -k]][(i + HALF) as usize][(j + HALF) as usize][(k + HALF) as usize] * x[[-i, -j, -k]]; } } }
    sum
}";

/// The kernel to write where none here is large enough.
fn too_long(size: usize, most: usize, kernel: &str) -> Error {
    let kernel = kernel
        .replace("SIZE", &size.to_string())
        .replace("HALF", &(size / 2).to_string());
    Error::Invalid(format!(
        "filters of {size} entries along an axis are longer than the {most} that `NonStationaryConvolution` has a kernel for; \
         write one of that size:\n\n#[stencil]\n{kernel}\n\nand put `Convolve {{ h: FilterBank::new(&filters, first, spacing)? }}` \
         on the grid"
    ))
}

/// A kernel put on axes of a grid.
trait Over: Sized {
    fn over<const N: usize, const D: usize>(self, axes: [usize; N], grid: &Grid<D>) -> Plain<D>;
}

macro_rules! over {
    ($kernel:ident: $($size:literal)*) => {
        $(
            impl Over for $kernel<$size> {
                fn over<const N: usize, const D: usize>(
                    self,
                    axes: [usize; N],
                    grid: &Grid<D>,
                ) -> Plain<D> {
                    Ok(Operator::new(self.along(axes).on(grid)?))
                }
            }
        )*
    };
}

over!(ConvolveLine: 11 33 65 129);
over!(ConvolvePlane: 7 15 31);
over!(ConvolveSpace: 5 9);
