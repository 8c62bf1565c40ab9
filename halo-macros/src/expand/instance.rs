//! One kernel to be expanded: a stencil without generic constants has one, any other one for every choice of them.

use crate::adjoint::{Adjoint, adjoint};
use crate::analysis::analyse::Analysis;
use crate::identity::symmetry::{Symmetry, symmetry};
use crate::ir::kernel::Kernel;

pub struct Instance {
    pub kernel: Kernel,
    pub analysis: Analysis,
    pub adjoint: Adjoint,
    pub symmetry: Symmetry,
}

impl Instance {
    /// The kernel with its adjoint.
    pub fn new((mut kernel, analysis): (Kernel, Analysis)) -> Instance {
        let adjoint = adjoint(&mut kernel, &analysis);
        let symmetry = symmetry(&kernel, &analysis, &adjoint);
        Instance {
            kernel,
            analysis,
            adjoint,
            symmetry,
        }
    }
}
