//! A kernel after lowering: its arguments by kind and, per output, the root of its formula in the DAG.
//! Everything behind this point works on the DAG; the user's tokens live on only as spans.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{Item, ItemConst, Type};

use super::dag::Dag;
use super::node::NodeId;
use super::place::Place;

pub struct Kernel {
    /// The names of the arguments of each kind, in the function's order.
    pub inputs: Vec<Ident>,
    pub coefficients: Vec<Ident>,
    pub parameters: Vec<Ident>,
    /// Where a fused kernel's struct has them; any other has them under their own names.
    pub members: Option<Members>,
    /// What each coefficient field holds.
    pub coefficient_types: Vec<Type>,
    /// The scalar type T of every input and output.
    pub scalar: Type,
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

/// The paths from a struct to what is in its parts: `outer.inv_h2`.
pub struct Members {
    pub parameters: Vec<TokenStream>,
    pub coefficients: Vec<TokenStream>,
}

impl Kernel {
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
