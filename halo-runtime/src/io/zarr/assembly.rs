//! Chunks put together from the blocks that they lie in: each rank sends the points of its block to the rank that writes
//! them.

use ndarray::{Array, ArrayD, ArrayViewD, ArrayViewMutD, IntoDimension, IxDyn, Slice};

use super::chunks::Chunks;
use crate::comm::{Route, Routes};
use crate::error::{Error, Result};
use crate::field::Field;
use crate::grid::{Location, Region};
use crate::scalar::Element;

const TAG: u32 = 0x2a66;

/// Collective: the points of this rank's chunks. At most one message between any two ranks.
pub(super) fn assemble<T: Element, const D: usize, L: Location>(
    field: &Field<T, D, L>,
    chunks: &Chunks<'_, D>,
) -> Result<ArrayD<T>>
where
    [usize; D]: IntoDimension,
{
    let comm = field.grid().comm();
    let block = |rank: usize| chunks.points.block(rank);
    let mine = chunks.points_of(comm.rank());
    let others = || (0..comm.size()).filter(|rank| *rank != comm.rank());
    let leave = others().map(|to| (to, block(comm.rank()).intersect(&chunks.points_of(to))));
    let arrive = others().map(|from| (from, block(from).intersect(&mine)));
    let some = |pieces: &mut dyn Iterator<Item = (usize, Region<D>)>| -> Vec<_> {
        pieces.filter(|(_, piece)| !piece.is_empty()).collect()
    };
    let (mut leave, mut arrive) = (leave, arrive);
    let (leave, arrive) = (some(&mut leave), some(&mut arrive));
    let routes = |pieces: &[(usize, Region<D>)]| {
        let route = |(peer, piece): &(usize, Region<D>)| Route {
            peer: *peer,
            tag: TAG,
            bytes: piece.count() * size_of::<T>(),
        };
        pieces.iter().map(route).collect()
    };
    let mut channel = comm.channel(&Routes {
        sends: routes(&leave),
        receives: routes(&arrive),
    })?;
    let cells = field.view().into_dyn();
    let own = block(comm.rank());
    for (route, (_, piece)) in leave.iter().enumerate() {
        let buffer = channel.send_buffer(route);
        let targets = buffer.chunks_exact_mut(size_of::<T>());
        for (target, cell) in targets.zip(&part(cells.view(), &own, piece)) {
            target.copy_from_slice(bytemuck::bytes_of(cell));
        }
    }
    channel.start()?;
    let shape = IxDyn(&mine.shape());
    let mut assembled = Array::from_elem(shape, T::zeroed());
    let here = own.intersect(&mine);
    if !here.is_empty() {
        part_mut(assembled.view_mut(), &mine, &here).assign(&part(cells.view(), &own, &here));
    }
    while let Some(route) = channel.wait_any()? {
        let (from, piece) = &arrive[route];
        let bytes = channel.receive_buffer(route);
        if bytes.len() != piece.count() * size_of::<T>() {
            return Err(Error::Communication(format!(
                "rank {from} sent a piece of a chunk that has another size"
            )));
        }
        let values = bytes.chunks_exact(size_of::<T>());
        let mut target = part_mut(assembled.view_mut(), &mine, piece);
        for (target, value) in target.iter_mut().zip(values) {
            *target = bytemuck::pod_read_unaligned(value);
        }
    }
    Ok(assembled)
}

/// The points of `piece` in the array of the points of `whole`.
pub(super) fn part<'a, T, const D: usize>(
    mut array: ArrayViewD<'a, T>,
    whole: &Region<D>,
    piece: &Region<D>,
) -> ArrayViewD<'a, T> {
    array.slice_each_axis_inplace(|axis| slice(axis.axis.index(), whole, piece));
    array
}

pub(super) fn part_mut<'a, T, const D: usize>(
    mut array: ArrayViewMutD<'a, T>,
    whole: &Region<D>,
    piece: &Region<D>,
) -> ArrayViewMutD<'a, T> {
    array.slice_each_axis_inplace(|axis| slice(axis.axis.index(), whole, piece));
    array
}

fn slice<const D: usize>(axis: usize, whole: &Region<D>, piece: &Region<D>) -> Slice {
    let first = whole.start[axis];
    Slice::from(piece.start[axis] - first..piece.end[axis] - first)
}
