//! `for` over constant ranges and arrays, unrolled, and arrays `[x; n]`.

use syn::{Expr, ExprForLoop, ExprMethodCall, ExprRange, ExprRepeat, RangeLimits};

use crate::ir::node::{Form, Node, NodeId};
use crate::ir::place::Place;

use super::fold::known_integer;
use super::lowerer::Lowerer;
use super::value::Value;

/// Longer arrays stay opaque.
const LONGEST_ARRAY: i128 = 10_000;

impl<'a> Lowerer<'a, '_> {
    pub fn for_loop(&mut self, written: &'a ExprForLoop) {
        let Some(values) = self.sequence(&written.expr) else {
            return;
        };
        let place = self.place(&written.expr);
        let errors = self.context.count();
        for value in values {
            self.environment.enter();
            self.bind(&written.pat, value, place);
            self.block(&written.body);
            self.environment.leave();
            // One mistake of the body is one mistake, not one per iteration.
            if self.context.count() > errors {
                return;
            }
        }
    }

    /// What a loop runs over.
    fn sequence(&mut self, written: &'a Expr) -> Option<Vec<Value<'a>>> {
        match written {
            Expr::Paren(paren) => self.sequence(&paren.expr),
            Expr::Group(group) => self.sequence(&group.expr),
            Expr::Range(range) => self.range(range, written),
            Expr::MethodCall(call) => self.adapted(call, written),
            _ => {
                let place = self.place(written);
                match self.lower(written) {
                    Value::Array(elements) => {
                        let affordable = self.afford_iterations(elements.len() as u128, place);
                        affordable.then_some(elements)
                    }
                    value => {
                        let value = self.single(value, place);
                        self.not_a_sequence(value, place)
                    }
                }
            }
        }
    }

    fn range(&mut self, range: &'a ExprRange, written: &'a Expr) -> Option<Vec<Value<'a>>> {
        let place = self.place(written);
        let (Some(start), Some(end)) = (&range.start, &range.end) else {
            self.context.error_at(
                place,
                "a loop of a kernel has two constant ends\nhelp: write for example `-2..=2`",
            );
            return None;
        };
        let ends = [self.lower_single(start), self.lower_single(end)];
        let places = [self.place(start), self.place(end)];
        let first = self.bound(ends[0], places[0])?;
        let last = self.bound(ends[1], places[1])?;
        let past = match range.limits {
            RangeLimits::HalfOpen(_) => last,
            RangeLimits::Closed(_) => last.saturating_add(1),
        };
        let count = u128::try_from(past.saturating_sub(first)).unwrap_or(0);
        if !self.afford_iterations(count, place) {
            return None;
        }
        let ty = ends.iter().find_map(|end| match self.dag.node(*end) {
            Node::Typed { ty, .. } => Some(*ty),
            _ => None,
        });
        let number = |lowerer: &mut Self, number| {
            let value = lowerer.dag.add(Node::Integer(number));
            Value::Node(ty.map_or(value, |ty| lowerer.dag.add(Node::Typed { value, ty })))
        };
        Some((first..past).map(|index| number(self, index)).collect())
    }

    fn bound(&mut self, value: NodeId, place: Place) -> Option<i128> {
        let known = known_integer(&self.dag, value);
        if known.is_none() {
            self.not_a_sequence(value, place);
        }
        known
    }

    fn not_a_sequence(&mut self, value: NodeId, place: Place) -> Option<Vec<Value<'a>>> {
        if !self.is_mistake(value) {
            let message = format!(
                "loops are unrolled while the kernel is compiled, over constant ranges such as `-2..=2`\nhelp: {}",
                self.why_unknown(value)
            );
            self.context.error_at(place, message);
        }
        None
    }

    /// `.rev()`, `.step_by(k)`, `.into_iter()`, `.enumerate()`
    fn adapted(&mut self, call: &'a ExprMethodCall, written: &'a Expr) -> Option<Vec<Value<'a>>> {
        let method = call.method.to_string();
        if !matches!(
            method.as_str(),
            "rev" | "step_by" | "into_iter" | "enumerate"
        ) {
            let place = self.place(written);
            let message = "loops of a kernel run over constant ranges, such as `-2..=2`, with `.rev()`, `.step_by(k)` and \
                `.enumerate()`\nhelp: write the range out and index by it";
            self.context.error_at(place, message);
            return None;
        }
        let mut values = self.sequence(&call.receiver)?;
        match (method.as_str(), call.args.first()) {
            ("rev", None) => values.reverse(),
            ("into_iter", None) => {}
            ("enumerate", None) => {
                let numbered = values.into_iter().enumerate();
                return Some(
                    numbered
                        .map(|(number, value)| self.numbered(number, value))
                        .collect(),
                );
            }
            ("step_by", Some(step)) => {
                let value = self.lower_single(step);
                let place = self.place(step);
                match self.bound(value, place).map(usize::try_from) {
                    Some(Ok(step)) if step > 0 => {
                        values = values.into_iter().step_by(step).collect()
                    }
                    Some(_) => {
                        self.context.error_at(place, "a step is at least 1");
                        return None;
                    }
                    None => return None,
                }
            }
            _ => {
                let message = format!("`{method}` is given the wrong number of arguments");
                self.context.error_at(Place::of(&call.method), message);
                return None;
            }
        }
        Some(values)
    }

    fn numbered(&mut self, number: usize, value: Value<'a>) -> Value<'a> {
        let number = self.dag.add(Node::Integer(number as i128));
        Value::Tuple(vec![Value::Node(number), value])
    }

    /// `[element; length]`
    pub fn repeat(&mut self, repeat: &'a ExprRepeat, written: &'a Expr, place: Place) -> Value<'a> {
        let length = self.lower_single(&repeat.len);
        match known_integer(&self.dag, length) {
            Some(length @ 0..=LONGEST_ARRAY) => {
                let element = self.lower(&repeat.expr);
                Value::Array(vec![element; length as usize])
            }
            _ => self.passive(written, Form::Other("an array"), place),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::ir::lower::testing::{assert_mistake, formula, mistakes};

    #[test]
    fn loops_are_unrolled() {
        assert_eq!(
            formula("let mut s = 0.0; for i in -1..=1 { s += w[(i + 1) as usize] * u[i]; } s"),
            "(((0.0 + (w[(0: usize)] * u[-1])) + (w[(1: usize)] * u[0])) + (w[(2: usize)] * u[1]))"
        );
        assert_eq!(
            formula("let mut s = u[9]; for i in (0..6).rev().step_by(2) { s += u[i]; } s"),
            "(((u[9] + u[5]) + u[3]) + u[1])"
        );
        assert_eq!(
            formula(
                "let mut s = u[9]; for (i, o) in [3, 4].into_iter().enumerate() { s += u[o * 10 + i as isize]; } s"
            ),
            "((u[9] + u[30]) + u[41])"
        );
        assert_eq!(
            formula("let mut s = u[9]; for _ in 3..0 { s += u[1]; } s"),
            "u[9]"
        );
        assert_eq!(
            formula(
                "const N: isize = 1; let mut s = u[9]; for i in 0..=N { for j in 0..i { s += u[j + 5]; } } s"
            ),
            "(u[9] + u[5])"
        );
    }

    #[test]
    fn loops_end() {
        assert_mistake("for i in 0..n { } u[0]", "n", "`n` is a parameter");
        assert_mistake("for i in 0.. { } u[0]", "0..", "two constant ends");
        assert_mistake(
            "for i in 0..1_000_000_000_000 { } u[0]",
            "0..1_000_000_000_000",
            "10000 iterations",
        );
        assert_mistake(
            "for i in 0..200 { for j in 0..200 { } } u[0]",
            "0..200",
            "10000 iterations",
        );
        assert_mistake("for x in w.iter() { } u[0]", "w.iter()", "constant ranges");
        assert_mistake("for x in w { } u[0]", "w", "`w` is a parameter");
        assert_mistake("for i in (0..3).step_by(0) { } u[0]", "0", "at least 1");
    }

    #[test]
    fn a_mistake_in_a_body_is_reported_once() {
        assert_eq!(
            mistakes("let mut s = 0.0; for i in 0..9 { s += u[R]; } s").len(),
            1
        );
    }
}
