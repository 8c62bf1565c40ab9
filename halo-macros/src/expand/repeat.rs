//! Prints repeated terms: tables of what differs between them, and loops over the tables.
//!
//! Where all points of a row have the sum, as many points as a formula is evaluated on add its terms in registers. A formula
//! that is evaluated point by point takes it strip by strip: the loop over the points is the inner one, so it vectorises. In a
//! branch, and near the edge, every point has a loop of its own.

use std::collections::BTreeMap;
use std::rc::Rc;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::formula::{Bound, Formula, Mode};
use super::names::{Names, local, temporary};
use super::schedule::{Schedule, Value, World};
use crate::ir::dag::Dag;
use crate::ir::node::{Node, NodeId};

/// The tables of one formula.
#[derive(Clone, Default)]
pub struct Tables {
    tables: Rc<BTreeMap<usize, Table>>,
}

struct Table {
    /// Tells this table and what is read through it from the others.
    number: usize,
    /// The first entry and the last, where each is one more, or each one less, than the one before.
    consecutive: Option<[usize; 2]>,
}

impl Tables {
    /// The tables that the roots name.
    pub fn of(dag: &Dag, names: &Names, roots: &[NodeId]) -> Tables {
        let mut tables = BTreeMap::new();
        for id in dag.reachable(roots) {
            if let Node::Varying(table) = dag.node(id) {
                let entries = dag.table(*table).iter();
                let indices: Option<Vec<usize>> =
                    entries.map(|id| index(dag, names, *id)).collect();
                let consecutive = indices.and_then(|indices| consecutive(&indices));
                let number = tables.len();
                tables.insert(
                    *table,
                    Table {
                        number,
                        consecutive,
                    },
                );
            }
        }
        Tables {
            tables: Rc::new(tables),
        }
    }

    fn table(&self, table: usize) -> Ident {
        local(&format!("table{}", self.tables[&table].number))
    }

    fn slice(&self, table: usize) -> Ident {
        local(&format!("slice{}", self.tables[&table].number))
    }

    /// What the current repetition finds in the table.
    fn current(&self, table: usize) -> TokenStream {
        let k = local("k");
        let literal = Literal::usize_unsuffixed;
        match self.tables[&table].consecutive {
            Some([0, last]) if last > 0 => quote!(#k),
            Some([first, last]) if first < last => {
                let first = literal(first);
                quote!(#k + #first)
            }
            Some([first, _]) => {
                let first = literal(first);
                quote!(#first - #k)
            }
            None => {
                let table = self.table(table);
                quote!(#table[#k])
            }
        }
    }
}

fn consecutive(indices: &[usize]) -> Option<[usize; 2]> {
    let (first, last) = (*indices.first()?, *indices.last()?);
    let step = if first < last { 1 } else { -1 };
    let mut pairs = indices.windows(2);
    let in_order = pairs.all(|pair| pair[0].checked_add_signed(step) == Some(pair[1]));
    (first != last && in_order).then_some([first, last])
}

/// The number of a tap, or a constant that was given the type of an index.
fn index(dag: &Dag, names: &Names, id: NodeId) -> Option<usize> {
    match dag.node(id) {
        Node::Typed { value, ty } if is_usize(dag.ty(*ty)) => match dag.node(*value) {
            Node::Integer(value) => usize::try_from(*value).ok(),
            _ => None,
        },
        node => tap_number(node, names),
    }
}

fn is_usize(ty: &syn::Type) -> bool {
    matches!(ty, syn::Type::Path(path) if path.path.is_ident("usize"))
}

fn tap_number(node: &Node, names: &Names) -> Option<usize> {
    match node {
        Node::Read {
            input: field,
            offset,
        }
        | Node::Seed {
            output: field,
            offset,
        } => Some(names.tap_number(*field, offset)),
        Node::Coefficient { field, offset } => Some(names.coefficient_number(*field, offset)),
        _ => None,
    }
}

impl Formula<'_> {
    /// `let table0 = &[0, 17, 34];`
    pub fn tables(&self) -> Vec<TokenStream> {
        let tables = self.tables.tables.iter();
        let written = tables.filter(|(_, table)| table.consecutive.is_none());
        written
            .map(|(number, _)| {
                let name = self.tables.table(*number);
                let nodes = self.dag.table(*number);
                let entries = nodes.iter().map(|id| self.table_entry(*id));
                let ty = self.common_type(nodes).map(|ty| {
                    let (ty, count) = (self.dag.ty(ty), Literal::usize_unsuffixed(nodes.len()));
                    quote!(: &[#ty; #count])
                });
                quote!(let #name #ty = &[#(#entries),*];)
            })
            .collect()
    }

    fn table_entry(&self, id: NodeId) -> TokenStream {
        let node = self.dag.node(id);
        if let Some(number) = tap_number(node, self.names) {
            let number = Literal::usize_unsuffixed(number);
            return quote!(#number);
        }
        let integer = |value: &isize| Literal::isize_unsuffixed(*value);
        match node {
            Node::Inside { offset, .. } => {
                let offset = offset.iter().map(integer);
                quote!([#(#offset),*])
            }
            Node::Bank { .. } => {
                let (offset, entry) = self.bank_entry(id, &Bound::default());
                quote!((#offset, #entry))
            }
            Node::Position { shift, .. } => {
                let shift = integer(shift);
                quote!(#shift)
            }
            _ => self.constant(id),
        }
    }

    /// The type that was written down for every entry.
    fn common_type(&self, nodes: &[NodeId]) -> Option<usize> {
        let ty = |id: &NodeId| match self.dag.node(*id) {
            Node::Typed { ty, .. } => Some(*ty),
            _ => None,
        };
        let first = ty(&nodes[0])?;
        nodes
            .iter()
            .all(|id| ty(id) == Some(first))
            .then_some(first)
    }

    fn constant(&self, id: NodeId) -> TokenStream {
        let value = match self.dag.node(id) {
            Node::Typed { value, .. } => *value,
            _ => id,
        };
        self.expression((value, World::Passive), &Bound::default())
            .0
    }

    /// What the current repetition has in the place of a table's entries.
    pub fn entry(&self, table: usize) -> TokenStream {
        let [row, i] = ["row", "i"].map(local);
        let current = self.tables.current(table);
        let first = self.dag.node(self.dag.table(table)[0]);
        match (first, self.mode) {
            (Node::Bank { .. }, Mode::Interior { lanes: true }) => {
                let (entries, k) = (self.tables.slice(table), local("k"));
                quote!(#entries.at(#k, #i))
            }
            (
                Node::Read { .. } | Node::Seed { .. } | Node::Coefficient { .. },
                Mode::Interior { lanes: true },
            ) => {
                let field = self.tables.slice(table);
                quote!(#field.at(#current, #i))
            }
            (Node::Read { .. } | Node::Seed { .. }, Mode::Interior { .. }) => {
                let slice = self.tables.slice(table);
                quote!(#slice.at(#i))
            }
            (Node::Coefficient { .. } | Node::Bank { .. }, Mode::Interior { .. }) => {
                let slice = self.tables.slice(table);
                quote!(#slice[#i])
            }
            (Node::Read { input: field, .. } | Node::Seed { output: field, .. }, Mode::Edge) => {
                let field = Literal::usize_unsuffixed(*field);
                quote!(#row.tap_at(#field, #current, #i))
            }
            (Node::Coefficient { field, .. }, Mode::Edge) => {
                let ty = self.names.coefficient_type(*field);
                let field = Literal::usize_unsuffixed(*field);
                quote!(#row.coefficient_at::<#ty>(#field, #current, #i))
            }
            (Node::Bank { parameter, .. }, Mode::Edge) => {
                let bank = self.names.parameter(*parameter);
                quote!(#row.bank_at(&self.#bank, #current.0, #current.1, #i))
            }
            (Node::Position { query, axis, .. }, _) => self.position(*query, *axis, current),
            (Node::Inside { output: None, .. }, _) => quote!(#row.inside(#current, #i)),
            (
                Node::Inside {
                    output: Some(output),
                    ..
                },
                _,
            ) => {
                let output = Literal::usize_unsuffixed(*output);
                quote!(#row.inside_of(#output, #current, #i))
            }
            _ => current,
        }
    }

    /// What the sums of a formula on several points at a time read: the field of a table's entries, or entries of filters, also
    /// of those that no sum reads.
    pub fn reads_of_sums(&self, roots: &[Value], bound: &mut Bound) -> Vec<TokenStream> {
        let (row, scalar, k) = (&self.names.row, &self.names.scalar, local("k"));
        let mut statements = Vec::new();
        for number in self.tables.tables.keys() {
            let table = self.dag.table(*number);
            let read = match self.dag.node(table[0]) {
                Node::Read { input: field, .. } | Node::Seed { output: field, .. } => {
                    let field = Literal::usize_unsuffixed(*field);
                    quote!(#row.field(#field))
                }
                Node::Coefficient { field, .. } => {
                    let field = Literal::usize_unsuffixed(*field);
                    quote!(#row.coefficient_field::<#scalar::Passive>(#field))
                }
                Node::Bank { parameter, .. } => {
                    let (bank, current) = (
                        self.names.parameter(*parameter),
                        self.tables.current(*number),
                    );
                    let count = Literal::usize_unsuffixed(table.len());
                    quote! {
                        #row.entries::<#scalar::Passive, _, _, _>(
                            &self.#bank,
                            #count,
                            #[inline(always)] |#k| #current,
                        )
                    }
                }
                _ => continue,
            };
            let name = self.tables.slice(*number);
            statements.push(quote!(let #name = #read;));
        }
        for value in self.schedule.before_the_block(roots) {
            let read = (value.0, World::Passive);
            if let (Node::Bank { parameter, .. }, false) =
                (self.dag.node(value.0), bound.contains_key(&read))
            {
                let bank = self.names.parameter(*parameter);
                let (offset, entry) = self.bank_entry(value.0, bound);
                let (name, i) = (temporary(bound.len()), &self.names.i);
                statements.push(quote! {
                    let #name = #row.entry::<#scalar::Passive, _, _, _>(&self.#bank, #offset, #entry);
                });
                bound.insert(read, quote!(#name.at(#i)));
            }
        }
        statements
    }

    /// The sums that all points of a strip need, and what they are made of.
    pub fn strip(&self, roots: &[Value], bound: &mut Bound) -> Vec<TokenStream> {
        let needs_strip = |value: &Value| {
            let node = self.dag.node(value.0);
            matches!(node, Node::Repeat { .. } | Node::Bank { .. })
        };
        let mut sums = self.schedule.before_the_block(roots);
        sums.retain(needs_strip);
        let mut statements = Vec::new();
        let [row, i] = ["row", "i"].map(local);
        for value in self.schedule.before_the_block(&sums) {
            if bound.contains_key(&value) || self.is_element(value.0) {
                continue;
            }
            let points = match *self.dag.node(value.0) {
                Node::Repeat { start, step, count } => {
                    self.sum((start, value.1), (step, value.1), count, bound)
                }
                Node::Bank { parameter, .. } if value.1 == World::Passive => {
                    let bank = self.names.parameter(parameter);
                    let (offset, entry) = self.bank_entry(value.0, bound);
                    quote!(#row.bank(&self.#bank, #offset, #entry))
                }
                _ => {
                    let (each, _) = self.expression(value, bound);
                    quote!(#row.each(#[inline(always)] |#i| #each))
                }
            };
            let name = temporary(bound.len());
            statements.push(quote!(let #name = &#points[..#row.len];));
            bound.insert(value, quote!(#name[#i]));
        }
        statements
    }

    /// A sum for every point of a strip.
    fn sum(&self, start: Value, step: Value, count: usize, bound: &Bound) -> TokenStream {
        let [row, i, sum] = ["row", "i", "sum"].map(local);
        let (start, _) = self.expression(start, bound);
        let (slices, before, point, value) =
            self.term(step, Mode::Interior { lanes: false }, bound.clone());
        let k = self.counter(step);
        let count = Literal::usize_unsuffixed(count);
        let value = match point.is_empty() {
            true => value,
            false => quote!({ #(#point)* #value }),
        };
        quote! {
            #row.sum(#count, #[inline(always)] |#i| #start, #[inline(always)] |#k| {
                #(#slices)*
                #(#before)*
                #[inline(always)]
                move |#i, #sum| #value
            })
        }
    }

    /// A sum for one point.
    pub fn repeat(&self, start: Value, step: Value, count: usize, bound: &Bound) -> TokenStream {
        let sum = local("sum");
        let (start, _) = self.expression(start, bound);
        let mode = match self.mode {
            Mode::Interior { lanes: true } => self.mode,
            _ => Mode::Edge,
        };
        let (_, before, point, value) = self.term(step, mode, bound.clone());
        let k = self.counter(step);
        let count = Literal::usize_unsuffixed(count);
        quote!({
            let mut #sum = #start;
            for #k in 0..#count {
                #(#before)*
                #(#point)*
                #sum = #value;
            }
            #sum
        })
    }

    /// One repetition: its slices, what no point changes, and one point's statements and sum.
    fn term(
        &self,
        step: Value,
        mode: Mode,
        mut bound: Bound,
    ) -> (
        Vec<TokenStream>,
        Vec<TokenStream>,
        Vec<TokenStream>,
        TokenStream,
    ) {
        let term = Formula {
            kernel: self.kernel,
            dag: self.dag,
            names: self.names,
            mode,
            schedule: Schedule::of_repetition(self.kernel, step),
            tables: self.tables.clone(),
        };
        let slices = self
            .varying(step)
            .into_iter()
            .filter_map(|table| self.table_slice(table));
        let slices = slices.collect();
        let before = term.before(&[step], &mut bound);
        let (point, values) = term.block(&[step], &mut bound);
        let values = values.into_iter().map(|(tokens, _)| tokens);
        (slices, before, point, quote!(#(#values)*))
    }

    /// `let slice0 = row.tap(0, table0[k]);`
    fn table_slice(&self, table: usize) -> Option<TokenStream> {
        let (row, slice) = (local("row"), self.tables.slice(table));
        let current = self.tables.current(table);
        match self.dag.node(self.dag.table(table)[0]) {
            Node::Read { input: field, .. } | Node::Seed { output: field, .. } => {
                let field = Literal::usize_unsuffixed(*field);
                Some(quote!(let #slice = #row.tap(#field, #current);))
            }
            Node::Bank { parameter, .. } => {
                let bank = self.names.parameter(*parameter);
                Some(quote!(let #slice = #row.bank(&self.#bank, #current.0, #current.1);))
            }
            Node::Coefficient { field, .. } => {
                let ty = self.names.coefficient_type(*field);
                let field = Literal::usize_unsuffixed(*field);
                Some(quote!(let #slice = #row.elements::<#ty>(#field, #current);))
            }
            _ => None,
        }
    }

    fn counter(&self, step: Value) -> TokenStream {
        let k = local("k");
        match self.varying(step).is_empty() {
            true => quote!(_),
            false => quote!(#k),
        }
    }

    /// The tables that a step names.
    fn varying(&self, step: Value) -> Vec<usize> {
        let nodes = self.dag.reachable(&[step.0]).into_iter();
        let tables = nodes.filter_map(|id| match self.dag.node(id) {
            Node::Varying(table) => Some(*table),
            _ => None,
        });
        tables.collect()
    }
}
