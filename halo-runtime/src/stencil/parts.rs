//! A region cut into parts in which every target either is computed at all points, is zero, or has no points.
//!
//! Fields at different locations have different extents, and under `Valid` different domains. Where all targets agree
//! there is one part, and no cost; else the parts besides the largest are slabs at the ends of the grid.

use arrayvec::ArrayVec;

use crate::{grid::Region, stencil::row::MAX_FIELDS};

/// Where a target has points, and where they are computed; its other points are zero. In local indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent<const D: usize> {
    pub points: Region<D>,
    pub domain: Region<D>,
}

/// What a target gets in a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    Computed,
    Zero,
    /// The target has no points there.
    Absent,
}

pub(crate) type Shares = ArrayVec<Share, MAX_FIELDS>;

/// Calls `visit` with every part of a region in which some target has points, and what each target gets there.
pub(crate) fn for_each_part<const D: usize>(
    region: Region<D>,
    extents: &[Extent<D>],
    mut visit: impl FnMut(Region<D>, &Shares),
) {
    if region.is_empty() {
        return;
    }
    let whole = |extent: &Extent<D>| extent.points.covers(&region) && extent.domain.covers(&region);
    if extents.iter().all(whole) {
        let shares: Shares = extents.iter().map(|_| Share::Computed).collect();
        return visit(region, &shares);
    }
    let cuts: [Cuts; D] = std::array::from_fn(|axis| cuts(region, extents, axis));
    let parts = Region::<D>::of_extent(cuts.each_ref().map(|cuts| cuts.len() - 1));
    for part in parts.indices() {
        let part = Region {
            start: std::array::from_fn(|axis| cuts[axis][part[axis] as usize]),
            end: std::array::from_fn(|axis| cuts[axis][part[axis] as usize + 1]),
        };
        let shares: Shares = extents.iter().map(|extent| share(extent, &part)).collect();
        if shares.iter().any(|share| *share != Share::Absent) {
            visit(part, &shares);
        }
    }
}

/// Both ends of a region and of every target's points and domain along an axis, sorted.
type Cuts = ArrayVec<isize, { 4 * MAX_FIELDS + 2 }>;

fn cuts<const D: usize>(region: Region<D>, extents: &[Extent<D>], axis: usize) -> Cuts {
    let (start, end) = (region.start[axis], region.end[axis]);
    let ends = extents
        .iter()
        .flat_map(|extent| [extent.points, extent.domain])
        .flat_map(|of| [of.start[axis], of.end[axis]]);
    let mut cuts: Cuts = [start, end]
        .into_iter()
        .chain(ends.filter(|cut| start < *cut && *cut < end))
        .collect();
    cuts.sort_unstable();
    let mut kept = 0;
    for k in 0..cuts.len() {
        if k == 0 || cuts[k] != cuts[kept - 1] {
            cuts[kept] = cuts[k];
            kept += 1;
        }
    }
    cuts.truncate(kept);
    cuts
}

/// What a target gets in a part that none of its ends cuts.
fn share<const D: usize>(extent: &Extent<D>, part: &Region<D>) -> Share {
    if !extent.points.contains(part.start) {
        Share::Absent
    } else if extent.domain.contains(part.start) {
        Share::Computed
    } else {
        Share::Zero
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every point of a region lies in at most one part, and gets there what its extents say.
    fn check(region: Region<2>, extents: &[Extent<2>]) -> usize {
        let mut covered = std::collections::BTreeMap::new();
        let mut parts = 0;
        for_each_part(region, extents, |part, shares| {
            parts += 1;
            assert!(region.covers(&part) && !part.is_empty());
            for point in part.indices() {
                assert!(covered.insert(point, shares.clone()).is_none());
            }
        });
        for point in region.indices() {
            let expected: Shares = extents
                .iter()
                .map(|extent| match extent.points.contains(point) {
                    false => Share::Absent,
                    true if extent.domain.contains(point) => Share::Computed,
                    true => Share::Zero,
                })
                .collect();
            match covered.get(&point) {
                Some(shares) => assert_eq!(*shares, expected, "{point:?}"),
                None => assert!(expected.iter().all(|share| *share == Share::Absent)),
            }
        }
        parts
    }

    fn extent(points: [[isize; 2]; 2], domain: [[isize; 2]; 2]) -> Extent<2> {
        let region = |[start, end]: [[isize; 2]; 2]| Region::new(start, end);
        Extent {
            points: region(points),
            domain: region(domain),
        }
    }

    #[test]
    fn targets_that_agree_make_one_part() {
        let one = extent([[0, 0], [4, 5]], [[-9, -9], [9, 9]]);
        assert_eq!(check(Region::new([1, 0], [3, 5]), &[one, one]), 1);
        assert_eq!(check(Region::new([2, 3], [2, 5]), &[one]), 0);
    }

    #[test]
    fn faces_of_two_axes_leave_out_their_common_corner() {
        let below = extent([[0, 0], [5, 4]], [[0, 0], [5, 4]]);
        let beside = extent([[0, 0], [4, 5]], [[0, 0], [4, 5]]);
        assert_eq!(check(Region::new([0, 0], [5, 5]), &[below, beside]), 3);
    }

    #[test]
    fn domains_of_their_own_make_zeros() {
        let narrow = extent([[0, 0], [5, 4]], [[1, 0], [4, 4]]);
        let other = extent([[-2, 0], [4, 5]], [[-9, 2], [9, 3]]);
        check(Region::new([-3, -1], [6, 6]), &[narrow, other]);
        check(Region::new([0, 0], [3, 2]), &[narrow, other]);
        let empty = extent([[0, 0], [5, 4]], [[3, 0], [3, 4]]);
        check(Region::new([-3, -1], [6, 6]), &[narrow, empty, other]);
    }
}
