//! Claims about derivatives that hold, in every form: no warning.

#![deny(warnings)]

use halo::{prelude::*, stencil::Symmetry};

#[stencil(derivative = 1, order = 1)]
fn forward_difference(u: Input<f32, 1>, inv_h: f32) -> f32 {
    (u[1] - u[0]) * inv_h
}

#[stencil(derivative = 2, order = 4, halo = 2)]
fn fourth_order(u: Input<f64, 1>, h: f64) -> f64 {
    (-u[-2] + 16.0 * u[-1] - 30.0 * u[0] + 16.0 * u[1] - u[2]) / (12.0 * h * h)
}

/// The Laplacian, with other spacings along the two axes.
#[stencil(derivative = [(2, 0), (0, 2)], order = 2)]
fn anisotropic(u: Input<f64, 2>, a: f64, b: f64) -> f64 {
    a * (u[[-1, 0]] + u[[1, 0]] - 2.0 * u[[0, 0]]) + b * (u[[0, -1]] + u[[0, 1]] - 2.0 * u[[0, 0]])
}

#[stencil(derivative = (1, 1), order = 2)]
fn mixed(u: Input<f64, 2>) -> f64 {
    0.25 * (u[[1, 1]] - u[[1, -1]] - u[[-1, 1]] + u[[-1, -1]])
}

/// One-sided at the ends: the claim is about the interior.
#[stencil(derivative = 1, order = 2)]
fn one_sided(u: Input<f64, 1>, at: Position<1>) -> f64 {
    if at.from_low(0) < 1 {
        u[1] - u[0]
    } else if at.from_high(0) < 1 {
        u[0] - u[-1]
    } else {
        0.5 * (u[1] - u[-1])
    }
}

const _: () = assert!(matches!(Mixed::FACTS.symmetry, Symmetry::SelfAdjoint));

#[test]
fn what_is_known_can_be_read() {
    assert_eq!(FourthOrder::FACTS.symmetry, Symmetry::SelfAdjoint);
    assert_eq!(Anisotropic::FACTS.symmetry, Symmetry::SelfAdjoint);
    assert_eq!(OneSided::FACTS.symmetry, Symmetry::SkewAdjoint);
    assert_eq!(ForwardDifference::FACTS.symmetry, Symmetry::None);
    assert_eq!(ForwardDifference::FACTS.bytes, 8);
    assert_eq!(Mixed::FACTS.forward.messages(), 8);
}
