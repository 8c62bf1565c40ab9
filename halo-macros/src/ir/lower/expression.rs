//! Executes one expression symbolically: what it stands for, as a node of the DAG or as an array or tuple of nodes.

use std::rc::Rc;

use proc_macro2::Ident;
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprCast, ExprLit, ExprPath, ExprReference, Lit, Macro, Token};

use crate::ir::node::{Form, Node, NodeId};
use crate::ir::place::Place;

use super::environment::{Binding, NO_KEYWORDS, is_keyword, simple_name};
use super::fold::fold_cast;
use super::lowerer::Lowerer;
use super::operator::is_compound;
use super::read::Field;
use super::refusal::unsupported;
use super::value::{Closure, Value};

impl<'a> Lowerer<'a, '_> {
    /// The value of an expression. Mistakes are reported and stood in for.
    pub fn lower(&mut self, written: &'a Expr) -> Value<'a> {
        let place = self.place(written);
        let value = if self.step_in(place) {
            self.dispatch(written, place)
        } else {
            self.unknown(place, Vec::new())
        };
        self.step_out();
        value
    }

    /// The value of an expression that has to be one node.
    pub fn lower_single(&mut self, written: &'a Expr) -> NodeId {
        let place = self.place(written);
        let value = self.lower(written);
        self.single(value, place)
    }

    fn dispatch(&mut self, written: &'a Expr, place: Place) -> Value<'a> {
        match written {
            Expr::Group(group) => self.lower(&group.expr),
            Expr::Paren(paren) => self.lower(&paren.expr),
            Expr::Lit(literal) => self.literal(literal, place),
            Expr::Path(path) => self.path(path, place),
            Expr::Unary(unary) => self.unary(unary, written, place),
            Expr::Binary(binary) if is_compound(&binary.op) => self.misplaced_assignment(place),
            Expr::Binary(binary) => self.chain(binary),
            Expr::Cast(cast) => self.cast(cast, place),
            Expr::Index(index) => self.index(index, written, place),
            Expr::Field(field) => self.member(field, written, place),
            Expr::Array(array) => self.aggregate(&array.elems, Value::Array, place),
            Expr::Tuple(tuple) => self.aggregate(&tuple.elems, Value::Tuple, place),
            Expr::Repeat(repeat) => self.repeat(repeat, written, place),
            Expr::Block(block) => self.block(&block.block),
            Expr::Const(block) => self.block(&block.block),
            Expr::If(branch) => self.branch(branch, written),
            Expr::MethodCall(call) => self.method_call(call, written),
            Expr::Call(call) => self.call(call, written, place),
            Expr::Closure(closure) => Value::Closure(Rc::new(Closure {
                written: closure,
                environment: self.environment.capture(),
            })),
            Expr::Match(arms) => self.match_arms(arms, written),
            Expr::Macro(call) if leaves(&call.mac) => {
                let message = "a kernel has a value at every point, so no branch of it can panic\nhelp: write `0.0` here, and check the parameter where the operator is made";
                self.mistake(place, message)
            }
            Expr::Macro(call) => {
                let name = call
                    .mac
                    .path
                    .segments
                    .last()
                    .map(|segment| segment.ident.to_string());
                self.passive(written, Form::Macro(name.unwrap_or_default()), place)
            }
            Expr::Reference(reference) => self.reference(reference, written, place),
            Expr::Range(range) => self.sequence_of(range, written, place),
            Expr::Struct(_) => self.passive(written, Form::Other("a struct literal"), place),
            Expr::Assign(_) => self.misplaced_assignment(place),
            Expr::ForLoop(_) => {
                self.statement(written);
                Value::unit()
            }
            other => {
                let message = unsupported(other);
                self.mistake(place, message)
            }
        }
    }

    fn aggregate(
        &mut self,
        written: &'a Punctuated<Expr, Token![,]>,
        make: fn(Vec<Value<'a>>) -> Value<'a>,
        place: Place,
    ) -> Value<'a> {
        let elements: Vec<Value> = written.iter().map(|element| self.lower(element)).collect();
        let value = make(elements);
        match self.afford_elements(value.size(), place) {
            true => value,
            false => self.unknown(place, Vec::new()),
        }
    }

    fn misplaced_assignment(&mut self, place: Place) -> Value<'a> {
        self.mistake(
            place,
            "an assignment is a statement of its own here\nhelp: put it on a line before this one",
        )
    }

    pub fn literal(&mut self, literal: &'a ExprLit, place: Place) -> Value<'a> {
        match &literal.lit {
            Lit::Float(number) => {
                let suffix = self.float.filter(|_| number.suffix().is_empty());
                let text = format!("{number}{}", suffix.unwrap_or_default());
                self.node(Node::Literal(text), place)
            }
            Lit::Int(number) if matches!(number.suffix(), "f32" | "f64") => {
                self.node(Node::Literal(number.to_string()), place)
            }
            Lit::Int(number) => match number.base10_parse() {
                Ok(value) => {
                    let value = self.dag.add_at(Node::Integer(value), place);
                    match syn::parse_str(number.suffix()) {
                        Ok(ty) => {
                            let ty = self.dag.add_type(&ty);
                            self.node(Node::Typed { value, ty }, place)
                        }
                        Err(_) => Value::Node(value),
                    }
                }
                Err(_) => self.mistake(
                    place,
                    "this integer is out of range\nhelp: write a smaller one",
                ),
            },
            Lit::Bool(truth) => self.node(Node::Bool(truth.value), place),
            other => {
                let tokens = other.to_token_stream();
                self.opaque(
                    tokens,
                    Vec::<Ident>::new(),
                    Vec::new(),
                    Form::Other("a literal"),
                    place,
                )
            }
        }
    }

    pub fn path(&mut self, path: &'a ExprPath, place: Place) -> Value<'a> {
        let name = simple_name(path);
        let binding = name
            .and_then(|name| self.environment.find(&name.to_string()))
            .cloned();
        if let Some(Binding::Variable(None)) = binding {
            let message = "this has no value yet\nhelp: assign one before it is used";
            return self.mistake(place, message);
        }
        match binding.and_then(|binding| self.value_of(binding)) {
            Some(value) => value,
            None if name.is_some_and(is_keyword) => self.mistake(place, NO_KEYWORDS),
            None => {
                let mut written = Expr::Path(path.clone());
                self.environment.generics.substitute(&mut written);
                let tokens = written.to_token_stream();
                let form = match &written {
                    Expr::Path(path) if self.is_zero_path(path) => Form::Zero,
                    _ => Form::Path(tokens.to_string().replace(' ', "")),
                };
                self.opaque(tokens, Vec::<Ident>::new(), Vec::new(), form, place)
            }
        }
    }

    /// What a name stands for; `None` where it has no value yet.
    pub fn value_of(&mut self, binding: Binding<'a>) -> Option<Value<'a>> {
        Some(match binding {
            Binding::Variable(value) => return value,
            Binding::Constant(constant) => self.constant(constant),
            Binding::Function(function) => Value::Function(function),
            Binding::Input(input) => Value::Field(Field::Input(input)),
            Binding::Coefficient(field) => Value::Field(Field::Coefficient(field)),
            Binding::Bank(parameter) => Value::Field(Field::Bank(parameter)),
            Binding::Position => Value::Position,
        })
    }

    fn cast(&mut self, cast: &'a ExprCast, place: Place) -> Value<'a> {
        let value = self.lower_single(&cast.expr);
        if let Some(folded) = fold_cast(&mut self.dag, value, &cast.ty) {
            return Value::Node(folded);
        }
        let outside = self.environment.generics.outside(&cast.ty);
        let ty = self.dag.add_type(outside.as_ref().unwrap_or(&cast.ty));
        self.node(Node::Cast { value, ty }, place)
    }

    /// `&value`
    fn reference(
        &mut self,
        reference: &'a ExprReference,
        written: &'a Expr,
        place: Place,
    ) -> Value<'a> {
        let slice = match &*reference.expr {
            Expr::Index(index) => matches!(&*index.index, Expr::Range(_)),
            _ => false,
        };
        if reference.mutability.is_some() || slice {
            return self.passive(written, Form::Other("`&`"), place);
        }
        self.lower(&reference.expr).reference()
    }
}

/// Whether the macro never returns.
fn leaves(call: &Macro) -> bool {
    let leaving = ["panic", "unreachable", "todo", "unimplemented"];
    (call.path.segments.last())
        .is_some_and(|name| leaving.iter().any(|macro_| name.ident == macro_))
}

#[cfg(test)]
mod tests {
    use crate::ir::lower::testing::{assert_mistake, formula, mistakes};

    #[test]
    fn arithmetic_is_kept_as_written() {
        assert_eq!(
            formula("u[0] - u[1] - v[0] * 2.0"),
            "((u[0] - u[1]) - (v[0] * 2.0))"
        );
        assert_eq!(
            formula("-(u[0] + 0.0) / 1e-3_f64"),
            "(-(u[0] + 0.0) / 1e-3_f64)"
        );
        assert_eq!(formula("u[0] + (u[1] + u[2])"), "(u[0] + (u[1] + u[2]))");
        assert_eq!(formula("2f64 * u[0]"), "(2f64 * u[0])");
    }

    #[test]
    fn integers_and_truths_are_folded() {
        assert_eq!(
            formula("(2 + 3 * 4 - 20 / 6) as f64 * u[0]"),
            "(11.0f64 * u[0])"
        );
        assert_eq!(formula("-3 as f64 * u[0]"), "(-3.0f64 * u[0])");
        assert_eq!(
            formula("(7 % 4) as f32 as f64 * u[0]"),
            "((3.0f32 as f64) * u[0])"
        );
        assert_eq!(
            formula("if 1 < 2 && !(3 == 4) { u[0] } else { u[9] }"),
            "u[0]"
        );
        assert_eq!(
            formula("if edge && false { u[9] } else { u[0] }"),
            "if (edge && false) { u[9] } else { u[0] }"
        );
        assert_eq!(
            formula("if false && 1 / 0 > 2 { u[9] } else { u[0] }"),
            "u[0]"
        );
        assert_eq!(formula("u[1 << 3 | 1]"), "u[9]");
        assert_mistake("u[1 / (2 - 2)]", "1 / (2 - 2)", "divides by zero");
    }

    #[test]
    fn what_a_kernel_cannot_hold_is_named() {
        assert_mistake(
            "while edge { } u[0]",
            "while edge { }",
            "write `for` over a constant range",
        );
        assert_mistake(
            "loop { break; } u[0]",
            "loop { break; }",
            "write `for` over a constant range",
        );
        assert_mistake(
            "if edge { return u[1]; } u[0]",
            "return u[1]",
            "write `if` and `else`",
        );
        assert_mistake("for i in 0..3 { break; } u[0]", "break", "run to their end");
        assert_mistake(
            "dt * unsafe { danger() } * u[0]",
            "unsafe { danger() }",
            "no `unsafe`",
        );
        assert_mistake("dt.checked()? * u[0]", "dt.checked()?", "cannot fail");
        assert_mistake("let x; x * u[0]", "x", "no value yet");
    }

    #[test]
    fn a_long_sum_is_lowered_without_recursion() {
        let terms = vec!["u[0]"; 2_500].join(" + ");
        assert_eq!(mistakes(&terms), []);
    }

    #[test]
    fn deep_nesting_is_refused() {
        let deep = format!("{}u[0]", "-".repeat(400));
        let found = mistakes(&deep);
        assert!(
            found.len() == 1 && found[0].0.contains("nested more than"),
            "{found:?}"
        );
    }
}
