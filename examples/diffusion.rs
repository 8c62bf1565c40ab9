//! Diffusion through a material that changes from cell to cell: `cargo run --release --example diffusion`.

use halo::prelude::*;

/// One explicit step, u + div(k grad u): what leaves a cell enters its neighbour.
#[stencil]
fn diffusion(u: Input<f64, 2>, k: Coef<f64, 2>) -> f64 {
    let north = k[[0, 0]].min(k[[-1, 0]]) * (u[[-1, 0]] - u[[0, 0]]);
    let south = k[[0, 0]].min(k[[1, 0]]) * (u[[1, 0]] - u[[0, 0]]);
    let west = k[[0, 0]].min(k[[0, -1]]) * (u[[0, -1]] - u[[0, 0]]);
    let east = k[[0, 0]].min(k[[0, 1]]) * (u[[0, 1]] - u[[0, 0]]);
    u[[0, 0]] + north + south + west + east
}

fn main() -> halo::Result {
    halo::launch_on(4, |comm| {
        let grid = Grid::new(comm, [40, 30])?;
        // A wall in the middle lets little through.
        let k = grid.field(|[i, _]| if (19..21).contains(&i) { 0.002 } else { 0.2 });
        // Nothing leaves a grid that is mirrored at its ends.
        let step = Diffusion { k: k.into() }
            .boundary(Boundary::Mirror)
            .on(&grid)?;
        step.exact_adjoint_test()?;

        let mut heat = grid.field(|[i, j]| if i < 5 && j < 5 { 100.0 } else { 0.0 });
        let mut next = grid.zeros();
        let before = (heat.sum()?, heat.max_abs()?);
        for _ in 0..500 {
            step.forward_into(&heat, &mut next)?;
            std::mem::swap(&mut heat, &mut next);
        }
        let (sum, most) = (heat.sum()?, heat.max_abs()?);
        if comm.rank() == 0 {
            println!("sum      {:.6} before, {sum:.6} after", before.0);
            println!("hottest  {:.2} before, {most:.2} after", before.1);
        }
        Ok(())
    })
}
