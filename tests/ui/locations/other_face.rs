use halo::prelude::*;

#[stencil]
fn slope(u: Input<f64, 2, Face<1>>) -> f64 {
    u[[0, 1]] - u[[0, 0]]
}

fn main() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [8, 8])?;
    let velocity = grid.zeros_at::<Face<0>, f64>();
    Slope.on(&grid)?.forward(&velocity)?;
    Ok(())
}
