//! Calls. Integer methods, `powi` and what is declared in the body are followed; every other call of passive values is
//! one opaque value.

use std::rc::Rc;

use syn::{Expr, ExprCall, ExprMethodCall, FnArg, ItemFn, Pat, ReturnType, Type};

use crate::ir::node::{Binary, Form, Node, NodeId};
use crate::ir::place::Place;

use super::environment::{Binding, Environment};
use super::fold::{Folded, fold_method, known_bool, known_integer};
use super::lowerer::Lowerer;
use super::value::{Closure, Value};

impl<'a> Lowerer<'a, '_> {
    pub fn method_call(&mut self, call: &'a ExprMethodCall, written: &'a Expr) -> Value<'a> {
        let place = Place::at(call.method.span()).to(Place::at(call.paren_token.span.close()));
        if self.is_position(&call.receiver) {
            return self.query(call, place);
        }
        let method = call.method.to_string();
        if method == "powi"
            && let Some(exponent) = call.args.first().filter(|_| call.args.len() == 1)
        {
            let exponent = self.lower_single(exponent);
            if let Some(exponent) =
                known_integer(&self.dag, exponent).and_then(|known| i32::try_from(known).ok())
            {
                let base = self.lower_single(&call.receiver);
                return self.power(base, exponent, place);
            }
        }
        match self.integer_method(call, &method, place) {
            Some(value) => value,
            None => self.passive(written, Form::Method(method), place),
        }
    }

    /// `base.powi(exponent)` as the products that LLVM's `powi` makes, in its order, so that the bits agree.
    fn power(&mut self, base: NodeId, exponent: i32, place: Place) -> Value<'a> {
        let product = |lowerer: &mut Self, left, right| {
            lowerer
                .dag
                .add_at(Node::Binary(Binary::Mul, left, right), place)
        };
        let mut left = exponent.unsigned_abs();
        let mut square = base;
        let mut result = None;
        while left > 0 {
            if left & 1 == 1 {
                result = Some(match result {
                    Some(result) => product(self, result, square),
                    None => square,
                });
            }
            left >>= 1;
            if left > 0 {
                square = product(self, square, square);
            }
        }
        let one = self.dag.add_at(Node::Literal("1.0".into()), place);
        let result = result.unwrap_or(one);
        if exponent < 0 {
            self.node(Node::Binary(Binary::Div, one, result), place)
        } else {
            Value::Node(result)
        }
    }

    fn integer_method(
        &mut self,
        call: &'a ExprMethodCall,
        method: &str,
        place: Place,
    ) -> Option<Value<'a>> {
        const EVALUATED: [&str; 7] = [
            "abs",
            "signum",
            "min",
            "max",
            "pow",
            "div_euclid",
            "rem_euclid",
        ];
        if !EVALUATED.contains(&method) {
            return None;
        }
        let mut operands = vec![self.known_receiver(&call.receiver)?];
        for argument in &call.args {
            operands.push(self.lower_single(argument));
        }
        match fold_method(&mut self.dag, method, &operands) {
            Folded::Known(id) => Some(Value::Node(id)),
            Folded::Impossible(message) => Some(self.mistake(place, message)),
            Folded::Unknown => None,
        }
    }

    /// The known integer that the expression is; what is no integer will be lowered in another way.
    fn known_receiver(&mut self, written: &'a Expr) -> Option<NodeId> {
        self.attempt(|lowerer| match lowerer.lower(written) {
            Value::Node(id) => known_integer(&lowerer.dag, id).map(|_| id),
            _ => None,
        })
    }

    pub fn call(&mut self, call: &'a ExprCall, written: &'a Expr, place: Place) -> Value<'a> {
        match self.binding_of(&call.func).cloned() {
            Some(Binding::Variable(Some(Value::Closure(closure)))) => {
                self.call_closure(&closure, call, place)
            }
            Some(Binding::Function(function)) => self.call_function(function, call, written, place),
            _ => self.passive_call(call, written, place),
        }
    }

    fn passive_call(&mut self, call: &'a ExprCall, written: &'a Expr, place: Place) -> Value<'a> {
        let name = quote::ToTokens::to_token_stream(&call.func)
            .to_string()
            .replace(' ', "");
        self.passive(written, Form::Call(name), place)
    }

    fn call_closure(
        &mut self,
        closure: &Rc<Closure<'a>>,
        call: &'a ExprCall,
        place: Place,
    ) -> Value<'a> {
        let written = closure.written;
        if written.inputs.len() != call.args.len() {
            return self.mistake(
                place,
                format!("this closure takes {} arguments", written.inputs.len()),
            );
        }
        let arguments = self.arguments(call);
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

    /// A function of the body is followed where the macro gains by it: on active arguments, or to know an integer.
    fn call_function(
        &mut self,
        function: &'a ItemFn,
        call: &'a ExprCall,
        written: &'a Expr,
        place: Place,
    ) -> Value<'a> {
        let Some(parameters) =
            plain_parameters(function).filter(|names| names.len() == call.args.len())
        else {
            return self.passive_call(call, written, place);
        };
        let errors = self.context.count();
        let arguments = self.arguments(call);
        if self.context.count() > errors {
            return self.unknown(place, Vec::new());
        }
        let active = (arguments.iter()).any(|(value, _)| !self.active_parts(value).is_empty());
        if active {
            return self.follow(function, parameters, arguments);
        }
        let known = arguments.iter().all(|(value, _)| self.is_known(value));
        if known && !self.unfollowed.contains(&std::ptr::from_ref(function)) {
            let result = self.attempt(|lowerer| {
                let result = lowerer.follow(function, parameters, arguments);
                lowerer.is_known(&result).then_some(result)
            });
            match result {
                Some(result) => return result,
                None => self.unfollowed.insert(function),
            };
        }
        self.passive_call(call, written, place)
    }

    /// The value of a function's body on these arguments.
    fn follow(
        &mut self,
        function: &'a ItemFn,
        parameters: Vec<(&'a Pat, &'a Type)>,
        arguments: Vec<(Value<'a>, Place)>,
    ) -> Value<'a> {
        let inside = self.environment.items();
        self.within(inside, |lowerer| {
            for ((pattern, ty), (value, place)) in parameters.into_iter().zip(arguments) {
                let value = lowerer.ascribe(value, ty);
                lowerer.bind(pattern, value, place);
            }
            let value = lowerer.body(&function.block);
            match &function.sig.output {
                ReturnType::Type(_, ty) => lowerer.ascribe(value, ty),
                ReturnType::Default => value,
            }
        })
    }

    fn arguments(&mut self, call: &'a ExprCall) -> Vec<(Value<'a>, Place)> {
        let mut arguments = Vec::new();
        for argument in &call.args {
            let value = self.lower(argument);
            arguments.push((value, self.place(argument)));
        }
        arguments
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
            Value::Array(elements) | Value::Tuple(elements) => elements
                .iter()
                .flat_map(|element| self.active_parts(element))
                .collect(),
            Value::Closure(_) => Vec::new(),
        }
    }

    fn is_known(&self, value: &Value) -> bool {
        match value {
            Value::Node(id) => {
                known_integer(&self.dag, *id).is_some() || known_bool(&self.dag, *id).is_some()
            }
            Value::Array(elements) | Value::Tuple(elements) => {
                elements.iter().all(|element| self.is_known(element))
            }
            Value::Closure(_) => false,
        }
    }
}

/// The parameters of a function that can be followed: not generic, nothing but values.
fn plain_parameters(function: &ItemFn) -> Option<Vec<(&Pat, &Type)>> {
    if !function.sig.generics.params.is_empty() {
        return None;
    }
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
    fn passive_calls_are_opaque() {
        assert_eq!(
            formula("(dt * k[1]).sqrt() * u[0]"),
            "({ let dt = dt; let __operand_0 = k[1]; (dt * __operand_0) . sqrt () } * u[0])"
        );
        assert_eq!(
            formula("f64::max(dt, 1.0) * u[0]"),
            "({ let dt = dt; f64 :: max (dt , 1.0) } * u[0])"
        );
    }

    #[test]
    fn powi_is_a_fixed_order_of_products() {
        assert_eq!(formula("dt.powi(1) * u[0]"), "(dt * u[0])");
        assert_eq!(formula("dt.powi(3) * u[0]"), "((dt * (dt * dt)) * u[0])");
        assert_eq!(
            formula("dt.powi(4) * u[0]"),
            "(((dt * dt) * (dt * dt)) * u[0])"
        );
        assert_eq!(formula("dt.powi(-2) * u[0]"), "((1.0 / (dt * dt)) * u[0])");
        assert_eq!(formula("dt.powi(0) * u[0]"), "(1.0 * u[0])");
        assert_eq!(
            formula("dt.powi(n) * u[0]"),
            "({ let dt = dt; let n = n; dt . powi (n) } * u[0])"
        );
    }

    #[test]
    fn integer_methods_are_evaluated() {
        assert_eq!(
            formula("const N: i32 = -5; u[N.abs().min(4).pow(2) as isize]"),
            "u[16]"
        );
        assert_eq!(formula("u[(-5_isize).rem_euclid(3)]"), "u[1]");
    }

    #[test]
    fn functions_and_closures_of_the_body_are_followed() {
        assert_eq!(
            formula(
                "fn second(a: f64, b: f64, c: f64) -> f64 { a - 2.0 * b + c } second(u[-1], u[0], u[1])"
            ),
            "((u[-1] - (2.0 * u[0])) + u[1])"
        );
        assert_eq!(
            formula("let d = |i: isize| u[i + 1] - u[i]; d(0) - d(-1)"),
            "((u[1] - u[0]) - (u[0] - u[-1]))"
        );
        assert_eq!(
            formula("fn g(x: f64) -> f64 { x.exp() } g(dt) * u[0]"),
            "({ let dt = dt; g (dt) } * u[0])"
        );
        assert_eq!(
            formula("let twice = |x| 2.0 * x; twice(twice(dt)).sin() * u[0]"),
            "({ let __operand_0 = (2.0 * (2.0 * dt)); __operand_0 . sin () } * u[0])"
        );
    }

    #[test]
    fn a_function_that_takes_long_is_left_to_rust() {
        assert_eq!(
            formula(
                "fn fib(n: u32) -> u32 { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } } fib(40) as f64 * u[0]"
            ),
            "(({ fib (40) } as f64) * u[0])"
        );
        assert_eq!(
            formula(
                "fn fib(n: u32) -> u32 { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } } u[fib(10) as isize]"
            ),
            "u[55]"
        );
    }

    #[test]
    fn endless_recursion_ends() {
        assert_mistake(
            "fn f(i: isize) -> isize { f(i + 1) } u[f(0)]",
            "f(0)",
            "does not evaluate",
        );
        assert_mistake(
            "fn f(x: f64) -> f64 { f(x) } f(u[0])",
            "x",
            "nested too deeply",
        );
    }
}
