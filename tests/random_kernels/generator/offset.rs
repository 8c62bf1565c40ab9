//! Offsets as people write them: literals, the indices of loops, and arithmetic of both.

use crate::body::Body;
use crate::expression::Expression;
use crate::scope::Index;

impl Body<'_> {
    /// `u[[..]]` of a random input at a random offset.
    pub fn read(&mut self) -> Expression {
        let input = self.random.between(0, self.arguments.inputs.len() - 1);
        let offset = self.reach.offset(self.random);
        let (texts, visited) =
            self.along_loops(&offset, |body, axis, along| body.reach.allows(axis, along));
        visited.iter().for_each(|offset| self.reach.read(offset));
        self.indexed(self.arguments.inputs[input].clone(), texts)
    }

    /// `k[[..]]` of a random coefficient; `None` where there is none.
    pub fn read_coefficient(&mut self, positive: bool) -> Option<Expression> {
        let fields = self.arguments.coefficients.iter();
        let names: Vec<&str> = fields
            .filter(|field| field.positive || !positive)
            .map(|field| field.name.as_str())
            .collect();
        if names.is_empty() {
            return None;
        }
        let name = self.random.pick(&names).to_string();
        let furthest = self.random.pick(&[0, 0, 1, 1, 3]);
        let offset: Vec<isize> = (0..self.arguments.axes)
            .map(|_| self.random.between(0, 2 * furthest) as isize - furthest as isize)
            .collect();
        let (texts, visited) = self.along_loops(&offset, |_, _, along| along.unsigned_abs() <= 3);
        let reach = &mut self.reach;
        visited
            .iter()
            .for_each(|offset| reach.read_coefficient(offset));
        Some(self.indexed(name, texts))
    }

    /// The offset as text, some of it by the index of a loop, and all that it stands for.
    fn along_loops(
        &mut self,
        offset: &[isize],
        allowed: impl Fn(&Self, usize, isize) -> bool,
    ) -> (Vec<String>, Vec<Vec<isize>>) {
        let mut texts: Vec<String> = offset.iter().map(ToString::to_string).collect();
        let mut visited = vec![offset.to_vec()];
        let Some(index) = self.scope.indices.last().cloned() else {
            return (texts, visited);
        };
        if self.random.chance(80) {
            let axis = self.random.between(0, offset.len() - 1);
            let (text, along) = self.of_index(&index);
            if along.iter().all(|along| allowed(self, axis, *along)) {
                texts[axis] = text;
                visited = along
                    .into_iter()
                    .map(|along| {
                        let mut offset = offset.to_vec();
                        offset[axis] = along;
                        offset
                    })
                    .collect();
            }
        }
        (texts, visited)
    }

    /// A number made of the loop's index, and its values.
    fn of_index(&mut self, index: &Index) -> (String, Vec<isize>) {
        let name = match index.unsigned {
            true => format!("{} as isize", index.name),
            false => index.name.clone(),
        };
        let shift = self.random.between(1, 2) as isize;
        let (text, value): (String, Box<dyn Fn(isize) -> isize>) = match self.random.between(0, 4) {
            0 | 1 => (name, Box::new(|i| i)),
            2 if index.unsigned => (format!("-({name})"), Box::new(|i| -i)),
            2 => (format!("-{name}"), Box::new(|i| -i)),
            3 => (format!("{name} - {shift}"), Box::new(move |i| i - shift)),
            _ => (format!("{shift} - {name}"), Box::new(move |i| shift - i)),
        };
        (text, index.values.iter().map(|i| value(*i)).collect())
    }

    fn indexed(&mut self, name: String, offset: Vec<String>) -> Expression {
        match offset.as_slice() {
            [one] if self.random.chance(60) => Expression::tight(format!("{name}[{one}]")),
            _ => Expression::tight(format!("{name}[[{}]]", offset.join(", "))),
        }
    }
}
