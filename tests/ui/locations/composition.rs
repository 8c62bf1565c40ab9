use halo::prelude::*;

#[stencil]
fn difference(u: Input<f64, 1>) -> On<Face<0>, f64> {
    u[0] - u[-1]
}

fn main() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [8])?;
    let difference = Difference.on(&grid)?;
    let once = difference.forward(&grid.zeros())?;
    difference.forward(&once)?;
    Ok(())
}
