//! The tour from start to end: lessons on made-up data, then a real map.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use halo::comm::Launcher;
use halo::{Comm, Error, Result, launch_on, launch_or};
use indicatif::{ProgressBar, ProgressStyle};

use super::map::Map;
use super::options::Options;
use super::relief::{REFRESH, Relief, STEPS};
use super::table::size_of;
use super::{course, gallery};

/// Gives the tour, telling on `out` what it does.
///
/// # Errors
/// Input that cannot be used, a folder that cannot be written to, more ranks than cells; a result that is not that of one
/// rank, or an adjoint that is not exact.
pub fn give(options: &Options, out: &mut impl Write) -> Result {
    // What is wrong with the arguments is told first.
    let map = Map::open(options.input.as_deref())?;
    gallery::open(&options.out)?;

    let (ranks, backend) = launch_or(options.ranks, |comm| Ok((comm.size(), comm.backend())))?;
    let place = match backend {
        "mpi" => "processes under MPI",
        _ => "threads of this process",
    };
    let title = format!("halo on {}, {place}", count(ranks, "rank"));
    say(out, &format!("{title}\n{}\n", "=".repeat(title.len())))?;
    say(
        out,
        "\
Every operator below is the formula of one point, in examples/tutorial/kernels.rs.
`equal` means: every bit of every cell, compared with the same operator on one rank.
The exact adjoint test is <Ax, y> == <x, A'y> over the integers modulo 2^61 - 1;
the dot test is their relative difference in floating point.
",
    )?;
    lessons(ranks, out)?;
    relief(ranks, &map, options, out)
}

fn lessons(ranks: usize, out: &mut impl Write) -> Result {
    let line = course::line(ranks)?;
    say(
        out,
        &format!(
            "\
1. First derivative on a line of 101 cells, on {}

   The 3-point formula reads one neighbour on either side, the 5-point one two:
   cells owned by each rank, and the length of its field with the halo.

{line}",
            count(ranks, "rank"),
        ),
    )?;
    let plane = course::plane(ranks)?;
    say(
        out,
        &format!(
            "\
2. A plane of 61 x 47 cells, cut over {} ranks

   Each formula asks for halo where it reads: scaling nowhere, a derivative along its axis
   alone, the mixed derivative d2/d0d1 at the corners too.

{plane}",
            plane.process_grid(),
        ),
    )?;
    let volume = course::volume(ranks)?;
    say(
        out,
        &format!(
            "\
3. A volume of 37 x 31 x 29 cells, cut over {} ranks

{volume}",
            volume.process_grid(),
        ),
    )?;
    if volume.process_grid().dims.contains(&1) && Launcher::detect()?.is_none() {
        let volume = course::volume(8)?;
        let grid = volume.process_grid();
        say(
            out,
            &format!("   The same volume cut along all three axes, over {grid} ranks:\n\n{volume}"),
        )?;
    }
    Ok(())
}

fn relief(ranks: usize, map: &Map, options: &Options, out: &mut impl Write) -> Result {
    let [rows, columns] = map.extent;
    let [dy, dx] = map.spacing();
    let unit = if map.place.is_some() { " m" } else { "" };
    say(
        out,
        &format!(
            "\
4. The map {}

   {rows} x {columns} cells of {dy:.1}{unit} x {dx:.1}{unit}, on {}
   gradient, slope and Laplacian; {STEPS} steps of diffusion, its coefficient from the slope,
   computed anew every {REFRESH} steps
",
            map.name(),
            count(ranks, "rank"),
        ),
    )?;
    let bar = ProgressBar::new(2 * STEPS as u64).with_style(style());
    let (relief, parallel) = timed(|| launch_or(ranks, |comm| compute(comm, map, &bar)))?;
    let Some(relief) = relief else {
        // The rest is for rank 0, where the results are.
        return Ok(());
    };
    let (serial, alone) = timed(|| launch_on(1, |comm| compute(comm, map, &bar)))?;
    bar.finish_and_clear();
    let serial = serial.ok_or_else(|| Error::Invalid("rank 0 gathered no result".into()))?;
    relief.expect_equal(&serial)?;
    say(
        out,
        &format!(
            "{}   \
time            {:.2} s on {}, {:.2} s on one
   adjoints        exact: gradient, Laplacian, diffusion
   all results     equal, bit for bit, to those of one rank
   sum of cells    changed by a fraction of {} in {STEPS} steps
",
            holes(relief.unknown),
            parallel.as_secs_f64(),
            count(ranks, "rank"),
            alone.as_secs_f64(),
            size_of(relative_change(relief.volumes)),
        ),
    )?;
    for path in gallery::draw(map, &relief, &options.out)? {
        say(out, &format!("   wrote {}", path.display()))?;
    }
    Ok(())
}

fn holes(unknown: usize) -> String {
    match unknown {
        0 => String::new(),
        _ => format!(
            "   {unknown} of its cells have no value: nothing flows there, pictures leave them grey\n\n"
        ),
    }
}

fn relative_change([before, after]: [f64; 2]) -> f64 {
    match before {
        0.0 => after,
        _ => (after - before) / before,
    }
}

/// Computes on the ranks of a job; rank 0 moves the bar.
fn compute(comm: &Comm, map: &Map, bar: &ProgressBar) -> Result<Option<Relief>> {
    Relief::compute(comm, map, || {
        if comm.rank() == 0 {
            bar.inc(1);
        }
    })
}

fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(T, Duration)> {
    let start = Instant::now();
    work().map(|value| (value, start.elapsed()))
}

fn style() -> ProgressStyle {
    let style = ProgressStyle::with_template("   diffusion {bar:40} {pos}/{len} steps, {eta} left");
    style.unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

fn say(out: &mut impl Write, text: &str) -> Result {
    writeln!(out, "{text}")
        .map_err(|error: io::Error| Error::Invalid(format!("cannot print: {error}")))
}
