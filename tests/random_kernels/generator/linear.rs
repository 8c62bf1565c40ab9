//! Linear expressions of the inputs: reads, added and subtracted, multiplied and divided by numbers, chosen by conditions.

use crate::body::Body;
use crate::expression::Expression;

impl Body<'_> {
    pub fn linear(&mut self, depth: usize) -> Expression {
        if depth == 0 || self.reach.budget == 0 {
            return self.simple_linear();
        }
        match self.random.between(0, 12) {
            0 => self.simple_linear(),
            1..=4 => {
                let operator = self.random.pick(&["+", "-"]);
                let (left, right) = (self.linear(depth - 1), self.linear(depth - 1));
                Expression::operated(&left, operator, &right)
            }
            5..=7 => {
                let (number, value) = (self.number(2), self.linear(depth - 1));
                match self.random.chance(70) {
                    true => Expression::operated(&number, "*", &value),
                    false => Expression::operated(&value, "*", &number),
                }
            }
            8 => {
                let (value, divisor) = (self.linear(depth - 1), self.positive(2));
                Expression::operated(&value, "/", &divisor)
            }
            9 => self.linear(depth - 1).negated(),
            10 if self.branches > 0 => self.branch(depth),
            11 => self.call(depth),
            _ => self.block(depth),
        }
    }

    fn simple_linear(&mut self) -> Expression {
        let known = self.scope.linear.len();
        if known == 0 || (self.reach.budget > 0 && self.random.chance(70)) {
            return self.read();
        }
        let one = self.random.between(0, known - 1);
        self.scope.linear[one].used = true;
        Expression::tight(self.scope.linear[one].name.clone())
    }

    /// `if condition { a } else { b }`, where one may be zero.
    fn branch(&mut self, depth: usize) -> Expression {
        self.branches -= 1;
        let condition = self.condition(1);
        let then = self.linear(depth - 1).text;
        let other = match self.random.chance(20) {
            true => "0.0".into(),
            false => self.linear(depth - 1).text,
        };
        let (first, second) = match self.random.chance(50) {
            true => (then, other),
            false => (other, then),
        };
        Expression::loose(format!("if {condition} {{ {first} }} else {{ {second} }}"))
    }

    /// A call of a function that the body declares.
    fn call(&mut self, depth: usize) -> Expression {
        let [a, b] = [0, 1].map(|_| self.linear(depth - 1).text);
        let weight = self.number(1).text;
        Expression::tight(format!("blend({a}, {b}, {weight})"))
    }

    /// A value with a name, used twice.
    fn block(&mut self, depth: usize) -> Expression {
        let (name, value) = (self.fresh("b"), self.linear(depth - 1).text);
        let weight = self.number(1);
        let weighed = Expression::operated(&weight, "*", &Expression::tight(name.clone())).text;
        Expression::loose(format!("{{ let {name} = {value}; {name} - {weighed} }}"))
    }
}
