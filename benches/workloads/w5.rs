//! W5: one exchange of halos, and nothing else.

use std::cell::RefCell;

use halo::exchange::{Exchange, Footprint, PackFn, Slab};
use halo::field::Layout;
use halo::grid::Region;
use halo::prelude::*;
use halo::stencil::Stencil;
use halo::{Error, Result};
use serde_json::json;

use super::command_line::Direction;
use super::hash::{self, hash, number};
use super::workload::Workload;

/// Reads the farthest cell on either side of each axis, which takes with it all that lie between.
#[stencil(R in [1, 2, 3, 4], wrt = ())]
fn star<const R: isize>(u: Input<f64, 3>) -> f64 {
    u[[-R, 0, 0]] + u[[R, 0, 0]] + u[[0, -R, 0]] + u[[0, R, 0]] + u[[0, 0, -R]] + u[[0, 0, R]]
}

pub fn measure(workload: &Workload<'_>) -> Result {
    match workload.command_line.halo {
        1 => exchange(workload, Star::<1>::FOOTPRINT, Star::<1>::pack),
        2 => exchange(workload, Star::<2>::FOOTPRINT, Star::<2>::pack),
        3 => exchange(workload, Star::<3>::FOOTPRINT, Star::<3>::pack),
        _ => exchange(workload, Star::<4>::FOOTPRINT, Star::<4>::pack),
    }
}

fn exchange(
    workload: &Workload<'_>,
    footprint: impl IntoIterator<Item = [isize; 3]>,
    pack: PackFn<f64>,
) -> Result {
    let (comm, axis) = (workload.comm, workload.command_line.axis);
    let (dims, width) = (workload.dims::<3>()?, workload.command_line.halo as usize);
    if axis >= 3 || comm.size() < 2 {
        return Err(Error::Invalid(
            "an exchange is between 2 ranks or more, along axis 0, 1 or 2".into(),
        ));
    }
    let (mut extent, mut process_grid) = (dims, [1; 3]);
    extent[axis] *= comm.size();
    process_grid[axis] = comm.size();
    let grid = Grid::builder(comm, extent)
        .process_grid(process_grid)
        .margin([[width; 2]; 3])
        .build()?;

    let field = hash::field(&grid, hash::X);
    let mut exchange = Exchange::new(&grid, &Footprint::new(footprint))?;
    let seconds = workload.seconds(|| exchange.begin(&field, pack)?.finish())?;

    let mut wrong = [wrong_ghosts(&mut exchange, &field, axis)?];
    comm.all_reduce_sum(&mut wrong)?;
    let face = dims.iter().product::<usize>() / dims[axis];
    let details = json!({ "axis": axis, "halo": width, "face_bytes": 8 * width * face });
    workload.report::<f64>(Direction::Forward, &seconds, wrong[0] as f64, &details)
}

/// How many ghosts towards other ranks are not what their owners have. Collective.
fn wrong_ghosts(
    exchange: &mut Exchange<f64, 3>,
    field: &Field<f64, 3>,
    axis: usize,
) -> Result<i64> {
    thread_local! {
        static SEEN: RefCell<Vec<f64>> = const { RefCell::new(Vec::new()) };
    }
    // Ghosts are nobody's but the exchange's: one more of them shows what the last one left.
    fn look(slab: &Slab, cells: &[f64], buffer: &mut [f64]) {
        SEEN.with_borrow_mut(|seen| cells.clone_into(seen));
        slab.pack_any(cells, buffer);
    }
    exchange.begin(field, look)?.finish()?;

    let (grid, block) = (field.grid(), field.block());
    let layout = Layout::new(block.shape(), field.margin(), size_of::<f64>());
    let (length, width) = (block.len(axis) as isize, field.margin()[axis][0] as isize);
    let owned = Region::of_extent(block.shape());
    let beyond = [(-width, 0), (length, length + width)];
    let ghosts = beyond.map(|(start, end)| owned.with_axis(axis, start, end));
    SEEN.with_borrow(|seen| {
        let wrong = |local: &[isize; 3]| {
            let index = std::array::from_fn(|axis| (block.start[axis] + local[axis]) as usize);
            let owner = index[axis] < grid.extent()[axis];
            owner && seen[layout.offset(*local)] != hash(number(index, grid.extent()), hash::X)
        };
        let ghosts = ghosts.iter().flat_map(Region::indices);
        Ok(ghosts.filter(wrong).count() as i64)
    })
}
