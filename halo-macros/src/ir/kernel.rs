//! A kernel after lowering: its arguments by kind and, per output, the root of its formula in the DAG.
//! Everything behind this point works on the DAG; the user's tokens live on only as spans.

use proc_macro2::Ident;
use syn::{Item, ItemConst, Type};

use super::dag::Dag;
use super::node::NodeId;
use super::place::Place;

pub struct Kernel {
    /// The names of the arguments of each kind, in the function's order.
    pub inputs: Vec<Ident>,
    pub coefficients: Vec<Ident>,
    pub parameters: Vec<Ident>,
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
