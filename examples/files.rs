//! Files that four ranks write and three read: `cargo run --release --example files`.

use halo::io::{npy, npz, png};
use halo::prelude::*;

fn main() -> halo::Result {
    let folder = std::env::temp_dir();
    let file = |name: &str| folder.join(format!("halo-files-{}-{name}", std::process::id()));
    let (ground, waves, picture) = (file("ground.npy"), file("waves.npz"), file("ground.png"));

    // A hill, and a wave over it: each rank makes and writes its block.
    halo::launch_on(4, |comm| {
        let grid = Grid::new(comm, [90, 120])?;
        let hill = grid.field(|[i, j]| {
            let (y, x) = (i as f64 / 30.0 - 1.5, j as f64 / 40.0 - 1.5);
            100.0 * (-x * x - y * y).exp()
        });
        let wave = grid.field(|[i, j]| Complex::from_polar(1.0, (i + 2 * j) as f64 / 10.0));
        npy::write(&hill, &ground)?;
        npz::write(&waves, &[("hill", &hill), ("wave", &wave)])?;
        png::write(&hill, &picture, [0.0, 100.0])
    })?;

    // Other ranks cut the same arrays into other blocks.
    let lines = halo::launch_on(3, |comm| {
        let grid = Grid::new(comm, npy::shape(&ground)?)?;
        let hill = npy::read::<f64, 2>(&grid, &ground)?;
        let wave = npz::read::<Complex<f64>, 2>(&grid, &waves, "wave")?;
        let shades = png::read::<f64>(&grid, &picture)?;
        Ok([
            format!("ground.npy  {:?}, up to {}", grid.extent(), hill.max_abs()?),
            format!(
                "waves.npz   {}; the wave's norm is {:.3}",
                npz::names(&waves)?.join(", "),
                wave.norm()?
            ),
            format!("ground.png  from 0, black, to {}", shades.max_abs()?),
        ])
    })?;
    println!("{}", lines.join("\n"));

    for path in [ground, waves, picture] {
        std::fs::remove_file(path).ok();
    }
    Ok(())
}
