//! A stencil's kernels, lowered and analysed: one, or one for every choice of its generic constants.

use crate::analysis::analyse::{Analysis, analyse};
use crate::diagnostics::Context;
use crate::ir::kernel::Kernel;
use crate::ir::lower::kernel::lower;
use crate::syntax::stencil::Stencil;
use crate::syntax::surroundings::Surroundings;

/// `None` where what was reported leaves a part of the formula unknown.
pub fn kernels(
    stencil: &Stencil,
    surroundings: Surroundings<'_>,
    context: &Context,
) -> Option<Vec<(Kernel, Analysis)>> {
    let mut kernels = Vec::new();
    for constants in &stencil.choices {
        let seen = Surroundings {
            constants,
            ..surroundings
        };
        let (signature, function) = (&stencil.signature, &stencil.function);
        let mut kernel = lower(signature, function, seen, context);
        let complete = context.count() == 0;
        let analysis = analyse(&mut kernel, &stencil.attr, context);
        if !complete {
            return None;
        }
        kernels.push((kernel, analysis));
        // The other choices would say the same again.
        if context.count() > 0 {
            break;
        }
    }
    Some(kernels)
}
