//! One halo exchange on two ranks, against the same exchange written by hand with the raw calls of MPI.
//!
//! `cargo bench --bench exchange` measures thread ranks. Under MPI, where the comparison is, build with `cargo bench
//! --features mpi --bench exchange --no-run` and start what it names by `mpirun -n 2 --bind-to core`. `--quick` leaves
//! out the largest blocks.
//!
//! Both sides take turns in one process; the medians are of the slower rank, in microseconds per exchange.

#[cfg(feature = "mpi")]
mod by_hand;
#[path = "../../examples/info/counting.rs"]
mod counting;
mod overlap;
mod stopwatch;

use counting::Counting;
use halo::exchange::{Exchange, Footprint, PackFn, Slab};
use halo::prelude::*;
use halo::stencil::Stencil;
use stopwatch::Stopwatch;

/// Reads the six neighbours.
#[stencil(halo = 1)]
fn near(u: Input<f64, 3>) -> f64 {
    (u[[-1, 0, 0]] + u[[1, 0, 0]]) + (u[[0, -1, 0]] + u[[0, 1, 0]]) + (u[[0, 0, -1]] + u[[0, 0, 1]])
        - 6.0 * u[[0, 0, 0]]
}

/// Reads two cells far along each axis.
#[stencil(halo = 2)]
fn wide(u: Input<f64, 3>) -> f64 {
    let mut sum = 0.0;
    for axis in 0..3 {
        for distance in [-2, -1, 1, 2] {
            let mut step = [0; 3];
            step[axis] = distance;
            sum += u[step];
        }
    }
    sum - 12.0 * u[[0, 0, 0]]
}

/// One situation: a cube of cells on each of two ranks.
#[derive(Clone, Copy)]
struct Setting {
    side: usize,
    /// The axis along which the ranks are neighbours.
    axis: usize,
    width: usize,
}

fn main() -> halo::Result {
    let quick = std::env::args().any(|argument| argument == "--quick");
    halo::launch_or(2, |comm| {
        if comm.size() != 2 {
            return Err(halo::Error::Invalid("this benchmark is for 2 ranks".into()));
        }
        let leads = comm.rank() == 0;
        if leads {
            println!(
                "2 ranks, {}, f64; microseconds per exchange, medians",
                comm.backend()
            );
            println!(
                " side  width  axis     bytes  messages      halo   packed  subarray  halo/best"
            );
        }
        for side in [32, 64, 128, 256] {
            for (width, axis) in [(1, 0), (1, 2), (2, 0), (2, 2)] {
                if !quick || side < 128 {
                    let setting = Setting { side, axis, width };
                    let line = compare(comm, setting)?;
                    if leads {
                        println!("{line}");
                    }
                }
            }
        }
        overlap::measure(comm, quick)
    })
}

impl Setting {
    fn grid(self, comm: &Comm) -> halo::Result<Grid<3>> {
        let mut extent = [self.side; 3];
        let mut process_grid = [1; 3];
        (extent[self.axis], process_grid[self.axis]) = (2 * self.side, 2);
        let margin = [[self.width; 2]; 3];
        Grid::builder(comm, extent)
            .process_grid(process_grid)
            .margin(margin)
            .build()
    }

    /// The footprint of the stencil of this width, and its pack function.
    fn stencil(self) -> (Footprint<3>, PackFn<f64>) {
        match self.width {
            1 => (
                Footprint::new(Near::FOOTPRINT),
                |slab: &Slab, cells: &[f64], buffer: &mut [f64]| Near::pack(slab, cells, buffer),
            ),
            _ => (
                Footprint::new(Wide::FOOTPRINT),
                |slab: &Slab, cells: &[f64], buffer: &mut [f64]| Wide::pack(slab, cells, buffer),
            ),
        }
    }
}

fn compare(comm: &Comm, setting: Setting) -> halo::Result<String> {
    let Setting { side, axis, width } = setting;
    let (footprint, pack) = setting.stencil();
    let (counting, counter) = Counting::around(comm);
    let grid = setting.grid(&counting)?;
    let mut exchange = Exchange::new(&grid, &footprint)?;
    let field = grid.random::<f64>(1);
    let mut once = || exchange.begin(&field, pack)?.finish();
    once()?;
    let (messages, bytes) = counter.since_last();

    let mut watch = Stopwatch::new(comm, 8.0 * (width * side * side) as f64);
    #[cfg(feature = "mpi")]
    if comm.backend() == "mpi" {
        use by_hand::{Packed, Subarray};
        let (mut packed, mut subarray) = (
            Packed::new(setting, comm.rank()),
            Subarray::new(setting, comm.rank()),
        );
        let [halo, packed, subarray] = watch.medians([
            &mut once,
            &mut || {
                packed.exchange();
                Ok(())
            },
            &mut || {
                subarray.exchange();
                Ok(())
            },
        ])?;
        let ratio = halo / packed.min(subarray);
        return Ok(format!(
            "{side:>5} {width:>6} {axis:>5} {bytes:>9} {messages:>9} {halo:>9.1} {packed:>8.1} {subarray:>9.1} {ratio:>10.2}"
        ));
    }
    let [halo] = watch.medians([&mut once])?;
    Ok(format!(
        "{side:>5} {width:>6} {axis:>5} {bytes:>9} {messages:>9} {halo:>9.1}"
    ))
}
