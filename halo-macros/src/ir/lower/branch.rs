//! `if`, `if let` and `match`. A condition that is known takes one way; any other runs all ways, and what differs after
//! them is selected.

use syn::visit::{self, Visit};
use syn::{BinOp, Block, Expr, ExprIf, ExprLet, ExprMatch, Pat};

use crate::ir::node::{Form, Node, NodeId};
use crate::ir::place::Place;

use super::environment::{Binding, Environment};
use super::lowerer::Lowerer;
use super::matching::{Bindings, Fit};
use super::statement::{is_assignment, tail};
use super::value::Value;

/// What came of one way through the kernel.
struct Way<'a> {
    value: Value<'a>,
    /// Where its value is written.
    place: Place,
    after: Environment<'a>,
}

/// An arm that may be taken.
struct Arm<'a> {
    pattern: &'a Pat,
    body: &'a Expr,
    fit: Fit,
    bindings: Bindings<'a>,
}

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

    pub fn match_arms(&mut self, arms: &'a ExprMatch, written: &'a Expr) -> Value<'a> {
        let place = self.place(written);
        let scrutinee_place = self.place(&arms.expr);
        let scrutinee = self.lower(&arms.expr);
        let possible = self.possible_arms(arms, &scrutinee, scrutinee_place);
        let decided = possible
            .first()
            .is_some_and(|arm| arm.fit == Fit::Always && guard(arm.pattern).is_none());
        if !decided && let Some(value) = self.left_to_rust(written, "`match`", place) {
            return value;
        }
        let before = self.environment.clone();
        let mut ways = Vec::new();
        let last = possible.len().saturating_sub(1);
        for (number, arm) in possible.into_iter().enumerate() {
            self.environment = before.clone();
            self.environment.enter();
            for (name, value) in arm.bindings {
                let binding = Binding::Variable(Some(value));
                self.environment.declare(name.to_string(), binding);
            }
            let guarded = match guard(arm.pattern) {
                Some(guard) => self.holds(guard),
                None => Fit::Always,
            };
            let fit = match number == last {
                // rustc sees to it that an arm is taken.
                true => Fit::Always,
                false => self.both(arm.fit, guarded),
            };
            if fit == Fit::Never {
                continue;
            }
            let value = self.arm(arm.body);
            self.environment.leave();
            let value_place = self.else_place(arm.body);
            let way = self.way(value, value_place, before.clone());
            ways.push((fit, way));
            if fit == Fit::Always {
                break;
            }
        }
        let Some((_, mut joined)) = ways.pop() else {
            return self.mistake(place, "a `match` of a kernel has at least one arm");
        };
        for (fit, way) in ways.into_iter().rev() {
            if let Fit::When(condition) = fit {
                joined = self.join(condition, scrutinee_place, way, joined, place);
            }
        }
        self.environment = joined.after;
        joined.value
    }

    /// The arms that may be taken, up to one that is taken by all that is left.
    fn possible_arms(
        &mut self,
        arms: &'a ExprMatch,
        scrutinee: &Value<'a>,
        place: Place,
    ) -> Vec<Arm<'a>> {
        let unguarded = |arm: &syn::Arm| guard(&arm.pat).is_none();
        // Those without guards cover everything, so nothing gets beyond the last of them.
        let past = arms
            .arms
            .iter()
            .rposition(unguarded)
            .map_or(arms.arms.len(), |last| last + 1);
        let mut possible = Vec::new();
        for (number, arm) in arms.arms[..past].iter().enumerate() {
            let mut bindings = Bindings::new();
            let mut fit = self.fit(&arm.pat, scrutinee.clone(), place, &mut bindings);
            let is_last = number + 1 == past;
            if fit == Fit::Always && !is_last && matches!(arm.pat, Pat::Ident(_)) {
                // A name with arms behind it is a constant, whatever its letters.
                fit = self.fit_rust(&arm.pat, scrutinee.clone(), place);
            }
            if fit == Fit::Never {
                continue;
            }
            possible.push(Arm {
                pattern: &arm.pat,
                body: &arm.body,
                fit,
                bindings,
            });
            if fit == Fit::Always && unguarded(arm) {
                break;
            }
        }
        possible
    }

    fn arm(&mut self, body: &'a Expr) -> Value<'a> {
        if is_assignment(body) {
            self.statement(body);
            return Value::unit();
        }
        self.lower(body)
    }

    /// Whether a condition holds; what its patterns bind is declared in the current scope.
    fn holds(&mut self, condition: &'a Expr) -> Fit {
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

    /// Rust that no input goes into is kept as it is written. `None` where one does, or where it changes a variable.
    fn left_to_rust(
        &mut self,
        written: &'a Expr,
        what: &'static str,
        place: Place,
    ) -> Option<Value<'a>> {
        self.attempt(|lowerer| {
            let value = lowerer.passive(written, Form::Other(what), place);
            Some(value).filter(|value| lowerer.active_parts(value).is_empty())
        })
    }

    /// The way that was just gone, with the kernel put back to where it began.
    fn way(&mut self, value: Value<'a>, place: Place, before: Environment<'a>) -> Way<'a> {
        Way {
            value,
            place,
            after: std::mem::replace(&mut self.environment, before),
        }
    }

    /// Two ways as one: what differs after them is selected by the condition.
    fn join(
        &mut self,
        condition: NodeId,
        condition_place: Place,
        then: Way<'a>,
        mut other: Way<'a>,
        place: Place,
    ) -> Way<'a> {
        for difference in then.after.differences(&other.after) {
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
            let variable = other.after.in_scope(difference.scope, &difference.name);
            if let Some(variable) = variable {
                *variable = selected;
            }
        }
        let places = [condition_place, then.place, other.place];
        other.value = self.select(condition, then.value, other.value, places);
        other
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
            (Value::Reference(then), Value::Reference(other)) => {
                self.select(condition, *then, *other, places).reference()
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

/// The condition behind an arm's pattern.
fn guard(pattern: &Pat) -> Option<&Expr> {
    match pattern {
        Pat::Guard(guarded) => Some(&guarded.guard),
        _ => None,
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
    fn arms_are_selects_on_comparisons() {
        assert_eq!(
            formula("match n { 0 => u[0], 1 | 2 => u[1], -9..=-1 => u[2], _ => v[0] }"),
            "if (n == 0) { u[0] } else { if ((n == 1) || (n == 2)) { u[1] } else { \
             if ((n >= -9) && (n <= -1)) { u[2] } else { v[0] } } }"
        );
        assert_eq!(
            formula(
                "match (edge, n) { (true, 0) => u[0], (false, m) => m as f64 * u[1], (true, _) => u[2] }"
            ),
            "if (edge && (n == 0)) { u[0] } else { if !edge { ((n as f64) * u[1]) } else { u[2] } }"
        );
        assert_eq!(
            formula("match dt { x if x > 1.0 => x * u[0], 0.0 => u[1], _ => u[2] }"),
            "if (dt > 1.0) { (dt * u[0]) } else { if (dt == 0.0) { u[1] } else { u[2] } }"
        );
        assert_eq!(
            formula("match at.from_low(0) { 0 => u[1], _ => u[-1] }"),
            "if (index(0) == 0) { u[1] } else { u[-1] }"
        );
    }

    #[test]
    fn what_is_known_takes_one_arm() {
        assert_eq!(
            formula("let mut s = 0.0; for i in 0..2 { s += match i { 0 => u[1], _ => u[i] }; } s"),
            "((0.0 + u[1]) + u[1])"
        );
        assert_eq!(
            formula(
                "const N: isize = 2; match [N, 3] { [1, _] => u[9], [N, k] => u[k], _ => u[8] }"
            ),
            "u[3]"
        );
        assert_eq!(formula("match u[0] { x => dt * x }"), "(dt * u[0])");
        assert_eq!(
            formula("match (u[0], 1) { (x, 0) => x, (x, 1 | 2) => dt * x, _ => u[1] }"),
            "(dt * u[0])"
        );
    }

    #[test]
    fn other_patterns_stay_rust_and_their_names_are_found_where_they_match() {
        assert_eq!(
            formula("if let Some(x) = maybe(dt) { x * u[0] } else { u[1] }"),
            "if { let __operand_0 = { let dt = dt; maybe (dt) }; :: core :: matches ! (__operand_0 , Some (x)) } \
             { ({ let __operand_0 = { let dt = dt; maybe (dt) }; match __operand_0 { Some (x) => x , \
             _ => :: core :: unreachable ! () , } } * u[0]) } else { u[1] }"
        );
        assert_eq!(
            formula("match mode(n) { Mode::Up => u[0], Mode::Down => u[1], OTHER => u[2] }"),
            "if { let __operand_0 = { let n = n; mode (n) }; :: core :: matches ! (__operand_0 , Mode :: Up) } \
             { u[0] } else { if { let __operand_0 = { let n = n; mode (n) }; :: core :: matches ! (__operand_0 , Mode :: Down) } \
             { u[1] } else { u[2] } }"
        );
    }

    #[test]
    fn chains_are_conditions_in_order() {
        assert_eq!(
            formula("if let 1..=3 = n && edge && let y = dt && y > 0.0 { y * u[0] } else { u[1] }"),
            "if ((((n >= 1) && (n <= 3)) && edge) && (dt > 0.0)) { (dt * u[0]) } else { u[1] }"
        );
    }

    #[test]
    fn a_match_may_assign() {
        assert_eq!(
            formula("let mut s = u[0]; match n { 0 => s += u[1], 1 => { s = u[2]; } _ => {} } s"),
            "if (n == 0) { (u[0] + u[1]) } else { if (n == 1) { u[2] } else { u[0] } }"
        );
        assert_mistake(
            "match u[0] { 0.0 => u[1], _ => u[2] }",
            "u[0]",
            "a condition on it",
        );
        assert_mistake(
            "match n { 0 => u[1], _ => panic!() }",
            "panic!()",
            "a value at every point",
        );
    }
}
