//! What the expansion calls things: parameters, reads and locals.
//!
//! Locals get the macro's own hygiene, so the user's tokens never see them. Among themselves they keep apart by their form:
//! `t0` is a temporary, `u_m1_0` a slice, and a parameter whose name looks like either gets an underscore.

use proc_macro2::{Ident, Span, TokenStream};
use quote::format_ident;
use syn::Type;

use crate::ir::{
    dag::Dag,
    kernel::Kernel,
    node::{Node, NodeId},
};

/// A local of the expansion, invisible to the user's tokens.
pub fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// A temporary of one point or one row.
pub fn temporary(number: usize) -> Ident {
    local(&format!("t{number}"))
}

/// The generic scalar of the row bodies.
pub fn scalar() -> Ident {
    Ident::new("__S", Span::mixed_site())
}

/// The generic visitor of the coefficients.
pub fn visitor() -> Ident {
    Ident::new("__V", Span::mixed_site())
}

/// The generic rank of the grid.
pub fn rank() -> Ident {
    Ident::new("__D", Span::mixed_site())
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
    /// How many they are; behind them come those of intermediate values.
    pub own: usize,
    pub taps: Vec<Tap>,
    pub coefficients: Vec<Tap>,
    /// Reads of what is computed once a point, as fields behind the pass's own.
    pub intermediates: Vec<Tap>,
    /// What every formula names, made once.
    pub scalar: Ident,
    pub row: Ident,
    pub out: Ident,
    pub i: Ident,
    /// The fields whose values an output may replace.
    replaced: &'a [usize],
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
            own: fields.len(),
            fields,
            scalar: scalar(),
            row: local("row"),
            out: local("out"),
            i: local("i"),
            replaced: &[],
            intermediates: Vec::new(),
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

    /// The same of fields of which outputs may replace some.
    pub fn replacing(self, replaced: &'a [usize]) -> Self {
        Names { replaced, ..self }
    }

    /// The same with the reads of intermediate fields that a formula has, numbered behind the others.
    pub fn with_intermediates(mut self, roots: &[NodeId]) -> Self {
        let own = self.own;
        let reads = field_reads(&self.kernel.dag, roots).into_iter();
        self.intermediates = reads
            .filter(|(field, _)| *field >= own)
            .map(|(field, offset)| Tap {
                field,
                offset,
                edge: None,
            })
            .collect();
        let kernel = self.kernel;
        let stem = unlike("shared", kernel.inputs.iter().chain(&kernel.coefficients));
        let last = self.intermediates.last();
        let fields = last.map_or(own, |tap| tap.field + 1);
        let names = (own..fields).map(|field| format!("{stem}{}", field - own));
        self.fields.extend(names);
        self
    }

    /// Whether an output may replace the field's values.
    pub fn is_replaced(&self, field: usize) -> bool {
        self.replaced.contains(&field)
    }

    /// Where the struct has the parameter.
    pub fn parameter(&self, number: usize) -> TokenStream {
        self.kernel.parameter_member(number)
    }

    /// The parameter's type, unless it says by itself that it is `Copy`.
    pub fn own_type(&self, number: usize) -> Option<&Type> {
        let kernel = self.kernel;
        let ty = &kernel.parameter_types[number];
        let is_scalar = kernel.real_parameters[number] || *ty == kernel.scalar;
        (!is_scalar && !is_plain(ty)).then_some(ty)
    }

    /// The parameter lifted into the loop's scalar.
    pub fn parameter_value(&self, number: usize) -> Ident {
        local(&parameter_local(
            &self.kernel.parameters[number].to_string(),
        ))
    }

    pub fn tap_number(&self, field: usize, offset: &[isize]) -> usize {
        match number(&self.intermediates, field, offset) {
            usize::MAX => number(&self.taps, field, offset),
            behind => self.taps.len() + behind,
        }
    }

    pub fn coefficient_number(&self, field: usize, offset: &[isize]) -> usize {
        number(&self.coefficients, field, offset)
    }

    /// The slice of a field at an offset: `u_m1_0` for `u[[-1, 0]]`.
    pub fn tap(&self, field: usize, offset: &[isize]) -> Ident {
        slice(&self.fields[field], offset)
    }

    pub fn coefficient_type(&self, field: usize) -> &Type {
        &self.kernel.coefficient_types[field]
    }

    pub fn coefficient(&self, field: usize, offset: &[isize]) -> Ident {
        slice(&self.kernel.coefficients[field].to_string(), offset)
    }
}

/// Whether the type is a number, a truth, a character, or an array or tuple of such.
fn is_plain(ty: &Type) -> bool {
    const PLAIN: [&str; 16] = [
        "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64",
        "u128", "usize", "bool", "char",
    ];
    match ty {
        Type::Path(path) => {
            let name = path.path.get_ident();
            name.is_some_and(|name| PLAIN.iter().any(|plain| name == plain))
        }
        Type::Array(array) => is_plain(&array.elem),
        Type::Tuple(tuple) => tuple.elems.iter().all(is_plain),
        Type::Paren(paren) => is_plain(&paren.elem),
        Type::Group(group) => is_plain(&group.elem),
        _ => false,
    }
}

/// The stem, with underscores behind it while one of the names begins so.
fn unlike<'a>(stem: &str, names: impl Iterator<Item = &'a Ident> + Clone) -> String {
    let mut stem = stem.to_string();
    while names
        .clone()
        .any(|name| name.to_string().starts_with(&stem))
    {
        stem.push('_');
    }
    stem
}

/// What the outputs are called in the adjoint: `y`, or `y0, y1, ..`, but as no coefficient is.
pub fn outputs(kernel: &Kernel) -> Vec<String> {
    let stem = unlike("y", kernel.coefficients.iter());
    match kernel.outputs.len() {
        1 => vec![stem],
        count => (0..count).map(|k| format!("{stem}{k}")).collect(),
    }
}

/// The parameter's own name, with an underscore where that could be another local or a keyword. A name that ends in one
/// gets another, so that no two parameters become one.
fn parameter_local(name: &str) -> String {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let offset = name.rsplit('_').next().unwrap_or(name);
    let numbered = |stem: &str| name.strip_prefix(stem).is_some_and(is_number);
    let taken = ["row", "out", "i", "k", "sum", "value"].contains(&name)
        || ["t", "table", "slice"].into_iter().any(numbered)
        || is_number(offset.strip_prefix('m').unwrap_or(offset))
        || name.ends_with('_');
    match name.strip_prefix("r#") {
        Some(keyword) => format!("{keyword}_"),
        None if taken => format!("{name}_"),
        None => name.to_string(),
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
    let found = taps.binary_search_by(|tap| {
        let fields = tap.field.cmp(&field);
        fields.then_with(|| tap.offset[..].cmp(offset))
    });
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

#[cfg(test)]
mod tests {
    use super::parameter_local;

    #[test]
    fn a_parameter_keeps_its_name_unless_it_could_be_another_local() {
        for plain in ["inv_h2", "dt", "tau", "t", "m", "u_one", "rows", "k2x"] {
            assert_eq!(parameter_local(plain), plain);
        }
        for taken in [
            "row", "out", "i", "k", "sum", "value", "table0", "slice12", "t0", "t17", "u_1",
            "u_m1_0", "t1_",
        ] {
            assert_eq!(parameter_local(taken), format!("{taken}_"));
        }
        assert_eq!(parameter_local("r#type"), "type_");
    }
}
