//! The tour from start to end: lessons on made-up data, then a real map.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use halo::comm::Launcher;
use halo::{Comm, Error, Result, launch_on, launch_or};
use indicatif::{ProgressBar, ProgressStyle};

use super::blurring::WIDTHS;
use super::deblurring::Deblurring;
use super::map::Map;
use super::options::Options;
use super::relief::{REFRESH, Relief, STEPS};
use super::table::{Table, size_of};
use super::{convolution, course, gallery, restorations, seismograms};

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
    convolutions(ranks, options, out)?;
    relief(ranks, &map, options, out)?;
    deblurring(ranks, &map, options, out)
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
    let blocks = course::blocks(ranks)?;
    say(
        out,
        &format!(
            "\
4. The same plane, haloed: Crop * Block * Halo

   `Halo` shows each rank its block with the cells around it, as wide as asked for on each side;
   `Block` is any local operator with its adjoint; `Crop` drops the ghosts. The adjoint of the halo
   adds every ghost to its owner, so the chain has the true adjoint.

{blocks}"
        ),
    )
}

fn convolutions(ranks: usize, options: &Options, out: &mut impl Write) -> Result {
    say(
        out,
        &format!(
            "\
5. Convolution of a trace and a section with wavelets from 20 Hz to 76 Hz, on {}

   The filter changes from point to point: each sample spreads the one at its own place. As a stencil
   with a bank of filters, and as a serial operator between a halo and a crop, whose adjoint adds up
   in another order: differences from one rank are relative to the largest value.
",
            count(ranks, "rank"),
        ),
    )?;
    let (trace, section) = (convolution::trace(ranks)?, convolution::section(ranks)?);
    let (Some(trace), Some(section)) = (trace, section) else {
        return Ok(());
    };
    let mut table = Table::new(["operator", "cells", "forward", "adjoint", "dot test"]);
    trace.list("1-D", &mut table);
    section.list("2-D", &mut table);
    say(out, &table.to_string())?;
    wrote(seismograms::draw(&trace, &section, &options.out)?, out)
}

fn deblurring(ranks: usize, map: &Map, options: &Options, out: &mut impl Write) -> Result {
    let parallel = launch_or(ranks, |comm| Deblurring::compute(comm, map))?;
    let Some(deblurring) = parallel else {
        return Ok(());
    };
    let serial = launch_on(1, |comm| Deblurring::compute(comm, map))?;
    let serial = serial.ok_or_else(|| Error::Invalid("rank 0 gathered no result".into()))?;
    deblurring.expect_equal(&serial)?;
    let unit = if map.place.is_some() { " m" } else { "" };
    let [rows, columns] = deblurring.part.extent;
    let [narrow, _, wide] = WIDTHS;
    say(
        out,
        &format!(
            "\
7. Deblurring the middle of the map, {rows} x {columns} cells, on {}

   b = A z + noise; A blurs with Gaussians of {narrow} cells in the north-west to {wide} cells in the
   south-east; the noise is up to {:.1}{unit}

{}
   adjoint of A    exact
   all results     equal, bit for bit, to those of one rank
",
            count(ranks, "rank"),
            deblurring.noise,
            deblurring.table(unit),
        ),
    )?;
    wrote(restorations::draw(&deblurring, &options.out)?, out)
}

fn wrote(paths: Vec<PathBuf>, out: &mut impl Write) -> Result {
    let mut lines = paths
        .iter()
        .map(|path| format!("   wrote {}\n", path.display()));
    say(out, &lines.by_ref().collect::<String>())
}

fn relief(ranks: usize, map: &Map, options: &Options, out: &mut impl Write) -> Result {
    let [rows, columns] = map.extent;
    let [dy, dx] = map.spacing();
    let unit = if map.place.is_some() { " m" } else { "" };
    say(
        out,
        &format!(
            "\
6. The map {}

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
    wrote(gallery::draw(map, &relief, &options.out)?, out)
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
