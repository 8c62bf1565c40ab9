//! Deblurring by regularised least squares: `cargo run --release --example deblur_least_squares`.

use halo::prelude::*;
use halo::stock::Laplacian;

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
        let grid = Grid::new(comm, [120, 90])?;
        let truth = grid.field(|[i, j]| (0.15 * i as f64).sin() * (0.2 * j as f64).cos());
        let blur = Blur.on(&grid)?;
        let mut b = blur.forward(&truth)?;
        b.axpy(0.01, &grid.random(1))?;

        // The least |A x - b|² + 0.2² |L x|²
        let smooth = Laplacian::new([0, 1]).on(&grid)?;
        let solution = Cgls::new(&blur, &b)
            .regularise(0.2, &smooth)
            .stop(Stop::after(200).relative(1e-6))
            .solve()?;

        let distance = |x: &Field<f64, 2>| -> halo::Result<f64> {
            let mut difference = x.clone();
            difference.axpy(-1.0, &truth)?;
            Ok(difference.norm()? / truth.norm()?)
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
