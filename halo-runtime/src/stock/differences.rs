//! The kernels of the gradient and of the derivative in a direction, fused over as many axes as a grid has. All of them are
//! made of the same three differences along an axis.

use super::{GradientGrid, Kind, first_directional_derivative::Directions};
use crate::{
    error::Result, field::Field, grid::Grid, operator::Operator, prelude::*, stencil::Coefficient,
};

/// The kernels on `$axes` axes: `$v` are the components of a direction that varies, `$component` is a scalar per axis of
/// a gradient, `$field` a field. On one axis the gradient is the first derivative, which has kernels of its own.
macro_rules! kernels {
    (
        $module:ident, $axes:tt, [$($v:ident),+]
        $(, gradient [$($axis:tt),+], $components:ty, ($($field:ty),+))?
    ) => {
        #[stencils]
        mod $module {
            use super::*;

            fn along(axis: usize, steps: isize) -> [isize; $axes] {
                let mut offset = [0; $axes];
                offset[axis] = steps;
                offset
            }

            fn ahead(u: &Input<f64, $axes>, axis: usize) -> f64 {
                u[along(axis, 1)] - u[along(axis, 0)]
            }

            fn behind(u: &Input<f64, $axes>, axis: usize) -> f64 {
                u[along(axis, 0)] - u[along(axis, -1)]
            }

            fn forward(
                u: &Input<f64, $axes>,
                at: Position<$axes>,
                axis: usize,
                periodic: bool,
                factor: f64,
            ) -> f64 {
                if periodic || at.from_high(axis) >= 1 {
                    factor * ahead(u, axis)
                } else {
                    0.0
                }
            }

            fn backward(
                u: &Input<f64, $axes>,
                at: Position<$axes>,
                axis: usize,
                periodic: bool,
                factor: f64,
            ) -> f64 {
                if periodic || at.from_low(axis) >= 1 {
                    factor * behind(u, axis)
                } else {
                    0.0
                }
            }

            fn centered(
                u: &Input<f64, $axes>,
                at: Position<$axes>,
                axis: usize,
                periodic: bool,
                edge: bool,
                factor: f64,
            ) -> f64 {
                let (below, above) = (at.from_low(axis), at.from_high(axis));
                if periodic || below >= 1 && above >= 1 {
                    0.5 * factor * (u[along(axis, 1)] - u[along(axis, -1)])
                } else if edge && above >= 1 {
                    factor * ahead(u, axis)
                } else if edge && below >= 1 {
                    factor * behind(u, axis)
                } else {
                    0.0
                }
            }

            // Inline, so that kernels are compiled for programs that use them, and no others.
            impl Directions<$axes> for Grid<$axes> {
                #[inline]
                fn constant(
                    &self,
                    kind: Kind,
                    edge: bool,
                    factors: [f64; $axes],
                ) -> Result<Operator<Field<f64, $axes>, Field<f64, $axes>>> {
                    let periodic = self.periodic();
                    Ok(match kind {
                        Kind::Forward => {
                            let kernel = ConstantDirectionForward { factors, periodic };
                            Operator::new(kernel.on(self)?)
                        }
                        Kind::Backward => {
                            let kernel = ConstantDirectionBackward { factors, periodic };
                            Operator::new(kernel.on(self)?)
                        }
                        Kind::Centered => {
                            let kernel = ConstantDirectionCentered { factors, periodic, edge };
                            Operator::new(kernel.on(self)?)
                        }
                    })
                }

                #[inline]
                fn varying(
                    &self,
                    kind: Kind,
                    edge: bool,
                    inv_h: [f64; $axes],
                    [$($v),+]: [Coefficient<f64>; $axes],
                ) -> Result<Operator<Field<f64, $axes>, Field<f64, $axes>>> {
                    let periodic = self.periodic();
                    Ok(match kind {
                        Kind::Forward => {
                            let kernel = VaryingDirectionForward { $($v,)+ inv_h, periodic };
                            Operator::new(kernel.on(self)?)
                        }
                        Kind::Backward => {
                            let kernel = VaryingDirectionBackward { $($v,)+ inv_h, periodic };
                            Operator::new(kernel.on(self)?)
                        }
                        Kind::Centered => {
                            let kernel = VaryingDirectionCentered { $($v,)+ inv_h, periodic, edge };
                            Operator::new(kernel.on(self)?)
                        }
                    })
                }
            }

            #[stencil]
            fn constant_direction_forward(
                u: Input<f64, $axes>,
                at: Position<$axes>,
                factors: [f64; $axes],
                periodic: [bool; $axes],
            ) -> f64 {
                let mut sum = 0.0;
                for axis in 0..$axes {
                    sum += forward(&u, at, axis, periodic[axis], factors[axis]);
                }
                sum
            }

            #[stencil]
            fn constant_direction_backward(
                u: Input<f64, $axes>,
                at: Position<$axes>,
                factors: [f64; $axes],
                periodic: [bool; $axes],
            ) -> f64 {
                let mut sum = 0.0;
                for axis in 0..$axes {
                    sum += backward(&u, at, axis, periodic[axis], factors[axis]);
                }
                sum
            }

            #[stencil]
            fn constant_direction_centered(
                u: Input<f64, $axes>,
                at: Position<$axes>,
                factors: [f64; $axes],
                periodic: [bool; $axes],
                edge: bool,
            ) -> f64 {
                let mut sum = 0.0;
                for axis in 0..$axes {
                    sum += centered(&u, at, axis, periodic[axis], edge, factors[axis]);
                }
                sum
            }

            #[stencil]
            fn varying_direction_forward(
                u: Input<f64, $axes>,
                at: Position<$axes>,
                $($v: Coef<f64, $axes>,)+
                inv_h: [f64; $axes],
                periodic: [bool; $axes],
            ) -> f64 {
                let v = [$($v[[0; $axes]]),+];
                let mut sum = 0.0;
                for axis in 0..$axes {
                    sum += forward(&u, at, axis, periodic[axis], v[axis] * inv_h[axis]);
                }
                sum
            }

            #[stencil]
            fn varying_direction_backward(
                u: Input<f64, $axes>,
                at: Position<$axes>,
                $($v: Coef<f64, $axes>,)+
                inv_h: [f64; $axes],
                periodic: [bool; $axes],
            ) -> f64 {
                let v = [$($v[[0; $axes]]),+];
                let mut sum = 0.0;
                for axis in 0..$axes {
                    sum += backward(&u, at, axis, periodic[axis], v[axis] * inv_h[axis]);
                }
                sum
            }

            #[stencil]
            fn varying_direction_centered(
                u: Input<f64, $axes>,
                at: Position<$axes>,
                $($v: Coef<f64, $axes>,)+
                inv_h: [f64; $axes],
                periodic: [bool; $axes],
                edge: bool,
            ) -> f64 {
                let v = [$($v[[0; $axes]]),+];
                let mut sum = 0.0;
                for axis in 0..$axes {
                    sum += centered(&u, at, axis, periodic[axis], edge, v[axis] * inv_h[axis]);
                }
                sum
            }

            $(
                impl GradientGrid<$axes> for Grid<$axes> {
                    type Components = ($($field),+);

                    #[inline]
                    fn gradient(
                        &self,
                        kind: Kind,
                        edge: bool,
                        inverse_steps: &[f64],
                    ) -> Result<Operator<Field<f64, $axes>, Self::Components>> {
                        let inv_h = std::array::from_fn(|axis| inverse_steps[axis]);
                        let periodic = self.periodic();
                        Ok(match kind {
                            Kind::Forward => {
                                Operator::new(GradientForward { inv_h, periodic }.on(self)?)
                            }
                            Kind::Backward => {
                                Operator::new(GradientBackward { inv_h, periodic }.on(self)?)
                            }
                            Kind::Centered => {
                                let kernel = GradientCentered { inv_h, periodic, edge };
                                Operator::new(kernel.on(self)?)
                            }
                        })
                    }
                }

                #[stencil]
                fn gradient_forward(
                    u: Input<f64, $axes>,
                    at: Position<$axes>,
                    inv_h: [f64; $axes],
                    periodic: [bool; $axes],
                ) -> $components {
                    let slope = |axis: usize| forward(&u, at, axis, periodic[axis], inv_h[axis]);
                    ($(slope($axis)),+)
                }

                #[stencil]
                fn gradient_backward(
                    u: Input<f64, $axes>,
                    at: Position<$axes>,
                    inv_h: [f64; $axes],
                    periodic: [bool; $axes],
                ) -> $components {
                    let slope = |axis: usize| backward(&u, at, axis, periodic[axis], inv_h[axis]);
                    ($(slope($axis)),+)
                }

                #[stencil]
                fn gradient_centered(
                    u: Input<f64, $axes>,
                    at: Position<$axes>,
                    inv_h: [f64; $axes],
                    periodic: [bool; $axes],
                    edge: bool,
                ) -> $components {
                    let slope = |axis: usize| centered(&u, at, axis, periodic[axis], edge, inv_h[axis]);
                    ($(slope($axis)),+)
                }
            )?
        }
    };
}

kernels!(one, 1, [v0]);
kernels!(two, 2, [v0, v1], gradient [0, 1], (f64, f64), (Field<f64, 2>, Field<f64, 2>));
kernels!(
    three, 3, [v0, v1, v2],
    gradient [0, 1, 2], (f64, f64, f64), (Field<f64, 3>, Field<f64, 3>, Field<f64, 3>)
);
kernels!(
    four, 4, [v0, v1, v2, v3],
    gradient [0, 1, 2, 3], (f64, f64, f64, f64),
    (Field<f64, 4>, Field<f64, 4>, Field<f64, 4>, Field<f64, 4>)
);
