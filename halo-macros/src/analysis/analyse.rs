//! Everything that is known about a kernel once its formula is: where the rows differ, which offsets are
//! read and how wide the halo must be. Reports what is wrong with the formula; the adjoint and the expansion rely on
//! there being nothing.

use proc_macro2::Span;

use crate::diagnostics::Context;
use crate::ir::kernel::Kernel;
use crate::ir::node::NodeId;
use crate::syntax::attr::Attr;

use super::bank::check_banks;
use super::derivative::check_derivative;
use super::extent::check_extents;
use super::footprint::{footprint_of, widths};
use super::halo::check_claims;
use super::linearity::check_linearity;
use super::overwrite::check_overwrite;
use super::region::interior;

#[derive(Debug)]
pub struct Analysis {
    /// Roots of the general row, one per output, with every condition kept.
    pub outputs: Vec<NodeId>,
    /// Roots of the row in the domain's interior: conditions on the position are decided as they are there.
    pub interior: Vec<NodeId>,
    /// Per stencil axis, how many rows from the low and from the high end are not interior.
    pub cuts: Vec<[usize; 2]>,
    /// As `cuts`, but 0 where all of these rows read the cells that the interior's rows read.
    pub own_rows: Vec<[usize; 2]>,
    /// Per stencil axis, the roots as they are far from the ends of this axis.
    pub interior_along: Vec<Vec<NodeId>>,
    /// Low and high width per stencil axis that the footprint needs.
    pub halo: Vec<[usize; 2]>,
    /// The claim, and what is to be said about it, where it is larger than needed.
    pub halo_warning: Option<(Span, String)>,
}

/// Splits the kernel into regions (which adds nodes to its DAG), and checks it.
pub fn analyse(kernel: &mut Kernel, attr: &Attr, context: &Context) -> Analysis {
    check_banks(kernel, context);
    check_linearity(kernel, context);
    check_extents(kernel, attr, context);
    let regions = interior(kernel);
    let footprint = footprint_of(kernel, &kernel.outputs);
    let halo = widths(&footprint, kernel.axes);
    if context.count() == 0 {
        check_overwrite(kernel, &attr.overwrite, context);
    }
    let halo_warning = check_claims(kernel, attr, &halo, context);
    // What has been refused has no weights.
    if let Some(claim) = attr.derivative.as_ref().filter(|_| context.count() == 0) {
        check_derivative(kernel, &regions.roots, &attr.axes, claim, context);
    }
    Analysis {
        outputs: kernel.outputs.clone(),
        interior: regions.roots,
        cuts: regions.cuts,
        own_rows: regions.own_rows,
        interior_along: regions.roots_along,
        halo,
        halo_warning,
    }
}
