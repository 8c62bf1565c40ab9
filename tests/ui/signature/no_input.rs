use halo::prelude::*;

#[stencil]
fn constant(k: Coef<f64, 1>, dt: f64) -> f64 {
    dt * k[0]
}

fn main() {
    let grid = Grid::new(&Comm::solo(), [8]).unwrap();
    let _operator = Constant { k: 1.0.into(), dt: 0.1 }.on(&grid);
}
