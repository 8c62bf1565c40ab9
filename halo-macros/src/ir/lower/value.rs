//! What a name or an expression of the body stands for while the body is executed symbolically.

use std::rc::Rc;

use syn::ExprClosure;

use crate::ir::node::NodeId;

use super::environment::Environment;

#[derive(Clone)]
pub enum Value<'a> {
    /// A number, or anything passive that the macro does not look into.
    Node(NodeId),
    Array(Vec<Value<'a>>),
    Tuple(Vec<Value<'a>>),
    /// A closure, lowered anew at each call.
    Closure(Rc<Closure<'a>>),
}

pub struct Closure<'a> {
    pub written: &'a ExprClosure,
    /// What it captured.
    pub environment: Environment<'a>,
}

impl Value<'_> {
    pub fn unit() -> Self {
        Value::Tuple(Vec::new())
    }
}

impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Node(left), Value::Node(right)) => left == right,
            (Value::Array(left), Value::Array(right)) => left == right,
            (Value::Tuple(left), Value::Tuple(right)) => left == right,
            (Value::Closure(left), Value::Closure(right)) => Rc::ptr_eq(left, right),
            _ => false,
        }
    }
}
