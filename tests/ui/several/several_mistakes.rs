use halo::prelude::*;

#[stencil(hallo = 1, axes = (0, 0))]
fn muddle(u: Input<f64, 2>, k: Coef<f64, 2>, n: isize) -> f64 {
    let square = u[[0, 0]] * u[[0, 1]];
    let far = u[[n, 0]] / u[[1, 0]];
    if u[[0, 0]] > 0.0 { square + far + k[[0]] } else { u[[0, 0]].sqrt() + 1.0 }
}

fn main() {
    let grid = Grid::new(&Comm::solo(), [8, 8]).unwrap();
    let operator = Muddle { k: 1.0.into(), n: 3 }.on(&grid).unwrap();
    let _y = operator.forward(&grid.zeros());
}
