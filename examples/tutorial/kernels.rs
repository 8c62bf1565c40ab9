//! The formulas of the tour: all that is written by hand about its operators.
//!
//! Halo widths, messages, loops and adjoints are what `#[stencil]` makes of them; a `halo = ..` is a claim it checks.

use halo::prelude::*;

/// Centred first derivative, second order.
#[stencil(halo = 1)]
pub fn centred(u: Input<f64, 1>, inv_2h: f64) -> f64 {
    inv_2h * (u[1] - u[-1])
}

/// Centred first derivative, fourth order.
#[stencil(halo = 2)]
pub fn five_point(u: Input<f64, 1>, inv_12h: f64) -> f64 {
    inv_12h * (u[-2] - 8.0 * u[-1] + 8.0 * u[1] - u[2])
}

/// Twice the input: a stencil without neighbours needs no halo and sends nothing.
#[stencil(halo = 0)]
pub fn double(u: Input<f64, 2>) -> f64 {
    2.0 * u[[0, 0]]
}

/// Seven-point Laplacian of a volume.
#[stencil(halo = 1)]
pub fn seven_point(u: Input<f64, 3>, inv_h2: f64) -> f64 {
    inv_h2
        * (u[[-1, 0, 0]]
            + u[[1, 0, 0]]
            + u[[0, -1, 0]]
            + u[[0, 1, 0]]
            + u[[0, 0, -1]]
            + u[[0, 0, 1]]
            - 6.0 * u[[0, 0, 0]])
}

/// Second derivative across two axes: reads corners alone, so messages go to diagonal neighbours too.
#[stencil(halo = 1)]
pub fn mixed(u: Input<f64, 2>, inv_4h2: f64) -> f64 {
    inv_4h2 * (u[[1, 1]] - u[[1, -1]] - u[[-1, 1]] + u[[-1, -1]])
}

/// Convolution of a trace with a wavelet that changes along it: every sample spreads the wavelet at its own place.
#[stencil(halo = 14)]
pub fn convolve(x: Input<f64, 1>, h: Bank<[f64; 29], 1>) -> f64 {
    let mut sum = 0.0;
    for k in -14..=14 {
        sum += h[[-k]][(k + 14) as usize] * x[-k];
    }
    sum
}

/// The same on a section: a wavelet along the samples, and a width across the traces.
#[stencil(halo = [7, 14])]
pub fn spread(x: Input<f64, 2>, h: Bank<[[f64; 29]; 15], 2>) -> f64 {
    let mut sum = 0.0;
    for i in -7..=7 {
        for j in -14..=14 {
            sum += h[[-i, -j]][(i + 7) as usize][(j + 14) as usize] * x[[-i, -j]];
        }
    }
    sum
}

/// A blur along the first axis, whose width changes over the map; `.along([1, 0])` makes it one along the second.
#[stencil(halo = [6, 0])]
pub fn blur(z: Input<f64, 2>, h: Bank<[f64; 13], 2>) -> f64 {
    let mut sum = 0.0;
    for k in -6..=6 {
        sum += h[[-k, 0]][(k + 6) as usize] * z[[-k, 0]];
    }
    sum
}

/// Gradient of a map, southward and eastward; its spacing differs between the axes.
#[stencil(halo = 1)]
pub fn gradient(z: Input<f64, 2>, inv_2dy: f64, inv_2dx: f64) -> (f64, f64) {
    let south = inv_2dy * (z[[1, 0]] - z[[-1, 0]]);
    let east = inv_2dx * (z[[0, 1]] - z[[0, -1]]);
    (south, east)
}

/// Five-point Laplacian of a map.
#[stencil(halo = 1)]
pub fn laplacian(z: Input<f64, 2>, inv_dy2: f64, inv_dx2: f64) -> f64 {
    let south = inv_dy2 * (z[[-1, 0]] - 2.0 * z[[0, 0]] + z[[1, 0]]);
    let east = inv_dx2 * (z[[0, -1]] - 2.0 * z[[0, 0]] + z[[0, 1]]);
    south + east
}

/// One explicit step of diffusion, u + dt div(k grad u), in flux form: what leaves a cell enters its neighbour.
///
/// A face lets through what the tighter of its two cells does; none passes into a cell with k = 0.
#[stencil(halo = 1)]
pub fn diffusion(u: Input<f64, 2>, k: Coef<f64, 2>, dt: f64, inv_dy2: f64, inv_dx2: f64) -> f64 {
    let north = k[[0, 0]].min(k[[-1, 0]]) * (u[[-1, 0]] - u[[0, 0]]);
    let south = k[[0, 0]].min(k[[1, 0]]) * (u[[1, 0]] - u[[0, 0]]);
    let west = k[[0, 0]].min(k[[0, -1]]) * (u[[0, -1]] - u[[0, 0]]);
    let east = k[[0, 0]].min(k[[0, 1]]) * (u[[0, 1]] - u[[0, 0]]);
    u[[0, 0]] + dt * (inv_dy2 * (north + south) + inv_dx2 * (west + east))
}
