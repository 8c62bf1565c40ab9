//! What the expansion calls things: parameters, reads and locals.
//!
//! Locals get the macro's own hygiene, so no name that a user chooses can collide with them.

use proc_macro2::{Ident, Span};
use quote::format_ident;

use crate::ir::{
    dag::Dag,
    kernel::Kernel,
    node::{Node, NodeId},
};

/// A local of the expansion, invisible to the user's tokens.
pub fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The generic scalar of the row bodies.
pub fn scalar() -> Ident {
    Ident::new("__S", Span::mixed_site())
}

/// One read as the runtime numbers it.
pub struct Tap {
    pub field: usize,
    pub offset: Vec<isize>,
    /// The stencil axis near whose ends alone the cell is read, if there is one.
    pub edge: Option<usize>,
}

/// A read: field and offset.
pub type Read = (usize, Vec<isize>);

/// The names and numbers of one pass (forward or adjoint).
pub struct Names<'a> {
    kernel: &'a Kernel,
    /// What the pass's fields are called: inputs forward, outputs in the adjoint.
    fields: Vec<String>,
    pub taps: Vec<Tap>,
    pub coefficients: Vec<Tap>,
}

impl<'a> Names<'a> {
    /// Numbers the reads of `roots`; `edge` tells near which axis' ends alone a field is read at an offset.
    pub fn new(
        kernel: &'a Kernel,
        fields: Vec<String>,
        roots: &[NodeId],
        edge: impl Fn(&Read) -> Option<usize>,
    ) -> Self {
        let dag = &kernel.dag;
        let taps = field_reads(dag, roots);
        let coefficients = reads(dag, roots, |node| match node {
            Node::Coefficient { field, offset } => Some((*field, offset.clone())),
            _ => None,
        });
        let tap = |edge: Option<usize>, (field, offset): Read| Tap {
            field,
            offset,
            edge,
        };
        Names {
            kernel,
            fields,
            taps: taps
                .into_iter()
                .map(|read| tap(edge(&read), read))
                .collect(),
            coefficients: coefficients
                .into_iter()
                .map(|read| tap(None, read))
                .collect(),
        }
    }

    pub fn parameter(&self, number: usize) -> &Ident {
        &self.kernel.parameters[number]
    }

    /// The parameter lifted into the loop's scalar.
    pub fn parameter_value(&self, number: usize) -> Ident {
        local(&self.parameter(number).to_string())
    }

    pub fn tap_number(&self, field: usize, offset: &[isize]) -> usize {
        number(&self.taps, field, offset)
    }

    pub fn coefficient_number(&self, field: usize, offset: &[isize]) -> usize {
        number(&self.coefficients, field, offset)
    }

    /// The slice of a field at an offset: `u_m1_0` for `u[[-1, 0]]`.
    pub fn tap(&self, field: usize, offset: &[isize]) -> Ident {
        slice(&self.fields[field], offset)
    }

    pub fn coefficient(&self, field: usize, offset: &[isize]) -> Ident {
        slice(&self.kernel.coefficients[field].to_string(), offset)
    }
}

/// The reads of inputs (in an adjoint, of cotangents), sorted and distinct.
pub fn field_reads(dag: &Dag, roots: &[NodeId]) -> Vec<Read> {
    reads(dag, roots, |node| match node {
        Node::Read {
            input: field,
            offset,
        }
        | Node::Seed {
            output: field,
            offset,
        } => Some((*field, offset.clone())),
        _ => None,
    })
}

/// Sorted and distinct, by field and offset.
fn reads(dag: &Dag, roots: &[NodeId], select: impl Fn(&Node) -> Option<Read>) -> Vec<Read> {
    let nodes = dag.reachable(roots);
    let mut reads: Vec<_> = nodes
        .into_iter()
        .filter_map(|id| select(dag.node(id)))
        .collect();
    reads.sort();
    reads.dedup();
    reads
}

fn number(taps: &[Tap], field: usize, offset: &[isize]) -> usize {
    let found = taps
        .iter()
        .position(|tap| tap.field == field && tap.offset == offset);
    found.unwrap_or(usize::MAX)
}

fn slice(field: &str, offset: &[isize]) -> Ident {
    let field = field.trim_start_matches("r#");
    let offset: Vec<String> = offset
        .iter()
        .map(|o| {
            if *o < 0 {
                format!("m{}", -o)
            } else {
                o.to_string()
            }
        })
        .collect();
    let name = format_ident!("{}_{}", field, offset.join("_"));
    local(&name.to_string())
}
