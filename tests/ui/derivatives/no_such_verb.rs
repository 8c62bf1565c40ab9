use halo::prelude::*;

#[stencil]
fn scaled(u: Input<f64, 1>, k: Coef<f64, 1>) -> f64 {
    k[0].sqrt() * u[0]
}

fn main() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [8])?;
    let u = grid.random::<f64>(1);
    let operator = Scaled { k: 1.0.into() }.wrt_k(&u).on(&grid)?;
    operator.exact_adjoint_test()
}
