//! The two directions of an operator as the expansion sees them: numbered reads, and the formulas of the row bodies.

use std::collections::HashSet;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::{
    facts::integers,
    formula::Mode,
    instance::Instance,
    lanes::has_lanes,
    names::{Names, Read, Tap, field_reads, outputs},
    paths::runtime,
    row,
};
use crate::{
    analysis::analyse::Analysis,
    ir::{
        kernel::Kernel,
        node::{Node, NodeId, Unary},
    },
};

/// A kernel with both directions of its operator.
pub struct Directions<'a> {
    pub instance: &'a Instance,
    pub forward: Direction<'a>,
    pub adjoint: Direction<'a>,
}

impl<'a> Directions<'a> {
    pub fn of(instance: &'a Instance) -> Self {
        let far = reads_far_from_ends(&instance.kernel, &instance.analysis);
        Directions {
            instance,
            forward: Direction::forward(instance, &far),
            adjoint: Direction::adjoint(instance, &far),
        }
    }
}

/// One direction of the operator: the names of its reads and the formulas of its two row bodies.
pub struct Direction<'a> {
    kernel: &'a Kernel,
    pub names: Names<'a>,
    interior: &'a [NodeId],
    edge: &'a [NodeId],
    /// The roots of the two bodies, with loops in the place of long sums.
    bodies: &'a [Vec<NodeId>; 2],
    /// What the interior's body reads as fields behind the pass's own.
    pub intermediates: &'a [NodeId],
    /// Whether the interior's body can be evaluated on several points at a time.
    lanes: bool,
}

impl<'a> Direction<'a> {
    fn forward(instance: &'a Instance, far: &FarReads) -> Self {
        let Instance {
            kernel,
            analysis,
            forward_bodies: bodies,
            forward_intermediates: intermediates,
            ..
        } = instance;
        let fields = kernel.inputs.iter().map(Ident::to_string).collect();
        let (interior, edge) = (&analysis.interior[..], &analysis.outputs[..]);
        let near = |read: &Read| {
            let read_far =
                |outputs: &Vec<HashSet<Read>>| outputs.iter().any(|reads| reads.contains(read));
            far.iter().position(|outputs| !read_far(outputs))
        };
        let names = Names::new(kernel, fields, &[edge, interior].concat(), near)
            .replacing(&kernel.overwritten)
            .with_intermediates(&bodies[0]);
        Direction {
            kernel,
            names,
            interior,
            edge,
            bodies,
            intermediates,
            lanes: has_lanes(kernel, &bodies[0]),
        }
    }

    fn adjoint(instance: &'a Instance, far: &FarReads) -> Self {
        let Instance {
            kernel,
            adjoint,
            adjoint_bodies: bodies,
            adjoint_intermediates: intermediates,
            ..
        } = instance;
        let fields = outputs(kernel);
        let (interior, edge) = (&adjoint.interior[..], &adjoint.edge[..]);
        // Output k at -o is gathered for what its rows read at o, of any input.
        let inputs = kernel.inputs.len();
        let near = |(output, row): &Read| {
            let offset: Vec<isize> = row.iter().map(|o| -o).collect();
            let reads: Vec<Read> = (0..inputs).map(|input| (input, offset.clone())).collect();
            let read_far = |outputs: &Vec<HashSet<Read>>| {
                reads.iter().any(|read| outputs[*output].contains(read))
            };
            far.iter().position(|outputs| !read_far(outputs))
        };
        let names = Names::new(kernel, fields, &[edge, interior].concat(), near)
            .with_intermediates(&bodies[0]);
        Direction {
            kernel,
            names,
            interior,
            edge,
            bodies,
            intermediates,
            lanes: has_lanes(kernel, &bodies[0]),
        }
    }

    /// The row bodies of this direction.
    pub fn bodies(&self, direction: &str, always_edge: bool) -> TokenStream {
        let body = |kind: &str, mode, roots| {
            let function = format_ident!("{direction}_{kind}");
            row::body(function, self.kernel, &self.names, mode, roots)
        };
        let [interior, edge] = self.bodies;
        let shares = !self.intermediates.is_empty();
        let differs = always_edge || shares || self.interior != self.edge;
        let edge = differs.then(|| body("edge", Mode::Edge, edge));
        let lanes = self.lanes;
        let interior = body("interior", Mode::Interior { lanes }, interior);
        let lanes = Mode::Interior { lanes: true };
        let intermediates = shares.then(|| body("intermediates", lanes, self.intermediates));
        quote!(#interior #intermediates #edge)
    }

    /// What the contract says of this direction.
    pub fn pass(&self) -> TokenStream {
        let runtime = runtime();
        let taps = self.names.taps.iter().map(tap);
        let coefficients = self.names.coefficients.iter().map(tap);
        let flops = Literal::usize_unsuffixed(self.flops());
        let lanes = self.lanes;
        let intermediates = self.kept();
        quote! {
            #runtime::Pass {
                taps: &[#(#taps),*],
                coefficients: &[#(#coefficients),*],
                flops: #flops,
                lanes: #lanes,
                intermediates: #intermediates,
            }
        }
    }

    /// The contract's intermediates.
    fn kept(&self) -> TokenStream {
        let runtime = runtime();
        if self.intermediates.is_empty() {
            return quote!(#runtime::Intermediates::NONE);
        }
        let dag = &self.kernel.dag;
        let own = self.names.own;
        let taps = self.names.intermediates.iter().map(|read| {
            let field = read.field - own;
            let offset = read.offset.clone();
            tap(&Tap {
                field,
                offset,
                edge: None,
            })
        });
        let nodes = dag.reachable(self.intermediates);
        let nodes = || nodes.iter().map(|id| dag.node(*id));
        let fields = nodes().filter_map(|node| match node {
            Node::Read { input: k, offset } | Node::Seed { output: k, offset } => {
                Some(Literal::usize_unsuffixed(self.names.tap_number(*k, offset)))
            }
            _ => None,
        });
        let coefficients = nodes().filter_map(|node| match node {
            Node::Coefficient { field, offset } => {
                let number = self.names.coefficient_number(*field, offset);
                Some(Literal::usize_unsuffixed(number))
            }
            _ => None,
        });
        quote! {
            #runtime::Intermediates {
                taps: &[#(#taps),*],
                fields: &[#(#fields),*],
                coefficients: &[#(#coefficients),*],
            }
        }
    }

    /// Arithmetic that a point of the interior costs; what is the same at every point is computed once a row.
    pub fn flops(&self) -> usize {
        let dag = &self.kernel.dag;
        let invariant = dag.invariant();
        let costs = |id: &NodeId| {
            let arithmetic = matches!(dag.node(*id), Node::Binary(..) | Node::Unary(Unary::Neg, _));
            arithmetic && !invariant[id.index()]
        };
        let nodes = match self.intermediates {
            [] => dag.reachable(self.interior),
            shared => dag.reachable(&[&self.bodies[0], shared].concat()),
        };
        nodes.iter().filter(|id| costs(id)).count()
    }
}

/// Per stencil axis, what the rows of each output read far from the ends of that axis.
type FarReads = Vec<Vec<HashSet<Read>>>;

fn reads_far_from_ends(kernel: &Kernel, analysis: &Analysis) -> FarReads {
    let reads = |root: &NodeId| field_reads(&kernel.dag, &[*root]).into_iter().collect();
    let along = analysis.interior_along.iter();
    along
        .map(|roots| roots.iter().map(reads).collect())
        .collect()
}

fn tap(tap: &Tap) -> TokenStream {
    let runtime = runtime();
    let field = Literal::usize_unsuffixed(tap.field);
    let offset = integers(&tap.offset);
    match tap.edge.map(Literal::usize_unsuffixed) {
        None => quote!(#runtime::Tap::new(#field, &#offset)),
        Some(axis) => quote!(#runtime::Tap::near_ends_of(#axis, #field, &#offset)),
    }
}
