//! The state of a symbolic execution of the kernel's body, and the few things that every part of it does: add a value,
//! report a mistake, ask where an expression is written.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{Expr, ItemConst, ItemFn, Type};

use crate::diagnostics::Context;
use crate::ir::dag::Dag;
use crate::ir::node::{Form, Node, NodeId, Opaque, OperandName};
use crate::ir::place::Place;
use crate::syntax::scalar::{Numbers, float_within};
use crate::syntax::signature::Signature;

use super::budget::Budget;
use super::environment::Environment;
use super::items::Items;
use super::value::Value;

pub struct Lowerer<'a, 'c> {
    pub context: &'c Context,
    pub dag: Dag,
    /// The number of stencil axes.
    pub axes: usize,
    /// What inputs hold.
    pub scalar: Type,
    pub numbers: Numbers,
    /// In a kernel over any scalar: the type of float literals where the user has said that it is not the scalar.
    pub float: Option<&'static str>,
    pub inputs: Vec<Ident>,
    pub coefficients: Vec<Ident>,
    pub parameters: Vec<Ident>,
    pub environment: Environment<'a>,
    pub items: Items,
    /// Constants of the body that were asked for; `None` while one is being found.
    pub constants: HashMap<*const ItemConst, Option<Value<'a>>>,
    /// Functions of the body that took too long, or came to nothing known, when they were followed.
    pub unfollowed: HashSet<*const ItemFn>,
    pub budget: Budget,
    /// The types of the parameters: what is known of a value whose length only its type says.
    pub parameter_types: HashMap<NodeId, Type>,
    pub coefficient_types: Vec<Type>,
    places: HashMap<*const Expr, Place>,
}

impl<'a, 'c> Lowerer<'a, 'c> {
    pub fn new(signature: &Signature, context: &'c Context) -> Self {
        Lowerer {
            context,
            dag: Dag::default(),
            axes: signature.axes,
            scalar: signature.scalar.clone(),
            numbers: signature.numbers,
            float: None,
            inputs: Vec::new(),
            coefficients: Vec::new(),
            parameters: Vec::new(),
            environment: Environment::default(),
            items: Items::default(),
            constants: HashMap::new(),
            unfollowed: HashSet::new(),
            budget: Budget::default(),
            parameter_types: HashMap::new(),
            coefficient_types: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// Where the expression is written. Remembered, since a loop asks again and again.
    pub fn place(&mut self, written: &'a Expr) -> Place {
        if let Some(place) = self.places.get(&std::ptr::from_ref(written)) {
            return *place;
        }
        let place = match written {
            // A long sum is not tokenised once per partial sum.
            Expr::Binary(binary) => {
                let last = self.place(&binary.right);
                self.leftmost(&binary.left).to(last)
            }
            _ => Place::of(written),
        };
        self.places.insert(written, place);
        place
    }

    /// Where the first operand of a chain of operators is written.
    fn leftmost(&mut self, mut written: &'a Expr) -> Place {
        while let Expr::Binary(binary) = written {
            written = &binary.left;
        }
        self.place(written)
    }

    /// Lowers what has the type `ty`: in a kernel over any scalar, its literals are numbers of the scalar unless that type
    /// says otherwise.
    pub fn typed<T>(&mut self, ty: &Type, lower: impl FnOnce(&mut Self) -> T) -> T {
        let float = match self.numbers {
            Numbers::Generic => float_within(ty),
            _ => None,
        };
        let outside = std::mem::replace(&mut self.float, float);
        let value = lower(self);
        self.float = outside;
        value
    }

    pub fn node(&mut self, node: Node, place: Place) -> Value<'a> {
        Value::Node(self.dag.add_at(node, place))
    }

    /// Reports a mistake; the value stands for whatever was meant.
    pub fn mistake(&mut self, place: Place, message: impl std::fmt::Display) -> Value<'a> {
        self.context.error_at(place, message);
        self.unknown(place, Vec::new())
    }

    /// A value about which an error has been reported. Mistakes in its operands are still found.
    pub fn unknown(&mut self, place: Place, operands: Vec<NodeId>) -> Value<'a> {
        self.opaque(
            TokenStream::new(),
            Vec::<Ident>::new(),
            operands,
            Form::Mistake,
            place,
        )
    }

    pub fn opaque(
        &mut self,
        tokens: TokenStream,
        names: Vec<impl Into<OperandName>>,
        operands: Vec<NodeId>,
        form: Form,
        place: Place,
    ) -> Value<'a> {
        let names = names.into_iter().map(Into::into).collect();
        let opaque = self.dag.add_opaque(Opaque {
            tokens,
            names,
            form,
        });
        self.node(Node::Opaque { opaque, operands }, place)
    }

    /// The value as one node; arrays and tuples are built from their elements.
    pub fn single(&mut self, value: Value<'a>, place: Place) -> NodeId {
        let (elements, brackets): (_, fn(&[Ident]) -> TokenStream) = match value {
            Value::Node(id) => return id,
            Value::Reference(value) => return self.single(*value, place),
            Value::Field(field) => return self.used_whole(field, place),
            Value::Position => {
                let unknown = self.asked_nothing(place);
                return self.single(unknown, place);
            }
            Value::Sequence(_) => {
                let message = "an iterator is no number\nhelp: end it with `.sum::<f64>()`, or write a `for` loop over it";
                let unknown = self.mistake(place, message);
                return self.single(unknown, place);
            }
            Value::Array(elements) => (elements, |names| quote!([#(#names),*])),
            Value::Tuple(elements) => (elements, |names| quote!((#(#names,)*))),
            Value::Function(function) => {
                let name = &function.sig.ident;
                let form = Form::Path(name.to_string());
                let function =
                    self.opaque(quote!(#name), Vec::<Ident>::new(), Vec::new(), form, place);
                return self.single(function, place);
            }
            Value::Closure(_) => {
                let message = "a closure of the kernel can only be called\nhelp: write its body out here, or declare a `fn`";
                let unknown = self.mistake(place, message);
                return self.single(unknown, place);
            }
        };
        let operands: Vec<_> = elements
            .into_iter()
            .map(|element| self.single(element, place))
            .collect();
        let names = operand_names(operands.len());
        let tokens = brackets(&names);
        let aggregate = self.opaque(tokens, names, operands, Form::Aggregate, place);
        self.single(aggregate, place)
    }
}

/// Names that no user can write, for operands that had none.
pub fn operand_names(count: usize) -> Vec<Ident> {
    (0..count).map(operand_name).collect()
}

pub fn operand_name(number: usize) -> Ident {
    format_ident!("__operand_{number}", span = proc_macro2::Span::mixed_site())
}
