//! The zoo: kernels of every shape that `#[stencil]` promises to take, each with what a test has to know about it.
//!
//! A kernel here is also its own oracle: the plain function that the attribute leaves standing is called point by point.
//! What the tests know of a specimen is written down by hand, not asked of the macro.

use halo::prelude::*;
use halo::stencil::Coefficient;

pub use super::language::*;
pub use super::scalars::*;
pub use super::specimen::{Point, Specimen, Values};

macro_rules! specimen {
    ($name:ident $([$($of:ty),*])? <$n:literal>, reach $reach:expr,
     make($($k:ident),*) $make:expr, call($p:ident) $call:expr
     $(, coefficients $coefficients:expr, within $within:expr)? $(, holds $held:ty, of $drawn:ident $hold:expr)?
     $(, rows_differ $differ:literal)?) => {
        impl Specimen<$n> for $name $(<$($of),*>)? {
            const REACH: [[usize; 2]; $n] = $reach;
            $(
                const COEFFICIENTS: &'static [Values] = &$coefficients;
                const COEFFICIENT_REACH: usize = $within;
            )?
            $(const ROWS_DIFFER: bool = $differ;)?
            $crate::common::kernels::held!($($held, $drawn $hold)?);

            fn make(coefficients: Vec<Coefficient<Self::Held>>) -> Self {
                let mut coefficients = coefficients.into_iter();
                $(let $k = coefficients.next().expect("a coefficient for each argument");)*
                assert!(coefficients.next().is_none());
                $make
            }

            fn call($p: &Point<'_, Self::Scalar, Self::Held, $n>) -> Vec<Self::Scalar> {
                $call.into()
            }
        }
    };
}

/// What coefficients hold: numbers of the kernel's scalar, unless said otherwise.
macro_rules! held {
    () => {
        type Held = Self::Scalar;

        fn hold(drawn: Self::Scalar) -> Self::Scalar {
            drawn
        }
    };
    ($held:ty, $drawn:ident $hold:expr) => {
        type Held = $held;

        fn hold($drawn: Self::Scalar) -> $held {
            $hold
        }
    };
}

#[allow(unused_imports)]
pub(crate) use held;
#[allow(unused_imports)]
pub(crate) use specimen;

// ---- one axis ----

/// One-sided.
#[stencil]
pub fn upwind(u: Input<f64, 1>) -> f64 {
    u[0] - u[-1]
}
specimen!(Upwind<1>, reach [[1, 0]], make() Upwind, call(p) [upwind(p.u(0))]);

/// No centre, a parameter, a division.
#[stencil(halo = 1)]
pub fn centred(u: Input<f64, 1>, h: f64) -> f64 {
    (u[1] - u[-1]) / (2.0 * h)
}
specimen!(Centred<1>, reach [[1, 1]], make() Centred { h: 0.3 }, call(p) [centred(p.u(0), 0.3)]);

const WEIGHTS: [f64; 9] = [0.3, -1.7, 0.9, 0.01, 3.0, -0.2, 0.7, 1.1, -0.6];

/// Radius 4, a loop over a table.
#[stencil]
pub fn wide(u: Input<f64, 1>, w: [f64; 9]) -> f64 {
    let mut sum = 0.0;
    for k in -4..=4 {
        sum += w[(k + 4) as usize] * u[k];
    }
    sum
}
specimen!(Wide<1>, reach [[4, 4]], make() Wide { w: WEIGHTS }, call(p) [wide(p.u(0), WEIGHTS)]);

/// Reads the high side only, and not the next cell.
#[stencil(halo = ((0, 3)))]
pub fn far_side(u: Input<f32, 1>) -> f32 {
    0.1 * u[3] - u[2]
}
specimen!(FarSide<1>, reach [[0, 3]], make() FarSide, call(p) [far_side(p.u(0))]);

/// Edge rows that reach further than the core, as the third-order ends of a derivative do.
#[stencil]
pub fn third_order_ends(u: Input<f64, 1>, at: Position<1>) -> f64 {
    if at.from_low(0) < 1 {
        (-11.0 * u[0] + 18.0 * u[1] - 9.0 * u[2] + 2.0 * u[3]) / 6.0
    } else if at.from_high(0) < 1 {
        (11.0 * u[0] - 18.0 * u[-1] + 9.0 * u[-2] - 2.0 * u[-3]) / 6.0
    } else {
        0.5 * (u[1] - u[-1])
    }
}
specimen!(ThirdOrderEnds<1>, reach [[3, 3]], make() ThirdOrderEnds, call(p) [third_order_ends(p.u(0), p.at())],
    rows_differ true);

/// Two regions at one end, and a core that reaches past the first of them.
#[stencil]
pub fn stepped(u: Input<f64, 1>, at: Position<1>, edge: bool) -> f64 {
    if edge && at.index(0) == 0 {
        u[1] - u[0]
    } else if edge && at.index(0) <= 1 {
        0.5 * (u[1] - u[-1])
    } else {
        u[2] - 8.0 * u[1] + 8.0 * u[-1] - u[-2]
    }
}
specimen!(Stepped<1>, reach [[2, 2]], make() Stepped { edge: true }, call(p) [stepped(p.u(0), p.at(), true)],
    rows_differ true);

/// Even and odd rows.
#[stencil]
pub fn parity(u: Input<f64, 1>, at: Position<1>) -> f64 {
    if at.index(0) % 2 == 0 {
        u[1] - 0.7 * u[0]
    } else {
        2.0 * u[-2]
    }
}
specimen!(Parity<1>, reach [[2, 1]], make() Parity, call(p) [parity(p.u(0), p.at())], rows_differ true);

/// A division that only the condition on the coefficient makes safe.
#[stencil]
pub fn guarded(u: Input<f64, 1>, k: Coef<f64, 1>) -> f64 {
    if k[0] != 0.0 {
        u[1] / k[0]
    } else {
        u[-1] - 3.0 * u[0]
    }
}
specimen!(Guarded<1>, reach [[1, 1]], make(k) Guarded { k }, call(p) [guarded(p.u(0), p.k(0))],
    coefficients [Values::Gaps], within 0, rows_differ true);

/// Harmonic means of a coefficient: 0/0 wherever it would be zero.
#[stencil]
pub fn flux(u: Input<f64, 1>, k: Coef<f64, 1>) -> f64 {
    let mean = |i: isize| 2.0 * k[i] * k[i + 1] / (k[i] + k[i + 1]);
    mean(0) * (u[1] - u[0]) - mean(-1) * (u[0] - u[-1])
}
specimen!(Flux<1>, reach [[1, 1]], make(k) Flux { k }, call(p) [flux(p.u(0), p.k(0))],
    coefficients [Values::Positive], within 1);

/// Coefficients far from the inputs that they multiply.
#[stencil]
pub fn far_coefficients(u: Input<f64, 1>, k: Coef<f64, 1>, g: Coef<f64, 1>) -> f64 {
    k[-2] * u[1] + g[3] * k[0] * u[-1]
}
specimen!(FarCoefficients<1>, reach [[1, 1]], make(k, g) FarCoefficients { k, g },
    call(p) [far_coefficients(p.u(0), p.k(0), p.k(1))],
    coefficients [Values::Gaps, Values::Positive], within 3);

fn speed(stiffness: f32, density: f32) -> f32 {
    (stiffness / density).sqrt()
}

/// Opaque calls, methods and a function of the module, in f32.
#[stencil]
pub fn wave_speed(u: Input<f32, 1>, k: Coef<f32, 1>, density: f32) -> f32 {
    speed(k[0], density) * (u[1] - u[0]) + k[-1].powi(3).max(0.2) * u[-2]
}
specimen!(WaveSpeed<1>, reach [[2, 1]], make(k) WaveSpeed { k, density: 0.7 },
    call(p) [wave_speed(p.u(0), p.k(0), 0.7)], coefficients [Values::Positive], within 1);

/// Two inputs, two outputs, crossed.
#[stencil]
pub fn crossed(a: Input<f64, 1>, b: Input<f64, 1>, c: f64) -> (f64, f64) {
    (a[1] - c * b[0], b[-2] + c * a[0])
}
specimen!(Crossed<1>, reach [[2, 1]], make() Crossed { c: -0.4 },
    call(p) { let (a, b) = crossed(p.u(0), p.u(1), -0.4); [a, b] });

// ---- two axes ----

/// The five-point stencil with a coefficient.
#[stencil(halo = 1, axes = (0, 1))]
pub fn five_point(u: Input<f64, 2>, k: Coef<f64, 2>, inv_h2: f64) -> f64 {
    k[[0, 0]] * inv_h2 * (u[[-1, 0]] + u[[1, 0]] + u[[0, -1]] + u[[0, 1]] - 4.0 * u[[0, 0]])
}
specimen!(FivePoint<2>, reach [[1, 1], [1, 1]], make(k) FivePoint { k, inv_h2: 1.3 },
    call(p) [five_point(p.u(0), p.k(0), 1.3)], coefficients [Values::Positive], within 0);

/// Diagonals only.
#[stencil]
pub fn diagonals(u: Input<f64, 2>) -> f64 {
    u[[-1, -1]] - u[[1, 1]] + 0.3 * u[[1, -1]]
}
specimen!(Diagonals<2>, reach [[1, 1], [1, 1]], make() Diagonals, call(p) [diagonals(p.u(0))]);

/// The moves of a knight, asymmetric, in f32.
#[stencil(halo = ((1, 2), (1, 3)))]
pub fn knight(u: Input<f32, 2>) -> f32 {
    -1.5 * u[[2, -1]] + 0.3 * u[[-1, 3]]
}
specimen!(Knight<2>, reach [[1, 2], [1, 3]], make() Knight, call(p) [knight(p.u(0))]);

/// One input, two outputs.
#[stencil]
pub fn gradient(u: Input<f64, 2>, inv_h: [f64; 2]) -> (f64, f64) {
    (
        inv_h[0] * (u[[1, 0]] - u[[0, 0]]),
        inv_h[1] * (u[[0, 1]] - u[[0, -1]]),
    )
}
specimen!(Gradient<2>, reach [[0, 1], [1, 1]], make() Gradient { inv_h: [0.9, 1.7] },
    call(p) { let (a, b) = gradient(p.u(0), [0.9, 1.7]); [a, b] });

/// Two inputs, one output.
#[stencil]
pub fn divergence(u: Input<f32, 2>, v: Input<f32, 2>) -> f32 {
    let along = u[[0, 0]] - u[[-1, 0]];
    let across = v[[0, 0]] - v[[0, -2]];
    along + across / 2.0
}
specimen!(Divergence<2>, reach [[1, 0], [2, 0]], make() Divergence, call(p) [divergence(p.u(0), p.u(1))]);

/// Regions on both axes, whose corner has a formula of its own.
#[stencil]
pub fn corners(u: Input<f64, 2>, at: Position<2>) -> f64 {
    let low = at.from_low(0) < 2;
    let high = at.from_high(1) < 1;
    if low && high {
        u[[1, -1]] - 2.0 * u[[3, 0]]
    } else if low {
        u[[2, 0]] - u[[0, 0]]
    } else if high {
        u[[0, -2]] + u[[-1, 0]]
    } else {
        u[[-2, 0]] + u[[0, 1]] - 0.1 * u[[1, -1]]
    }
}
specimen!(Corners<2>, reach [[2, 3], [2, 1]], make() Corners, call(p) [corners(p.u(0), p.at())], rows_differ true);

/// Two coefficients, each read at two offsets.
#[stencil]
pub fn anisotropic(u: Input<f64, 2>, kx: Coef<f64, 2>, ky: Coef<f64, 2>, dt: f64) -> f64 {
    let east = 0.5 * (kx[[0, 0]] + kx[[1, 0]]) * (u[[1, 0]] - u[[0, 0]]);
    let west = 0.5 * (kx[[-1, 0]] + kx[[0, 0]]) * (u[[0, 0]] - u[[-1, 0]]);
    let north = 0.5 * (ky[[0, 0]] + ky[[0, 1]]) * (u[[0, 1]] - u[[0, 0]]);
    let south = 0.5 * (ky[[0, -1]] + ky[[0, 0]]) * (u[[0, 0]] - u[[0, -1]]);
    u[[0, 0]] + dt * (east - west + north - south)
}
specimen!(Anisotropic<2>, reach [[1, 1], [1, 1]], make(kx, ky) Anisotropic { kx, ky, dt: 0.1 },
    call(p) [anisotropic(p.u(0), p.k(0), p.k(1), 0.1)],
    coefficients [Values::Positive, Values::Gaps], within 1);

/// The position as a number, and a condition that makes no region.
#[stencil]
pub fn triangle(u: Input<f64, 2>, at: Position<2>) -> f64 {
    let weight = (at.index(0) as f64 + 0.5) / at.extent(1) as f64;
    if at.index(0) < at.index(1) {
        weight * u[[0, -1]]
    } else {
        u[[0, 0]] - weight * u[[1, 0]]
    }
}
specimen!(Triangle<2>, reach [[0, 1], [1, 0]], make() Triangle, call(p) [triangle(p.u(0), p.at())], rows_differ true);

/// Conditions on the position and on a coefficient, one inside the other, with a common part behind them.
#[stencil]
pub fn nested(u: Input<f64, 2>, k: Coef<f64, 2>, at: Position<2>) -> f64 {
    let mut value = 0.0;
    if at.from_high(0) < 1 {
        if k[[0, 0]] == 0.0 {
            value += u[[-2, 0]]
        } else {
            value -= u[[-1, 1]] / k[[0, 0]]
        }
    } else if k[[0, 1]] > 0.0 {
        value += u[[1, 0]];
    }
    value + k[[-1, 0]] * u[[0, 0]]
}
specimen!(Nested<2>, reach [[2, 1], [0, 1]], make(k) Nested { k }, call(p) [nested(p.u(0), p.k(0), p.at())],
    coefficients [Values::Gaps], within 1, rows_differ true);

// ---- three axes ----

/// Seven points.
#[stencil(halo = 1)]
pub fn seven_point(u: Input<f64, 3>, w: [f64; 3]) -> f64 {
    let mut sum = 0.0;
    for axis in 0..3 {
        let mut step = [0; 3];
        step[axis] = 1;
        sum += w[axis] * (u[[-step[0], -step[1], -step[2]]] - 2.0 * u[[0, 0, 0]] + u[step]);
    }
    sum
}
specimen!(SevenPoint<3>, reach [[1, 1]; 3], make() SevenPoint { w: [1.0, 0.3, 0.7] },
    call(p) [seven_point(p.u(0), [1.0, 0.3, 0.7])]);

/// All 27 points, no two weights alike.
#[stencil]
pub fn box27(u: Input<f64, 3>, k: Coef<f64, 3>) -> f64 {
    let mut sum = 0.0;
    for i in -1..=1 {
        for j in -1..=1 {
            for l in -1..=1 {
                sum += (9 * i + 3 * j + l) as f64 * k[[0, 0, 0]] * u[[i, j, l]];
            }
        }
    }
    sum / 27.0
}
specimen!(Box27<3>, reach [[1, 1]; 3], make(k) Box27 { k }, call(p) [box27(p.u(0), p.k(0))],
    coefficients [Values::Positive], within 0);

/// The curl: three inputs, three outputs.
#[stencil]
pub fn curl(u: Input<f32, 3>, v: Input<f32, 3>, w: Input<f32, 3>) -> (f32, f32, f32) {
    let [x, y, z] = [
        (w[[0, 1, 0]] - w[[0, 0, 0]]) - (v[[0, 0, 1]] - v[[0, 0, 0]]),
        (u[[0, 0, 1]] - u[[0, 0, 0]]) - (w[[1, 0, 0]] - w[[0, 0, 0]]),
        (v[[1, 0, 0]] - v[[0, 0, 0]]) - (u[[0, 1, 0]] - u[[0, -1, 0]]),
    ];
    (x, y, z)
}
specimen!(Curl<3>, reach [[0, 1], [1, 1], [0, 1]], make() Curl,
    call(p) { let (x, y, z) = curl(p.u(0), p.u(1), p.u(2)); [x, y, z] });

/// A face with a formula of its own, a coefficient read across the corner.
#[stencil]
pub fn free_surface(u: Input<f64, 3>, k: Coef<f64, 3>, at: Position<3>) -> f64 {
    if at.from_low(2) == 0 {
        2.0 * (u[[0, 0, 1]] - u[[0, 0, 0]]) / k[[0, 0, 0]]
    } else {
        k[[1, 0, -1]] * u[[0, 0, -1]] + u[[-1, 0, 0]] - k[[0, -1, 0]] * u[[0, 2, 0]]
    }
}
specimen!(FreeSurface<3>, reach [[1, 0], [0, 2], [1, 1]], make(k) FreeSurface { k },
    call(p) [free_surface(p.u(0), p.k(0), p.at())], coefficients [Values::Positive], within 1, rows_differ true);

// ---- four axes ----

/// Nine points.
#[stencil]
pub fn nine_point(u: Input<f64, 4>) -> f64 {
    u[[-1, 0, 0, 0]] + u[[1, 0, 0, 0]] + 2.0 * (u[[0, -1, 0, 0]] + u[[0, 1, 0, 0]])
        - 3.0 * (u[[0, 0, -1, 0]] + u[[0, 0, 1, 0]])
        + 0.7 * (u[[0, 0, 0, -1]] + u[[0, 0, 0, 1]])
        - 0.4 * u[[0, 0, 0, 0]]
}
specimen!(NinePoint<4>, reach [[1, 1]; 4], make() NinePoint, call(p) [nine_point(p.u(0))]);

/// Across the corners of four axes.
#[stencil]
pub fn hyperdiagonal(u: Input<f32, 4>, k: Coef<f32, 4>) -> f32 {
    u[[1, -1, 0, 1]] - 0.3 * k[[0, 0, 1, 0]] * u[[0, 1, -1, -1]]
}
specimen!(Hyperdiagonal<4>, reach [[0, 1], [1, 1], [1, 0], [1, 1]], make(k) Hyperdiagonal { k },
    call(p) [hyperdiagonal(p.u(0), p.k(0))], coefficients [Values::Gaps], within 1);

/// Calls `$check(&subject)` for the whole zoo on arrays of as many axes or more, a test for each part of it.
#[macro_export]
macro_rules! for_the_zoo {
    ($check:ident) => {
        $crate::for_the_language!($check);
        $crate::for_all_scalars!($check);

        #[test]
        fn one_axis() {
            $check(&Subject::<1>::of::<Upwind, 1>());
            $check(&Subject::<2>::of::<Centred, 1>());
            $check(&Subject::<1>::of::<Wide, 1>());
            $check(&Subject::<3>::of::<FarSide, 1>());
            $check(&Subject::<2>::of::<Crossed, 1>());
        }

        #[test]
        fn one_axis_with_regions() {
            $check(&Subject::<1>::of::<ThirdOrderEnds, 1>());
            $check(&Subject::<2>::of::<Stepped, 1>());
            $check(&Subject::<2>::of::<Parity, 1>());
        }

        #[test]
        fn one_axis_with_coefficients() {
            $check(&Subject::<1>::of::<Guarded, 1>());
            $check(&Subject::<2>::of::<Flux, 1>());
            $check(&Subject::<1>::of::<FarCoefficients, 1>());
            $check(&Subject::<2>::of::<WaveSpeed, 1>());
        }

        #[test]
        fn two_axes() {
            $check(&Subject::<2>::of::<FivePoint, 2>());
            $check(&Subject::<2>::of::<Diagonals, 2>());
            $check(&Subject::<3>::of::<Knight, 2>());
            $check(&Subject::<2>::of::<Gradient, 2>());
            $check(&Subject::<4>::of::<Divergence, 2>());
        }

        #[test]
        fn two_axes_with_regions_and_coefficients() {
            $check(&Subject::<2>::of::<Corners, 2>());
            $check(&Subject::<2>::of::<Anisotropic, 2>());
            $check(&Subject::<2>::of::<Triangle, 2>());
            $check(&Subject::<3>::of::<Nested, 2>());
        }

        #[test]
        fn three_axes() {
            $check(&Subject::<3>::of::<SevenPoint, 3>());
            $check(&Subject::<3>::of::<Box27, 3>());
            $check(&Subject::<3>::of::<Curl, 3>());
            $check(&Subject::<4>::of::<FreeSurface, 3>());
        }

        #[test]
        fn four_axes() {
            $check(&Subject::<4>::of::<NinePoint, 4>());
            $check(&Subject::<4>::of::<Hyperdiagonal, 4>());
        }
    };
}
