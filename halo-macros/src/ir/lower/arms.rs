//! `match`. An arm that surely matches is taken; any other is a way that its pattern's condition chooses.

use syn::{Expr, ExprMatch, Pat};

use crate::ir::place::Place;

use super::environment::Binding;
use super::lowerer::Lowerer;
use super::matching::{Bindings, Fit};
use super::statement::is_assignment;
use super::value::Value;

/// An arm that may be taken.
struct Arm<'a> {
    pattern: &'a Pat,
    body: &'a Expr,
    fit: Fit,
    bindings: Bindings<'a>,
}

impl<'a> Lowerer<'a, '_> {
    pub fn match_arms(&mut self, arms: &'a ExprMatch, written: &'a Expr) -> Value<'a> {
        let place = self.place(written);
        let scrutinee_place = self.place(&arms.expr);
        let scrutinee = self.lower(&arms.expr);
        let possible = self.possible_arms(arms, &scrutinee, scrutinee_place);
        let decided = possible
            .first()
            .is_some_and(|arm| arm.fit == Fit::Always && guard(arm.pattern).is_none());
        if !decided && let Some(value) = self.left_to_rust(written, "`match`", place) {
            return value;
        }
        let before = self.environment.clone();
        let mut ways = Vec::new();
        let last = possible.len().saturating_sub(1);
        for (number, arm) in possible.into_iter().enumerate() {
            self.environment = before.clone();
            self.environment.enter();
            for (name, value) in arm.bindings {
                let binding = Binding::Variable(Some(value));
                self.environment.declare(name.to_string(), binding);
            }
            let guarded = match guard(arm.pattern) {
                Some(guard) => self.holds(guard),
                None => Fit::Always,
            };
            let fit = match number == last {
                // rustc sees to it that an arm is taken.
                true => Fit::Always,
                false => self.both(arm.fit, guarded),
            };
            if fit == Fit::Never {
                continue;
            }
            let value = self.arm(arm.body);
            self.environment.leave();
            let value_place = self.else_place(arm.body);
            let way = self.way(value, value_place, before.clone());
            ways.push((fit, way));
            if fit == Fit::Always {
                break;
            }
        }
        let Some((_, mut joined)) = ways.pop() else {
            return self.mistake(place, "a `match` of a kernel has at least one arm");
        };
        for (fit, way) in ways.into_iter().rev() {
            if let Fit::When(condition) = fit {
                joined = self.join(condition, scrutinee_place, way, joined, place);
            }
        }
        self.environment = joined.after;
        joined.value
    }

    /// The arms that may be taken, up to one that is taken by all that is left.
    fn possible_arms(
        &mut self,
        arms: &'a ExprMatch,
        scrutinee: &Value<'a>,
        place: Place,
    ) -> Vec<Arm<'a>> {
        let unguarded = |arm: &syn::Arm| guard(&arm.pat).is_none();
        // Those without guards cover everything, so nothing gets beyond the last of them.
        let past = arms
            .arms
            .iter()
            .rposition(unguarded)
            .map_or(arms.arms.len(), |last| last + 1);
        let mut possible = Vec::new();
        for (number, arm) in arms.arms[..past].iter().enumerate() {
            let mut bindings = Bindings::new();
            let mut fit = self.fit(&arm.pat, scrutinee.clone(), place, &mut bindings);
            let is_last = number + 1 == past;
            if fit == Fit::Always && !is_last && matches!(arm.pat, Pat::Ident(_)) {
                // A name with arms behind it is a constant, whatever its letters.
                fit = self.fit_rust(&arm.pat, scrutinee.clone(), place);
            }
            if fit == Fit::Never {
                continue;
            }
            possible.push(Arm {
                pattern: &arm.pat,
                body: &arm.body,
                fit,
                bindings,
            });
            if fit == Fit::Always && unguarded(arm) {
                break;
            }
        }
        possible
    }

    fn arm(&mut self, body: &'a Expr) -> Value<'a> {
        if is_assignment(body) {
            self.statement(body);
            return Value::unit();
        }
        self.lower(body)
    }
}

/// The condition behind an arm's pattern.
fn guard(pattern: &Pat) -> Option<&Expr> {
    match pattern {
        Pat::Guard(guarded) => Some(&guarded.guard),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::ir::lower::testing::{assert_mistake, formula};

    #[test]
    fn arms_are_selects_on_comparisons() {
        assert_eq!(
            formula("match n { 0 => u[0], 1 | 2 => u[1], -9..=-1 => u[2], _ => v[0] }"),
            "if (n == 0) { u[0] } else { if ((n == 1) || (n == 2)) { u[1] } else { \
             if ((n >= -9) && (n <= -1)) { u[2] } else { v[0] } } }"
        );
        assert_eq!(
            formula(
                "match (edge, n) { (true, 0) => u[0], (false, m) => m as f64 * u[1], (true, _) => u[2] }"
            ),
            "if (edge && (n == 0)) { u[0] } else { if !edge { ((n as f64) * u[1]) } else { u[2] } }"
        );
        assert_eq!(
            formula("match dt { x if x > 1.0 => x * u[0], 0.0 => u[1], _ => u[2] }"),
            "if (dt > 1.0) { (dt * u[0]) } else { if (dt == 0.0) { u[1] } else { u[2] } }"
        );
        assert_eq!(
            formula("match at.from_low(0) { 0 => u[1], _ => u[-1] }"),
            "if (index(0) == 0) { u[1] } else { u[-1] }"
        );
    }

    #[test]
    fn what_is_known_takes_one_arm() {
        assert_eq!(
            formula("let mut s = 0.0; for i in 0..2 { s += match i { 0 => u[1], _ => u[i] }; } s"),
            "((0.0 + u[1]) + u[1])"
        );
        assert_eq!(
            formula(
                "const N: isize = 2; match [N, 3] { [1, _] => u[9], [N, k] => u[k], _ => u[8] }"
            ),
            "u[3]"
        );
        assert_eq!(formula("match u[0] { x => dt * x }"), "(dt * u[0])");
        assert_eq!(
            formula("match (u[0], 1) { (x, 0) => x, (x, 1 | 2) => dt * x, _ => u[1] }"),
            "(dt * u[0])"
        );
    }

    #[test]
    fn other_patterns_stay_rust_and_their_names_are_found_where_they_match() {
        assert_eq!(
            formula("if let Some(x) = maybe(dt) { x * u[0] } else { u[1] }"),
            "if { let __operand_0 = { let dt = dt; maybe (dt) }; :: core :: matches ! (__operand_0 , Some (x)) } \
             { ({ let __operand_0 = { let dt = dt; maybe (dt) }; match __operand_0 { Some (x) => x , \
             _ => :: core :: unreachable ! () , } } * u[0]) } else { u[1] }"
        );
        assert_eq!(
            formula("match mode(n) { Mode::Up => u[0], Mode::Down => u[1], OTHER => u[2] }"),
            "if { let __operand_0 = { let n = n; mode (n) }; :: core :: matches ! (__operand_0 , Mode :: Up) } \
             { u[0] } else { if { let __operand_0 = { let n = n; mode (n) }; :: core :: matches ! (__operand_0 , Mode :: Down) } \
             { u[1] } else { u[2] } }"
        );
    }

    #[test]
    fn a_match_may_assign() {
        assert_eq!(
            formula("let mut s = u[0]; match n { 0 => s += u[1], 1 => { s = u[2]; } _ => {} } s"),
            "if (n == 0) { (u[0] + u[1]) } else { if (n == 1) { u[2] } else { u[0] } }"
        );
        assert_mistake(
            "match u[0] { 0.0 => u[1], _ => u[2] }",
            "u[0]",
            "a condition on it",
        );
        assert_mistake(
            "match n { 0 => u[1], _ => panic!() }",
            "panic!()",
            "a value at every point",
        );
    }
}
