//! Rust that the macro does not look into: a call, a `match`, a reference. It is kept as it is written, with what it
//! takes from the kernel made explicit: names of the body become operands, and so do reads of fields and questions to the
//! position, under names of their own.

use std::collections::{BTreeMap, HashSet};

use proc_macro2::{Ident, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprClosure, ExprPath, LitFloat, Macro, PatIdent, parse_quote};

use crate::ir::node::{Form, NodeId, OperandName};
use crate::ir::place::Place;

use super::environment::Binding;
use super::environment::{NO_KEYWORDS, is_keyword, simple_name};
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
            form: &form,
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
        if let Some(float) = self.float {
            Suffix(float).visit_expr_mut(&mut rewritten);
        }
        self.environment.generics.substitute(&mut rewritten);
        self.opaque(rewritten.into_token_stream(), names, operands, form, place)
    }
}

/// Gives float literals a type that they keep.
struct Suffix(&'static str);

impl VisitMut for Suffix {
    fn visit_lit_float_mut(&mut self, number: &mut LitFloat) {
        if number.suffix().is_empty() {
            *number = LitFloat::new(&format!("{number}{}", self.0), number.span());
        }
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
    names: Vec<OperandName>,
    operands: Vec<NodeId>,
    visited: usize,
    replaced: BTreeMap<usize, Ident>,
    /// How many closures the visit is inside of: they may return.
    closures: usize,
    form: &'l Form,
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
            self.names.push(name.clone().into());
            self.operands.push(id);
            self.replaced.insert(number, name);
            return;
        }
        self.refuse(written);
        visit::visit_expr(self, written);
    }

    fn visit_expr_path(&mut self, path: &'a ExprPath) {
        if let Some(name) = simple_name(path) {
            match is_keyword(name) {
                true => self.mistake(Place::of(name), NO_KEYWORDS),
                false => self.take(name),
            }
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
                if let Some(name) = self.unseen(&index.index) {
                    let message = format!(
                        "the macro does not follow what gives `{name}` its values, so this offset is not known\nhelp: write a `for` \
                         loop over a constant range, or an array: `[0, 1, 2].map(|{name}| ..)`"
                    );
                    self.mistake(Place::of(&index.index), &message);
                    return Some(self.lowerer.unknown(Place::of(written), Vec::new()));
                }
                Some(self.lowerer.lower(written))
            }
            Expr::MethodCall(call)
                if own(self, &call.receiver) && self.lowerer.is_position(&call.receiver) =>
            {
                Some(self.lowerer.lower(written))
            }
            Expr::Call(call) if own(self, &call.func) => {
                match self.lowerer.binding_of(&call.func)? {
                    Binding::Variable(Some(value)) => match value.clone().behind() {
                        Value::Closure(_) | Value::Function(_) => Some(self.lowerer.lower(written)),
                        _ => None,
                    },
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A name bound inside the opaque expression that the offset is made of.
    fn unseen(&self, offset: &'a Expr) -> Option<&'a Ident> {
        struct Names<'n, 'a>(&'n dyn Fn(&Ident) -> bool, Option<&'a Ident>);
        impl<'a> Visit<'a> for Names<'_, 'a> {
            fn visit_expr_path(&mut self, path: &'a ExprPath) {
                self.1 = self.1.or(simple_name(path).filter(|name| self.0(name)));
            }
        }
        let bound = |name: &Ident| {
            let name = name.to_string();
            self.bound.contains(&name) && self.lowerer.environment.find(&name).is_none()
        };
        let mut names = Names(&bound, None);
        names.visit_expr(offset);
        names.1
    }

    /// A name of the body becomes an operand of the same name.
    fn take(&mut self, name: &Ident) {
        if self.lowerer.environment.generics.is_constant(name) {
            return;
        }
        let text = name.to_string();
        let Some(binding) = self.lowerer.environment.find(&text).cloned() else {
            return;
        };
        let field = match binding {
            Binding::Variable(value) => {
                match value {
                    // Bound again inside, or an error of its own.
                    None => {}
                    Some(_) if self.names.iter().any(|own| own.name == *name) => {}
                    Some(value) => self.take_variable(name, value),
                }
                return;
            }
            _ if self.bound.contains(&text) => return,
            Binding::Constant(_) | Binding::Function(_) => return,
            Binding::Position => Value::Position,
            Binding::Input(input) => Value::Field(Field::Input(input)),
            Binding::Coefficient(field) => Value::Field(Field::Coefficient(field)),
            Binding::Bank(parameter) => Value::Field(Field::Bank(parameter)),
        };
        self.take_variable(name, field);
    }

    fn take_variable(&mut self, name: &Ident, value: Value<'a>) {
        let place = Place::of(name);
        let borrowed = matches!(value, Value::Reference(_));
        let value = value.behind();
        if let (Value::Field(_) | Value::Position, Form::Call(function)) = (&value, self.form) {
            let message = format!(
                "the macro sees only the kernel, not `{function}`, and so not what it does to `{name}`\nhelp: declare the function in \
                 the kernel's body, or beside the kernel in a `#[stencils]` module"
            );
            self.mistake(place, &message);
            return;
        }
        self.mistaken |= matches!(value, Value::Field(_) | Value::Position);
        let id = self.lowerer.single(value, place);
        self.names.push(OperandName {
            name: name.clone(),
            borrowed,
        });
        self.operands.push(id);
    }

    fn take_inside_macro(&mut self, name: &Ident) {
        match self.lowerer.environment.find(&name.to_string()) {
            Some(
                Binding::Input(_) | Binding::Coefficient(_) | Binding::Bank(_) | Binding::Position,
            ) => self.mistake(
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
            formula("apply(w, |u| u * 2.0) * u[0]"),
            "({ let w = w; apply (w , | u | u * 2.0) } * u[0])"
        );
    }

    #[test]
    fn nothing_of_the_kernel_changes_inside() {
        assert_mistake(
            "let mut s = dt; let c = f64::max(dt, { s = 1.0; 2.0 }); c * s * u[0]",
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
        assert_mistake("apply(u) * dt + u[0]", "u", "not `apply`");
        assert_mistake("u.len() as f64 * u[0]", "u", "is read at an offset");
    }
}
