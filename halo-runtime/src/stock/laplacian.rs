//! The weighted sum of second derivatives along several axes, fused into one kernel per number of axes.

use super::{Kind, PerAxis, place, second_derivative::Curvature};
use crate::{
    error::{Error, Result},
    field::Field,
    grid::Grid,
    operator::Operator,
    prelude::*,
};

/// The Laplacian along some axes by finite differences, after PyLops's `Laplacian`: the sum over these axes of
/// weight × [`SecondDerivative`](super::SecondDerivative), in one sweep and one exchange.
///
/// ∑ₐ wₐ (x\[i-1ₐ\] - 2 x\[i\] + x\[i+1ₐ\]) / hₐ² in the interior, for centered differences. Each term by itself is zero
/// where its own axis leaves out the row, so that the other axes reach up to their ends; `kind` and `edge` are those of
/// the second derivative. Periodic axes have no ends.
///
/// Defaults are PyLops's: weights and samplings 1, centered, no edge. One message per neighbour along the axes.
///
/// ```
/// use halo::{prelude::*, stock::Laplacian};
///
/// let grid = Grid::new(&Comm::solo(), [5, 6])?;
/// let laplacian = Laplacian::new([0, 1]).weights([1.0, 3.0]).sampling(0.5).on(&grid)?;
/// let y = laplacian.forward(&grid.field(|[i, j]| (i * i + j * j) as f64))?;
/// assert_eq!(y.get([2, 2]), Some(4.0 * (2.0 + 3.0 * 2.0)));
/// assert_eq!(y.get([0, 2]), Some(4.0 * (3.0 * 2.0)));
/// laplacian.exact_adjoint_test()?;
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a Laplacian does nothing until it is put `.on(&grid)`"]
pub struct Laplacian {
    axes: Vec<usize>,
    weights: PerAxis,
    sampling: PerAxis,
    kind: Kind,
    edge: bool,
}

impl Laplacian {
    /// The sum over these axes of the grid.
    pub fn new(axes: impl Into<Vec<usize>>) -> Self {
        Laplacian {
            axes: axes.into(),
            weights: 1.0.into(),
            sampling: 1.0.into(),
            kind: Kind::Centered,
            edge: false,
        }
    }

    /// What the second derivative along each axis is multiplied by, in the order of the axes.
    pub fn weights(mut self, weights: impl Into<PerAxis>) -> Self {
        self.weights = weights.into();
        self
    }

    /// The distance between neighbouring points along each axis, in the order of the axes.
    pub fn sampling(mut self, sampling: impl Into<PerAxis>) -> Self {
        self.sampling = sampling.into();
        self
    }

    /// On which side of a point the differences lie.
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Whether centered differences are repeated on the first and the last row of their axis, instead of zero.
    pub fn edge(mut self, edge: bool) -> Self {
        self.edge = edge;
        self
    }

    /// The operator on a grid. Collective.
    ///
    /// # Errors
    /// No axis, axes that the grid lacks or that are named twice; weights or samplings of another number than the axes;
    /// a weight that is not finite, a sampling that is zero or not finite.
    pub fn on<const D: usize>(
        self,
        grid: &Grid<D>,
    ) -> Result<Operator<Field<f64, D>, Field<f64, D>>> {
        let operator = "Laplacian";
        let axes = &self.axes;
        let periodic = place::periodic(grid, axes, operator)?;
        let weights = self.weights.spread(axes.len(), operator, "weight")?;
        let inverse_steps = self.sampling.inverse_steps(axes.len(), operator)?;
        let mut factors = Vec::new();
        for (weight, inv_h) in weights.into_iter().zip(inverse_steps) {
            let factor = weight * inv_h * inv_h;
            if !factor.is_finite() {
                return Err(Error::Invalid(format!(
                    "`{operator}` is given the weight {weight} for a sampling of {}; weight / sampling² is to be finite",
                    1.0 / inv_h
                )));
            }
            factors.push(factor);
        }
        let curvature = Curvature {
            kind: self.kind,
            edge: self.edge,
        };
        // The axes are distinct ones of the grid's: kernels on more axes than it has need not exist.
        match axes.len() {
            1 => curvature.on(grid, axes[0], factors[0]),
            2 if const { D >= 2 } => two::laplacian(curvature, grid, axes, &factors, &periodic),
            3 if const { D >= 3 } => three::laplacian(curvature, grid, axes, &factors, &periodic),
            4 if const { D >= 4 } => four::laplacian(curvature, grid, axes, &factors, &periodic),
            axes => Err(Error::Invalid(format!(
                "`{operator}` is given {axes} axes; it acts on 4 at most"
            ))),
        }
    }
}

/// The kernels on `$axes` axes. A term is left out where its own stencil would leave the grid.
macro_rules! kernels {
    ($module:ident, $axes:tt) => {
        #[stencils]
        mod $module {
            use super::*;

            pub(super) fn laplacian<const D: usize>(
                curvature: Curvature,
                grid: &Grid<D>,
                axes: &[usize],
                factors: &[f64],
                periodic: &[bool],
            ) -> Result<Operator<Field<f64, D>, Field<f64, D>>> {
                let factors = std::array::from_fn(|axis| factors[axis]);
                let periodic = std::array::from_fn(|axis| periodic[axis]);
                Ok(match (curvature.kind, curvature.edge) {
                    (Kind::Forward, _) => {
                        let kernel = LaplacianForward { factors, periodic };
                        Operator::new(kernel.along(axes).on(grid)?)
                    }
                    (Kind::Backward, _) => {
                        let kernel = LaplacianBackward { factors, periodic };
                        Operator::new(kernel.along(axes).on(grid)?)
                    }
                    (Kind::Centered, false) => {
                        let kernel = LaplacianCentered { factors, periodic };
                        Operator::new(kernel.along(axes).on(grid)?)
                    }
                    (Kind::Centered, true) => {
                        let kernel = LaplacianToTheEdge { factors, periodic };
                        Operator::new(kernel.along(axes).on(grid)?)
                    }
                })
            }

            fn along(axis: usize, steps: isize) -> [isize; $axes] {
                let mut offset = [0; $axes];
                offset[axis] = steps;
                offset
            }

            /// The second difference along an axis around the point so many steps away.
            fn second_difference(u: &Input<f64, $axes>, axis: usize, steps: isize) -> f64 {
                let x = |beside: isize| u[along(axis, steps + beside)];
                x(-1) - 2.0 * x(0) + x(1)
            }

            #[stencil]
            fn laplacian_forward(
                u: Input<f64, $axes>,
                at: Position<$axes>,
                factors: [f64; $axes],
                periodic: [bool; $axes],
            ) -> f64 {
                let mut sum = 0.0;
                for axis in 0..$axes {
                    sum += if periodic[axis] || at.from_high(axis) >= 2 {
                        factors[axis] * second_difference(&u, axis, 1)
                    } else {
                        0.0
                    };
                }
                sum
            }

            #[stencil]
            fn laplacian_backward(
                u: Input<f64, $axes>,
                at: Position<$axes>,
                factors: [f64; $axes],
                periodic: [bool; $axes],
            ) -> f64 {
                let mut sum = 0.0;
                for axis in 0..$axes {
                    sum += if periodic[axis] || at.from_low(axis) >= 2 {
                        factors[axis] * second_difference(&u, axis, -1)
                    } else {
                        0.0
                    };
                }
                sum
            }

            #[stencil]
            fn laplacian_centered(
                u: Input<f64, $axes>,
                at: Position<$axes>,
                factors: [f64; $axes],
                periodic: [bool; $axes],
            ) -> f64 {
                let mut sum = 0.0;
                for axis in 0..$axes {
                    sum += if periodic[axis] || at.from_low(axis) >= 1 && at.from_high(axis) >= 1 {
                        factors[axis] * second_difference(&u, axis, 0)
                    } else {
                        0.0
                    };
                }
                sum
            }

            // A kernel of its own, since its first and last rows read two points away: without `edge` the halo is 1.
            #[stencil]
            fn laplacian_to_the_edge(
                u: Input<f64, $axes>,
                at: Position<$axes>,
                factors: [f64; $axes],
                periodic: [bool; $axes],
            ) -> f64 {
                let mut sum = 0.0;
                for axis in 0..$axes {
                    let (below, above) = (at.from_low(axis), at.from_high(axis));
                    sum += if periodic[axis] || below >= 1 && above >= 1 {
                        factors[axis] * second_difference(&u, axis, 0)
                    } else if above >= 2 {
                        factors[axis] * second_difference(&u, axis, 1)
                    } else if below >= 2 {
                        factors[axis] * second_difference(&u, axis, -1)
                    } else {
                        0.0
                    };
                }
                sum
            }
        }
    };
}

kernels!(two, 2);
kernels!(three, 3);
kernels!(four, 4);
