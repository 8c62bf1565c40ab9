//! Why the macro does not know a number that it has to know: an offset, a loop's end, an index of what depends on an input.

use crate::ir::node::{Form, Node, NodeId};

use super::lowerer::Lowerer;

/// What stands in the way of knowing a value, and what to write instead.
pub struct Unknown {
    pub found: String,
    pub remedy: String,
}

impl Lowerer<'_, '_> {
    pub fn why_unknown(&self, value: NodeId) -> Unknown {
        let nodes = self.dag.reachable(&[value]).into_iter();
        let mut reasons: Vec<Unknown> = nodes.filter_map(|id| self.unknown_node(id)).collect();
        // Names say more than what is made of them.
        reasons.sort_by_key(|reason| reason.found == NOT_EVALUATED);
        let nothing = || Unknown::new("the macro cannot compute it", INTEGERS);
        reasons.into_iter().next().unwrap_or_else(nothing)
    }

    fn unknown_node(&self, id: NodeId) -> Option<Unknown> {
        let field = |kind: &str, name: &dyn std::fmt::Display| {
            Unknown::new(
                format!("this depends on the {kind} `{name}`"),
                "use constants, and the indices of loops",
            )
        };
        Some(match self.dag.node(id) {
            Node::Parameter(parameter) => {
                let name = self.parameters[*parameter].to_string();
                let constant = name.trim_start_matches("r#").to_uppercase();
                Unknown::new(
                    format!("`{name}` is a parameter, known only when the program runs"),
                    format!(
                        "declare a constant in the kernel's body, `const {constant}: isize = ..;`"
                    ),
                )
            }
            Node::Read { input, .. } => field("input", &self.inputs[*input]),
            Node::Coefficient { field: k, .. } => field("coefficient", &self.coefficients[*k]),
            Node::Bank { parameter, .. } => field("bank", &self.parameters[*parameter]),
            Node::Position { .. } => Unknown::new(
                "this depends on the position",
                "write an `if` on the position instead",
            ),
            Node::Literal(text) => Unknown::new(
                format!("`{text}` is not a whole number"),
                "write a whole number",
            ),
            Node::Opaque { opaque, .. } => match &self.dag.opaque(*opaque).form {
                Form::Path(name) => {
                    let short = name.rsplit("::").next().unwrap_or(name).trim();
                    Unknown::new(
                        format!("the macro sees only the kernel, not `{name}`"),
                        format!(
                            "declare it inside the kernel's body, `const {short}: isize = ..;`, or beside the kernel in a \
                             `#[stencils]` module"
                        ),
                    )
                }
                Form::Call(name) => Unknown::new(
                    format!("the macro does not evaluate `{name}(..)`"),
                    "declare the function inside the kernel's body, or beside the kernel in a `#[stencils]` module",
                ),
                Form::Mistake => return None,
                _ => Unknown::new(NOT_EVALUATED, INTEGERS),
            },
            _ => return None,
        })
    }
}

const NOT_EVALUATED: &str = "the macro does not evaluate this";
const INTEGERS: &str = "write it with integers and arithmetic";

impl Unknown {
    fn new(found: impl Into<String>, remedy: impl Into<String>) -> Unknown {
        Unknown {
            found: found.into(),
            remedy: remedy.into(),
        }
    }
}
