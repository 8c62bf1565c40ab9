use halo::prelude::*;

#[stencil]
fn difference(u: Input<f64, 1>) -> On<Face<0>, f64> {
    u[0] - u[-1]
}

fn main() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [8, 8])?;
    Difference.along([1]).on(&grid)?;
    Ok(())
}
