use halo::prelude::*;

#[stencil]
fn advection(u: Input<f64, 2>, v: Input<f64, 2>, k: Coef<f64, 2>, dt: f64) -> (f64, f64) {
    (dt * u[[0, 1]] * v[[0, 0]], k[[0, 0]] * v[[1, 0]])
}

fn main() -> halo::Result {
    halo::launch(|comm| {
        let grid = Grid::new(comm, [8, 8])?;
        let k = grid.field(|[i, _]| i as f64);
        let operator = Advection { k: k.into(), dt: 0.1 }.along([1, 0]).boundary(Boundary::Clamp).on(&grid)?;
        let (u, v) = (grid.zeros::<f64>(), grid.zeros::<f64>());
        let (a, b) = operator.forward(&(u, v))?;
        let _back = operator.adjoint(&(a, b))?;
        operator.update(|stencil| stencil.dt = 0.2)?;
        operator.exact_adjoint_test()?;
        operator.dot_test(1e-12)
    })
}
