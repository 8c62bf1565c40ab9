use halo::prelude::*;

#[stencil]
fn flux(u: Input<f64, 1>, k: Coef<f64, 1, Face<0>>) -> On<Face<0>, f64> {
    k[0] * (u[0] - u[-1])
}

fn main() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [8])?;
    let k = grid.field(|[i]| i as f64);
    Flux { k: k.into() }.on(&grid)?;
    Ok(())
}
