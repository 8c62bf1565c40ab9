//! `if` and `else`. A condition that is known takes one branch; any other runs both, and what differs after them is
//! selected.

use syn::{Block, Expr, ExprIf, ExprLet};

use crate::ir::node::{Form, Node, NodeId};
use crate::ir::place::Place;

use super::fold::known_bool;
use super::lowerer::Lowerer;
use super::statement::tail;
use super::value::Value;

impl<'a> Lowerer<'a, '_> {
    pub fn branch(&mut self, branch: &'a ExprIf, written: &'a Expr) -> Value<'a> {
        let place = self.place(written);
        if matches_pattern(&branch.cond) {
            return self.passive(written, Form::Other("`if let`"), place);
        }
        let condition = self.lower_single(&branch.cond);
        let condition_place = self.place(&branch.cond);
        let other = branch.else_branch.as_ref().map(|(_, other)| &**other);
        match known_bool(&self.dag, condition) {
            Some(true) => return self.block(&branch.then_branch),
            Some(false) => return other.map_or_else(Value::unit, |other| self.lower(other)),
            None => {}
        }
        let before = self.environment.clone();
        let then = self.block(&branch.then_branch);
        let after_then = std::mem::replace(&mut self.environment, before);
        let other_value = other.map_or_else(Value::unit, |other| self.lower(other));
        for difference in after_then.differences(&self.environment) {
            let selected = match (difference.then, difference.other) {
                (Some(then), Some(other)) => {
                    let places = [
                        condition_place,
                        self.written(&then, place),
                        self.written(&other, place),
                    ];
                    Some(self.select(condition, then, other, places))
                }
                // Assigned in one branch only: rustc refuses a use after it.
                _ => None,
            };
            if let Some(variable) = self
                .environment
                .in_scope(difference.scope, &difference.name)
            {
                *variable = selected;
            }
        }
        let places = [
            condition_place,
            self.tail_place(&branch.then_branch),
            other.map_or(place, |other| self.else_place(other)),
        ];
        self.select(condition, then, other_value, places)
    }

    /// `if condition { then } else { other }`, element by element; the places are those of the three.
    fn select(
        &mut self,
        condition: NodeId,
        then: Value<'a>,
        other: Value<'a>,
        places: [Place; 3],
    ) -> Value<'a> {
        if then == other {
            return then;
        }
        let each =
            |lowerer: &mut Self, then: Vec<Value<'a>>, other: Vec<Value<'a>>| -> Vec<Value<'a>> {
                let pairs = then.into_iter().zip(other);
                pairs
                    .map(|(then, other)| lowerer.select(condition, then, other, places))
                    .collect()
            };
        match (then, other) {
            (Value::Array(then), Value::Array(other)) if then.len() == other.len() => {
                Value::Array(each(self, then, other))
            }
            (Value::Tuple(then), Value::Tuple(other)) if then.len() == other.len() => {
                Value::Tuple(each(self, then, other))
            }
            (then, other) => {
                let then = self.single(then, places[1]);
                let other = self.single(other, places[2]);
                let node = Node::Select {
                    condition,
                    then,
                    other,
                };
                Value::Node(self.dag.add_with(node, places[0], &places))
            }
        }
    }

    /// Where a value that was assigned in a branch was first written.
    fn written(&self, value: &Value<'a>, branch: Place) -> Place {
        match value {
            Value::Node(id) => self.dag.place(*id),
            _ => branch,
        }
    }

    /// Where the value of a block is written.
    pub fn tail_place(&mut self, block: &'a Block) -> Place {
        match tail(block) {
            Some(Expr::Block(inner)) => self.tail_place(&inner.block),
            Some(tail) => self.place(tail),
            None => Place::at(block.brace_token.span.close()),
        }
    }

    fn else_place(&mut self, other: &'a Expr) -> Place {
        match other {
            Expr::Block(block) => self.tail_place(&block.block),
            other => self.place(other),
        }
    }
}

/// Whether the condition is (a chain with) `let PATTERN = value`.
fn matches_pattern(condition: &Expr) -> bool {
    struct Lets(bool);
    impl<'a> syn::visit::Visit<'a> for Lets {
        fn visit_expr_let(&mut self, _: &'a ExprLet) {
            self.0 = true;
        }
    }
    let mut lets = Lets(false);
    syn::visit::Visit::visit_expr(&mut lets, condition);
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
    fn a_pattern_is_opaque() {
        assert_eq!(
            formula("let c = if let Some(x) = maybe(dt) { x } else { 0.0 }; c * u[0]"),
            "({ let dt = dt; if let Some (x) = maybe (dt) { x } else { 0.0 } } * u[0])"
        );
        assert_mistake("let s; if edge { s = dt; } s * u[0]", "s", "no value yet");
    }
}
