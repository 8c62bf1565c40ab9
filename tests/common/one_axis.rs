//! Kernels of one stencil axis: reaches of every shape, regions, and coefficients that only some rows may look at.

use halo::prelude::*;
use halo::stencil::Coefficient;

use super::label::specimen;
use super::specimen::{Point, Specimen, Values};

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

/// So many rows of their own at one end that a short axis has no other; `Valid` leaves one of them out at the other end.
#[stencil]
pub fn long_start(u: Input<f64, 1>, at: Position<1>) -> f64 {
    if at.from_low(0) < 5 {
        3.0 * u[1] - u[0]
    } else {
        u[1] - 0.3 * u[-1]
    }
}
specimen!(LongStart<1>, reach [[1, 1]], make() LongStart, call(p) [long_start(p.u(0), p.at())],
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
