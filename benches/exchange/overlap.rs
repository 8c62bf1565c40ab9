//! How much of an exchange is hidden behind the core of a sweep.

use halo::Result;
use halo::prelude::*;

use super::Near;
use super::stopwatch::Stopwatch;

/// Prints the times of an application with and without overlap, and of the sweep alone. Collective.
pub fn measure(comm: &Comm, quick: bool) -> Result {
    if comm.rank() == 0 {
        println!("\nOne application of a seven-point stencil, one thread per rank, microseconds");
        println!(" side  sweep alone    in turn  together  hidden");
    }
    for side in [64, 128, 256] {
        if quick && side > 64 {
            break;
        }
        let placed = |comm: &Comm, ranks, overlap| -> Result<_> {
            let grid = Grid::builder(comm, [ranks * side, side, side])
                .process_grid([ranks, 1, 1])
                .build()?;
            let operator = Near.on(&grid)?;
            operator.tune(|tuning| (tuning.threads, tuning.overlap) = (1, overlap))?;
            let x = grid.random::<f64>(1);
            Ok((operator, x, grid.zeros()))
        };
        let (alone, x, mut y) = placed(&Comm::solo(), 1, true)?;
        let (turns, u, mut v) = placed(comm, 2, false)?;
        let (together, p, mut q) = placed(comm, 2, true)?;
        let mut watch = Stopwatch::new(comm, 8.0 * (side * side * side) as f64);
        let [sweep, turns, together] = watch.medians([
            &mut || alone.forward_into(&x, &mut y),
            &mut || turns.forward_into(&u, &mut v),
            &mut || together.forward_into(&p, &mut q),
        ])?;
        let hidden = 100.0 * (turns - together) / (turns - sweep).max(f64::MIN_POSITIVE);
        if comm.rank() == 0 {
            println!("{side:>5} {sweep:>12.0} {turns:>10.0} {together:>9.0} {hidden:>6.0}%");
        }
    }
    Ok(())
}
