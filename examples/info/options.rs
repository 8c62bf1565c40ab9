//! What can be said on the command line.

use clap::Parser;

/// Prints how halo runs here, and what one halo exchange sends: paste it into a report on a problem.
#[derive(Parser)]
#[command(name = "info")]
pub struct Options {
    /// Cells along each axis, 1 to 4 axes
    #[arg(long, value_name = "N[xN..]", default_value = "256x256x256", value_parser = extents)]
    pub dims: Extents,

    /// Ranks along each axis; without, as halo chooses
    #[arg(long, value_name = "N[xN..]", value_parser = extents)]
    pub process_grid: Option<Extents>,

    /// How many cells far the stencil reads along each axis
    #[arg(long, value_name = "N", default_value = "1")]
    pub reach: usize,

    /// A stencil that also reads diagonally
    #[arg(long)]
    pub corners: bool,
}

/// One number per axis.
#[derive(Clone, Debug)]
pub struct Extents(pub Vec<usize>);

fn extents(text: &str) -> Result<Extents, String> {
    let numbers: Result<Vec<usize>, _> = text
        .split(['x', ','])
        .map(|number| number.trim().parse())
        .collect();
    match numbers {
        Ok(numbers) if (1..=4).contains(&numbers.len()) && !numbers.contains(&0) => {
            Ok(Extents(numbers))
        }
        _ => Err("give 1 to 4 positive numbers with `x` between them, as in 512x512".into()),
    }
}
