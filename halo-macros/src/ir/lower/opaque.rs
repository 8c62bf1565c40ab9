//! Rust that the macro does not look into: a call, a `match`, a reference. It is kept as it is written, with what it
//! takes from the kernel made explicit: names of the body become operands, and so do reads of fields and questions to the
//! position, under names of their own.

use std::collections::{BTreeMap, HashSet};

use proc_macro2::{Ident, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprClosure, ExprPath, Macro, PatIdent, parse_quote};

use crate::ir::node::{Form, NodeId};
use crate::ir::place::Place;

use super::environment::Binding;
use super::environment::simple_name;
use super::lowerer::{Lowerer, operand_name};
use super::operator::is_compound;
use super::read::Field;
use super::refusal::unsupported;
use super::value::Value;

impl<'a> Lowerer<'a, '_> {
    /// The expression as opaque Rust. That nothing in it depends on an input is for the analysis to check.
    pub fn passive(&mut self, written: &'a Expr, form: Form, place: Place) -> Value<'a> {
        let mut bound = Bound(HashSet::new());
        bound.visit_expr(written);
        let mut capture = Capture {
            lowerer: self,
            bound: bound.0,
            names: Vec::new(),
            operands: Vec::new(),
            visited: 0,
            replaced: BTreeMap::new(),
            closures: 0,
            mistaken: false,
        };
        capture.visit_expr(written);
        let Capture {
            names,
            operands,
            replaced,
            mistaken,
            ..
        } = capture;
        if mistaken {
            return self.unknown(place, operands);
        }
        let mut rewritten = written.clone();
        Replace {
            visited: 0,
            replaced,
        }
        .visit_expr_mut(&mut rewritten);
        self.opaque(rewritten.into_token_stream(), names, operands, form, place)
    }
}

/// Names that patterns inside the opaque expression bind.
struct Bound(HashSet<String>);

impl<'a> Visit<'a> for Bound {
    fn visit_pat_ident(&mut self, pat: &'a PatIdent) {
        self.0.insert(pat.ident.to_string());
        visit::visit_pat_ident(self, pat);
    }
}

/// Finds what the expression takes from the kernel. Expressions are numbered in the order of the visit, the same one in
/// which [`Replace`] goes over the copy.
struct Capture<'l, 'a, 'c> {
    lowerer: &'l mut Lowerer<'a, 'c>,
    bound: HashSet<String>,
    names: Vec<Ident>,
    operands: Vec<NodeId>,
    visited: usize,
    replaced: BTreeMap<usize, Ident>,
    /// How many closures the visit is inside of: they may return.
    closures: usize,
    mistaken: bool,
}

impl<'a> Visit<'a> for Capture<'_, 'a, '_> {
    fn visit_expr(&mut self, written: &'a Expr) {
        let number = self.visited;
        self.visited += 1;
        if let Some(value) = self.understood(written) {
            let place = self.lowerer.place(written);
            let id = self.lowerer.single(value, place);
            let name = operand_name(self.replaced.len());
            self.names.push(name.clone());
            self.operands.push(id);
            self.replaced.insert(number, name);
            return;
        }
        self.refuse(written);
        visit::visit_expr(self, written);
    }

    fn visit_expr_path(&mut self, path: &'a ExprPath) {
        if let Some(name) = simple_name(path) {
            self.take(name);
        }
        visit::visit_expr_path(self, path);
    }

    fn visit_expr_closure(&mut self, closure: &'a ExprClosure) {
        self.closures += 1;
        visit::visit_expr_closure(self, closure);
        self.closures -= 1;
    }

    fn visit_macro(&mut self, call: &'a Macro) {
        let mut streams = vec![call.tokens.clone()];
        while let Some(stream) = streams.pop() {
            for token in stream {
                match token {
                    TokenTree::Ident(name) => self.take_inside_macro(&name),
                    TokenTree::Group(group) => streams.push(group.stream()),
                    _ => {}
                }
            }
        }
    }

    /// Items see nothing of the kernel.
    fn visit_item(&mut self, _: &'a syn::Item) {}
}

impl<'a> Capture<'_, 'a, '_> {
    /// What the macro does understand: reads, questions to the position, calls of the body's closures.
    fn understood(&mut self, written: &'a Expr) -> Option<Value<'a>> {
        let own = |capture: &Self, base: &Expr| match base {
            Expr::Path(path) => {
                simple_name(path).is_some_and(|name| !capture.bound.contains(&name.to_string()))
            }
            _ => true,
        };
        match written {
            Expr::Index(index) if own(self, &index.expr) => {
                self.lowerer.field_of(&index.expr)?;
                Some(self.lowerer.lower(written))
            }
            Expr::MethodCall(call)
                if own(self, &call.receiver) && self.lowerer.is_position(&call.receiver) =>
            {
                Some(self.lowerer.lower(written))
            }
            Expr::Call(call) if own(self, &call.func) => {
                match self.lowerer.binding_of(&call.func)? {
                    Binding::Variable(Some(Value::Closure(_))) => Some(self.lowerer.lower(written)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A name of the body becomes an operand of the same name.
    fn take(&mut self, name: &Ident) {
        let text = name.to_string();
        let place = Place::of(name);
        let Some(binding) = self.lowerer.environment.find(&text).cloned() else {
            return;
        };
        let field = match binding {
            Binding::Variable(value) => {
                if !self.names.contains(name) {
                    let value = match value {
                        Some(value) => value,
                        // Bound again inside, or an error of its own.
                        None => return,
                    };
                    let id = self.lowerer.single(value, place);
                    self.names.push(name.clone());
                    self.operands.push(id);
                }
                return;
            }
            _ if self.bound.contains(&text) => return,
            Binding::Constant(_) | Binding::Function(_) => return,
            Binding::Position => {
                let message = "the position is asked one thing at a time\nhelp: write for example `at.from_low(0)`";
                self.mistake(place, message);
                return;
            }
            Binding::Input(input) => Field::Input(input),
            Binding::Coefficient(field) => Field::Coefficient(field),
        };
        self.lowerer.used_whole(field, place);
        self.mistaken = true;
    }

    fn take_inside_macro(&mut self, name: &Ident) {
        match self.lowerer.environment.find(&name.to_string()) {
            Some(Binding::Input(_) | Binding::Coefficient(_) | Binding::Position) => self.mistake(
                Place::of(name),
                "the macro cannot look into another macro's arguments\nhelp: give this value a name with `let` before it",
            ),
            _ => self.take(name),
        }
    }

    /// What would change the kernel's own variables or leave it.
    fn refuse(&mut self, written: &'a Expr) {
        let changed: Option<&Expr> = match written {
            Expr::Assign(assign) => Some(&assign.left),
            Expr::Binary(binary) if is_compound(&binary.op) => Some(&binary.left),
            Expr::Reference(reference) if reference.mutability.is_some() => Some(&reference.expr),
            Expr::Return(_) | Expr::Try(_) if self.closures > 0 => None,
            Expr::Return(_) | Expr::Try(_) | Expr::Unsafe(_) | Expr::Async(_) | Expr::Await(_) => {
                self.mistake(Place::of(written), unsupported(written));
                None
            }
            _ => None,
        };
        let Some(name) = changed.and_then(root_name) else {
            return;
        };
        let text = name.to_string();
        if !self.bound.contains(&text) && self.lowerer.environment.find(&text).is_some() {
            let message = format!(
                "`{text}` is changed where the macro does not follow\nhelp: change it in a statement of its own, or under `if` and `else`"
            );
            self.mistake(Place::of(written), &message);
        }
    }

    fn mistake(&mut self, place: Place, message: &str) {
        self.lowerer.context.error_at(place, message);
        self.mistaken = true;
    }
}

/// The variable that an assignment's left side changes.
pub fn root_name(target: &Expr) -> Option<&Ident> {
    match target {
        Expr::Path(path) => simple_name(path),
        Expr::Index(index) => root_name(&index.expr),
        Expr::Field(field) => root_name(&field.base),
        Expr::Paren(paren) => root_name(&paren.expr),
        Expr::Group(group) => root_name(&group.expr),
        _ => None,
    }
}

/// Puts the operands' names in place of what [`Capture`] understood.
struct Replace {
    visited: usize,
    replaced: BTreeMap<usize, Ident>,
}

impl VisitMut for Replace {
    fn visit_expr_mut(&mut self, written: &mut Expr) {
        let number = self.visited;
        self.visited += 1;
        match self.replaced.get(&number) {
            Some(name) => *written = parse_quote!(#name),
            None => visit_mut::visit_expr_mut(self, written),
        }
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}

    fn visit_macro_mut(&mut self, _: &mut Macro) {}
}

#[cfg(test)]
mod tests {
    use crate::ir::lower::testing::{assert_mistake, formula};

    #[test]
    fn names_and_reads_become_operands() {
        assert_eq!(
            formula("let c = match n { 0 => k[1], _ => dt }; c * u[0]"),
            "({ let n = n; let __operand_0 = k[1]; let dt = dt; match n { 0 => __operand_0 , _ => dt } } * u[0])"
        );
        assert_eq!(
            formula("let c = w.iter().map(|x| x * dt).sum::<f64>(); c * u[0]"),
            "({ let w = w; let dt = dt; w . iter () . map (| x | x * dt) . sum :: < f64 > () } * u[0])"
        );
        assert_eq!(
            formula("weigh(at.index(0), &w) * u[0]"),
            "({ let __operand_0 = index(0); let w = w; weigh (__operand_0 , & w) } * u[0])"
        );
        assert_eq!(
            formula("let c = max!(dt, 2.0); c * u[0]"),
            "({ let dt = dt; max ! (dt , 2.0) } * u[0])"
        );
    }

    #[test]
    fn constants_of_the_body_stay_names() {
        assert_eq!(
            formula("const N: usize = 3; [0.5; N].iter().sum::<f64>() * u[0]"),
            "({ [0.5 ; N] . iter () . sum :: < f64 > () } * u[0])"
        );
    }

    #[test]
    fn a_name_bound_inside_is_no_field() {
        assert_eq!(
            formula("w.map(|u| u * 2.0)[0] * u[0]"),
            "({ let w = w; w . map (| u | u * 2.0) }[0] * u[0])"
        );
    }

    #[test]
    fn nothing_of_the_kernel_changes_inside() {
        assert_mistake(
            "let mut s = dt; let c = match n { 0 => { s = 1.0; 2.0 } _ => 3.0 }; c * s * u[0]",
            "s = 1.0",
            "`s` is changed",
        );
        assert_mistake(
            "let mut s = dt; let c = bump(&mut s); c * u[0]",
            "&mut s",
            "`s` is changed",
        );
        assert_mistake(
            "let c = match n { 0 => return u[0], _ => 3.0 }; c * u[0]",
            "return u[0]",
            "returns at its end only",
        );
        assert_mistake(
            "let c = max!(k[0], dt); c * u[0]",
            "k",
            "give this value a name",
        );
        assert_mistake("apply(u) * dt + u[0]", "u", "is read at an offset");
    }
}
