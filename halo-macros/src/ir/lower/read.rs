//! What touches the grid: reads of fields at constant offsets, `u[[-1, 0]]`, and questions to the position,
//! `at.from_low(0)`.

use proc_macro2::Ident;
use syn::{Expr, ExprIndex, ExprMethodCall};

use crate::ir::node::{Form, Node, NodeId, Query};
use crate::ir::place::Place;

use super::environment::Binding;
use super::environment::simple_name;
use super::fold::known_integer;
use super::lowerer::Lowerer;
use super::unknown::Unknown;
use super::value::Value;

/// No stencil reaches further.
const FURTHEST: isize = 1 << 20;

/// A field among the kernel's arguments.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Input(usize),
    Coefficient(usize),
    /// A bank of filters, by its number among the parameters.
    Bank(usize),
}

impl<'a> Lowerer<'a, '_> {
    /// The field that the expression names.
    pub fn field_of(&self, written: &Expr) -> Option<Field> {
        match self.binding_of(written)? {
            Binding::Input(input) => Some(Field::Input(*input)),
            Binding::Coefficient(field) => Some(Field::Coefficient(*field)),
            Binding::Bank(parameter) => Some(Field::Bank(*parameter)),
            Binding::Variable(Some(value)) => match value.clone().behind() {
                Value::Field(field) => Some(field),
                _ => None,
            },
            _ => None,
        }
    }

    pub fn is_position(&self, written: &Expr) -> bool {
        match self.binding_of(written) {
            Some(Binding::Position) => true,
            Some(Binding::Variable(Some(value))) => value.clone().behind() == Value::Position,
            _ => false,
        }
    }

    pub fn binding_of(&self, written: &Expr) -> Option<&Binding<'a>> {
        match written {
            Expr::Paren(paren) => self.binding_of(&paren.expr),
            Expr::Group(group) => self.binding_of(&group.expr),
            Expr::Path(path) => self.environment.find(&simple_name(path)?.to_string()),
            _ => None,
        }
    }

    /// `field[offset]`. An offset that is a mistake counts as zero, so that the rest is still checked.
    pub fn read(&mut self, field: Field, index: &'a ExprIndex, place: Place) -> Value<'a> {
        if matches!(strip(&index.index), Expr::Range(_)) {
            let name = self.field_name(field);
            let message = format!(
                "`{name}` is read at one offset at a time\nhelp: write a `for` loop over the offsets"
            );
            let place = self.place(&index.index);
            return self.mistake(place, message);
        }
        let offset = self.offset(field, &index.index);
        self.node(reading(field, offset), place)
    }

    /// A field without an offset where a number is meant.
    pub fn used_whole(&mut self, field: Field, place: Place) -> NodeId {
        let name = self.field_name(field);
        let message = format!(
            "`{name}` is read at an offset\nhelp: write `{name}{}` for its value at this point",
            self.example()
        );
        self.context.error_at(place, message);
        self.dag.add_at(reading(field, vec![0; self.axes]), place)
    }

    /// The position where a number is meant.
    pub fn asked_nothing(&mut self, place: Place) -> Value<'a> {
        let message =
            "the position is asked one thing at a time\nhelp: write for example `at.from_low(0)`";
        self.mistake(place, message)
    }

    fn offset(&mut self, field: Field, written: &'a Expr) -> Vec<isize> {
        let place = self.place(written);
        let mut elements = Vec::new();
        match strip(written) {
            Expr::Array(array) => {
                for element in &array.elems {
                    let value = self.lower_single(element);
                    elements.push((value, self.place(element)));
                }
            }
            single => match self.lower(single).behind() {
                Value::Array(values) => {
                    for value in values {
                        elements.push((self.single(value, place), place));
                    }
                }
                value => elements.push((self.single(value, place), place)),
            },
        }
        let mut offset: Vec<isize> = elements
            .iter()
            .map(|(value, place)| self.along(*value, *place))
            .collect();
        let bare = !matches!(strip(written), Expr::Array(_)) && elements.len() == 1;
        if elements.len() != self.axes || (bare && self.axes != 1) {
            let name = self.field_name(field);
            let message = format!(
                "`{name}` has {}, and this reads it with {}\nhelp: write for example `{name}{}`",
                counted(self.axes, "stencil axis", "stencil axes"),
                counted(elements.len(), "offset", "offsets"),
                self.example(),
            );
            self.context.error_at(place, message);
            offset.resize(self.axes, 0);
        }
        offset
    }

    /// The offset along one axis; zero where it is a mistake.
    fn along(&mut self, value: NodeId, place: Place) -> isize {
        match known_integer(&self.dag, value).map(isize::try_from) {
            Some(Ok(offset)) if offset.abs() <= FURTHEST => return offset,
            Some(_) => self.context.error_at(
                place,
                "this offset is too large for any grid\nhelp: write one within the grid",
            ),
            None if self.is_mistake(value) => {}
            None => {
                let Unknown { found, remedy } = self.why_unknown(value);
                let message =
                    format!("an offset is a constant of the kernel, and {found}\nhelp: {remedy}");
                self.context.error_at(place, message);
            }
        }
        0
    }

    /// Whether an error has been reported about the value.
    pub fn is_mistake(&self, value: NodeId) -> bool {
        if self.context.count() == 0 {
            return false;
        }
        self.dag
            .reachable(&[value])
            .into_iter()
            .any(|id| match self.dag.node(id) {
                Node::Opaque { opaque, .. } => self.dag.opaque(*opaque).form == Form::Mistake,
                _ => false,
            })
    }

    /// `at.query(axis)`
    pub fn query(&mut self, call: &'a ExprMethodCall, place: Place) -> Value<'a> {
        let method = call.method.to_string();
        let query = match method.as_str() {
            "index" | "from_low" => Query::Index,
            "extent" => Query::Extent,
            "from_high" => Query::FromHigh,
            _ => {
                let message = "a position has no answer to this\nhelp: ask for `index(axis)`, `extent(axis)`, `from_low(axis)` or `from_high(axis)`";
                return self.mistake(Place::of(&call.method), message);
            }
        };
        let highest = self.axes - 1;
        let axis = call.args.first().map(|axis| {
            let value = self.lower_single(axis);
            known_integer(&self.dag, value)
        });
        let valid = axis.flatten().and_then(|axis| usize::try_from(axis).ok());
        match valid.filter(|axis| *axis <= highest && call.args.len() == 1) {
            Some(axis) => self.node(
                Node::Position {
                    query,
                    axis,
                    shift: 0,
                },
                place,
            ),
            None => {
                let message = format!(
                    "`{method}` takes one stencil axis, by its number\nhelp: write a constant from 0 to {highest}"
                );
                let arguments = Place::at(call.paren_token.span.open())
                    .to(Place::at(call.paren_token.span.close()));
                self.mistake(call.args.first().map_or(arguments, Place::of), message)
            }
        }
    }

    fn field_name(&self, field: Field) -> Ident {
        match field {
            Field::Input(input) => self.inputs[input].clone(),
            Field::Coefficient(field) => self.coefficients[field].clone(),
            Field::Bank(parameter) => self.parameters[parameter].clone(),
        }
    }

    fn example(&self) -> String {
        format!("[[{}]]", vec!["0"; self.axes].join(", "))
    }
}

fn reading(field: Field, offset: Vec<isize>) -> Node {
    match field {
        Field::Input(input) => Node::Read { input, offset },
        Field::Coefficient(field) => Node::Coefficient { field, offset },
        Field::Bank(parameter) => Node::Bank {
            parameter,
            offset,
            indices: Vec::new(),
        },
    }
}

fn strip(written: &Expr) -> &Expr {
    match written {
        Expr::Paren(paren) => strip(&paren.expr),
        Expr::Group(group) => strip(&group.expr),
        other => other,
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use crate::compile::tests::mistakes_in;
    use crate::ir::lower::testing::{assert_mistake, formula};

    #[test]
    fn offsets_are_computed() {
        assert_eq!(formula("u[-1]"), "u[-1]");
        assert_eq!(formula("u[[-1]]"), "u[-1]");
        assert_eq!(formula("const R: usize = 2; u[[R as isize + 1]]"), "u[3]");
        assert_eq!(
            formula("const O: [[isize; 1]; 2] = [[1], [-3]]; u[O[1]]"),
            "u[-3]"
        );
        assert_eq!(
            formula("fn reach(r: isize) -> isize { r * 2 } u[-reach(2)]"),
            "u[-4]"
        );
        assert_eq!(
            formula("let u0 = u[0]; (u)[1] + k[7] * u0"),
            "(u[1] + (k[7] * u[0]))"
        );
    }

    #[test]
    fn an_offset_must_be_a_constant() {
        assert_mistake("u[n]", "n", "`n` is a parameter");
        assert_mistake("u[at.index(0)]", "at.index(0)", "depends on the position");
        assert_mistake(
            "u[[k[0] as isize]]",
            "k[0] as isize",
            "depends on the coefficient `k`",
        );
        assert_mistake(
            "u[v[0] as isize]",
            "v[0] as isize",
            "depends on the input `v`",
        );
        assert_mistake("u[0.5]", "0.5", "`0.5` is not a whole number");
        assert_mistake(
            "u[R]",
            "R",
            "declare it inside the kernel's body, `const R: isize",
        );
        assert_mistake(
            "u[super::grid::R + 1]",
            "super::grid::R + 1",
            "const R: isize",
        );
        assert_mistake("u[99999999999]", "99999999999", "too large");
        assert_mistake(
            "u[i32::from(3_u8).count_ones()]",
            "i32::from(3_u8).count_ones()",
            "does not evaluate",
        );
    }

    #[test]
    fn there_is_one_offset_per_axis() {
        assert_mistake(
            "u[[0, 1]]",
            "[0, 1]",
            "`u` has 1 stencil axis, and this reads it with 2 offsets",
        );
        let body = |body: &str| mistakes_in(&format!("fn f(u: Input<f64, 2>) -> f64 {{ {body} }}"));
        for wrong in ["u[1]", "u[[1]]", "u[[1, 2, 3]]"] {
            let found = body(wrong);
            assert!(
                found.len() == 1 && found[0].0.contains("write for example `u[[0, 0]]`"),
                "{found:?}"
            );
        }
    }

    #[test]
    fn a_field_is_read_at_an_offset() {
        assert_mistake("2.0 * u", "u", "write `u[[0]]`");
        assert_mistake("k * u[0]", "k", "write `k[[0]]`");
        assert_mistake("helper(k) * u[0]", "k", "not `helper`");
        assert_mistake("at * u[0]", "at", "one thing at a time");
    }

    #[test]
    fn the_position_answers_four_questions() {
        assert_eq!(
            formula(
                "(at.index(0) + at.from_low(0) * at.from_high(0) - at.extent(0)) as f64 * u[0]"
            ),
            "((((index(0) + (index(0) * from_high(0))) - extent(0)) as f64) * u[0])"
        );
        assert_mistake("at.hight(0) as f64 * u[0]", "hight", "`from_high(axis)`");
        assert_mistake("at.index(1) as f64 * u[0]", "1", "from 0 to 0");
        assert_mistake("at.index(n) as f64 * u[0]", "n", "from 0 to 0");
        assert_mistake("at.index() as f64 * u[0]", "()", "from 0 to 0");
    }
}
