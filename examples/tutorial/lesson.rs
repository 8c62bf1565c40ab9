//! One stop of the tour: some operators on one grid, what halo each rank holds for them, and how they compare.
//!
//! Every operator gets a grid of its own, so that the halo shown is the one that this operator asks for.

use std::fmt;

use halo::prelude::*;
use halo::{ProcessGrid, Region, Result, launch_or};
use ndarray::IntoDimension;

use super::comparison::{Comparison, Linear};
use super::table::{Table, size_of};

/// The most ranks whose shapes are listed.
const LISTED: usize = 4;

/// An operator to try: a name for the tables, and how it is placed on a grid.
pub struct Exercise<const D: usize> {
    pub name: &'static str,
    pub place: fn(&Grid<D>) -> Result<Linear<D>>,
}

/// What came out of a lesson; prints as two tables.
pub struct Lesson<const D: usize> {
    names: Vec<&'static str>,
    process_grid: ProcessGrid<D>,
    ranks: Vec<Holding<D>>,
    comparisons: Vec<Comparison>,
}

/// What one rank holds: its block, and the shape of a field with the halo of each operator.
struct Holding<const D: usize> {
    block: Region<D>,
    haloed: Vec<[usize; D]>,
}

impl<const D: usize> Lesson<D>
where
    [usize; D]: IntoDimension,
{
    /// Runs the exercises on a grid cut over the ranks of the MPI job, or else so many thread ranks.
    ///
    /// # Errors
    /// The grid is too small for the ranks, or a comparison fails.
    pub fn hold(ranks: usize, extent: [usize; D], exercises: &[Exercise<D>]) -> Result<Self> {
        launch_or(ranks, |comm| {
            let (mut margins, mut comparisons) = (Vec::new(), Vec::new());
            for exercise in exercises {
                let grid = Grid::new(comm, extent)?;
                comparisons.push(Comparison::of(&grid, exercise.place)?);
                margins.push(grid.zeros::<f64>().margin());
            }
            let grid = Grid::new(comm, extent)?;
            let holding = |rank| {
                let block = grid.decomposition().block(rank);
                let haloed = margins.iter().map(|margin| with_halo(&block, *margin));
                Holding {
                    block,
                    haloed: haloed.collect(),
                }
            };
            Ok(Lesson {
                names: exercises.iter().map(|exercise| exercise.name).collect(),
                process_grid: grid.process_grid(),
                ranks: (0..comm.size()).map(holding).collect(),
                comparisons,
            })
        })
    }

    /// How the ranks were arranged.
    pub fn process_grid(&self) -> ProcessGrid<D> {
        self.process_grid
    }

    /// The shapes on each rank before and after haloing.
    pub fn shapes(&self) -> Table {
        let headings = ["rank", "cells", "owned"].into_iter();
        let mut table = Table::new(headings.chain(self.names.iter().copied()));
        for (rank, holding) in self.ranks.iter().enumerate().take(LISTED) {
            let cells = [rank.to_string(), holding.block.to_string()];
            let shapes =
                std::iter::once(holding.block.shape()).chain(holding.haloed.iter().copied());
            table.row(cells.into_iter().chain(shapes.map(times)));
        }
        table
    }
}

/// The shape of a rank's field, its block and the halo around it.
fn with_halo<const D: usize>(block: &Region<D>, margin: [[usize; 2]; D]) -> [usize; D] {
    let owned = block.shape();
    std::array::from_fn(|axis| owned[axis] + margin[axis][0] + margin[axis][1])
}

fn times<const D: usize>(shape: [usize; D]) -> String {
    shape.map(|n| n.to_string()).join(" x ")
}

impl<const D: usize> fmt::Display for Lesson<D>
where
    [usize; D]: IntoDimension,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.shapes())?;
        if self.ranks.len() > LISTED {
            writeln!(f, "   and {} more", self.ranks.len() - LISTED)?;
        }
        let mut table = Table::new([
            "operator",
            "cells",
            "forward",
            "adjoint",
            "exact adjoint test",
            "dot test",
        ]);
        for (name, comparison) in self.names.iter().zip(&self.comparisons) {
            let Comparison {
                cells,
                exact,
                dot_difference,
            } = comparison;
            table.row([
                name.to_string(),
                cells.to_string(),
                "equal".into(),
                "equal".into(),
                if *exact { "passed" } else { "floating point" }.into(),
                size_of(*dot_difference),
            ]);
        }
        write!(f, "\n{table}")
    }
}
