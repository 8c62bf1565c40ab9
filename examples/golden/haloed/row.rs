//! A row of the table: a grid, the ranks it is cut over, a halo, and what each rank then holds.

use halo::{Comm, Decomposition, Error, ProcessGrid, Result, launch_all};
use serde::Deserialize;

use super::{blocks, widths::Widths};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub id: String,
    dims: Vec<usize>,
    pub grid: Vec<usize>,
    halo: Widths,
    /// Why PyLops-MPI refuses it.
    pub error: Option<String>,
    ranks: Vec<Rank>,
    /// Sizes along axis 0 over all ranks, the remainder to the first.
    even_split_axis0: Vec<usize>,
}

/// What a rank holds; of a row that PyLops-MPI refuses only its block.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Rank {
    rank: usize,
    coords: Vec<usize>,
    start: Vec<usize>,
    stop: Vec<usize>,
    #[serde(flatten)]
    haloed: Option<Haloed>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
struct Haloed {
    local: Vec<usize>,
    /// Minus, plus, per axis.
    halo: Vec<[usize; 2]>,
    extent: Vec<usize>,
    /// Minus, plus, per axis; -1 for none.
    neighbours: Vec<[isize; 2]>,
}

impl Row {
    /// The ranks that share it.
    pub fn ranks(&self) -> usize {
        self.grid.iter().product()
    }

    /// Whether some rank would own nothing.
    pub fn has_empty_blocks(&self) -> bool {
        let mut axes = self.dims.iter().zip(&self.grid);
        axes.any(|(extent, ranks)| blocks::sizes(*extent, *ranks).contains(&0))
    }

    /// Every difference between the row and what the library makes of it.
    ///
    /// # Errors
    /// What the library refuses.
    pub fn differences(&self) -> Result<Vec<String>> {
        let mut differences = Vec::new();
        let found = match self.dims.len() {
            1 => self.layout::<1>(),
            2 => self.layout::<2>(),
            3 => self.layout::<3>(),
            axes => Err(Error::Invalid(format!(
                "the row has {axes} axes, not 1 to 3"
            ))),
        };
        for (found, expected) in found?.into_iter().zip(&self.ranks) {
            let same = match expected.haloed {
                Some(_) => found == *expected,
                None => {
                    (&found.coords, &found.start, &found.stop)
                        == (&expected.coords, &expected.start, &expected.stop)
                }
            };
            if !same {
                differences.push(format!("{found:?} instead of {expected:?}"));
            }
        }
        Ok(differences)
    }

    /// Whether the blocks that the library cuts by itself, over all ranks along axis 0, are those of the other common
    /// split; nothing where it refuses, since a rank would own nothing.
    pub fn even_split(&self) -> Option<bool> {
        let process_grid = ProcessGrid::new([self.ranks()], self.ranks()).ok()?;
        let split = Decomposition::balanced([self.dims[0]], [false], process_grid).ok()?;
        Some(split.sizes(0).eq(self.even_split_axis0.iter().copied()))
    }

    fn layout<const D: usize>(&self) -> Result<Vec<Rank>> {
        launch_all(self.ranks(), |comm| self.rank::<D>(comm))
    }

    fn rank<const D: usize>(&self, comm: &Comm) -> Result<Rank> {
        let grid = blocks::grid::<D>(comm, &self.dims, &self.grid)?;
        let haloed = self.halo.on(&grid)?.blocks();
        let (block, process_grid) = (grid.block(), grid.process_grid());
        let coordinates = process_grid.coordinates(comm.rank());
        let neighbour = |axis: usize, step: isize| {
            let mut beside = coordinates;
            let place = beside[axis].checked_add_signed(step);
            match place.filter(|place| *place < process_grid.dims[axis]) {
                Some(place) => {
                    beside[axis] = place;
                    process_grid.rank(beside) as isize
                }
                None => -1,
            }
        };
        Ok(Rank {
            rank: comm.rank(),
            coords: coordinates.to_vec(),
            start: block.start.map(|index| index as usize).to_vec(),
            stop: block.end.map(|index| index as usize).to_vec(),
            haloed: Some(Haloed {
                local: haloed.owned().shape().to_vec(),
                halo: haloed.ghosts().to_vec(),
                extent: haloed.shape().to_vec(),
                neighbours: (0..D)
                    .map(|axis| [-1, 1].map(|step| neighbour(axis, step)))
                    .collect(),
            }),
        })
    }
}
