use halo::prelude::*;

fn main() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [8, 8])?;
    let mut x = grid.zeros_at::<Face<0>, f64>();
    let nodes = grid.zeros_at::<(Face<0>, Face<1>), f64>();
    x.axpy(1.0, &nodes)
}
