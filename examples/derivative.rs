//! A derivative on several ranks, its adjoint, and the tests of the adjoint: `cargo run --release --example derivative`.

use halo::prelude::*;

/// Centred first derivative.
#[stencil]
fn centred(u: Input<f64, 1>, inv_2h: f64) -> f64 {
    inv_2h * (u[1] - u[-1])
}

fn main() -> halo::Result {
    halo::launch_on(4, |comm| {
        let grid = Grid::new(comm, [101])?;
        let h = 0.1;
        let derivative = Centred { inv_2h: 0.5 / h }
            .boundary(Boundary::Extrapolate)
            .on(&grid)?;

        let x = grid.field(|[i]| (h * i as f64).sin());
        let y = derivative.forward(&x)?;
        let z = derivative.adjoint(&y)?;
        derivative.exact_adjoint_test()?;
        derivative.dot_test(1e-12)?;

        let mut error = grid.field(|[i]| (h * i as f64).cos());
        error.axpy(-1.0, &y)?;
        let (error, norm) = (error.max_abs()?, z.norm()?);
        if comm.rank() == 0 {
            println!("largest error of the derivative  {error:.1e}");
            println!("norm of A'A x                    {norm:.6}");
            println!("exact adjoint test               passed");
        }
        Ok(())
    })
}
