//! The order in which the rows of a region are computed: slab by slab, tile by tile.
//!
//! Any order gives the same bits; this one reads memory in long streams, and what is read again while it is in the cache.

use crate::grid::Region;

/// Rows of a tile at most: enough that calling for one costs little, few enough that its ends are still in the cache when
/// they are computed apart.
pub(crate) const ROWS: usize = 32;

/// The same where rows read filters: those of a strip serve all rows of a tile.
pub(crate) const ROWS_WITH_FILTERS: usize = 256;

/// The parts of a region in which planes have no more rows than the cache holds; not many fewer than there are, because rows
/// beside a part are read twice.
pub(crate) fn slabs<const D: usize>(
    region: Region<D>,
    held: usize,
) -> impl Iterator<Item = Region<D>> {
    let across = across::<D>();
    let rows = region.len(across).max(1);
    let parts = rows.div_ceil(held.max(2 * ROWS));
    let step = rows.div_ceil(parts);
    let (start, end) = (region.start[across], region.end[across]);
    (start..end).step_by(step).map(move |first| {
        let last = (first + step as isize).min(end);
        region.with_axis(across, first, last)
    })
}

/// The tiles of a region, each of so many rows, plane by plane: planes that are read again are still in the last-level cache,
/// and each field is read from memory in one long stream.
pub(crate) fn tiles<const D: usize>(
    region: Region<D>,
    rows: usize,
) -> impl Iterator<Item = Region<D>> {
    let across = across::<D>();
    let mut next = (!region.is_empty()).then_some(region.start);
    std::iter::from_fn(move || {
        let start = next?;
        let mut tile = Region {
            start,
            end: start.map(|index| index + 1),
        };
        tile.end[D - 1] = region.end[D - 1];
        if D > 1 {
            tile.end[across] = (start[across] + rows as isize).min(region.end[across]);
        }
        // An odometer over all axes but the last.
        let mut following = start;
        next = None;
        for axis in (0..D - 1).rev() {
            following[axis] = tile.end[axis];
            if following[axis] < region.end[axis] {
                next = Some(following);
                break;
            }
            following[axis] = region.start[axis];
        }
        Some(tile)
    })
}

/// The axis along which the rows of a tile follow each other, if there is one.
pub(crate) const fn across<const D: usize>() -> usize {
    D.saturating_sub(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_of_slabs_are_a_region_without_overlap() {
        let region = Region {
            start: [-2, 3, 1],
            end: [3, 403, 6],
        };
        for (held, parts) in [(usize::MAX, 1), (400, 1), (399, 2), (100, 4), (0, 7)] {
            let slabs: Vec<_> = slabs(region, held).collect();
            assert_eq!(slabs.len(), parts, "{held}");
            let tiles: Vec<_> = slabs
                .into_iter()
                .flat_map(|slab| tiles(slab, ROWS))
                .collect();
            let points: usize = tiles.iter().map(Region::count).sum();
            assert_eq!(points, region.count());
            for (k, tile) in tiles.iter().enumerate() {
                assert!(region.covers(tile) && tile.len(1) <= ROWS);
                let apart = |other: &Region<3>| tile.intersect(other).is_empty();
                assert!(tiles[..k].iter().all(apart), "{tile:?}");
            }
        }
    }
}
