//! The report: facts of the backend, and one exchange, run and counted.

use std::fmt::Write;

use halo::comm::Launcher;
use halo::exchange::{Exchange, Footprint, Slab};
use halo::stencil::InstructionSet;
use halo::{Comm, Error, Grid, Result};

use super::counting::Counting;
use super::hosts;
use super::options::{Extents, Options};

/// Collective: the report, the same on every rank.
pub fn report(comm: &Comm, launcher: Option<Launcher>, options: &Options) -> Result<String> {
    let mut lines = vec![
        ("halo", env!("CARGO_PKG_VERSION").to_owned()),
        ("backend", comm.backend().to_owned()),
        (
            "launcher",
            launcher.map_or("none", |launcher| launcher.name).to_owned(),
        ),
    ];
    lines.extend(comm.facts().into_iter().filter(|(name, _)| *name != "host"));
    lines.push(("ranks", hosts::of(comm)?));
    lines.push(("threads per rank", comm.threads()?.to_string()));
    lines.push((
        "instruction set",
        format!("{:?}", InstructionSet::from_environment()?),
    ));
    lines.push(("environment", environment()));
    lines.extend(match options.dims.0.len() {
        1 => exchange::<1>(comm, options),
        2 => exchange::<2>(comm, options),
        3 => exchange::<3>(comm, options),
        _ => exchange::<4>(comm, options),
    }?);
    let mut report = String::new();
    for (name, value) in lines {
        // A String takes everything.
        let _ = writeln!(report, "{name:<17} {value}");
    }
    Ok(report)
}

/// Variables that change how halo runs.
fn environment() -> String {
    let set = std::env::vars().filter(|(name, _)| name.starts_with("HALO_"));
    let set: Vec<String> = set.map(|(name, value)| format!("{name}={value}")).collect();
    match set.is_empty() {
        true => "no HALO_ variable is set".into(),
        false => set.join(" "),
    }
}

/// Runs an exchange on the chosen grid, and tells what was sent.
fn exchange<const D: usize>(comm: &Comm, options: &Options) -> Result<Vec<(&'static str, String)>> {
    let (counting, counter) = Counting::around(comm);
    let Options { reach, corners, .. } = *options;
    let margin = [[reach; 2]; D];
    let mut builder = Grid::builder(&counting, axes(&options.dims)?).margin(margin);
    if let Some(dims) = &options.process_grid {
        builder = builder.process_grid(axes(dims)?);
    }
    let grid = builder.build()?;
    let mut exchange = Exchange::<f64, D>::new(&grid, &footprint(reach, corners))?;
    let field = grid.zeros();
    exchange.begin(&field, Slab::pack_any)?.finish()?;
    let (messages, bytes) = counter.since_last();
    let mut totals = [messages as i64, bytes as i64];
    comm.all_reduce_sum(&mut totals)?;
    let most = most(comm, messages)?;
    let shape = if corners { "box" } else { "star" };
    Ok(vec![
        (
            "grid",
            format!("{:?} over {} ranks", grid.extent(), grid.process_grid()),
        ),
        (
            "blocks",
            format!("rank 0 owns {}", grid.decomposition().block(0)),
        ),
        ("stencil", format!("{shape} of reach {reach}, f64")),
        (
            "one exchange",
            format!(
                "{} messages and {} bytes in all, at most {most} messages from a rank",
                totals[0], totals[1]
            ),
        ),
    ])
}

/// Collective: the largest of the ranks' numbers.
fn most(comm: &Comm, number: usize) -> Result<usize> {
    let all = comm.all_gather(&number.to_le_bytes())?;
    let numbers = all
        .iter()
        .filter_map(|bytes| bytes.as_slice().try_into().ok());
    Ok(numbers.map(usize::from_le_bytes).max().unwrap_or(number))
}

fn footprint<const D: usize>(reach: usize, corners: bool) -> Footprint<D> {
    let reach = reach as isize;
    let width = 2 * reach as usize + 1;
    let offsets = (0..width.pow(D as u32)).map(|number| {
        let mut rest = number;
        std::array::from_fn(|_| {
            let offset = (rest % width) as isize - reach;
            rest /= width;
            offset
        })
    });
    let on_an_axis = |offset: &[isize; D]| offset.iter().filter(|along| **along != 0).count() <= 1;
    Footprint::new(offsets.filter(|offset| corners || on_an_axis(offset)))
}

fn axes<const D: usize>(extents: &Extents) -> Result<[usize; D]> {
    let found = extents.0.len();
    extents.0.clone().try_into().map_err(|_| {
        Error::Invalid(format!(
            "the grid has {D} axes and the process grid {found}; give one number per axis"
        ))
    })
}
