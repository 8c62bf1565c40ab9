//! A kernel after lowering: its arguments by kind and, per output, the root of its formula in the DAG.
//! Everything behind this point works on the DAG; the user's tokens live on only as spans.

use proc_macro2::Ident;
use syn::{Item, Type};

use super::dag::{Dag, NodeId};

/// `u: Input<f64, 2>`, `k: Coef<f64, 2>` or `dt: f64`: one argument of the kernel.
pub struct Argument {
    pub name: Ident,
    /// The type as written; for `Input` and `Coef` the scalar type inside.
    pub ty: Type,
}

pub struct Kernel {
    pub inputs: Vec<Argument>,
    pub coefficients: Vec<Argument>,
    pub parameters: Vec<Argument>,
    /// The scalar type T of every input, coefficient and output.
    pub scalar: Type,
    /// Number of stencil axes N.
    pub axes: usize,
    pub dag: Dag,
    /// One root per output.
    pub outputs: Vec<NodeId>,
    /// Items declared inside the kernel's body (`fn`, `const`, `use`), which opaque calls may name.
    pub items: Vec<Item>,
}
