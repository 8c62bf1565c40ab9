//! Lowers a kernel: its arguments become the first names of the body, the value of the body its outputs.

use proc_macro2::Ident;
use syn::{Block, Expr, ItemFn, Type};

use crate::diagnostics::Context;
use crate::ir::kernel::{Kernel, Locations};
use crate::ir::node::{Node, NodeId};
use crate::ir::place::Place;
use crate::syntax::argument::Argument;
use crate::syntax::field_type::filter_axes;
use crate::syntax::kind::Kind;
use crate::syntax::location::Location;
use crate::syntax::output::Returned;
use crate::syntax::scalar::Scalars;
use crate::syntax::signature::Signature;
use crate::syntax::surroundings::Surroundings;

use super::environment::Binding;
use super::lowerer::Lowerer;
use super::statement::tail;
use super::value::Value;

/// The function's formula as a DAG. What could not be understood has been reported, and is stood in for.
pub fn lower(
    signature: &Signature,
    function: &ItemFn,
    surroundings: Surroundings<'_>,
    context: &Context,
) -> Kernel {
    let mut lowerer = Lowerer::new(signature, context);
    lowerer.environment.enter();
    lowerer.declare_surroundings(surroundings);
    lowerer.environment.enter();
    lowerer.declare_arguments(signature);
    let value = lowerer.body(&function.block);
    let (outputs, output_places) = lowerer.outputs(signature, function, value);
    let coefficients = of_kind(signature, Kind::Coefficient);
    let frozen = signature.origin.iter().flat_map(|origin| &origin.frozen);
    Kernel {
        inputs: of_kind(signature, Kind::Input),
        frozen: frozen
            .filter_map(|name| coefficients.iter().position(|other| other == name))
            .collect(),
        overwritten: Vec::new(),
        coefficients,
        parameters: [Kind::Parameter, Kind::Bank]
            .map(|kind| of_kind(signature, kind))
            .concat(),
        banks: banks(signature),
        members: None,
        real_parameters: [Kind::Parameter, Kind::Bank]
            .map(|kind| are_real(signature, kind))
            .concat(),
        real_coefficients: are_real(signature, Kind::Coefficient),
        parameter_types: [Kind::Parameter, Kind::Bank]
            .map(|kind| types_of(signature, kind))
            .concat(),
        coefficient_types: types_of(signature, Kind::Coefficient),
        scalar: signature.scalar.clone(),
        numbers: signature.numbers,
        locations: Locations {
            inputs: locations_of(signature, Kind::Input),
            coefficients: locations_of(signature, Kind::Coefficient),
            outputs: signature.output.locations.clone(),
        },
        axes: signature.axes,
        dag: lowerer.dag,
        outputs,
        output_places,
        constants: surroundings.constants.to_vec(),
        items: lowerer.items.into_vec(),
    }
}

fn are_real(signature: &Signature, kind: Kind) -> Vec<bool> {
    let scalars = Scalars::of(&signature.generics);
    let arguments = signature.arguments_of(kind);
    arguments
        .map(|argument| scalars.is_real(&argument.ty))
        .collect()
}

fn of_kind(signature: &Signature, kind: Kind) -> Vec<Ident> {
    signature
        .arguments_of(kind)
        .map(|argument| argument.name.clone())
        .collect()
}

fn types_of(signature: &Signature, kind: Kind) -> Vec<Type> {
    let arguments = signature.arguments_of(kind);
    arguments.map(|argument| argument.ty.clone()).collect()
}

fn locations_of(signature: &Signature, kind: Kind) -> Vec<Location> {
    let arguments = signature.arguments_of(kind);
    arguments
        .map(|argument| argument.location.clone())
        .collect()
}

/// Which of the parameters are banks, and how many axes their filters have: they come after all others.
fn banks(signature: &Signature) -> Vec<(usize, usize)> {
    let first = signature.arguments_of(Kind::Parameter).count();
    let axes = signature
        .arguments_of(Kind::Bank)
        .map(|bank| filter_axes(&bank.ty));
    (first..).zip(axes).collect()
}

impl<'a> Lowerer<'a, '_> {
    fn declare_arguments(&mut self, signature: &Signature) {
        let is_bank = |argument: &&Argument| argument.kind == Kind::Bank;
        let (banks, others): (Vec<_>, Vec<_>) = signature.arguments.iter().partition(is_bank);
        for argument in others.into_iter().chain(banks) {
            let name = &argument.name;
            let binding = match argument.kind {
                Kind::Input => {
                    self.inputs.push(name.clone());
                    Binding::Input(self.inputs.len() - 1)
                }
                Kind::Coefficient => {
                    self.coefficients.push(name.clone());
                    self.coefficient_types.push(argument.ty.clone());
                    Binding::Coefficient(self.coefficients.len() - 1)
                }
                Kind::Bank => {
                    self.parameters.push(name.clone());
                    Binding::Bank(self.parameters.len() - 1)
                }
                Kind::Position => Binding::Position,
                Kind::Parameter => {
                    let parameter = Node::Parameter(self.parameters.len());
                    self.parameters.push(name.clone());
                    let parameter = self.dag.add_at(parameter, Place::of(name));
                    self.parameter_types.insert(parameter, argument.ty.clone());
                    Binding::Variable(Some(Value::Node(parameter)))
                }
            };
            self.environment.declare(name.to_string(), binding);
        }
    }

    /// The roots of the outputs, and where each is written.
    fn outputs(
        &mut self,
        signature: &Signature,
        function: &'a ItemFn,
        value: Value<'a>,
    ) -> (Vec<NodeId>, Vec<Place>) {
        let count = signature.output.count();
        let place = self.tail_place(&function.block);
        let values = match (signature.output.shape, value) {
            (
                Returned::One,
                value @ (Value::Node(_)
                | Value::Reference(_)
                | Value::Field(_)
                | Value::Position
                | Value::Sequence(_)
                | Value::Closure(_)),
            ) => vec![value],
            (Returned::Tuple(_), Value::Tuple(values)) if values.len() == count => values,
            (_, Value::Node(id)) if self.is_mistake(id) => vec![Value::Node(id)],
            (_, value) => {
                self.report_shape(count, &value, place);
                return (Vec::new(), Vec::new());
            }
        };
        let places = self.output_places(&function.block, values.len(), place);
        let roots = values.into_iter().zip(&places);
        let roots = roots
            .map(|(value, place)| self.single(value, *place))
            .collect();
        (roots, places)
    }

    /// rustc says so too where the types are wrong, but the macro must not go on.
    fn report_shape(&mut self, count: usize, value: &Value<'a>, place: Place) {
        if self.context.count() > 0 {
            return;
        }
        let message = match (value, count) {
            (Value::Tuple(values), _) if values.is_empty() => {
                "the body ends without a value\nhelp: end it with the expression to return, without a semicolon".to_string()
            }
            (_, 1) => "a kernel with one output ends in one number".to_string(),
            _ => format!("a kernel with {count} outputs ends in a tuple of {count} numbers\nhelp: write the tuple out"),
        };
        self.context.error_at(place, message);
    }

    fn output_places(&mut self, block: &'a Block, count: usize, place: Place) -> Vec<Place> {
        let mut tail = tail(block);
        while let Some(Expr::Paren(paren)) = tail {
            tail = Some(&paren.expr);
        }
        match tail {
            Some(Expr::Tuple(tuple)) if tuple.elems.len() == count => tuple
                .elems
                .iter()
                .map(|element| self.place(element))
                .collect(),
            _ => vec![place; count],
        }
    }
}
