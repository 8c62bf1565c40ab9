//! Types that are certain not to fit: a whole number times an input, an `i32` compared with an `f64`. rustc finds them too,
//! but in the function and in the expansion both; told here, one mistake is one message, and says what to write.
//!
//! Only Rust's own numbers and `bool` are judged, by the types that arguments, casts and `let`s name; of anything else
//! nothing is assumed.

use syn::{Type, TypeArray};

use crate::diagnostics::Context;
use crate::ir::kernel::Kernel;
use crate::ir::node::{Binary, Node, NodeId, Unary};

/// What is known of a value's type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Known {
    Float(&'static str),
    Integer(&'static str),
    /// A literal, of whatever type its use asks for.
    AnyFloat,
    AnyInteger,
    Bool,
}

const FLOATS: [&str; 2] = ["f32", "f64"];
const INTEGERS: [&str; 12] = [
    "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize",
];

/// Reports values of the outputs whose types cannot be what they are used as.
pub fn check_types(kernel: &Kernel, context: &Context) {
    let mut known: Vec<Option<Known>> = vec![None; kernel.dag.len()];
    for id in kernel.dag.reachable(&kernel.outputs) {
        let checker = Checker {
            kernel,
            known: &known,
            id,
        };
        known[id.index()] = match checker.check() {
            Ok(known) => known,
            Err(Mistake { operand, message }) => {
                context.error_once(kernel.dag.operand_place(id, operand), message);
                None
            }
        };
    }
}

struct Mistake {
    operand: usize,
    message: String,
}

/// One node with what is known of its operands.
struct Checker<'a> {
    kernel: &'a Kernel,
    known: &'a [Option<Known>],
    id: NodeId,
}

impl Checker<'_> {
    fn check(&self) -> Result<Option<Known>, Mistake> {
        let dag = &self.kernel.dag;
        Ok(match dag.node(self.id) {
            Node::Literal(text) => Some(literal(text)),
            Node::Integer(_) => Some(Known::AnyInteger),
            Node::Bool(_) | Node::Inside { .. } => Some(Known::Bool),
            Node::Position { .. } => Some(Known::Integer("isize")),
            Node::Read { .. } => Known::of(&self.kernel.scalar),
            Node::Parameter(number) => Known::of(&self.kernel.parameter_types[*number]),
            Node::Coefficient { field, .. } => Known::of(&self.kernel.coefficient_types[*field]),
            Node::Cast { ty, .. } => Known::of(dag.ty(*ty)),
            Node::Unary(Unary::Neg | Unary::Not, value) => self.of(*value),
            Node::Typed { value, ty } => {
                let declared = Known::of(dag.ty(*ty));
                self.alike(declared, self.of(*value), |declared, found| Mistake {
                    operand: 0,
                    message: format!(
                        "this is {}, and declared as {}\nhelp: {}",
                        found.name(),
                        declared.name(),
                        self.remedy(*value, 0, declared)
                    ),
                })?;
                declared
            }
            Node::Binary(operator, left, right) => self.binary(*operator, *left, *right)?,
            Node::Select {
                condition,
                then,
                other,
            } => {
                self.truth(*condition, 0)?;
                self.alike(self.of(*then), self.of(*other), |then, other| Mistake {
                    operand: 2,
                    message: format!(
                        "this branch is {}, and the other is {}\nhelp: convert one of them with `as`",
                        other.name(),
                        then.name()
                    ),
                })?
            }
            Node::Index { table, index } => {
                self.alike(
                    Some(Known::Integer("usize")),
                    self.of(*index),
                    |_, found| Mistake {
                        operand: 1,
                        message: format!(
                            "an index is a `usize`, and this is {}\nhelp: write it `as usize`",
                            found.name()
                        ),
                    },
                )?;
                match dag.node(*table) {
                    Node::Parameter(number) => element(&self.kernel.parameter_types[*number]),
                    _ => None,
                }
            }
            _ => None,
        })
    }

    fn of(&self, id: NodeId) -> Option<Known> {
        self.known[id.index()]
    }

    fn binary(
        &self,
        operator: Binary,
        left: NodeId,
        right: NodeId,
    ) -> Result<Option<Known>, Mistake> {
        let symbol = match operator {
            Binary::And | Binary::Or => {
                self.truth(left, 0)?;
                self.truth(right, 1)?;
                return Ok(Some(Known::Bool));
            }
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
        };
        let both = self.alike(self.of(left), self.of(right), |first, second| {
            // The kernel's scalar is what it should be.
            let scalar = Known::of(&self.kernel.scalar);
            let (operand, found, expected) = match Some(second) == scalar {
                true => (0, first, second),
                false => (1, second, first),
            };
            let value = [left, right][operand];
            Mistake {
                operand,
                message: format!(
                    "this is {}, and the other side of `{symbol}` is {}\nhelp: {}",
                    found.name(),
                    expected.name(),
                    self.remedy(value, operand, expected)
                ),
            }
        })?;
        let compares = !matches!(
            operator,
            Binary::Add | Binary::Sub | Binary::Mul | Binary::Div | Binary::Rem
        );
        Ok(if compares { Some(Known::Bool) } else { both })
    }

    fn truth(&self, condition: NodeId, operand: usize) -> Result<(), Mistake> {
        self.alike(Some(Known::Bool), self.of(condition), |_, found| Mistake {
            operand,
            message: format!(
                "a condition is true or false, and this is {}\nhelp: compare it, for example `!= 0`",
                found.name()
            ),
        })?;
        Ok(())
    }

    /// What two values that must have one type both are.
    fn alike(
        &self,
        first: Option<Known>,
        second: Option<Known>,
        mistake: impl FnOnce(Known, Known) -> Mistake,
    ) -> Result<Option<Known>, Mistake> {
        use Known::{AnyFloat, AnyInteger, Float, Integer};
        let (Some(one), Some(two)) = (first, second) else {
            return Ok(None);
        };
        match (one, two) {
            (one, two) if one == two => Ok(first),
            (AnyFloat, Float(_)) | (AnyInteger, Integer(_)) => Ok(second),
            (Float(_), AnyFloat) | (Integer(_), AnyInteger) => Ok(first),
            _ => Err(mistake(one, two)),
        }
    }

    /// How to write a value so that it is what is expected.
    fn remedy(&self, value: NodeId, operand: usize, expected: Known) -> String {
        let target = match expected {
            Known::Bool => return "compare it, for example `!= 0`".into(),
            Known::Float(name) | Known::Integer(name) => name,
            Known::AnyFloat => "f64",
            Known::AnyInteger => "isize",
        };
        let dag = &self.kernel.dag;
        // The index of a loop is a whole number too, and is not written here.
        let written = dag.place(value).key() == dag.operand_place(self.id, operand).key();
        match (dag.node(value), self.of(value)) {
            (Node::Integer(number), _) if written && FLOATS.contains(&target) => {
                format!("write `{number}.0`")
            }
            (Node::Literal(_), _) if !FLOATS.contains(&target) => "write a whole number".into(),
            (Node::Parameter(number), Some(Known::Bool)) => {
                let name = &self.kernel.parameters[*number];
                format!("write `if {name} {{ .. }} else {{ .. }}`")
            }
            (Node::Parameter(number), _) => {
                format!("write `{} as {target}`", self.kernel.parameters[*number])
            }
            _ => format!("convert it with `as {target}`"),
        }
    }
}

impl Known {
    fn of(ty: &Type) -> Option<Known> {
        let name = match ty {
            Type::Paren(paren) => return Known::of(&paren.elem),
            Type::Group(group) => return Known::of(&group.elem),
            Type::Path(path) if path.qself.is_none() => path.path.get_ident()?,
            _ => return None,
        };
        let among = |names: &[&'static str]| names.iter().find(|known| name == **known).copied();
        (among(&FLOATS).map(Known::Float))
            .or(among(&INTEGERS).map(Known::Integer))
            .or((name == "bool").then_some(Known::Bool))
    }

    fn name(self) -> String {
        match self {
            Known::Float(name) | Known::Integer(name) => format!("`{name}`"),
            Known::AnyFloat => "a number with a point".into(),
            Known::AnyInteger => "a whole number".into(),
            Known::Bool => "`bool`".into(),
        }
    }
}

fn literal(text: &str) -> Known {
    FLOATS
        .into_iter()
        .find(|suffix| text.ends_with(suffix))
        .map_or(Known::AnyFloat, Known::Float)
}

fn element(table: &Type) -> Option<Known> {
    match table {
        Type::Array(TypeArray { elem, .. }) => Known::of(elem),
        Type::Paren(paren) => element(&paren.elem),
        Type::Group(group) => element(&group.elem),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::compile::tests::mistakes_in;

    fn mistakes(body: &str) -> Vec<(String, String)> {
        mistakes_in(&format!(
            "fn f(u: Input<f64, 1>, k: Coef<f64, 1>, at: Position<1>, dt: f64, a: f32, n: i32, m: usize, e: bool, w: [f64; 3], i: Unknown) -> f64 {{ {body} }}"
        ))
    }

    #[test]
    fn what_fits_or_may_fit_passes() {
        for body in [
            "n as f64 * u[0] + 2.0 * (n * 2 - 1) as f64 * u[1]",
            "if n > 0 && e || dt < 0.5 && !e { u[0] } else { 0.0 }",
            "w[m] * w[2] * k[0] * dt * u[0]",
            "(a * 0.5 + 1.0) as f64 * u[0]",
            "i * u[0] + if i > 0 { u[0] } else { u[1] } + w[i] * u[0]",
            "let c: f32 = 0.5; (a * c) as f64 * u[0]",
            "let b = 3; if n == b { u[0] } else { u[1] }",
            "if at.index(0) < 3 { u[0] } else { 2_f64 * u[1] }",
            "let mut s = 0.0; for j in 0..3 { s += w[j] * (j * j) as f64 * u[0]; } s",
            "if e == true { u[0] } else { u[1] }",
        ] {
            assert_eq!(mistakes(body), [], "{body}");
        }
    }

    #[test]
    fn what_cannot_fit_is_told_at_its_token() {
        for (body, place, message) in [
            ("2 * u[0]", "2", "write `2.0`"),
            ("u[0] / 3", "3", "write `3.0`"),
            ("n * u[0]", "n", "write `n as f64`"),
            ("a * u[0]", "a", "`f32`, and the other side of `*` is `f64`"),
            ("dt * n as f32 as f64 * e * u[0]", "e", "write `if e"),
            ("if n { u[0] } else { u[1] }", "n", "this is `i32`"),
            ("if n > 0.5 { u[0] } else { u[1] }", "0.5", "is `i32`"),
            (
                "if at.index(0) < m { u[0] } else { u[1] }",
                "m",
                "write `m as isize`",
            ),
            ("w[n] * u[0]", "n", "`as usize`"),
            (
                "let c: f32 = dt; c as f64 * u[0]",
                "dt",
                "declared as `f32`",
            ),
            (
                "(if e { 1 } else { 2.0 }) as f64 * u[0]",
                "2.0",
                "the other is a whole number",
            ),
            (
                "let mut s = 0.0; for j in 0..3 { s += j * u[0]; } s",
                "j",
                "`as f64`",
            ),
        ] {
            let found = mistakes(body);
            assert_eq!(found.len(), 1, "{body}: {found:?}");
            assert!(found[0].0.contains(message), "{body}: {found:?}");
            assert_eq!(found[0].1, place, "{body}: {found:?}");
        }
    }
}
