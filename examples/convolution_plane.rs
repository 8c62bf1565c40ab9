//! A blur that grows over a plane, by the stock operator: `cargo run --release --example convolution_plane`.

use halo::prelude::*;
use halo::stock::NonStationaryConvolution;

fn main() -> halo::Result {
    halo::launch_on(4, |comm| {
        let grid = Grid::new(comm, [48, 64])?;
        // Filters at 3 x 4 places, interpolated in between: bells, wider and wider from row to row.
        let (rows, columns) = ([8, 24, 40], [8, 24, 40, 56]);
        let bell = |[row, _]: [usize; 2], [a, b]: [usize; 2]| {
            let square = (a as f64 - 3.0).powi(2) + (b as f64 - 3.0).powi(2);
            (-0.5 * square / (0.25 + row as f64)).exp()
        };
        let blur = NonStationaryConvolution::from_fn([&rows, &columns], [7, 7], bell).on(&grid)?;
        blur.exact_adjoint_test()?;

        let spikes = grid.field(|[i, j]| f64::from(i % 16 == 8 && j % 16 == 8));
        let (y, z) = (blur.forward(&spikes)?, blur.adjoint(&spikes)?);
        if let (Some(y), Some(z)) = (y.gather(0)?, z.gather(0)?) {
            println!("beside spikes   forward   adjoint");
            for row in rows {
                println!(
                    "row {row:2}           {:.3}     {:.3}",
                    y[[row, 9]],
                    z[[row, 9]]
                );
            }
        }
        Ok(())
    })
}
