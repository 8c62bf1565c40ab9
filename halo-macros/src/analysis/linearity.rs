//! The rule that makes the adjoint right: every output is a linear function of the inputs. Each value of the formula is
//! given its class, operands first; where a class first goes wrong, the mistake is reported at the token that made it.

use crate::diagnostics::Context;
use crate::ir::kernel::Kernel;
use crate::ir::node::{Binary, Form, Node, NodeId, Unary};
use crate::ir::place::Place;

/// What a value is as a function of the inputs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Class {
    /// Zero, whatever the inputs and the parameters.
    Zero,
    /// No input in it.
    Constant,
    /// A sum of inputs times constants.
    Linear,
    /// Linear plus a constant: already reported.
    Affine,
    /// Anything else: already reported.
    Nonlinear,
}

/// Reports everything that makes an output other than linear.
pub fn check_linearity(kernel: &Kernel, context: &Context) {
    // What was not understood may have read one.
    let complete = context.count() == 0;
    let classes = classify(kernel, context);
    for (root, place) in kernel.outputs.iter().zip(&kernel.output_places) {
        if complete && classes[root.index()] <= Class::Constant {
            let input = &kernel.inputs[0];
            let centre = vec!["0"; kernel.axes].join(", ");
            context.error_once(
                *place,
                format!("this output reads no input, so it is no linear operator\nhelp: read one, for example `{input}[[{centre}]]`"),
            );
        }
    }
}

/// The class of every node that the outputs are made of.
fn classify(kernel: &Kernel, context: &Context) -> Vec<Class> {
    let mut classes = vec![Class::Zero; kernel.dag.len()];
    for id in kernel.dag.reachable(&kernel.outputs) {
        let (class, mistake) = Classifier {
            kernel,
            classes: &classes,
            id,
        }
        .classify();
        classes[id.index()] = class;
        if let Some((place, message)) = mistake {
            context.error_once(place, message);
        }
    }
    classes
}

type Mistake = Option<(Place, String)>;

/// One node with the classes of its operands.
struct Classifier<'a> {
    kernel: &'a Kernel,
    classes: &'a [Class],
    id: NodeId,
}

impl Classifier<'_> {
    fn classify(&self) -> (Class, Mistake) {
        let node = self.kernel.dag.node(self.id);
        let operands = node.operands();
        let highest = operands.iter().map(|id| self.class(*id)).max();
        if highest == Some(Class::Nonlinear) {
            return (Class::Nonlinear, None);
        }
        match node {
            Node::Read { .. } | Node::Seed { .. } => (Class::Linear, None),
            Node::Literal(text) => (literal(text), None),
            Node::Unary(Unary::Neg, value) | Node::Typed { value, .. } => {
                (self.class(*value), None)
            }
            Node::Binary(Binary::Add | Binary::Sub, left, right) => self.sum(*left, *right),
            Node::Binary(Binary::Mul, left, right) => self.product(*left, *right),
            Node::Binary(Binary::Div, left, right) => self.quotient(*left, *right),
            Node::Select {
                condition,
                then,
                other,
            } => self.select(*condition, *then, *other),
            Node::Opaque { opaque, .. } => self.opaque(&self.kernel.dag.opaque(*opaque).form),
            _ if highest >= Some(Class::Linear) => (Class::Nonlinear, self.function(node)),
            _ => (Class::Constant, None),
        }
    }

    fn class(&self, id: NodeId) -> Class {
        self.classes[id.index()]
    }

    /// Zero is neutral, a constant beside an input is a mistake.
    fn sum(&self, left: NodeId, right: NodeId) -> (Class, Mistake) {
        let (first, second) = (self.class(left), self.class(right));
        let constant = match (first, second) {
            (Class::Constant, Class::Linear | Class::Affine) => 0,
            (Class::Linear | Class::Affine, Class::Constant) => 1,
            _ => return (first.max(second), None),
        };
        (Class::Affine, self.at(constant, ADDED_CONSTANT))
    }

    fn product(&self, left: NodeId, right: NodeId) -> (Class, Mistake) {
        let (first, second) = (self.class(left), self.class(right));
        match (first, second) {
            (Class::Zero, Class::Zero | Class::Constant) | (Class::Constant, Class::Zero) => {
                (Class::Zero, None)
            }
            (Class::Zero | Class::Constant, class) | (class, Class::Zero | Class::Constant) => {
                (class, None)
            }
            _ => (Class::Nonlinear, self.whole(PRODUCT)),
        }
    }

    fn quotient(&self, left: NodeId, right: NodeId) -> (Class, Mistake) {
        match self.class(right) {
            Class::Zero | Class::Constant => (self.class(left), None),
            _ => (Class::Nonlinear, self.at(1, DIVISION)),
        }
    }

    fn select(&self, condition: NodeId, then: NodeId, other: NodeId) -> (Class, Mistake) {
        if self.class(condition) >= Class::Linear {
            return (Class::Nonlinear, self.at(0, CONDITION));
        }
        let (first, second) = (self.class(then), self.class(other));
        let constant = match (first, second) {
            (Class::Constant, Class::Linear | Class::Affine) => 1,
            (Class::Linear | Class::Affine, Class::Constant) => 2,
            _ => return (first.max(second), None),
        };
        (Class::Affine, self.at(constant, CONSTANT_BRANCH))
    }

    fn opaque(&self, form: &Form) -> (Class, Mistake) {
        match form {
            Form::Mistake => return (Class::Nonlinear, None),
            Form::Zero => return (Class::Zero, None),
            _ => {}
        }
        if !self.kernel.dag.is_active(self.id) {
            return (Class::Constant, None);
        }
        let message = match form {
            Form::Method(name) if name == "mul_add" => MUL_ADD.to_string(),
            Form::Method(name) if ["conj", "re", "im"].contains(&name.as_str()) => {
                real_linear(&format!("`.{name}()`"))
            }
            Form::Part(name) => real_linear(&format!("`.{name}`")),
            Form::Method(name) => function_of_input(&format!("`.{name}(..)`")),
            Form::Call(name) => function_of_input(&format!("`{name}(..)`")),
            Form::Macro(name) => function_of_input(&format!("`{name}!`")),
            Form::Other(what) => function_of_input(what),
            Form::Zero | Form::Aggregate | Form::Pattern | Form::Path(_) | Form::Mistake => {
                NOT_A_NUMBER.to_string()
            }
        };
        (Class::Nonlinear, self.whole(&message))
    }

    /// A comparison, a remainder, a cast or an index with an input in it.
    fn function(&self, node: &Node) -> Mistake {
        use Binary::{And, Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual, Or, Rem};
        match node {
            Node::Binary(
                Less | LessEqual | Greater | GreaterEqual | Equal | NotEqual | And | Or,
                ..,
            )
            | Node::Unary(Unary::Not, _) => self.whole(CONDITION),
            Node::Binary(Rem, ..) => self.whole(&function_of_input("the remainder `%`")),
            Node::Cast { .. } => self.whole(CAST),
            _ => self.whole(NOT_A_NUMBER),
        }
    }

    fn whole(&self, message: &str) -> Mistake {
        Some((self.kernel.dag.place(self.id), message.to_string()))
    }

    fn at(&self, operand: usize, message: &str) -> Mistake {
        Some((
            self.kernel.dag.operand_place(self.id, operand),
            message.to_string(),
        ))
    }
}

const PRODUCT: &str = "two values that both depend on an input are multiplied, so the kernel is not linear and has no adjoint\nhelp: \
    pass one of them as a coefficient, `k: Coef<_, _>`";
const DIVISION: &str = "division by a value that depends on an input is not linear\nhelp: pass the divisor as a coefficient, \
    `k: Coef<_, _>`";
const CONDITION: &str = "a condition on an input is not linear\nhelp: decide on parameters, coefficients or the position instead";
const ADDED_CONSTANT: &str = "this constant is added to a value that depends on an input, which makes the kernel affine, not \
    linear\nhelp: multiply it with an input, or add it outside, to the field that the operator returns";
const CONSTANT_BRANCH: &str = "this branch is a constant and the other depends on an input, which makes the kernel affine, not \
    linear\nhelp: write `0.0`, or read an input in both";
const CAST: &str = "a value that depends on an input keeps its type\nhelp: remove the cast, or cast the coefficients instead";
const MUL_ADD: &str = "`.mul_add(..)` rounds in its own way, which the adjoint cannot follow\nhelp: write `a * b + c`";
const NOT_A_NUMBER: &str = "a value that depends on an input can be added, subtracted, and multiplied or divided by passive values, \
    nothing else is linear";

fn function_of_input(what: &str) -> String {
    format!(
        "{what} is applied to a value that depends on an input, which is not linear\nhelp: apply it to parameters or coefficients \
         only, and multiply with the input"
    )
}

fn real_linear(what: &str) -> String {
    format!(
        "{what} is applied to a value that depends on an input, which is linear over real numbers only, and the adjoint here is \
         the conjugate transpose\nhelp: pass real and imaginary part as two inputs over real numbers; of a coefficient, {what} \
         is fine"
    )
}

/// A literal is zero if all digits before its exponent are.
fn literal(text: &str) -> Class {
    let digits = text.split(['e', 'E', 'f']).next().unwrap_or(text);
    if digits.chars().all(|digit| matches!(digit, '0' | '.' | '_')) {
        Class::Zero
    } else {
        Class::Constant
    }
}

#[cfg(test)]
mod tests {
    use crate::compile::tests::mistakes_in;

    use super::*;

    /// The messages and the source they point at, in a body with two inputs, a coefficient and parameters.
    fn mistakes(body: &str) -> Vec<(String, String)> {
        mistakes_in(&format!(
            "fn f(u: Input<f64, 1>, v: Input<f64, 1>, k: Coef<f64, 1>, dt: f64, n: i32) -> f64 {{ {body} }}"
        ))
    }

    #[test]
    fn literals_know_zero() {
        for zero in ["0.0", "0.", "0e3", "0.0f64", "0_f32", "0f64"] {
            assert_eq!(literal(zero), Class::Zero, "{zero}");
        }
        for other in ["0.1", "1e0", "00.001f64", "1f32"] {
            assert_eq!(literal(other), Class::Constant, "{other}");
        }
    }

    #[test]
    fn linear_kernels_pass() {
        for body in [
            "u[0]",
            "-u[0] + 0.0",
            "0.0 * u[0]",
            "dt * (k[0] * u[1] - u[0] / k[1]) + v[0] / (1.0 + dt)",
            "let mut s = 0.0; for i in -1..=1 { s += k[i] * u[i]; } s / 3.0",
            "if n > 0 { u[0] } else { 0.0 }",
            "(k[0] * k[1]).sqrt() * u[0]",
            "let unused = u[0] * u[1]; v[0]",
            "k[0].mul_add(dt, 1.0) * u[0]",
            "k[0].powi(2) * u[0].powi(1)",
        ] {
            assert_eq!(mistakes(body), [], "{body}");
        }
    }

    #[test]
    fn every_mistake_is_found_at_its_token() {
        let cases = [
            ("u[0] * v[1]", "u[0] * v[1]", PRODUCT),
            ("let a = u[0]; dt * a * a", "dt * a * a", PRODUCT),
            ("u[1].powi(2)", "powi(2)", PRODUCT),
            ("1.0 / u[0]", "u[0]", DIVISION),
            ("v[0] / (u[0] + u[1])", "(u[0] + u[1])", DIVISION),
            ("u[0].abs()", "abs()", "`.abs(..)` is applied"),
            (
                "f64::max(u[0], 0.0)",
                "f64::max(u[0], 0.0)",
                "`f64::max(..)` is applied",
            ),
            (
                "let a = u[0]; (a + dt).sin()",
                "sin()",
                "`.sin(..)` is applied",
            ),
            (
                "if u[0] > 0.0 { u[1] } else { u[-1] }",
                "u[0] > 0.0",
                CONDITION,
            ),
            (
                "if n > 0 && u[0] == 0.0 { u[1] } else { u[-1] }",
                "u[0] == 0.0",
                CONDITION,
            ),
            (
                "let mut s = u[0]; if v[0] < dt { s += u[1]; } s",
                "v[0] < dt",
                CONDITION,
            ),
            ("u[0] + 1.0", "1.0", ADDED_CONSTANT),
            ("1.0 * u[0] + 1.0", "1.0", ADDED_CONSTANT),
            ("dt - u[0]", "dt", ADDED_CONSTANT),
            ("(u[0] - k[0]) * dt", "k[0]", ADDED_CONSTANT),
            ("let mut s = u[0]; s += dt; s", "dt", ADDED_CONSTANT),
            ("let mut s = 1.0; s += u[0]; s", "s", ADDED_CONSTANT),
            ("if n > 0 { 1.0 } else { u[0] }", "1.0", CONSTANT_BRANCH),
            ("u[0] % 2.0", "u[0] % 2.0", "the remainder `%`"),
            ("u[0] as f32 as f64", "u[0] as f32", CAST),
            ("u[0].mul_add(dt, v[0])", "mul_add(dt, v[0])", MUL_ADD),
            (
                "match v[1] { 0.0 => u[0], _ => u[1] }",
                "v[1]",
                "a condition on it",
            ),
            ("dt * 2.0", "dt * 2.0", "reads no input"),
            ("0.0", "0.0", "reads no input"),
        ];
        for (body, place, message) in cases {
            let found = mistakes(body);
            assert_eq!(found.len(), 1, "{body}: {found:?}");
            assert!(found[0].0.contains(message), "{body}: {found:?}");
            assert_eq!(found[0].1, place, "{body}");
        }
    }

    #[test]
    fn several_mistakes_are_reported_once_each() {
        let found = mistakes("for_sum(u[0]) + u[0] * v[0] + 1.0 / v[1]");
        assert_eq!(found.len(), 3, "{found:?}");
        let found = mistakes("let mut s = 0.0; for i in 0..3 { s += u[i] * u[i + 1]; } s");
        assert_eq!(found.len(), 1, "{found:?}");
    }
}
