//! `for` over constant ranges and arrays, unrolled, and arrays `[x; n]`.

use syn::{Expr, ExprForLoop, ExprRange, ExprRepeat, Lit, RangeLimits, Type, TypeArray};

use crate::ir::node::{Form, Node, NodeId};
use crate::ir::place::Place;

use super::environment::simple_name;
use super::fold::known_integer;
use super::lowerer::Lowerer;
use super::unknown::Unknown;
use super::value::Value;

/// Longer arrays stay opaque.
const LONGEST_ARRAY: i128 = 10_000;

impl<'a> Lowerer<'a, '_> {
    pub fn for_loop(&mut self, written: &'a ExprForLoop) {
        let Some(values) = self.sequence(&written.expr) else {
            return;
        };
        let place = self.place(&written.expr);
        let is_range = matches!(&*written.expr, Expr::Range(_));
        if !is_range && !self.afford_iterations(values.len() as u128, place) {
            return;
        }
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
    pub fn sequence(&mut self, written: &'a Expr) -> Option<Vec<Value<'a>>> {
        match written {
            Expr::Paren(paren) => self.sequence(&paren.expr),
            Expr::Group(group) => self.sequence(&group.expr),
            Expr::Range(range) => self.range(range, written),
            _ => {
                let errors = self.context.count();
                let value = self.lower(written);
                let place = self.place(written);
                match self.context.count() > errors {
                    true => None,
                    false => self.elements(value, place),
                }
            }
        }
    }

    /// The elements of what is run over: references to them, if it is borrowed.
    pub fn elements(&mut self, value: Value<'a>, place: Place) -> Option<Vec<Value<'a>>> {
        let borrowed = matches!(value, Value::Reference(_));
        match self.spread(value.behind()) {
            Value::Array(elements) if borrowed => {
                Some(elements.into_iter().map(Value::reference).collect())
            }
            Value::Array(elements) | Value::Sequence(elements) => Some(elements),
            value => {
                let value = self.single(value, place);
                self.not_a_sequence(value, place)
            }
        }
    }

    /// An array that is a parameter, or a part of one, as its elements: its type says how many they are.
    pub fn spread(&mut self, value: Value<'a>) -> Value<'a> {
        let Value::Node(table) = value else {
            return value;
        };
        let Some(length) = self.table_length(table) else {
            return value;
        };
        let place = self.dag.place(table);
        let mut elements = Vec::new();
        for number in 0..length {
            let index = self.dag.add(Node::Integer(number as i128));
            elements.push(self.node(Node::Index { table, index }, place));
        }
        Value::Array(elements)
    }

    /// How many elements a table has, where its type says so.
    pub fn table_length(&mut self, table: NodeId) -> Option<usize> {
        self.array_type(table).and_then(|ty| self.length(&ty))
    }

    fn array_type(&self, table: NodeId) -> Option<TypeArray> {
        let ty = match self.dag.node(table) {
            Node::Index { table, .. } => *self.array_type(*table)?.elem,
            Node::Coefficient { field, .. } => self.coefficient_types[*field].clone(),
            _ => self.parameter_types.get(&table)?.clone(),
        };
        match ty {
            Type::Array(array) => Some(array),
            _ => None,
        }
    }

    /// The length of an array's type: a number, or a constant of the kernel.
    fn length(&mut self, array: &TypeArray) -> Option<usize> {
        let length = match &array.len {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Int(number) => number.base10_parse().ok()?,
                _ => return None,
            },
            Expr::Path(path) => {
                let name = simple_name(path)?.to_string();
                let binding = self.environment.find(&name)?.clone();
                match self.value_of(binding)? {
                    Value::Node(id) => known_integer(&self.dag, id)?,
                    _ => return None,
                }
            }
            _ => return None,
        };
        usize::try_from(length)
            .ok()
            .filter(|length| *length as i128 <= LONGEST_ARRAY)
    }

    pub fn range(&mut self, range: &'a ExprRange, written: &'a Expr) -> Option<Vec<Value<'a>>> {
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

    pub fn bound(&mut self, value: NodeId, place: Place) -> Option<i128> {
        let known = known_integer(&self.dag, value);
        if known.is_none() {
            self.not_a_sequence(value, place);
        }
        known
    }

    pub fn not_a_sequence(&mut self, value: NodeId, place: Place) -> Option<Vec<Value<'a>>> {
        if !self.is_mistake(value) {
            let Unknown { found, remedy } = self.why_unknown(value);
            let message = format!(
                "loops are unrolled while the kernel is compiled, and {found}\nhelp: {remedy}"
            );
            self.context.error_at(place, message);
        }
        None
    }

    /// `[element; length]`
    pub fn repeat(&mut self, repeat: &'a ExprRepeat, written: &'a Expr, place: Place) -> Value<'a> {
        let length = self.lower_single(&repeat.len);
        match known_integer(&self.dag, length) {
            Some(length @ 0..=LONGEST_ARRAY) => {
                let (element, length) = (self.lower(&repeat.expr), length as usize);
                let count = element.size().saturating_mul(length);
                if !self.afford_elements(count, place) {
                    return self.unknown(place, Vec::new());
                }
                Value::Array(vec![element; length])
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
        assert_mistake(
            "for x in table(dt).iter() { } u[0]",
            "table(dt).iter()",
            "`dt` is a parameter",
        );
        assert_mistake("for x in dt { } u[0]", "dt", "`dt` is a parameter");
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
