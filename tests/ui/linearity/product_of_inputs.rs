use halo::prelude::*;

#[stencil]
fn advection(u: Input<f64, 1>, v: Input<f64, 1>) -> f64 {
    v[0] * (u[1] - u[-1])
}

fn main() {
    let grid = Grid::new(&Comm::solo(), [8]).unwrap();
    let _operator = Advection.on(&grid);
}
