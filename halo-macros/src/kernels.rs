//! A stencil's kernels, lowered and analysed: one, or one for every choice of its generic constants.

use crate::analysis::analyse::{Analysis, analyse};
use crate::analysis::types::check_types;
use crate::diagnostics::Context;
use crate::ir::kernel::Kernel;
use crate::ir::lower::kernel::lower;
use crate::syntax::stencil::Stencil;
use crate::syntax::surroundings::Surroundings;

/// What was reported leaves unknown.
pub enum Unknown {
    /// A part of the formula.
    Formula,
    /// Types only: what rustc would say of them has been said.
    Types,
}

/// The kernels, in the order of the choices.
pub fn kernels(
    stencil: &Stencil,
    surroundings: Surroundings<'_>,
    context: &Context,
) -> Result<Vec<(Kernel, Analysis)>, Unknown> {
    let mut kernels = Vec::new();
    for constants in &stencil.choices {
        let seen = Surroundings {
            constants,
            ..surroundings
        };
        let (signature, function) = (&stencil.signature, &stencil.function);
        let mut kernel = lower(signature, function, seen, context);
        let complete = context.count() == 0;
        // What a mistake stands in for has no type.
        if complete {
            check_types(&kernel, context);
        }
        let fits = context.count() == 0;
        let analysis = analyse(&mut kernel, &stencil.attr, context);
        if !complete {
            return Err(Unknown::Formula);
        }
        if !fits {
            return Err(Unknown::Types);
        }
        kernels.push((kernel, analysis));
        // The other choices would say the same again.
        if context.count() > 0 {
            break;
        }
    }
    Ok(kernels)
}
