use halo::prelude::*;

#[stencil]
fn shifted(u: Input<f64, 1>, by: isize) -> f64 {
    u[by] - u[0]
}

fn main() {
    let grid = Grid::new(&Comm::solo(), [8]).unwrap();
    let _operator = Shifted { by: 1 }.on(&grid);
}
