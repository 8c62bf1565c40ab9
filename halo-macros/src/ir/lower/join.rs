//! Two ways through the kernel as one: what differs after them is selected by the condition that chose between them.

use crate::ir::node::{Node, NodeId};
use crate::ir::place::Place;

use super::environment::Environment;
use super::lowerer::Lowerer;
use super::value::Value;

/// What came of one way through the kernel.
pub struct Way<'a> {
    pub value: Value<'a>,
    /// Where its value is written.
    pub place: Place,
    pub after: Environment<'a>,
}

impl<'a> Lowerer<'a, '_> {
    /// The way that was just gone, with the kernel put back to where it began.
    pub fn way(&mut self, value: Value<'a>, place: Place, before: Environment<'a>) -> Way<'a> {
        Way {
            value,
            place,
            after: std::mem::replace(&mut self.environment, before),
        }
    }

    /// Two ways as one: what differs after them is selected by the condition.
    pub fn join(
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
}
