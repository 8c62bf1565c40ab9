//! Loops over constant ranges and arrays that add up reads.

use crate::body::Body;
use crate::expression::Expression;
use crate::scope::Index;

impl Body<'_> {
    /// A sum over a loop, as the variable of that name.
    pub fn repetition(&mut self, sum: &str) -> Vec<String> {
        let (header, index) = self.header();
        let outside = self.scope.clone();
        let body = match &index {
            Some(index) => self.iterations(sum, index.clone()),
            None => self.steps(sum),
        };
        // What the loop's body has used is used.
        let used = self
            .scope
            .linear
            .iter()
            .map(|linear| linear.used)
            .collect::<Vec<_>>();
        self.scope = outside;
        for (linear, used) in self.scope.linear.iter_mut().zip(used) {
            linear.used |= used;
        }
        let start = match self.random.chance(60) {
            true => "0.0".to_string(),
            false => self.linear(1).text,
        };
        let mut lines = vec![format!("let mut {sum} = {start};"), header];
        lines.extend(body.into_iter().map(|line| format!("    {line}")));
        lines.push("}".into());
        lines
    }

    /// The first line of a loop, and its index; `None` where it runs over the offsets in `STEPS`.
    fn header(&mut self) -> (String, Option<Index>) {
        let name = self.fresh("i");
        let (low, high) = (
            -(self.random.between(0, 2) as isize),
            self.random.between(0, 2) as isize,
        );
        let (range, unsigned, values): (_, _, Vec<isize>) = match self.random.between(0, 6) {
            0 | 1 => (format!("{low}..={high}"), false, (low..=high).collect()),
            2 => (
                format!("{low}..{}", high + 1),
                false,
                (low..=high).collect(),
            ),
            3 => (
                format!("({low}..={high}).rev()"),
                false,
                (low..=high).collect(),
            ),
            4 => (
                format!("({low}..={high}).step_by(2)"),
                false,
                (low..=high).step_by(2).collect(),
            ),
            5 => (format!("0..{}_usize", high + 1), true, (0..=high).collect()),
            _ => return ("for step in STEPS {".into(), None),
        };
        let index = Index {
            name: name.clone(),
            unsigned,
            values,
        };
        (format!("for {name} in {range} {{"), Some(index))
    }

    fn iterations(&mut self, sum: &str, index: Index) -> Vec<String> {
        self.scope.indices.push(index.clone());
        let mut lines = Vec::new();
        if self.random.chance(25) {
            let name = self.fresh("c");
            lines.push(format!(
                "let {name}: {} = {};",
                self.arguments.scalar,
                self.number(2).text
            ));
            self.scope.numbers.push(name);
        }
        let affordable = self.reach.budget / self.scope.iterations() > 2;
        if affordable && self.scope.indices.len() < 2 && self.random.chance(25) {
            let inner = self.fresh("s");
            lines.extend(self.repetition(&inner));
            lines.push(format!("{sum} += {inner};"));
        }
        if self.random.chance(20) {
            lines.extend(self.some_iterations(sum, &index));
        }
        let term = self.linear(2).text;
        let operator = self.random.pick(&["+=", "-="]);
        lines.push(format!("{sum} {operator} {term};"));
        lines
    }

    /// A branch that is decided while the loop is unrolled: only some values of the index see what is inside.
    fn some_iterations(&mut self, sum: &str, index: &Index) -> Option<String> {
        let (condition, keeps): (_, fn(&isize) -> bool) = match self.random.between(0, 1) {
            0 => (format!("{} != 0", index.name), |i| *i != 0),
            _ => (format!("{} > 0", index.name), |i| *i > 0),
        };
        let kept: Vec<isize> = index.values.iter().copied().filter(keeps).collect();
        if kept.is_empty() {
            return None;
        }
        let innermost = self.scope.indices.last_mut()?;
        let all = std::mem::replace(&mut innermost.values, kept);
        let term = self.linear(1).text;
        self.scope.indices.last_mut()?.values = all;
        Some(format!("if {condition} {{ {sum} += {term}; }}"))
    }

    /// A loop over the offsets in `STEPS`.
    fn steps(&mut self, sum: &str) -> Vec<String> {
        let input = self.random.between(0, self.arguments.inputs.len() - 1);
        for offset in self.steps.clone() {
            self.reach.read(&offset);
        }
        let weight = self.number(1);
        let read = Expression::tight(format!("{}[step]", self.arguments.inputs[input]));
        let term = Expression::operated(&weight, "*", &read).text;
        vec![format!("{sum} += {term};")]
    }
}
