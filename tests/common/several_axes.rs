//! Kernels of two to four stencil axes: faces and corners with formulas of their own, systems, and every way in which reads
//! can cross a corner.

use halo::prelude::*;
use halo::stencil::Coefficient;

use super::label::specimen;
use super::specimen::{Point, Specimen, Values};

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

/// Nine points.
#[stencil]
pub fn nine_point(u: Input<f64, 4>) -> f64 {
    u[[-1, 0, 0, 0]] + u[[1, 0, 0, 0]] + 2.0 * (u[[0, -1, 0, 0]] + u[[0, 1, 0, 0]])
        - 3.0 * (u[[0, 0, -1, 0]] + u[[0, 0, 1, 0]])
        + 0.7 * (u[[0, 0, 0, -1]] + u[[0, 0, 0, 1]])
        - 0.4 * u[[0, 0, 0, 0]]
}
specimen!(NinePoint<4>, reach [[1, 1]; 4], make() NinePoint, call(p) [nine_point(p.u(0))]);

/// A star of reach 4 with a coefficient in front, which the adjoint reads at all its points; a face of its own.
#[stencil]
pub fn scaled_star(u: Input<f32, 2>, c: Coef<f32, 2>, at: Position<2>) -> f32 {
    let mut sum = -2.7 * u[[0, 0]];
    for d in 1..=4 {
        sum += (0.5 / d as f32) * ((u[[-d, 0]] + u[[d, 0]]) - 1.5 * (u[[0, -d]] + 0.5 * u[[0, d]]));
    }
    if at.from_high(1) < 1 {
        0.5 * u[[0, 0]] + c[[-1, 0]] * u[[0, -1]]
    } else {
        c[[0, 0]] * sum
    }
}
specimen!(ScaledStar<2>, reach [[4, 4], [4, 4]], make(c) ScaledStar { c },
    call(p) [scaled_star(p.u(0), p.k(0), p.at())], coefficients [Values::Positive], within 1, rows_differ true);

const _: () = assert!(ScaledStar::FACTS.adjoint.intermediates.is_some());

/// Products of a coefficient and the input at 17 points, times another coefficient.
#[stencil]
pub fn weighed_star(u: Input<f64, 4>, c: Coef<f64, 4>, d: Coef<f64, 4>) -> f64 {
    let mut sum = 0.3 * (d[[0, 0, 0, 0]] * u[[0, 0, 0, 0]]);
    for r in [-1, 1] {
        let weight = 1.0 / (r as f64 + 0.5);
        sum += weight * (d[[r, 0, 0, 0]] * u[[r, 0, 0, 0]])
            + 2.0 * weight * (d[[0, r, 0, 0]] * u[[0, r, 0, 0]])
            - weight * (d[[0, 0, r, 0]] * u[[0, 0, r, 0]])
            + weight * (d[[0, 0, 0, r]] * u[[0, 0, 0, r]]);
        for s in [-1, 1] {
            sum += 0.3 * (d[[r, s, 0, 0]] * u[[r, s, 0, 0]])
                - weight * (d[[0, r, 0, s]] * u[[0, r, 0, s]]);
        }
    }
    c[[0, 0, 0, 0]] * sum
}
specimen!(WeighedStar<4>, reach [[1, 1]; 4], make(c, d) WeighedStar { c, d },
    call(p) [weighed_star(p.u(0), p.k(0), p.k(1))],
    coefficients [Values::Positive, Values::Positive], within 1);

const _: () = {
    assert!(WeighedStar::FACTS.forward.intermediates.is_some());
    assert!(WeighedStar::FACTS.adjoint.intermediates.is_some());
};

/// Across the corners of four axes.
#[stencil]
pub fn hyperdiagonal(u: Input<f32, 4>, k: Coef<f32, 4>) -> f32 {
    u[[1, -1, 0, 1]] - 0.3 * k[[0, 0, 1, 0]] * u[[0, 1, -1, -1]]
}
specimen!(Hyperdiagonal<4>, reach [[0, 1], [1, 1], [1, 0], [1, 1]], make(k) Hyperdiagonal { k },
    call(p) [hyperdiagonal(p.u(0), p.k(0))], coefficients [Values::Gaps], within 1);
