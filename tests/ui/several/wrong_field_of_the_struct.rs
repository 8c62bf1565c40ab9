use halo::prelude::*;

#[stencil]
fn scaled(u: Input<f64, 1>, k: Coef<f64, 1>, dt: f64) -> f64 {
    dt * k[0] * u[0]
}

fn main() {
    let grid = Grid::new(&Comm::solo(), [8]).unwrap();
    let _operator = Scaled { k: 1.0, dt: 0.1, h: 2.0 }.on(&grid);
}
