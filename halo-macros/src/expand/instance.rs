//! One kernel to be expanded: a stencil without generic constants has one, any other one for every choice of them.

use super::intermediates::intermediates;
use super::reroll::reroll;
use crate::adjoint::{Adjoint, adjoint};
use crate::analysis::analyse::Analysis;
use crate::ir::kernel::Kernel;
use crate::ir::node::NodeId;
use crate::symmetry::{Symmetry, symmetry};

pub struct Instance {
    pub kernel: Kernel,
    pub analysis: Analysis,
    pub adjoint: Adjoint,
    pub symmetry: Symmetry,
    /// The roots of the interior's and the edge's body, forward, with loops in the place of long sums.
    pub forward_bodies: [Vec<NodeId>; 2],
    /// The same for the adjoint.
    pub adjoint_bodies: [Vec<NodeId>; 2],
    /// What the interior's body reads as fields behind the kernel's own, forward and adjoint.
    pub forward_intermediates: Vec<NodeId>,
    pub adjoint_intermediates: Vec<NodeId>,
}

impl Instance {
    /// The kernel with its adjoint.
    pub fn new((mut kernel, analysis): (Kernel, Analysis)) -> Instance {
        let adjoint = adjoint(&mut kernel, &analysis);
        let symmetry = symmetry(&kernel, &analysis, &adjoint);
        let mut looped = |roots: &Vec<NodeId>| reroll(&mut kernel.dag, roots);
        let mut forward_bodies = [&analysis.interior, &analysis.outputs].map(&mut looped);
        let mut adjoint_bodies = [&adjoint.interior, &adjoint.edge].map(&mut looped);
        let (inputs, outputs) = (kernel.inputs.len(), kernel.outputs.len());
        let forward_intermediates = intermediates(&mut kernel, &mut forward_bodies[0], inputs);
        let adjoint_intermediates = intermediates(&mut kernel, &mut adjoint_bodies[0], outputs);
        Instance {
            kernel,
            analysis,
            adjoint,
            symmetry,
            forward_bodies,
            adjoint_bodies,
            forward_intermediates,
            adjoint_intermediates,
        }
    }
}
