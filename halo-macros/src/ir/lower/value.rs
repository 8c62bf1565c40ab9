//! What a name or an expression of the body stands for while the body is executed symbolically.

use std::rc::Rc;

use syn::{ExprClosure, ItemFn};

use crate::ir::node::NodeId;

use super::environment::Environment;
use super::read::Field;

#[derive(Clone)]
pub enum Value<'a> {
    /// A number, or anything passive that the macro does not look into.
    Node(NodeId),
    Array(Vec<Value<'a>>),
    Tuple(Vec<Value<'a>>),
    /// An iterator over what the macro knows: `a.iter()`, `0..4`.
    Sequence(Vec<Value<'a>>),
    /// `&value`. The macro looks through it; Rust that it does not look into gets a reference.
    Reference(Box<Value<'a>>),
    /// A field named without an offset, on its way to a function of the kernel.
    Field(Field),
    /// The position, on its way likewise.
    Position,
    /// A function of the kernel, by its name.
    Function(&'a ItemFn),
    /// A closure, lowered anew at each call.
    Closure(Rc<Closure<'a>>),
}

pub struct Closure<'a> {
    pub written: &'a ExprClosure,
    /// What it captured.
    pub environment: Environment<'a>,
}

impl<'a> Value<'a> {
    pub fn unit() -> Self {
        Value::Tuple(Vec::new())
    }

    /// How many values it holds.
    pub fn size(&self) -> usize {
        match self {
            Value::Array(parts) | Value::Tuple(parts) | Value::Sequence(parts) => {
                parts.iter().map(Value::size).sum()
            }
            Value::Reference(value) => value.size(),
            _ => 1,
        }
    }

    pub fn reference(self) -> Self {
        Value::Reference(Box::new(self))
    }

    /// What is behind the references.
    pub fn behind(self) -> Value<'a> {
        match self {
            Value::Reference(value) => value.behind(),
            value => value,
        }
    }

    /// Parts of what a reference refers to are reached through references too.
    pub fn part_of(self, whole: &Value<'a>) -> Value<'a> {
        match whole {
            Value::Reference(_) => self.reference(),
            _ => self,
        }
    }
}

impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Node(left), Value::Node(right)) => left == right,
            (Value::Array(left), Value::Array(right)) => left == right,
            (Value::Tuple(left), Value::Tuple(right)) => left == right,
            (Value::Sequence(left), Value::Sequence(right)) => left == right,
            (Value::Reference(left), Value::Reference(right)) => left == right,
            (Value::Field(left), Value::Field(right)) => left == right,
            (Value::Position, Value::Position) => true,
            (Value::Function(left), Value::Function(right)) => std::ptr::eq(*left, *right),
            (Value::Closure(left), Value::Closure(right)) => Rc::ptr_eq(left, right),
            _ => false,
        }
    }
}
