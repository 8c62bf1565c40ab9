//! Convolution with a filter that changes from sample to sample: `cargo run --release --example convolution`.

use halo::prelude::*;
use ndarray::Array2;

/// Each sample spreads the filter at its own place, interpolated between the filters of the bank.
#[stencil]
fn convolve(x: Input<f64, 1>, h: Bank<[f64; 9], 1>) -> f64 {
    let mut sum = 0.0;
    for k in -4..=4 {
        sum += h[[-k]][(k + 4) as usize] * x[-k];
    }
    sum
}

fn main() -> halo::Result {
    halo::launch_on(3, |comm| {
        let grid = Grid::new(comm, [64])?;
        // Bells centred at 8, 24, 40 and 56, wider and wider.
        let bells = Array2::from_shape_fn((4, 9), |(place, k)| {
            let distance = (k as f64 - 4.0) / (0.5 + 0.5 * place as f64);
            (-0.5 * distance * distance).exp()
        });
        let h = FilterBank::new(&bells, [8.0], [16.0])?;
        let convolve = Convolve { h }.on(&grid)?;
        convolve.exact_adjoint_test()?;

        let spikes = grid.field(|[i]| f64::from(i % 16 == 8));
        let y = convolve.forward(&spikes)?.gather(0)?;
        if let Some(y) = y {
            for value in y {
                println!("{value:.3} {}", "#".repeat((40.0 * value) as usize));
            }
        }
        Ok(())
    })
}
