//! A kernel after lowering: its arguments by kind and, per output, the root of its formula in the DAG.
//! Everything behind this point works on the DAG; the user's tokens live on only as spans.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{Item, ItemConst, Type};

use crate::syntax::location::Location;
use crate::syntax::scalar::Numbers;

use super::dag::Dag;
use super::node::{Node, NodeId, Unary};
use super::place::Place;

pub struct Kernel {
    /// The names of the arguments of each kind, in the function's order.
    pub inputs: Vec<Ident>,
    pub coefficients: Vec<Ident>,
    /// Banks of filters among them.
    pub parameters: Vec<Ident>,
    pub parameter_types: Vec<Type>,
    /// Which of the parameters are banks, and how many axes their filters have.
    pub banks: Vec<(usize, usize)>,
    /// Where a fused kernel's struct has them; any other has them under their own names.
    pub members: Option<Members>,
    /// What each coefficient field holds.
    pub coefficient_types: Vec<Type>,
    /// Which parameters and which coefficients are surely real.
    pub real_parameters: Vec<bool>,
    pub real_coefficients: Vec<bool>,
    /// Which coefficients are inputs of the kernel that this one was made of, held fixed.
    pub frozen: Vec<usize>,
    /// For each output the input that it may take the place of; empty where that was not asked for.
    pub overwritten: Vec<usize>,
    /// The scalar type T of every input and output.
    pub scalar: Type,
    pub numbers: Numbers,
    /// Where the fields lie.
    pub locations: Locations,
    /// Number of stencil axes N.
    pub axes: usize,
    pub dag: Dag,
    /// One root per output.
    pub outputs: Vec<NodeId>,
    /// Where each output's value is written.
    pub output_places: Vec<Place>,
    /// What the generic constants are in this kernel.
    pub constants: Vec<ItemConst>,
    /// Items declared inside the kernel's body (`fn`, `const`, `use`), which opaque calls may name.
    pub items: Vec<Item>,
}

/// The locations of a kernel's fields, in the function's order.
pub struct Locations {
    pub inputs: Vec<Location>,
    pub coefficients: Vec<Location>,
    pub outputs: Vec<Location>,
}

impl Locations {
    /// Whether all fields lie at cells.
    pub fn are_cells(&self) -> bool {
        let fields = self.inputs.iter().chain(&self.coefficients);
        fields.chain(&self.outputs).all(Location::is_cell)
    }

    /// Whether the outputs lie at different locations, so that each has rows of its own.
    pub fn outputs_differ(&self) -> bool {
        self.outputs
            .iter()
            .any(|output| !output.is(&self.outputs[0]))
    }

    /// Whether the outputs have different numbers of points along an axis of the array.
    pub fn outputs_differ_along(&self, axis: usize) -> bool {
        let staggered = |output: &Location| output.axes.contains(&axis);
        let (some, all) = (
            self.outputs.iter().any(staggered),
            self.outputs.iter().all(staggered),
        );
        some && !all
    }
}

/// The paths from a struct to what is in its parts: `outer.inv_h2`.
pub struct Members {
    pub parameters: Vec<TokenStream>,
    pub coefficients: Vec<TokenStream>,
}

impl Kernel {
    /// Whether passive factors of active values keep the types they have, real or complex, instead of being lifted.
    pub fn is_mixed(&self) -> bool {
        self.numbers != Numbers::Real
    }

    /// Whether the passive value is its own conjugate, as far as that can be told.
    pub fn is_real(&self, id: NodeId) -> bool {
        if !self.is_mixed() {
            return true;
        }
        let leaf = |node: &Node| match node {
            Node::Parameter(parameter) => self.real_parameters[*parameter],
            Node::Coefficient { field, .. } => self.real_coefficients[*field],
            Node::Opaque { .. } | Node::Unary(Unary::Conj, _) => false,
            _ => true,
        };
        let nodes = self.dag.reachable(&[id]);
        nodes.iter().all(|id| leaf(self.dag.node(*id)))
    }

    /// Where the struct has a parameter.
    pub fn parameter_member(&self, number: usize) -> TokenStream {
        match &self.members {
            Some(members) => members.parameters[number].clone(),
            None => self.parameters[number].to_token_stream(),
        }
    }

    /// Where the struct has a coefficient field.
    pub fn coefficient_member(&self, number: usize) -> TokenStream {
        match &self.members {
            Some(members) => members.coefficients[number].clone(),
            None => self.coefficients[number].to_token_stream(),
        }
    }
}
