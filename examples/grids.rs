//! Derivatives in a plane and in a volume, and what each rank has of them: `cargo run --release --example grids`.

use halo::prelude::*;

/// Second derivative across two axes: reads corners alone, so messages go to diagonal neighbours too.
#[stencil]
fn mixed(u: Input<f64, 2>) -> f64 {
    0.25 * (u[[1, 1]] - u[[1, -1]] - u[[-1, 1]] + u[[-1, -1]])
}

/// Centred first derivative, along whichever axis it is placed.
#[stencil]
fn centred(u: Input<f64, 1>) -> f64 {
    0.5 * (u[1] - u[-1])
}

fn main() -> halo::Result {
    halo::launch_on(8, |comm| {
        // Ranks arranged by hand, and so that their blocks have the least surface.
        let plane = Grid::builder(comm, [61, 47]).process_grid([4, 2]).build()?;
        let volume = Grid::new(comm, [37, 31, 29])?;
        let mixed = Mixed.on(&plane)?;
        let depth = Centred.along([2]).on(&volume)?;
        mixed.exact_adjoint_test()?;
        depth.exact_adjoint_test()?;

        let y = mixed.forward(&plane.field(|[i, j]| (i * i * j) as f64))?;
        let z = depth.forward(&volume.field(|[i, j, k]| (i + j * k) as f64))?;
        if let Some(value) = y.get([30, 20]) {
            println!("d2(i² j)/di dj at i = 30: {value}");
        }
        if let Some(value) = z.get([18, 15, 14]) {
            println!("d(i + j k)/dk at j = 15: {value}");
        }
        if comm.rank() == 0 {
            let grids = (plane.process_grid(), volume.process_grid());
            println!("ranks: {} in the plane, {} in the volume", grids.0, grids.1);
            for rank in 0..comm.size() {
                let cells = plane.decomposition().block(rank);
                println!(
                    "rank {rank}: {cells} and {}",
                    volume.decomposition().block(rank)
                );
            }
        }
        Ok(())
    })
}
