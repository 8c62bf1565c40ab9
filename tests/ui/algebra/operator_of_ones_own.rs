//! An operator of one's own in an expression, without a handle.

use halo::operator::Identity;
use halo::prelude::*;

#[derive(Clone)]
struct Mine(Identity<Field<f64, 1>>);

fn main() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [8])?;
    let identity = Identity::like(&grid.zeros::<f64>());
    let _ = &identity * Mine(identity.clone());
    Ok(())
}
