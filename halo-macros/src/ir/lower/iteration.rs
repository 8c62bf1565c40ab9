//! Iterators over what the macro knows: constant ranges, arrays, and what their methods make of them. They are run while
//! the kernel is compiled.

use syn::{Expr, ExprMethodCall, ExprRange};

use crate::ir::node::{Binary, Form, Node, NodeId, Unary};
use crate::ir::place::Place;

use super::fold::{Folded, fold_binary, known_bool, known_integer};
use super::lowerer::Lowerer;
use super::value::Value;

/// Methods that make an iterator, or end one.
const METHODS: [&str; 24] = [
    "iter",
    "into_iter",
    "rev",
    "step_by",
    "enumerate",
    "zip",
    "chain",
    "skip",
    "take",
    "copied",
    "cloned",
    "map",
    "filter",
    "flat_map",
    "flatten",
    "windows",
    "chunks",
    "chunks_exact",
    "sum",
    "product",
    "fold",
    "count",
    "len",
    "last",
];

impl<'a> Lowerer<'a, '_> {
    /// `start..end` as a value; opaque where an end is not known.
    pub fn sequence_of(
        &mut self,
        range: &'a ExprRange,
        written: &'a Expr,
        place: Place,
    ) -> Value<'a> {
        match self.attempt(|lowerer| lowerer.range(range, written)) {
            Some(values) => Value::Sequence(values),
            None => self.passive(written, Form::Other("a range"), place),
        }
    }

    /// A method of an array or iterator that the macro knows; `None` for any other.
    pub fn iteration(&mut self, call: &'a ExprMethodCall, written: &'a Expr) -> Option<Value<'a>> {
        if !METHODS.iter().any(|method| call.method == method) || !self.starts_known(&call.receiver)
        {
            return None;
        }
        let place = self.place(written);
        let errors = self.context.count();
        let receiver = self.lower(&call.receiver);
        let Some(value) = self.iterate(receiver, call) else {
            return match self.context.count() > errors {
                true => Some(self.unknown(place, Vec::new())),
                false => None,
            };
        };
        if !self.is_plain(&value) {
            return Some(value);
        }
        // Numbers that no input went into are left as they are written.
        let form = Form::Method(call.method.to_string());
        let opaque = self.attempt(|lowerer| Some(lowerer.passive(written, form, place)));
        Some(opaque.unwrap_or(value))
    }

    /// Whether the value is one number, no input in it, that the macro does not know.
    fn is_plain(&self, value: &Value<'a>) -> bool {
        match value {
            Value::Node(id) => !self.dag.is_active(*id) && !self.is_known(value),
            _ => false,
        }
    }

    /// Whether a chain of such methods starts with something that the macro knows.
    fn starts_known(&mut self, written: &'a Expr) -> bool {
        match written {
            Expr::Paren(paren) => self.starts_known(&paren.expr),
            Expr::Group(group) => self.starts_known(&group.expr),
            Expr::Reference(reference) => self.starts_known(&reference.expr),
            Expr::MethodCall(call) if METHODS.iter().any(|method| call.method == method) => {
                self.starts_known(&call.receiver)
            }
            Expr::Path(_)
            | Expr::Array(_)
            | Expr::Repeat(_)
            | Expr::Range(_)
            | Expr::Index(_)
            | Expr::Field(_)
            | Expr::Call(_) => {
                let found = self.attempt(|lowerer| {
                    let value = lowerer.lower(written).behind();
                    match lowerer.spread(value) {
                        Value::Array(_) | Value::Sequence(_) => Some(()),
                        _ => None,
                    }
                });
                found.is_some()
            }
            _ => false,
        }
    }

    /// What a method makes of an array or iterator. `None` where it is none of these, or a mistake was reported.
    fn iterate(&mut self, receiver: Value<'a>, call: &'a ExprMethodCall) -> Option<Value<'a>> {
        let borrowed = matches!(receiver, Value::Reference(_));
        let receiver = receiver.behind();
        let (elements, is_array) = match self.spread(receiver) {
            Value::Array(elements) => (elements, true),
            Value::Sequence(elements) => (elements, false),
            _ => return None,
        };
        let arguments: Vec<&'a Expr> = call.args.iter().collect();
        let method = call.method.to_string();
        let place = Place::of(&call.method);
        let sequence = |values: Vec<Value<'a>>| Some(Value::Sequence(values));
        match (method.as_str(), arguments.as_slice()) {
            ("iter", []) => sequence(elements.into_iter().map(Value::reference).collect()),
            ("into_iter", []) if borrowed && is_array => {
                sequence(elements.into_iter().map(Value::reference).collect())
            }
            ("into_iter", []) => sequence(elements),
            ("rev", []) => sequence(elements.into_iter().rev().collect()),
            ("copied" | "cloned", []) => {
                let values = elements.into_iter().map(|value| match value {
                    Value::Reference(value) => *value,
                    value => value,
                });
                sequence(values.collect())
            }
            ("enumerate", []) => {
                let numbered = elements.into_iter().enumerate();
                let numbered = numbered.map(|(number, value)| self.numbered(number, value));
                let numbered = numbered.collect();
                sequence(numbered)
            }
            ("step_by", [step]) => {
                let step = self.count(step)?;
                if step == 0 {
                    let place = self.place(arguments[0]);
                    self.context.error_at(
                        place,
                        "a loop with this step does not move\nhelp: write a step of at least 1",
                    );
                    return None;
                }
                sequence(elements.into_iter().step_by(step).collect())
            }
            ("skip", [count]) => {
                let count = self.count(count)?;
                sequence(elements.into_iter().skip(count).collect())
            }
            ("take", [count]) => {
                let count = self.count(count)?;
                sequence(elements.into_iter().take(count).collect())
            }
            ("windows", [width]) => {
                let width = self.count(width)?.max(1);
                let windows = elements.windows(width);
                let windows = windows.map(|window| Value::Array(window.to_vec()).reference());
                sequence(windows.collect())
            }
            ("chunks" | "chunks_exact", [width]) => {
                let width = self.count(width)?.max(1);
                let chunks = elements.chunks(width);
                let chunks = chunks.filter(|chunk| method == "chunks" || chunk.len() == width);
                let chunks = chunks.map(|chunk| Value::Array(chunk.to_vec()).reference());
                sequence(chunks.collect())
            }
            ("zip", [Expr::Range(other)]) if other.end.is_none() => {
                let others = self.counted_from(other, elements.len())?;
                let pairs = elements.into_iter().zip(others);
                sequence(
                    pairs
                        .map(|(one, two)| Value::Tuple(vec![one, two]))
                        .collect(),
                )
            }
            ("zip", [other]) => {
                let others = self.sequence(other)?;
                let pairs = elements.into_iter().zip(others);
                sequence(
                    pairs
                        .map(|(one, two)| Value::Tuple(vec![one, two]))
                        .collect(),
                )
            }
            ("chain", [other]) => {
                let others = self.sequence(other)?;
                sequence(elements.into_iter().chain(others).collect())
            }
            ("map", [function]) => {
                let mut mapped = Vec::new();
                for element in elements {
                    mapped.push(self.apply(function, vec![(element, place)])?);
                }
                Some(match is_array {
                    true => Value::Array(mapped),
                    false => Value::Sequence(mapped),
                })
            }
            ("flat_map", [function]) => {
                let mut mapped = Vec::new();
                for element in elements {
                    let inner = self.apply(function, vec![(element, place)])?;
                    let place = self.place(function);
                    mapped.extend(self.elements(inner, place)?);
                }
                sequence(mapped)
            }
            ("flatten", []) => {
                let mut flat = Vec::new();
                for element in elements {
                    flat.extend(self.elements(element, place)?);
                }
                sequence(flat)
            }
            ("filter", [condition]) => {
                let mut kept = Vec::new();
                for element in elements {
                    let argument = element.clone().reference();
                    let truth = self.apply(condition, vec![(argument, place)])?;
                    let place = self.place(condition);
                    let truth = self.single(truth, place);
                    match known_bool(&self.dag, truth) {
                        Some(true) => kept.push(element),
                        Some(false) => {}
                        None => {
                            self.not_a_sequence(truth, place);
                            return None;
                        }
                    }
                }
                sequence(kept)
            }
            ("fold", [first, function]) => {
                let mut value = self.lower(first);
                for element in elements {
                    value = self.apply(function, vec![(value, place), (element, place)])?;
                }
                Some(value)
            }
            ("sum", []) => Some(self.accumulate(elements, Binary::Add, place)),
            ("product", []) => Some(self.accumulate(elements, Binary::Mul, place)),
            ("len" | "count", []) => Some(Value::Node(self.size(elements.len()))),
            _ => None,
        }
    }

    /// `.sum()` or `.product()`, from the first element to the last. An empty sum of floats is -0.0 in Rust.
    fn accumulate(&mut self, elements: Vec<Value<'a>>, op: Binary, place: Place) -> Value<'a> {
        let operands: Vec<NodeId> = elements
            .into_iter()
            .map(|element| self.single(element, place))
            .collect();
        let mut operands = operands.into_iter();
        let Some(mut sum) = operands.next() else {
            let text = if op == Binary::Add { "0.0" } else { "1.0" };
            let neutral = self.dag.add_at(Node::Literal(text.into()), place);
            return match op {
                Binary::Add => self.node(Node::Unary(Unary::Neg, neutral), place),
                _ => Value::Node(neutral),
            };
        };
        for operand in operands {
            sum = match fold_binary(&mut self.dag, op, sum, operand) {
                Folded::Known(id) => id,
                Folded::Impossible(message) => return self.mistake(place, message),
                Folded::Unknown => self.dag.add_at(Node::Binary(op, sum, operand), place),
            };
        }
        Value::Node(sum)
    }

    fn numbered(&mut self, number: usize, value: Value<'a>) -> Value<'a> {
        let number = self.size(number);
        Value::Tuple(vec![Value::Node(number), value])
    }

    /// The first numbers of `start..`
    fn counted_from(&mut self, range: &'a ExprRange, count: usize) -> Option<Vec<Value<'a>>> {
        let start = range.start.as_deref()?;
        let place = self.place(start);
        let value = self.lower_single(start);
        let first = self.bound(value, place)?;
        let numbers = (0..count as i128).map(|number| first.saturating_add(number));
        let numbers = numbers.map(|number| Value::Node(self.dag.add(Node::Integer(number))));
        Some(numbers.collect())
    }

    fn size(&mut self, size: usize) -> NodeId {
        self.dag.add(Node::Integer(size as i128))
    }

    /// A number of elements that is given to a method.
    fn count(&mut self, written: &'a Expr) -> Option<usize> {
        let value = self.lower_single(written);
        let place = self.place(written);
        match known_integer(&self.dag, value).map(usize::try_from) {
            Some(Ok(count)) => Some(count),
            Some(Err(_)) => {
                self.context
                    .error_at(place, "a number of elements is at least 0");
                None
            }
            None => {
                self.not_a_sequence(value, place);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::ir::lower::testing::{assert_mistake, formula};

    #[test]
    fn iterators_over_known_values_are_run() {
        assert_eq!(
            formula("[u[-1], u[0], u[1]].iter().sum::<f64>()"),
            "((u[-1] + u[0]) + u[1])"
        );
        assert_eq!(
            formula("(-1..=1).map(|i| w[(i + 1) as usize] * u[i]).sum()"),
            "(((w[(0: usize)] * u[-1]) + (w[(1: usize)] * u[0])) + (w[(2: usize)] * u[1]))"
        );
        assert_eq!(
            formula("let mut s = u[9]; for (o, c) in [1, 2].iter().zip(&w) { s += c * u[*o]; } s"),
            "((u[9] + (w[0] * u[1])) + (w[1] * u[2]))"
        );
        assert_eq!(
            formula("[1, 2].into_iter().fold(u[0], |s, i| s - u[i])"),
            "((u[0] - u[1]) - u[2])"
        );
        assert_eq!(formula("let a = [0, 3].map(|i| u[i]); a[1]"), "u[3]");
        assert_eq!(
            formula(
                "const O: [(isize, f64); 2] = [(1, 0.5), (2, 0.25)]; O.iter().map(|&(o, c)| c * u[o]).sum::<f64>()"
            ),
            "(((0.5: f64) * u[1]) + ((0.25: f64) * u[2]))"
        );
        assert_eq!(
            formula("(0..6).skip(1).step_by(2).filter(|i| *i != 3).map(|i| u[i]).sum::<f64>()"),
            "(u[1] + u[5])"
        );
        assert_eq!(
            formula("let v = [u[0], u[1], u[3]]; v.windows(2).map(|p| p[1] - p[0]).sum::<f64>()"),
            "((u[1] - u[0]) + (u[3] - u[1]))"
        );
    }

    #[test]
    fn iterators_end_in_a_number() {
        assert_mistake("[u[0]].iter()", "[u[0]].iter()", "no number");
    }
}
