//! Helpers of the tests of lowering: kernels are written as text, and their formulas read back as text.

use quote::{ToTokens, format_ident};

use crate::compile::tests::{kernel_of, mistakes_in};
use crate::ir::kernel::Kernel;
use crate::ir::node::{Binary, Node, NodeId, Query, Unary};

const ARGUMENTS: &str = "u: Input<f64, 1>, v: Input<f64, 1>, k: Coef<f64, 1>, at: Position<1>, dt: f64, n: i32, edge: bool, w: [f64; 3]";

fn source(body: &str) -> String {
    format!("fn f({ARGUMENTS}) -> f64 {{ {body} }}")
}

/// The formula of a body with two inputs, a coefficient, the position and some parameters.
pub fn formula(body: &str) -> String {
    let kernel = kernel_of(&source(body));
    text(&kernel, kernel.outputs[0])
}

/// The messages of the body's mistakes and the source they point at.
pub fn mistakes(body: &str) -> Vec<(String, String)> {
    mistakes_in(&source(body))
}

/// Asserts that the body's only mistake points at `place` and says `message`.
#[track_caller]
pub fn assert_mistake(body: &str, place: &str, message: &str) {
    let found = mistakes(body);
    assert_eq!(found.len(), 1, "{body}: {found:?}");
    assert!(found[0].0.contains(message), "{body}: {found:?}");
    assert_eq!(found[0].1, place, "{body}: {found:?}");
}

/// A formula as text, every operation in parentheses.
pub fn text(kernel: &Kernel, id: NodeId) -> String {
    let dag = &kernel.dag;
    let of = |id: &NodeId| text(kernel, *id);
    let field = |name: &dyn ToTokens, offset: &[isize]| {
        let offset: Vec<_> = offset.iter().map(ToString::to_string).collect();
        format!("{}[{}]", name.to_token_stream(), offset.join(", "))
    };
    match dag.node(id) {
        Node::Literal(text) => text.clone(),
        Node::Integer(value) => value.to_string(),
        Node::Bool(truth) => truth.to_string(),
        Node::Parameter(number) => kernel.parameters[*number].to_string(),
        Node::Read { input, offset } => field(&kernel.inputs[*input], offset),
        Node::Coefficient {
            field: number,
            offset,
        } => field(&kernel.coefficients[*number], offset),
        Node::Position { query, axis, shift } => {
            let query = match query {
                Query::Index => "index",
                Query::Extent => "extent",
                Query::FromHigh => "from_high",
            };
            match shift {
                0 => format!("{query}({axis})"),
                shift => format!("{query}({axis}, {shift})"),
            }
        }
        Node::Unary(Unary::Neg, value) => format!("-{}", of(value)),
        Node::Unary(Unary::Not, value) => format!("!{}", of(value)),
        Node::Unary(Unary::Conj, value) => format!("conj({})", of(value)),
        Node::Binary(operator, left, right) => {
            format!("({} {} {})", of(left), symbol(*operator), of(right))
        }
        Node::Select {
            condition,
            then,
            other,
        } => {
            format!(
                "if {} {{ {} }} else {{ {} }}",
                of(condition),
                of(then),
                of(other)
            )
        }
        Node::Index { table, index } => format!("{}[{}]", of(table), of(index)),
        Node::Cast { value, ty } => format!("({} as {})", of(value), dag.ty(*ty).to_token_stream()),
        Node::Typed { value, ty } => format!("({}: {})", of(value), dag.ty(*ty).to_token_stream()),
        Node::Opaque { opaque, operands } => {
            let opaque = dag.opaque(*opaque);
            let lets: String = (opaque.names.iter().zip(operands))
                .map(|(own, operand)| {
                    let reference = if own.borrowed { "&" } else { "" };
                    format!("let {} = {reference}{}; ", own.name, of(operand))
                })
                .collect();
            format!("{{ {lets}{} }}", opaque.tokens)
        }
        Node::Bank {
            parameter,
            offset,
            indices,
        } => {
            let indices: String = indices.iter().map(|id| format!("[{}]", of(id))).collect();
            format!("{}{indices}", field(&kernel.parameters[*parameter], offset))
        }
        Node::Seed { output, offset } => field(&format_ident!("y{output}"), offset),
        Node::Inside { offset, .. } => field(&format_ident!("inside"), offset),
        Node::Repeat { start, step, count } => {
            format!("repeat({}, {count}, {})", of(start), of(step))
        }
        Node::Running => "sum".into(),
        Node::Varying(table) => {
            let entries: Vec<_> = dag.table(*table).iter().map(of).collect();
            format!("<{}>", entries.join(" "))
        }
    }
}

fn symbol(operator: Binary) -> &'static str {
    match operator {
        Binary::Add => "+",
        Binary::Sub => "-",
        Binary::Mul => "*",
        Binary::Div => "/",
        Binary::Rem => "%",
        Binary::Less => "<",
        Binary::LessEqual => "<=",
        Binary::Greater => ">",
        Binary::GreaterEqual => ">=",
        Binary::Equal => "==",
        Binary::NotEqual => "!=",
        Binary::And => "&&",
        Binary::Or => "||",
    }
}
