//! Several fields as one unknown, with names: `cargo run --release --example several_fields`.

use halo::operator::Sampling;
use halo::prelude::*;

halo::vector_space! {
    /// A regional trend and what deviates from it.
    #[derive(Clone, Debug)]
    struct Ground {
        trend: Field<f64, 2>,
        detail: Field<f64, 2>,
    }
}

/// A wide mean.
#[stencil]
fn smooth(u: Input<f64, 2>) -> f64 {
    let mut sum = 0.0;
    for i in -2..=2 {
        for j in -2..=2 {
            sum += u[[i, j]];
        }
    }
    sum / 25.0
}

/// A narrow one.
#[stencil]
fn sharp(u: Input<f64, 2>) -> f64 {
    0.6 * u[[0, 0]] + 0.1 * (u[[-1, 0]] + u[[1, 0]] + u[[0, -1]] + u[[0, 1]])
}

fn main() -> halo::Result {
    halo::launch_on(4, |comm| {
        let grid = Grid::new(comm, [20, 20])?;
        // Wells see the sum of both: [S A, S B] (trend, detail).
        let wells = Sampling::new(&grid, vec![[3, 4], [10, 17], [12, 2], [18, 9]])?;
        let seen: Operator<Ground, _> =
            (&wells * Smooth.on(&grid)?, &wells * Sharp.on(&grid)?).horizontal_as()?;
        seen.dot_test(1e-12)?;

        let ground = Ground {
            trend: grid.field(|[i, _]| i as f64),
            detail: grid.random(1),
        };
        let data = seen.forward(&ground)?;
        let solution = Cgls::new(&seen, &data).solve()?;
        let (trend, detail) = (solution.x.trend.norm()?, solution.x.detail.norm()?);
        if comm.rank() == 0 {
            println!(
                "{} in {} iterations",
                solution.status,
                solution.iterations()
            );
            println!("least norm: trend {trend:.3}, detail {detail:.3}");
        }
        Ok(())
    })
}
