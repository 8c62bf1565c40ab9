//! Kernels that say what they say in many ways: patterns, iterators, functions and closures, modules and generic
//! constants. What matters here is that the operator hears in them what rustc hears in the plain function.

use halo::prelude::*;
use halo::scalar::Scalar;
use halo::stencil::Coefficient;

use super::label::specimen;
use super::specimen::{Point, Specimen, Values};

#[derive(Clone, Copy)]
pub enum Scheme {
    Upwind,
    Centred { order: u8 },
    Blend(f64, Option<f64>),
}

/// Patterns with names, guards, ranges and options; a table that only one arm may look into.
#[stencil]
pub fn schemes(u: Input<f64, 1>, all: [Scheme; 3], w: [f64; 3]) -> f64 {
    let derivative = |scheme: Scheme| match scheme {
        Scheme::Upwind => u[0] - u[-1],
        Scheme::Centred {
            order: order @ 0..=2,
        } => w[order as usize] * (u[1] - u[-1]),
        Scheme::Centred { order } => (u[1] - u[-1]) * order as f64 - u[2],
        Scheme::Blend(a, Some(b)) if a < b => a * u[1] + (b - a) * u[-2],
        Scheme::Blend(a, _) => a * u[1],
    };
    all.map(derivative).iter().sum()
}
const SCHEMES: [Scheme; 3] = [
    Scheme::Centred { order: 9 },
    Scheme::Upwind,
    Scheme::Blend(0.2, Some(0.9)),
];
specimen!(Schemes<1>, reach [[2, 2]], make() Schemes { all: SCHEMES, w: [1.0, 0.5, 0.25] },
    call(p) [schemes(p.u(0), SCHEMES, [1.0, 0.5, 0.25])], rows_differ true);

/// A match on the position makes regions, one on its remainder does not.
#[stencil]
pub fn ends(u: Input<f64, 1>, at: Position<1>) -> f64 {
    let mut sum = match (at.from_low(0), at.from_high(0)) {
        (0 | 1, _) => u[1] - u[0],
        (_, ..=1) => u[0] - u[-1],
        _ => 0.5 * (u[1] - u[-1]),
    };
    match at.index(0) % 4 {
        0 => sum -= u[2],
        2 if at.extent(0) > 3 => {
            sum *= 2.0;
            sum += u[-2];
        }
        _ => {}
    }
    sum
}
specimen!(Ends<1>, reach [[2, 2]], make() Ends, call(p) [ends(p.u(0), p.at())], rows_differ true);

/// A division that only the pattern makes safe, and what comes to one value through five branches.
#[stencil]
pub fn branches(u: Input<f64, 1>, k: Coef<f64, 1>) -> f64 {
    let shared = u[0] + 0.5 * u[1];
    let mut sum = u[-1];
    for (i, limit) in [-0.8, -0.4, 0.0, 0.4, 0.8].iter().enumerate() {
        if k[i as isize - 2] > *limit {
            sum += shared / (k[i as isize - 2] - limit);
        }
    }
    match k[0] {
        0.0 => sum,
        x => sum - u[2] / x,
    }
}
specimen!(Branches<1>, reach [[1, 2]], make(k) Branches { k }, call(p) [branches(p.u(0), p.k(0))],
    coefficients [Values::Gaps], within 2, rows_differ true);

/// Iterators over arrays of offsets, weights and reads.
#[stencil]
pub fn iterators(u: Input<f64, 1>, w: [f64; 3], t: [[f64; 2]; 2]) -> f64 {
    const TAPS: [(isize, f64); 3] = [(-2, 0.25), (0, -0.5), (1, 0.75)];
    let smooth: f64 = TAPS.iter().map(|&(o, c)| c * u[o]).sum();
    let weighted = w.iter().zip(-1..).fold(u[2], |sum, (c, o)| sum - c * u[o]);
    let window = [u[-1], u[0], u[1]].map(|value| value / w.len() as f64);
    let steps = window.windows(2).map(|pair| pair[1] - pair[0]).sum::<f64>();
    let mut table = 0.0;
    for (row, i) in t.iter().rev().zip([0, 1]) {
        for (j, c) in row.iter().enumerate() {
            table += *c * u[i - j as isize];
        }
    }
    let scale = t.iter().flatten().map(|c| c * c).sum::<f64>().sqrt();
    smooth + weighted - steps + table / scale
}
specimen!(Iterators<1>, reach [[2, 2]],
    make() Iterators { w: [0.3, -1.1, 0.7], t: [[1.0, 0.2], [0.5, -0.4]] },
    call(p) [iterators(p.u(0), [0.3, -1.1, 0.7], [[1.0, 0.2], [0.5, -0.4]])]);

/// Functions of fields, closures, arrays and any scalar.
#[stencil]
pub fn functions(u: Input<f64, 2>, k: Coef<f64, 2>, at: Position<2>) -> f64 {
    fn mean<T: Scalar>(a: T, b: T) -> T {
        T::from_f64(0.5) * (a + b)
    }
    fn flux(u: &Input<f64, 2>, k: &Coef<f64, 2>, [i, j]: [isize; 2]) -> f64 {
        mean(k[[0, 0]], k[[i, j]]) * (u[[i, j]] - u[[0, 0]])
    }
    fn around(value: impl Fn([isize; 2]) -> f64) -> f64 {
        [[1, 0], [-1, 0], [0, 1], [0, -1]].map(value).iter().sum()
    }
    fn dot<const K: usize>(a: [f64; K], b: &[f64; K]) -> f64 {
        (0..K).map(|i| a[i] * b[i]).sum()
    }
    fn is_first(at: &Position<2>) -> bool {
        at.from_low(1) < 1
    }
    let divergence = around(|step| flux(&u, &k, step));
    let values = [u[[0, 0]], mean(u[[1, 1]], u[[-1, -1]])];
    if is_first(&at) {
        divergence
    } else {
        divergence + dot([0.3, -0.2], &values)
    }
}
specimen!(Functions<2>, reach [[1, 1], [1, 1]], make(k) Functions { k },
    call(p) [functions(p.u(0), p.k(0), p.at())], coefficients [Values::Positive], within 1, rows_differ true);

/// Any reach, one kernel each.
#[stencil(R in [1, 3], S in [-1, 2])]
pub fn reaching<const R: usize, const S: isize>(u: Input<f64, 1>, w: [f64; R]) -> f64 {
    let norm = w.iter().map(|c| c.abs()).sum::<f64>() + [0.5; R][0];
    let mut sum = u[S];
    for (i, c) in w.iter().enumerate() {
        sum += c / norm * (u[i as isize + 1] - u[-(i as isize) - 1]);
    }
    sum
}
pub type Near = Reaching<1, -1>;
pub type Far = Reaching<3, 2>;
specimen!(Near<1>, reach [[1, 1]], make() Reaching { w: [0.4] }, call(p) [reaching::<1, -1>(p.u(0), [0.4])]);
specimen!(Far<1>, reach [[3, 3]], make() Reaching { w: [0.4, -0.1, 0.9] },
    call(p) [reaching::<3, 2>(p.u(0), [0.4, -0.1, 0.9])]);

pub use module::*;

#[stencils]
mod module {
    use halo::prelude::*;

    const REACH: isize = reach(1);
    const WEIGHTS: [f64; 3] = [0.25, 0.5, 0.25];

    const fn reach(radius: isize) -> isize {
        2 * radius
    }

    fn smooth(u: &Input<f64, 1>, at: isize) -> f64 {
        WEIGHTS.iter().zip(at - 1..).map(|(w, o)| w * u[o]).sum()
    }

    /// A difference of means.
    #[stencil(halo = 3)]
    pub fn smooth_difference(u: Input<f64, 1>) -> f64 {
        smooth(&u, REACH) - smooth(&u, -REACH)
    }

    /// A kernel that calls another one.
    #[stencil]
    pub fn scaled_difference(u: Input<f64, 1>, scale: f64) -> f64 {
        scale * smooth_difference(u)
    }
}
specimen!(SmoothDifference<1>, reach [[3, 3]], make() SmoothDifference, call(p) [smooth_difference(p.u(0))]);
specimen!(ScaledDifference<1>, reach [[3, 3]], make() ScaledDifference { scale: 0.7 },
    call(p) [scaled_difference(p.u(0), 0.7)]);

/// Calls `$check(&subject)` for all kernels of this file.
#[macro_export]
macro_rules! for_the_language {
    ($check:ident) => {
        #[test]
        fn patterns() {
            $check(&Subject::<2>::of::<Schemes, 1>());
            $check(&Subject::<1>::of::<Ends, 1>());
            $check(&Subject::<2>::of::<Branches, 1>());
        }

        #[test]
        fn iterators_and_functions() {
            $check(&Subject::<1>::of::<Iterators, 1>());
            $check(&Subject::<2>::of::<Functions, 2>());
        }

        #[test]
        fn modules_and_generic_constants() {
            $check(&Subject::<1>::of::<Near, 1>());
            $check(&Subject::<2>::of::<Far, 1>());
            $check(&Subject::<1>::of::<SmoothDifference, 1>());
            $check(&Subject::<2>::of::<ScaledDifference, 1>());
        }
    };
}
