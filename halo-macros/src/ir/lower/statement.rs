//! Executes statements and blocks symbolically.

use syn::{Block, Expr, Local, Pat, Stmt};

use crate::ir::place::Place;

use super::environment::Binding;
use super::lowerer::Lowerer;
use super::operator::is_compound;
use super::refusal::unsupported;
use super::value::Value;

impl<'a> Lowerer<'a, '_> {
    /// The value of a block: its last expression, or nothing.
    pub fn block(&mut self, block: &'a Block) -> Value<'a> {
        self.run(block, false)
    }

    /// The value of a function's or closure's body, which may end in `return`.
    pub fn body(&mut self, block: &'a Block) -> Value<'a> {
        self.run(block, true)
    }

    fn run(&mut self, block: &'a Block, is_body: bool) -> Value<'a> {
        self.environment.enter();
        self.declare_items(block);
        let mut value = Value::unit();
        for statement in &block.stmts {
            let last = is_last(block, statement);
            match statement {
                Stmt::Local(local) => self.declare(local),
                Stmt::Item(_) => {}
                Stmt::Expr(Expr::Return(returned), _) if is_body && last => {
                    value = returned
                        .expr
                        .as_ref()
                        .map_or_else(Value::unit, |value| self.lower(value));
                }
                Stmt::Expr(tail, None) if last && !is_assignment(tail) => value = self.lower(tail),
                Stmt::Expr(written, Some(_)) if is_body && last && is_value(written) => {
                    let place = self.place(written);
                    let message =
                        "a kernel ends in its value\nhelp: remove the semicolon behind it";
                    self.context.error_at(place, message);
                }
                Stmt::Expr(written, _) => self.statement(written),
                Stmt::Macro(call) => {
                    let message = "a macro as a statement does nothing that an operator keeps\nhelp: remove it, or bind its value with `let`";
                    self.context.error_at(Place::of(&call.mac), message);
                }
            }
        }
        self.environment.leave();
        value
    }

    fn declare(&mut self, local: &'a Local) {
        let Some(init) = &local.init else {
            self.declare_later(&local.pat);
            return;
        };
        if let Some((_, diverge)) = &init.diverge {
            let message = "a kernel cannot leave early, so `let .. else` has nowhere to go\nhelp: use `match` with a value in each arm";
            self.context.error_at(Place::of(diverge), message);
            return;
        }
        let value = match &local.pat {
            Pat::Type(typed) => self.typed(&typed.ty, |lowerer| lowerer.lower(&init.expr)),
            _ => self.lower(&init.expr),
        };
        let place = self.place(&init.expr);
        self.bind(&local.pat, value, place);
    }

    /// `let x;`
    fn declare_later(&mut self, pattern: &'a Pat) {
        match pattern {
            Pat::Ident(pat) => self
                .environment
                .declare(pat.ident.to_string(), Binding::Variable(None)),
            Pat::Type(typed) => self.declare_later(&typed.pat),
            other => self
                .context
                .error_at(Place::of(other), "give this a value where it is declared"),
        }
    }

    /// An expression whose value is not used.
    pub fn statement(&mut self, written: &'a Expr) {
        match written {
            Expr::Assign(assign) => {
                let value = self.lower(&assign.right);
                self.assign(&assign.left, value);
            }
            Expr::Binary(binary) if is_compound(&binary.op) => {
                self.assign_operated(&binary.op, &binary.left, &binary.right);
            }
            Expr::ForLoop(repetition) => self.for_loop(repetition),
            Expr::Group(group) => self.statement(&group.expr),
            Expr::Paren(paren) => self.statement(&paren.expr),
            Expr::If(_) | Expr::Match(_) | Expr::Block(_) => {
                self.lower(written);
            }
            Expr::While(_)
            | Expr::Loop(_)
            | Expr::Break(_)
            | Expr::Continue(_)
            | Expr::Return(_)
            | Expr::Unsafe(_)
            | Expr::Async(_)
            | Expr::Await(_)
            | Expr::Try(_) => {
                let place = self.place(written);
                self.context.error_at(place, unsupported(written));
            }
            _ => {
                let place = self.place(written);
                let message = "this statement does nothing that an operator keeps\nhelp: remove it, or bind its value with `let`";
                self.context.error_at(place, message);
            }
        }
    }
}

/// The expression that is the value of a block, also of a function's body that ends in `return`.
pub fn tail(block: &Block) -> Option<&Expr> {
    match block
        .stmts
        .iter()
        .rfind(|statement| !matches!(statement, Stmt::Item(_)))?
    {
        Stmt::Expr(Expr::Return(returned), _) => returned.expr.as_deref(),
        Stmt::Expr(tail, None) => Some(tail),
        _ => None,
    }
}

/// Whether only items follow the statement.
fn is_last(block: &Block, statement: &Stmt) -> bool {
    let last = block
        .stmts
        .iter()
        .rfind(|statement| !matches!(statement, Stmt::Item(_)));
    last.is_some_and(|last| std::ptr::eq(last, statement))
}

/// What a body may end in, but for a semicolon.
fn is_value(written: &Expr) -> bool {
    match written {
        Expr::Binary(binary) => !is_compound(&binary.op),
        Expr::Unary(_) | Expr::Index(_) | Expr::Path(_) | Expr::MethodCall(_) | Expr::Tuple(_) => {
            true
        }
        Expr::Paren(paren) => is_value(&paren.expr),
        _ => false,
    }
}

/// What a block may end in without having a value, as in `if edge { sum += u[1] }`.
pub fn is_assignment(written: &Expr) -> bool {
    match written {
        Expr::Assign(_) => true,
        Expr::Binary(binary) => is_compound(&binary.op),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::ir::lower::testing::{assert_mistake, formula};

    #[test]
    fn names_stand_for_their_values() {
        assert_eq!(
            formula("let a = u[0]; let a = a + u[1]; { let a = 3.0; } a"),
            "(u[0] + u[1])"
        );
        assert_eq!(
            formula("let a = { let b = dt * 2.0; b * u[0] }; return a;"),
            "((dt * 2.0) * u[0])"
        );
        assert_eq!(
            formula("let (a, b): (f64, f64) = (dt, u[0]); a * b"),
            "((dt: f64) * u[0])"
        );
        assert_eq!(
            formula("let x: f64 = u[0]; let c: f64 = 2.0; c * x"),
            "((2.0: f64) * u[0])"
        );
        assert_eq!(formula("let c; c = dt; c * u[0]"), "(dt * u[0])");
    }

    #[test]
    fn a_block_may_end_in_an_assignment() {
        assert_eq!(
            formula("let mut s = u[0]; if edge { s += u[1] } else { s = u[2] } s"),
            "if edge { (u[0] + u[1]) } else { u[2] }"
        );
    }

    #[test]
    fn a_statement_without_effect_is_a_mistake() {
        assert_mistake("w.sort(); u[0]", "w.sort()", "does nothing");
        assert_mistake("u[0] * 2.0; u[0]", "u[0] * 2.0", "does nothing");
        assert_mistake(
            "println!(\"{}\", dt); u[0]",
            "println!(\"{}\", dt)",
            "a macro as a statement",
        );
        assert_mistake(
            "let Some(a) = maybe(dt) else { panic!() }; u[0]",
            "{ panic!() }",
            "`let .. else`",
        );
    }

    #[test]
    fn a_body_ends_in_its_value() {
        assert_mistake("let a = u[0];", "}", "without a semicolon");
        assert_mistake("u[1] - u[0];", "u[1] - u[0]", "remove the semicolon");
        assert_mistake("(u[0], u[1])", "(u[0], u[1])", "ends in one number");
    }
}
