//! Calls. Integer methods, `powi` and what is declared in the body are followed; every other call of passive values is
//! one opaque value.

use syn::{Expr, ExprCall, ExprMethodCall, ExprPath, GenericArgument, PathArguments, PathSegment};

use crate::ir::node::{Binary, Form, Node, NodeId};
use crate::ir::place::Place;

use super::environment::Binding;
use super::fold::{Folded, fold_method, known_integer};
use super::lowerer::Lowerer;
use super::value::Value;
use crate::syntax::scalar::Numbers;

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
                // The inverse powers of complex numbers are num-complex's own.
                && (exponent > 0 || self.numbers == Numbers::Real)
            {
                let base = self.lower_single(&call.receiver);
                return self.power(base, exponent, place);
            }
        }
        if let Some(value) = self.iteration(call, written) {
            return value;
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
        let callee = self.callee(&call.func);
        if !matches!(callee, Some(Value::Closure(_) | Value::Function(_))) {
            return self.passive_call(call, written, place);
        }
        let errors = self.context.count();
        let arguments = self.arguments(call);
        if self.context.count() > errors {
            return self.unknown(place, Vec::new());
        }
        match callee {
            Some(Value::Function(function)) => {
                let given = turbofish(&call.func);
                let followed = self.call_function(function, given, arguments);
                followed.unwrap_or_else(|| self.passive_call(call, written, place))
            }
            Some(Value::Closure(closure)) => self.call_closure(&closure, arguments, place),
            _ => self.passive_call(call, written, place),
        }
    }

    /// The closure or function of the kernel that is called.
    fn callee(&mut self, function: &'a Expr) -> Option<Value<'a>> {
        match function {
            Expr::Paren(paren) => self.callee(&paren.expr),
            Expr::Group(group) => self.callee(&group.expr),
            Expr::Closure(_) => Some(self.lower(function)),
            Expr::Path(path) => {
                let name = only_segment(path)?.ident.to_string();
                match self.environment.find(&name)? {
                    Binding::Variable(Some(value)) => Some(value.clone().behind()),
                    Binding::Function(function) => Some(Value::Function(function)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn passive_call(&mut self, call: &'a ExprCall, written: &'a Expr, place: Place) -> Value<'a> {
        let name = quote::ToTokens::to_token_stream(&call.func)
            .to_string()
            .replace(' ', "");
        let form = match self.is_zero_call(call) {
            true => Form::Zero,
            false => Form::Call(name),
        };
        self.passive(written, form, place)
    }

    fn arguments(&mut self, call: &'a ExprCall) -> Vec<(Value<'a>, Place)> {
        let mut arguments = Vec::new();
        for argument in &call.args {
            let value = self.lower(argument);
            arguments.push((value, self.place(argument)));
        }
        arguments
    }
}

/// The segment of a path that has no other, whatever its generic arguments.
fn only_segment(path: &ExprPath) -> Option<&PathSegment> {
    let path = path.qself.is_none().then_some(&path.path)?;
    let only = path.leading_colon.is_none() && path.segments.len() == 1;
    path.segments.first().filter(|_| only)
}

/// The generic arguments in `name::<..>`.
fn turbofish(function: &Expr) -> Vec<&GenericArgument> {
    let arguments = match function {
        Expr::Paren(paren) => return turbofish(&paren.expr),
        Expr::Group(group) => return turbofish(&group.expr),
        Expr::Path(path) => only_segment(path).map(|segment| &segment.arguments),
        _ => None,
    };
    match arguments {
        Some(PathArguments::AngleBracketed(arguments)) => arguments.args.iter().collect(),
        _ => Vec::new(),
    }
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
        assert_mistake("fn f(x: f64) -> f64 { f(x) } f(u[0])", "f", "calls itself");
    }
}
