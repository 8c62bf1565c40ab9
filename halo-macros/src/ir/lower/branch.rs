//! `if` and `if let`. A condition that is known takes one way; any other runs both.

use syn::visit::{self, Visit};
use syn::{BinOp, Block, Expr, ExprIf, ExprLet};

use crate::ir::node::{Form, Node, NodeId};
use crate::ir::place::Place;

use super::environment::Binding;
use super::join::Way;
use super::lowerer::Lowerer;
use super::matching::{Bindings, Fit};
use super::statement::tail;
use super::value::Value;

impl<'a> Lowerer<'a, '_> {
    pub fn branch(&mut self, branch: &'a ExprIf, written: &'a Expr) -> Value<'a> {
        let place = self.place(written);
        if holds_pattern(&branch.cond)
            && let Some(value) = self.left_to_rust(written, "`if let`", place)
        {
            return value;
        }
        let other = branch.else_branch.as_ref().map(|(_, other)| &**other);
        let before = self.environment.clone();
        self.environment.enter();
        let fit = self.holds(&branch.cond);
        let Fit::When(condition) = fit else {
            return match fit {
                Fit::Never => {
                    self.environment = before;
                    other.map_or_else(Value::unit, |other| self.lower(other))
                }
                _ => {
                    let value = self.block(&branch.then_branch);
                    self.environment.leave();
                    value
                }
            };
        };
        let value = self.block(&branch.then_branch);
        self.environment.leave();
        let then_place = self.tail_place(&branch.then_branch);
        if other.is_none() && value != Value::unit() {
            let message =
                "this `if` has a value, and no `else`\nhelp: add one, for example `else { 0.0 }`";
            self.environment = before;
            return self.mistake(place, message);
        }
        let then = self.way(value, then_place, before);
        let value = other.map_or_else(Value::unit, |other| self.lower(other));
        let other_place = other.map_or(place, |other| self.else_place(other));
        let other = Way {
            value,
            place: other_place,
            after: self.environment.clone(),
        };
        let condition_place = self.place(&branch.cond);
        let joined = self.join(condition, condition_place, then, other, place);
        self.environment = joined.after;
        joined.value
    }

    /// Whether a condition holds; what its patterns bind is declared in the current scope.
    pub fn holds(&mut self, condition: &'a Expr) -> Fit {
        match condition {
            Expr::Paren(paren) => self.holds(&paren.expr),
            Expr::Group(group) => self.holds(&group.expr),
            Expr::Binary(and) if matches!(and.op, BinOp::And(_)) && holds_pattern(condition) => {
                let first = self.holds(&and.left);
                if first == Fit::Never {
                    return first;
                }
                let second = self.holds(&and.right);
                self.both(first, second)
            }
            Expr::Let(written) => {
                let value = self.lower(&written.expr);
                let place = self.place(&written.expr);
                let mut bindings = Bindings::new();
                let fit = self.fit(&written.pat, value, place, &mut bindings);
                for (name, value) in bindings {
                    let binding = Binding::Variable(Some(value));
                    self.environment.declare(name.to_string(), binding);
                }
                fit
            }
            condition => {
                let condition = self.lower_single(condition);
                self.fit_of(condition)
            }
        }
    }

    /// Rust that no input goes into is kept as it is written. `None` where one does, where it changes a variable, or where it
    /// asks for the position, which may make a region.
    pub fn left_to_rust(
        &mut self,
        written: &'a Expr,
        what: &'static str,
        place: Place,
    ) -> Option<Value<'a>> {
        self.attempt(|lowerer| {
            let value = lowerer.passive(written, Form::Other(what), place);
            let id = lowerer.single(value, place);
            let asks = |id: &NodeId| matches!(lowerer.dag.node(*id), Node::Position { .. });
            let followed =
                lowerer.dag.is_active(id) || lowerer.dag.reachable(&[id]).iter().any(asks);
            (!followed).then_some(Value::Node(id))
        })
    }

    /// Where the value of a block is written.
    pub fn tail_place(&mut self, block: &'a Block) -> Place {
        match tail(block) {
            Some(Expr::Block(inner)) => self.tail_place(&inner.block),
            Some(tail) => self.place(tail),
            None => Place::at(block.brace_token.span.close()),
        }
    }

    pub fn else_place(&mut self, other: &'a Expr) -> Place {
        match other {
            Expr::Block(block) => self.tail_place(&block.block),
            other => self.place(other),
        }
    }
}

/// Whether the condition is (a chain with) `let PATTERN = value`.
fn holds_pattern(condition: &Expr) -> bool {
    struct Lets(bool);
    impl<'a> Visit<'a> for Lets {
        fn visit_expr_let(&mut self, _: &'a ExprLet) {
            self.0 = true;
        }
        fn visit_expr_block(&mut self, _: &'a syn::ExprBlock) {}
        fn visit_expr_if(&mut self, _: &'a ExprIf) {}
        fn visit_expr(&mut self, written: &'a Expr) {
            visit::visit_expr(self, written);
        }
    }
    let mut lets = Lets(false);
    lets.visit_expr(condition);
    lets.0
}

#[cfg(test)]
mod tests {
    use crate::ir::lower::testing::{assert_mistake, formula};

    #[test]
    fn a_branch_is_a_select() {
        assert_eq!(
            formula("if edge { u[0] } else { u[1] }"),
            "if edge { u[0] } else { u[1] }"
        );
        assert_eq!(
            formula("if n < 0 { u[0] } else if n == 0 { u[1] } else { u[2] }"),
            "if (n < 0) { u[0] } else { if (n == 0) { u[1] } else { u[2] } }"
        );
        assert_eq!(formula("if edge { u[0] } else { u[0] }"), "u[0]");
        assert_eq!(
            formula("let (a, b) = if edge { (dt, u[0]) } else { (dt, u[1]) }; a * b"),
            "(dt * if edge { u[0] } else { u[1] })"
        );
    }

    #[test]
    fn assignments_in_branches_are_merged() {
        assert_eq!(
            formula("let mut s = u[0]; if edge { s += u[1]; } s"),
            "if edge { (u[0] + u[1]) } else { u[0] }"
        );
        assert_eq!(
            formula("let s; if edge { s = u[1]; } else { s = u[2]; } s"),
            "if edge { u[1] } else { u[2] }"
        );
        assert_eq!(
            formula("let mut a = [u[0], u[1]]; if edge { a[0] = u[5]; } a[0] + a[1]"),
            "(if edge { u[5] } else { u[0] } + u[1])"
        );
        assert_eq!(
            formula("let mut s = u[0]; if edge { let mut s = v[0]; s += v[1]; } s"),
            "u[0]"
        );
        assert_eq!(
            formula("let mut s = u[0]; if 1 > 2 { s = v[0]; } else { s += u[1]; } s"),
            "(u[0] + u[1])"
        );
    }

    #[test]
    fn a_pattern_without_inputs_is_opaque() {
        assert_eq!(
            formula("let c = if let Some(x) = maybe(dt) { x } else { 0.0 }; c * u[0]"),
            "({ let dt = dt; if let Some (x) = maybe (dt) { x } else { 0.0 } } * u[0])"
        );
        assert_mistake("let s; if edge { s = dt; } s * u[0]", "s", "no value yet");
    }

    #[test]
    fn chains_are_conditions_in_order() {
        assert_eq!(
            formula("if let 1..=3 = n && edge && let y = dt && y > 0.0 { y * u[0] } else { u[1] }"),
            "if ((((n >= 1) && (n <= 3)) && edge) && (dt > 0.0)) { (dt * u[0]) } else { u[1] }"
        );
    }
}
