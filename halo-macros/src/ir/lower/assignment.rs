//! Assignments to variables, and to elements of arrays and tuples at constant indices.

use syn::{BinOp, Expr, Member};

use crate::ir::place::Place;

use super::environment::Binding;
use super::fold::known_integer;
use super::lowerer::Lowerer;
use super::opaque::root_name;
use super::unknown::Unknown;
use super::value::Value;

impl<'a> Lowerer<'a, '_> {
    /// `target = value`
    pub fn assign(&mut self, target: &'a Expr, value: Value<'a>) {
        match (target, value) {
            (Expr::Paren(paren), value) => self.assign(&paren.expr, value),
            (Expr::Group(group), value) => self.assign(&group.expr, value),
            (Expr::Infer(_), _) => {}
            (Expr::Tuple(targets), Value::Tuple(values)) if targets.elems.len() == values.len() => {
                for (target, value) in targets.elems.iter().zip(values) {
                    self.assign(target, value);
                }
            }
            (target, value) => self.assign_one(target, value),
        }
    }

    /// `target += value` and its kind.
    pub fn assign_operated(&mut self, op: &BinOp, target: &'a Expr, value: &'a Expr) {
        if !self.check_target(target) {
            // What is assigned may hold mistakes of its own.
            self.lower(value);
            return;
        }
        let places = [self.place(target), self.place(value)];
        let left = self.lower_single(target);
        let right = self.lower_single(value);
        let value = self.operate(op, [left, right], places);
        self.assign_one(target, value);
    }

    fn assign_one(&mut self, target: &'a Expr, value: Value<'a>) {
        if !self.check_target(target) {
            return;
        }
        let mut path = Vec::new();
        let (Some(()), Some(name)) = (self.steps(target, &mut path), root_name(target)) else {
            return;
        };
        let place = self.place(target);
        let variable = self.environment.variable_mut(&name.to_string());
        let problem = match variable {
            Some(variable) if path.is_empty() => {
                *variable = Some(value);
                return;
            }
            Some(Some(variable)) => match element(variable, &path) {
                Ok(element) => {
                    *element = value;
                    return;
                }
                Err(problem) => problem,
            },
            _ => "this has no value yet\nhelp: assign all of it first",
        };
        self.context.error_at(place, problem);
    }

    /// Whether the target is a variable that the kernel may change here.
    fn check_target(&mut self, target: &'a Expr) -> bool {
        let place = self.place(target);
        let Some(name) = root_name(target).map(ToString::to_string) else {
            self.context.error_at(
                place,
                "only variables and their elements are assigned to in a kernel",
            );
            return false;
        };
        let message = match self.environment.find(&name) {
            Some(Binding::Variable(_)) => {
                if self.environment.variable_mut(&name).is_some() {
                    return true;
                }
                format!(
                    "a closure cannot change `{name}` outside it\nhelp: let it return the new value"
                )
            }
            Some(Binding::Input(_)) => {
                format!(
                    "an input is read, never written\nhelp: return the new value, and call it for example `{name}_new` until then"
                )
            }
            Some(Binding::Bank(_)) => {
                format!("the bank `{name}` is read, never written\nhelp: use a `let mut` instead")
            }
            Some(Binding::Coefficient(_)) => {
                format!(
                    "the coefficient `{name}` is read, never written\nhelp: use a `let mut` instead"
                )
            }
            _ => format!("`{name}` is no variable of the kernel\nhelp: declare it with `let mut`"),
        };
        self.context.error_at(place, message);
        false
    }

    /// The indices from a variable to the element that the target names.
    fn steps(&mut self, target: &'a Expr, path: &mut Vec<usize>) -> Option<()> {
        match target {
            Expr::Paren(paren) => self.steps(&paren.expr, path),
            Expr::Group(group) => self.steps(&group.expr, path),
            Expr::Path(_) => Some(()),
            Expr::Index(index) => {
                self.steps(&index.expr, path)?;
                let value = self.lower_single(&index.index);
                let place: Place = self.place(&index.index);
                match known_integer(&self.dag, value).map(usize::try_from) {
                    Some(Ok(at)) => path.push(at),
                    Some(Err(_)) => {
                        self.context.error_at(
                            place,
                            "an index cannot be negative\nhelp: count from the first element, 0",
                        );
                        return None;
                    }
                    None => {
                        let Unknown { found, remedy } = self.why_unknown(value);
                        let message = format!(
                            "elements are assigned at constant indices only, and {found}\nhelp: {remedy}"
                        );
                        self.context.error_at(place, message);
                        return None;
                    }
                }
                Some(())
            }
            Expr::Field(field) => {
                self.steps(&field.base, path)?;
                match &field.member {
                    Member::Unnamed(member) => path.push(member.index as usize),
                    Member::Named(name) => {
                        let message = "the macro cannot change a struct's field\nhelp: copy the field to a `let mut` first";
                        self.context.error_at(Place::of(name), message);
                        return None;
                    }
                }
                Some(())
            }
            _ => None,
        }
    }
}

fn element<'v, 'a>(
    value: &'v mut Value<'a>,
    path: &[usize],
) -> Result<&'v mut Value<'a>, &'static str> {
    let Some((first, rest)) = path.split_first() else {
        return Ok(value);
    };
    match value {
        Value::Array(elements) | Value::Tuple(elements) => match elements.get_mut(*first) {
            Some(inner) => element(inner, rest),
            None => {
                Err("this index is out of range\nhelp: write one of the elements that are there")
            }
        },
        _ => Err(
            "the macro cannot change an element of this\nhelp: write the array out, `let mut w = [a, b, c]`",
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::ir::lower::testing::{assert_mistake, formula};

    #[test]
    fn variables_change() {
        assert_eq!(
            formula("let mut a = u[0]; a += u[1]; a *= dt; a -= v[0]; a /= 2.0; a"),
            "((((u[0] + u[1]) * dt) - v[0]) / 2.0)"
        );
        assert_eq!(
            formula("let mut a = [0.0, u[0]]; a[0] += u[1]; a[1] = a[0]; a[1]"),
            "(0.0 + u[1])"
        );
        assert_eq!(
            formula("let (mut a, mut b) = (u[0], u[1]); (a, b) = (b, a); a - b"),
            "(u[1] - u[0])"
        );
        assert_eq!(
            formula("let mut t = (u[0], [1.0, dt]); t.1[1] *= 3.0; t.1[1] * t.0"),
            "((dt * 3.0) * u[0])"
        );
    }

    #[test]
    fn only_variables_change() {
        assert_mistake(
            "u[0] = 1.0; u[0]",
            "u[0]",
            "an input is read, never written",
        );
        assert_mistake(
            "u[0] += v[1]; u[0]",
            "u[0]",
            "an input is read, never written",
        );
        assert_mistake("k[0] = dt; u[0]", "k[0]", "the coefficient `k` is read");
        assert_mistake("state += dt; u[0]", "state", "no variable of the kernel");
        assert_mistake(
            "let mut a = [u[0]; 2]; a[n] = u[1]; a[0]",
            "n",
            "`n` is a parameter",
        );
        assert_mistake(
            "let mut a = [u[0]; 2]; a[2] = u[1]; a[0]",
            "a[2]",
            "out of range",
        );
        assert_mistake("w[0] = 1.0; u[0]", "w[0]", "write the array out");
        assert_mistake(
            "let mut s = dt; let add = |x: f64| { s += x; s }; add(dt) * u[0]",
            "s",
            "a closure cannot change `s`",
        );
        assert_mistake(
            "let mut s = dt; (s = 1.0, u[0]).1",
            "s = 1.0",
            "put it on a line before",
        );
    }
}
