//! Takes one element of an array, a tuple or a table: known parts are picked while the kernel is read, an index that only
//! the program knows is left to it, and an index of a field is a read.

use syn::{Expr, ExprField, ExprIndex, Member};

use crate::ir::node::{Form, Node, NodeId};
use crate::ir::place::Place;

use super::environment::{Binding, simple_name};
use super::fold::known_integer;
use super::lowerer::Lowerer;
use super::unknown::Unknown;
use super::value::Value;

impl<'a> Lowerer<'a, '_> {
    /// `values[k]`
    pub fn index(&mut self, index: &'a ExprIndex, written: &'a Expr, place: Place) -> Value<'a> {
        if let Some(field) = self.field_of(&index.expr) {
            return self.read(field, index, place);
        }
        if matches!(&*index.index, Expr::Range(_)) {
            return self.passive(written, Form::Other("a slice"), place);
        }
        let base = self.lower(&index.expr).behind();
        if let Value::Field(field) = base {
            return self.read(field, index, place);
        }
        let at = self.lower_single(&index.index);
        let known = known_integer(&self.dag, at);
        if let (Value::Array(elements), Some(at)) = (&base, known) {
            let element = usize::try_from(at)
                .ok()
                .and_then(|at| elements.get(at))
                .cloned();
            return element.unwrap_or_else(|| self.out_of_range(&index.index, at, elements.len()));
        }
        let active = self.active_parts(&base);
        if !active.is_empty() {
            let place = self.place(&index.index);
            let Unknown { found, remedy } = self.why_unknown(at);
            let message = format!(
                "values that depend on an input are picked by constant indices only, and {found}\nhelp: {remedy}"
            );
            self.context.error_at(place, message);
            return self.unknown(place, active);
        }
        let base_place = self.place(&index.expr);
        let table = self.single(base, base_place);
        if known.is_some_and(|at| at < 0) {
            let place = self.place(&index.index);
            return self.mistake(
                place,
                "an index cannot be negative\nhelp: count from the first element, 0",
            );
        }
        if let (Some(at), Some(length)) = (known, self.table_length(table))
            && at >= length as i128
        {
            return self.out_of_range(&index.index, at, length);
        }
        let places = [base_place, self.place(&index.index)];
        let node = match self.dag.node(table) {
            Node::Bank { indices, .. } => {
                let indices: Vec<NodeId> = indices.iter().copied().chain([at]).collect();
                self.dag.node(table).with_operands(&indices)
            }
            _ => Node::Index { table, index: at },
        };
        Value::Node(self.dag.add_with(node, place, &places))
    }

    /// `pair.0`; a field with a name is left to the program.
    pub fn member(&mut self, field: &'a ExprField, written: &'a Expr, place: Place) -> Value<'a> {
        match (self.field_base(&field.base), &field.member) {
            (Some(elements), Member::Unnamed(member)) => {
                match elements.into_iter().nth(member.index as usize) {
                    Some(element) => element,
                    None => self.mistake(
                        place,
                        "the tuple has no such element\nhelp: its elements are counted from `.0`",
                    ),
                }
            }
            (_, Member::Named(member)) if member == "re" || member == "im" => {
                self.passive(written, Form::Part(member.to_string()), place)
            }
            _ => self.passive(written, Form::Other("a field access"), place),
        }
    }

    fn out_of_range(&mut self, written: &'a Expr, at: i128, length: usize) -> Value<'a> {
        let place = self.place(written);
        let remedy = match length.checked_sub(1) {
            Some(last) => format!("write an index from 0 to {last}"),
            None => "give the array elements".into(),
        };
        self.mistake(
            place,
            format!("index {at} is out of range: the array has {length} elements\nhelp: {remedy}"),
        )
    }

    /// The elements of the tuple that is being taken apart, where the macro knows them.
    fn field_base(&mut self, base: &'a Expr) -> Option<Vec<Value<'a>>> {
        match base {
            Expr::Paren(paren) => self.field_base(&paren.expr),
            Expr::Group(group) => self.field_base(&group.expr),
            Expr::Path(path) => {
                let name = simple_name(path)?.to_string();
                match self.environment.find(&name)? {
                    Binding::Input(_)
                    | Binding::Coefficient(_)
                    | Binding::Bank(_)
                    | Binding::Position => None,
                    binding => {
                        let binding = binding.clone();
                        match self.value_of(binding)?.behind() {
                            Value::Tuple(elements) => Some(elements),
                            _ => None,
                        }
                    }
                }
            }
            Expr::Tuple(_) | Expr::Index(_) | Expr::Field(_) | Expr::Call(_) | Expr::Unary(_) => {
                match self.lower(base).behind() {
                    Value::Tuple(elements) => Some(elements),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::ir::lower::testing::{assert_mistake, formula};

    #[test]
    fn arrays_and_tuples_are_taken_apart() {
        assert_eq!(formula("let a = [u[0], u[1]]; a[1]"), "u[1]");
        assert_eq!(
            formula("let t = (1.0, (u[0], dt)); t.1.1 * t.1.0"),
            "(dt * u[0])"
        );
        assert_eq!(formula("let [a, (b, _)] = [u[0], (1, 2)]; a"), "u[0]");
        assert_eq!(
            formula("const W: [[f64; 2]; 1] = [[0.5, 2.0]]; W[0][1] * u[0]"),
            "((2.0: f64) * u[0])"
        );
        assert_eq!(formula("w[1] * u[0]"), "(w[1] * u[0])");
        assert_eq!(
            formula("[1.0, dt][n as usize] * u[0]"),
            "({ let __operand_0 = 1.0; let __operand_1 = dt; [__operand_0 , __operand_1] }[(n as usize)] * u[0])"
        );
        assert_mistake("let a = [u[0]; 3]; a[3]", "3", "the array has 3 elements");
        assert_mistake(
            "let a = [u[0]; 3]; a[n as usize]",
            "n as usize",
            "`n` is a parameter",
        );
        assert_mistake("w[1 - 2] * u[0]", "1 - 2", "cannot be negative");
    }
}
