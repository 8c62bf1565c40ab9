//! Which rows of a stencil are computed: all of them, but for those that leave the grid under `Valid`.

use crate::{
    error::{Error, Result},
    grid::{Boundary, Region, Side},
    stencil::{contract::Facts, placing::Placing, sites::Sites},
};

/// Of each output, the rows that are computed.
///
/// Under `Valid` the rows whose stencil leaves the grid are outside the operator's domain. What only rows near the ends of
/// the axis read does not count: where the kernel has rows there that read other cells, they stand as written. Outputs at one location have
/// rows in common: a row belongs to the domain of all of them or of none.
pub(super) fn domains<const D: usize>(
    facts: &Facts,
    sites: &Sites<D>,
    placing: &Placing<D>,
    extents: &[[usize; D]],
) -> Result<Vec<Region<D>>> {
    let mut domains: Vec<_> = extents
        .iter()
        .map(|extent| Region::of_extent(*extent))
        .collect();
    let taps = placing.taps(facts.forward.taps);
    for (k, &axis) in placing.axes().iter().enumerate() {
        // Rows of an output that leave the grid at either end.
        let leaving = |output: usize| -> [isize; 2] {
            let read = facts.forward.taps.iter().zip(&taps).enumerate();
            let read = read
                .filter(|(number, (tap, _))| sites.reads(output, *number) && tap.edge != Some(k));
            read.fold([0, 0], |[low, high], (_, (_, (field, offset)))| {
                let past = sites.past_end(
                    sites.outputs[output],
                    sites.inputs[*field],
                    axis,
                    offset[axis],
                );
                [low.max(-offset[axis]), high.max(past)]
            })
        };
        let each: Vec<_> = (0..facts.outputs).map(leaving).collect();
        let all = each.iter().fold([0, 0], |all, each| {
            [0, 1].map(|side: usize| all[side].max(each[side]))
        });
        for (output, domain) in domains.iter_mut().enumerate() {
            let leaving = if sites.outputs_agree() {
                all
            } else {
                each[output]
            };
            for side in Side::BOTH {
                let own = facts.own_rows[k][side.index()] as isize;
                let (rows, cut) = (leaving[side.index()], own);
                let valid = placing.boundaries[axis][side.index()] == Boundary::Valid;
                if sites.is_periodic(axis) || !valid || cut >= rows {
                    continue;
                }
                if cut > 0 {
                    return Err(Error::Invalid(format!(
                        "`{}` has {cut} rows of its own at the {side:?} end of axis {axis} and reaches {rows} cells \
                         beyond it elsewhere; under `Valid` give it {rows} such rows or none",
                        facts.name
                    )));
                }
                match side {
                    Side::Low => domain.start[axis] += rows,
                    Side::High => domain.end[axis] -= rows,
                }
            }
            domain.start[axis] = domain.start[axis].min(extents[output][axis] as isize);
            domain.end[axis] = domain.end[axis].max(domain.start[axis]);
        }
    }
    Ok(domains)
}
