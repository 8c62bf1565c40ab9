//! Conditions: on the position, which make regions, and on parameters and coefficients, which do not.

use crate::arguments::Form;
use crate::body::Body;

impl Body<'_> {
    pub fn condition(&mut self, depth: usize) -> String {
        if depth > 0 && self.random.chance(30) {
            let [left, right] = [0, 1].map(|_| self.condition(depth - 1));
            return match self.random.between(0, 2) {
                0 => format!("!({left})"),
                1 => format!("({left}) && ({right})"),
                _ => format!("({left}) || ({right})"),
            };
        }
        if self.arguments.position && self.random.chance(60) {
            return self.threshold();
        }
        match (
            self.random.between(0, 2),
            self.parameter(Form::Truth),
            self.parameter(Form::Whole),
        ) {
            (0, Some(truth), _) => truth,
            (1, _, Some(whole)) => {
                let comparison = self.random.pick(&["<", "<=", "==", "!=", ">", ">="]);
                format!("{whole} {comparison} {}", self.random.between(0, 2))
            }
            _ => {
                let comparison = self.random.pick(&["<", ">", "<=", "!="]);
                let (left, right) = (self.number(1), self.number(0));
                // `a as f64 < b` would be the start of generics.
                format!("({}) {comparison} ({})", left.text, right.text)
            }
        }
    }

    /// A condition on where the point lies.
    fn threshold(&mut self) -> String {
        self.regions = true;
        let (axis, other) = (self.axis(), self.axis());
        let distance = self.random.between(1, 3);
        match self.random.between(0, 8) {
            0..=2 => format!("at.from_low({axis}) < {distance}"),
            3..=5 => format!("at.from_high({axis}) < {distance}"),
            6 => format!("at.index({axis}) == {}", distance - 1),
            7 => format!("at.index({axis}) % 2 == 0"),
            _ => format!("at.index({axis}) + 1 < at.extent({other}) - {distance}"),
        }
    }

    pub fn axis(&mut self) -> usize {
        self.random.between(0, self.arguments.axes - 1)
    }
}
