use halo::prelude::*;

#[stencil]
fn leapfrog(now: Input<f64, 1>, before: Input<f64, 1>) -> f64 {
    now[1] + now[-1] - before[0]
}

fn main() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [8])?;
    let (now, mut before) = (grid.zeros::<f64>(), grid.zeros::<f64>());
    Leapfrog.on(&grid)?.forward_in_place(&now, &mut before)
}
