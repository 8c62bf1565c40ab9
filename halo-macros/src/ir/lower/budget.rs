//! How much a kernel may unroll to. Loops and functions of the body are executed while the program is compiled, so they
//! must end, and soon.

use syn::ItemFn;

use crate::ir::place::Place;

use super::lowerer::Lowerer;

/// Iterations of all loops together.
const MOST_ITERATIONS: usize = 10_000;
/// Expressions lowered.
const MOST_STEPS: usize = 200_000;
/// Different values: what the passes after lowering take for a value grows with their number.
const MOST_VALUES: usize = 40_000;
/// Expressions inside expressions, functions inside functions.
const DEEPEST: usize = 250;

/// One function inside itself.
const MOST_RECURSIONS: usize = 30;

/// Expressions lowered in an attempt that may fail.
const MOST_STEPS_OF_ATTEMPT: usize = 20_000;

pub struct Budget {
    iterations: usize,
    steps: usize,
    most_steps: usize,
    depth: usize,
    /// The functions of the kernel that are being executed, innermost last.
    following: Vec<*const ItemFn>,
    spent: bool,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget {
            iterations: 0,
            steps: 0,
            most_steps: MOST_STEPS,
            depth: 0,
            following: Vec::new(),
            spent: false,
        }
    }
}

impl Lowerer<'_, '_> {
    /// One step deeper; false where the budget is spent.
    pub fn step_in(&mut self, place: Place) -> bool {
        self.budget.steps = self.budget.steps.saturating_add(1);
        self.budget.depth += 1;
        if self.budget.steps > self.budget.most_steps || self.dag.len() > MOST_VALUES {
            self.spend(
                place,
                "the kernel unrolls to too many operations\nhelp: shorten its loops",
            );
        } else if self.budget.depth > DEEPEST {
            self.spend(
                place,
                "this is nested too deeply\nhelp: name a part of it with `let`",
            );
        }
        !self.budget.spent
    }

    /// Into a function of the kernel; false where it calls itself without an end in sight.
    pub fn step_into(&mut self, function: &ItemFn) -> bool {
        let following = self.budget.following.iter();
        let inside = following.filter(|other| **other == std::ptr::from_ref(function));
        if inside.count() >= MOST_RECURSIONS {
            let name = &function.sig.ident;
            let message = format!(
                "`{name}` calls itself, and the macro sees no end of it\nhelp: let constants end the recursion"
            );
            self.spend(Place::of(name), &message);
            return false;
        }
        self.budget.following.push(function);
        true
    }

    pub fn step_out_of_function(&mut self) {
        self.budget.following.pop();
    }

    pub fn step_out(&mut self) {
        self.budget.depth -= 1;
    }

    /// Asks for iterations of a loop, before they are run.
    pub fn afford_iterations(&mut self, count: u128, place: Place) -> bool {
        let left = (MOST_ITERATIONS - self.budget.iterations) as u128;
        if count > left {
            let message = format!(
                "loops are unrolled, and this one goes beyond {MOST_ITERATIONS} iterations in one kernel\nhelp: shorten its range"
            );
            self.spend(place, &message);
        }
        if !self.budget.spent {
            self.budget.iterations += count as usize;
        }
        !self.budget.spent
    }

    /// Asks for an array or a tuple of so many numbers, each as costly as a step, before it is made.
    pub fn afford_elements(&mut self, count: usize, place: Place) -> bool {
        self.budget.steps = self.budget.steps.saturating_add(count);
        if self.budget.steps > self.budget.most_steps {
            self.spend(
                place,
                "the kernel's arrays and tuples hold too many values\nhelp: shorten them",
            );
        }
        !self.budget.spent
    }

    /// Tries something that has another way out: `None`, and nothing reported, where it makes a mistake or takes long.
    pub fn attempt<T>(&mut self, work: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let (errors, spent, most_steps) = (
            self.context.count(),
            self.budget.spent,
            self.budget.most_steps,
        );
        self.budget.most_steps =
            most_steps.min(self.budget.steps.saturating_add(MOST_STEPS_OF_ATTEMPT));
        let result = work(self).filter(|_| self.context.count() == errors);
        self.budget.most_steps = most_steps;
        if result.is_none() {
            self.context.forget_after(errors);
            self.budget.spent = spent;
        }
        result
    }

    fn spend(&mut self, place: Place, message: &str) {
        if !std::mem::replace(&mut self.budget.spent, true) {
            self.context.error_at(place, message);
        }
    }
}
