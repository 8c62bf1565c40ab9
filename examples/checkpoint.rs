//! A solver that is interrupted on four ranks and goes on, bit for bit, on two: `cargo run --release --example checkpoint`.

use halo::prelude::*;

/// A stretched membrane: its own adjoint, which CG asks for and `.self_adjoint()` proves.
#[stencil]
fn membrane(u: Input<f64, 2>) -> f64 {
    4.0 * u[[0, 0]] - u[[-1, 0]] - u[[1, 0]] - u[[0, -1]] - u[[0, 1]]
}

fn main() -> halo::Result {
    let folder = std::env::temp_dir().join(format!("halo-checkpoint-{}", std::process::id()));
    let stop = Stop::after(500).relative(1e-8);

    let whole = halo::launch_on(4, |comm| {
        let grid = Grid::new(comm, [60, 50])?;
        let (membrane, b) = (Membrane.on(&grid)?.self_adjoint()?, grid.random(1));
        let mut run = Cg::new(&membrane, &b).stop(stop).begin()?;
        while let Some(now) = run.step()? {
            if now.number == 20 {
                run.save(&folder)?;
            }
        }
        run.finish()?.x.norm()
    })?;

    let resumed = halo::launch_on(2, |comm| {
        let grid = Grid::new(comm, [60, 50])?;
        let (membrane, b) = (Membrane.on(&grid)?.self_adjoint()?, grid.random(1));
        let run = Cg::new(&membrane, &b).stop(stop).resume(&folder)?;
        run.finish()?.x.norm()
    })?;

    println!("norm of x, four ranks            {whole}");
    println!("norm of x, resumed on two ranks  {resumed}");
    std::fs::remove_dir_all(folder).ok();
    Ok(())
}
