//! Follows functions and closures of the kernel into their bodies, with what they are given: numbers, arrays, tuples,
//! closures, and fields by reference, so that a part of a formula can have a name.

use std::rc::Rc;

use syn::{Expr, FnArg, GenericArgument, ItemFn, Pat, ReturnType, Type};

use crate::ir::node::NodeId;
use crate::ir::place::Place;

use super::environment::{Binding, Environment};
use super::fold::{known_bool, known_integer};
use super::generic::Generics;
use super::lowerer::Lowerer;
use super::value::{Closure, Value};

impl<'a> Lowerer<'a, '_> {
    pub fn call_closure(
        &mut self,
        closure: &Rc<Closure<'a>>,
        arguments: Vec<(Value<'a>, Place)>,
        place: Place,
    ) -> Value<'a> {
        let written = closure.written;
        if written.inputs.len() != arguments.len() {
            let count = written.inputs.len();
            return self.mistake(place, format!("this closure takes {count} arguments"));
        }
        let inside = closure.environment.clone();
        self.within(inside, |lowerer| {
            for (pattern, (value, place)) in written.inputs.iter().zip(arguments) {
                lowerer.bind(pattern, value, place);
            }
            match &*written.body {
                Expr::Block(block) => lowerer.body(&block.block),
                body => lowerer.lower(body),
            }
        })
    }

    /// A function of the kernel is followed where the macro gains by it: on what only the macro understands, or to know
    /// an integer. `None` where it is left to Rust.
    pub fn call_function(
        &mut self,
        function: &'a ItemFn,
        given: Vec<&'a GenericArgument>,
        arguments: Vec<(Value<'a>, Place)>,
    ) -> Option<Value<'a>> {
        let parameters = parameters(function).filter(|names| names.len() == arguments.len())?;
        if arguments.iter().any(|(value, _)| self.is_symbolic(value)) {
            return Some(self.follow(function, parameters, &given, arguments));
        }
        let key = std::ptr::from_ref(function);
        let known = arguments.iter().all(|(value, _)| self.is_known(value));
        if !known || self.unfollowed.contains(&key) {
            return None;
        }
        let result = self.attempt(|lowerer| {
            let result = lowerer.follow(function, parameters, &given, arguments);
            lowerer.is_known(&result).then_some(result)
        });
        if result.is_none() {
            self.unfollowed.insert(key);
        }
        result
    }

    /// The value of a function's body on these arguments.
    fn follow(
        &mut self,
        function: &'a ItemFn,
        parameters: Vec<(&'a Pat, &'a Type)>,
        given: &[&'a GenericArgument],
        arguments: Vec<(Value<'a>, Place)>,
    ) -> Value<'a> {
        let mut generics = Generics::new(&function.sig.generics);
        for (number, argument) in given.iter().enumerate() {
            self.give(&mut generics, number, argument);
        }
        for ((_, ty), (value, _)) in parameters.iter().zip(&arguments) {
            self.deduce(&mut generics, ty, value);
        }
        let mut inside = self.environment.items();
        inside.generics = Rc::new(generics);
        self.within(inside, |lowerer| {
            lowerer.declare_generics();
            for ((pattern, ty), (value, place)) in parameters.into_iter().zip(arguments) {
                let value = lowerer.ascribe(value, ty);
                lowerer.bind(pattern, value, place);
            }
            let value = match lowerer.step_into(function) {
                true => {
                    let value = lowerer.body(&function.block);
                    lowerer.step_out_of_function();
                    value
                }
                false => lowerer.unknown(Place::of(&function.sig.ident), Vec::new()),
            };
            match &function.sig.output {
                ReturnType::Type(_, ty) => lowerer.ascribe(value, ty),
                ReturnType::Default => value,
            }
        })
    }

    /// Calls what an iterator's method is given: a closure, or a function by its name.
    pub fn apply(
        &mut self,
        callable: &'a Expr,
        arguments: Vec<(Value<'a>, Place)>,
    ) -> Option<Value<'a>> {
        let place = self.place(callable);
        match self.lower(callable).behind() {
            Value::Closure(closure) => Some(self.call_closure(&closure, arguments, place)),
            Value::Function(function) => {
                let parameters = parameters(function);
                let parameters = parameters.filter(|names| names.len() == arguments.len())?;
                Some(self.follow(function, parameters, &[], arguments))
            }
            _ => None,
        }
    }

    fn within<T>(&mut self, inside: Environment<'a>, work: impl FnOnce(&mut Self) -> T) -> T {
        let outside = std::mem::replace(&mut self.environment, inside);
        self.environment.enter();
        let result = work(self);
        self.environment = outside;
        result
    }

    /// The nodes of a value that depend on an input.
    pub fn active_parts(&self, value: &Value) -> Vec<NodeId> {
        match value {
            Value::Node(id) => Some(*id)
                .filter(|id| self.dag.is_active(*id))
                .into_iter()
                .collect(),
            Value::Array(elements) | Value::Tuple(elements) | Value::Sequence(elements) => elements
                .iter()
                .flat_map(|element| self.active_parts(element))
                .collect(),
            Value::Reference(value) => self.active_parts(value),
            Value::Closure(_) | Value::Function(_) | Value::Field(_) | Value::Position => {
                Vec::new()
            }
        }
    }

    /// Whether Rust that the macro does not look into could not take the value.
    fn is_symbolic(&self, value: &Value) -> bool {
        match value {
            Value::Node(id) => self.dag.is_active(*id),
            Value::Array(elements) | Value::Tuple(elements) => {
                elements.iter().any(|element| self.is_symbolic(element))
            }
            Value::Reference(value) => self.is_symbolic(value),
            Value::Function(_) => false,
            Value::Sequence(_) | Value::Closure(_) | Value::Field(_) | Value::Position => true,
        }
    }

    /// Whether all of the value is integers and truths that the macro knows.
    pub fn is_known(&self, value: &Value) -> bool {
        match value {
            Value::Node(id) => {
                known_integer(&self.dag, *id).is_some() || known_bool(&self.dag, *id).is_some()
            }
            Value::Array(elements) | Value::Tuple(elements) | Value::Sequence(elements) => {
                elements.iter().all(|element| self.is_known(element))
            }
            Value::Reference(value) => self.is_known(value),
            Value::Closure(_) | Value::Function(_) | Value::Field(_) | Value::Position => false,
        }
    }

    /// The constants among a followed function's generics become names of its body.
    fn declare_generics(&mut self) {
        let generics = Rc::clone(&self.environment.generics);
        for (name, value) in generics.constants() {
            let binding = Binding::Variable(Some(Value::Node(value)));
            self.environment.declare(name.to_string(), binding);
        }
    }
}

/// The parameters of a function that is no method.
fn parameters(function: &ItemFn) -> Option<Vec<(&Pat, &Type)>> {
    let parameters = function.sig.inputs.iter().map(|argument| match argument {
        FnArg::Typed(argument) => Some((&*argument.pat, &*argument.ty)),
        FnArg::Receiver(_) => None,
    });
    parameters.collect()
}

#[cfg(test)]
mod tests {
    use crate::ir::lower::testing::{assert_mistake, formula};

    #[test]
    fn fields_and_the_position_are_handed_on() {
        assert_eq!(
            formula(
                "fn slope(u: &Input<f64, 1>, i: isize) -> f64 { u[i + 1] - u[i] } slope(&u, 0) - slope(&v, 1)"
            ),
            "((u[1] - u[0]) - (v[2] - v[1]))"
        );
        assert_eq!(
            formula(
                "fn near(at: &Position<1>) -> bool { at.from_low(0) < 2 } if near(&at) { u[1] } else { u[0] }"
            ),
            "if ((index(0) < 2): bool) { u[1] } else { u[0] }"
        );
        assert_eq!(
            formula("let both = [&u, &v]; both.map(|field| field[1]).iter().sum::<f64>()"),
            "(u[1] + v[1])"
        );
        assert_eq!(
            formula("fn at(k: Coef<f64, 1>, i: isize) -> f64 { k[i] } at(k, 3) * u[0]"),
            "((k[3]: f64) * u[0])"
        );
        assert_mistake("outside(&u) * dt", "u", "not `outside`");
    }

    #[test]
    fn closures_and_functions_are_values() {
        assert_eq!(
            formula(
                "fn ends(f: impl Fn(isize) -> f64) -> f64 { f(1) - f(-1) } ends(|i| u[i]) * dt"
            ),
            "((u[1] - u[-1]) * dt)"
        );
        assert_eq!(
            formula(
                "fn twice(x: f64) -> f64 { 2.0 * x } fn of(f: fn(f64) -> f64, x: f64) -> f64 { f(x) } of(twice, u[0])"
            ),
            "(2.0 * u[0])"
        );
        assert_eq!(
            formula("fn twice(x: f64) -> f64 { 2.0 * x } [u[0], u[1]].map(twice)[1]"),
            "(2.0 * u[1])"
        );
    }

    #[test]
    fn a_reference_stays_one_for_rust() {
        assert_eq!(
            formula("let c = [dt, 2.0]; let r = &c[0]; f64::max(*r, 1.0) * *r * u[0]"),
            "(({ let r = &dt; f64 :: max (* r , 1.0) } * dt) * u[0])"
        );
    }
}
