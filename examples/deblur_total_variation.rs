//! Deblurring that keeps edges, by total variation: `cargo run --release --example deblur_total_variation`.

use halo::prelude::*;
use halo::stock::{Gradient, Kind};

/// The mean of nine cells.
#[stencil]
fn blur(u: Input<f64, 2>) -> f64 {
    let mut sum = 0.0;
    for i in -1..=1 {
        for j in -1..=1 {
            sum += u[[i, j]];
        }
    }
    sum / 9.0
}

fn main() -> halo::Result {
    halo::launch_on(4, |comm| {
        let grid = Grid::new(comm, [60, 60])?;
        let plateau =
            grid.field(|[i, j]| f64::from((20..40).contains(&i) && (15..45).contains(&j)));
        let blur = Blur.boundary(Boundary::Mirror).on(&grid)?;
        let mut b = blur.forward(&plateau)?;
        b.axpy(0.1, &grid.random(1))?;

        // The least |A x - b|² + 0.05 TV(x)
        let gradient = Gradient::new().kind(Kind::Forward).on(&grid)?;
        let solution = TotalVariation::isotropic(&blur, &b, &gradient, 0.05)
            .stop(Stop::after(300).relative(1e-3))
            .solve()?;

        let distance = |x: &Field<f64, 2>| -> halo::Result<f64> {
            let mut difference = x.clone();
            difference.axpy(-1.0, &plateau)?;
            Ok(difference.norm()? / plateau.norm()?)
        };
        let (before, after) = (distance(&b)?, distance(&solution.x)?);
        if comm.rank() == 0 {
            println!(
                "{} in {} iterations",
                solution.status,
                solution.iterations()
            );
            println!("relative error {before:.4} before, {after:.4} after");
        }
        Ok(())
    })
}
