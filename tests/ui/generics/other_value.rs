use halo::prelude::*;

#[stencil(R in [1, 2])]
fn shift<const R: isize>(u: Input<f64, 1>) -> f64 {
    u[R]
}

fn main() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [8])?;
    Shift::<2>.on(&grid)?;
    Shift::<3>.on(&grid)?;
    Ok(())
}
