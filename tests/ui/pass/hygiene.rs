//! No name that a user chooses collides with a name of the expansion, and no expansion needs a name in scope.

#![deny(warnings, missing_docs, unsafe_code)]

// What an expansion might name is something else here.
#[allow(dead_code, unused_imports, non_camel_case_types)]
mod shadows {
    pub mod halo {}
    pub mod std {}
    pub mod core {}
    pub struct Vec;
    pub struct Field;
    pub struct Row;
    pub enum Option {
        None,
        Some,
    }
    pub use Option::{None, Some};
}

use ::halo::stencil;
#[allow(unused_imports)]
use shadows::*;

#[stencil]
#[allow(non_snake_case, clippy::too_many_arguments)]
fn collisions(
    row: ::halo::stencil::Input<f64, 1>,
    y: ::halo::stencil::Input<f64, 1>,
    out: ::halo::stencil::Coef<f64, 1>,
    k: f64,
    i: f64,
    t0: f64,
    S: f64,
    D: f64,
    r#type: f64,
    value: [f64; 2],
    runtime: f64,
) -> (f64, f64) {
    let shared = out[0] * k * i * t0 * S;
    let point = D + r#type + value[1] + runtime.sqrt();
    (shared * row[1] + point * y[0], shared * y[-1] - row[0])
}

/// A function of the name of a struct.
#[allow(non_camel_case_types)]
#[stencil(name = lower_case)]
fn upper(u: ::halo::stencil::Input<f32, 1>) -> f32 {
    u[1]
}

macro_rules! shifted {
    ($function:ident, $offset:expr, $weight:literal) => {
        #[stencil]
        fn $function(u: ::halo::stencil::Input<f64, 1>, weight: f64) -> f64 {
            weight * $weight * u[$offset] - u[0]
        }
    };
}

shifted!(ahead, 1 + 1, 0.5);
shifted!(behind, -2, 2.0);

#[test]
fn names_do_not_collide() -> ::halo::Result {
    use ::halo::prelude::*;
    let grid = Grid::new(&Comm::solo(), [9])?;
    Collisions {
        out: 0.5.into(),
        k: 1.5,
        i: 2.5,
        t0: -1.0,
        S: 3.0,
        D: 0.1,
        r#type: 0.2,
        value: [0.3, 0.4],
        runtime: 2.0,
    }
    .on(&grid)?
    .exact_adjoint_test()?;
    lower_case.on(&grid)?.exact_adjoint_test()?;
    let x = grid.field(|[i]| (i * i) as f64);
    assert_eq!(
        Ahead { weight: 2.0 }.on(&grid)?.forward(&x)?.view()[3],
        25.0 - 9.0
    );
    assert_eq!(
        Behind { weight: 0.5 }.on(&grid)?.forward(&x)?.view()[3],
        1.0 - 9.0
    );
    Ok(())
}
