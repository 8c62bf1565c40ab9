//! Numbers without an input in them: what inputs are multiplied with. They stay near one, and nothing is divided by zero.

use crate::arguments::Form;
use crate::body::Body;
use crate::expression::Expression;

const NUMBERS: [&str; 8] = ["0.5", "2.0", "1.5", "0.75", "3.", "1e-1", "0.125", "1.1"];

impl Body<'_> {
    pub fn number(&mut self, depth: usize) -> Expression {
        if depth == 0 {
            return self.simple_number();
        }
        let scalar = self.arguments.scalar;
        match self.random.between(0, 13) {
            0..=2 => self.simple_number(),
            3 | 4 => {
                let operator = self.random.pick(&["+", "-", "*"]);
                let (left, right) = (self.number(depth - 1), self.number(depth - 1));
                Expression::operated(&left, operator, &right)
            }
            5 => {
                let (left, right) = (self.number(depth - 1), self.positive(depth - 1));
                Expression::operated(&left, "/", &right)
            }
            6 => self.positive(depth),
            7 => {
                let method = self.random.pick(&["sin", "cos", "tanh", "abs", "signum"]);
                self.number(depth - 1).method(scalar, method, &[])
            }
            8 => {
                let method = self.random.pick(&["min", "max"]);
                let other = self.number(depth - 1);
                self.number(depth - 1).method(scalar, method, &[&other])
            }
            9 => {
                let power = Expression::tight(self.random.pick(&["2", "3"]));
                self.number(depth - 1).method(scalar, "powi", &[&power])
            }
            10 => {
                let [a, b] = [0, 1].map(|_| self.number(depth - 1));
                self.number(depth - 1).method(scalar, "mul_add", &[&a, &b])
            }
            11 => {
                let [a, b] = [0, 1].map(|_| self.number(depth - 1).text);
                Expression::tight(format!("{scalar}_mean({a}, {b})"))
            }
            12 => {
                let condition = self.condition(1);
                let [then, other] = [0, 1].map(|_| self.number(depth - 1));
                let text = format!(
                    "if {condition} {{ {} }} else {{ {} }}",
                    then.text, other.text
                );
                Expression::loose(text).typed_as([&then, &other])
            }
            _ => self.chosen_number(depth),
        }
    }

    /// A number of at least 0.1.
    pub fn positive(&mut self, depth: usize) -> Expression {
        let scalar = self.arguments.scalar;
        if depth == 0 || self.random.chance(25) {
            if self.random.chance(50)
                && let Some(coefficient) = self.read_coefficient(true)
            {
                // Beyond the ends of the grid it may be zero.
                let least = Expression::untyped("0.5");
                return Expression::operated(&coefficient, "+", &least);
            }
            return self.literal();
        }
        let square = self.number(depth - 1);
        match self.random.between(0, 3) {
            0 => {
                let magnitude = square.method(scalar, "abs", &[]);
                Expression::operated(&magnitude, "+", &Expression::untyped("0.5"))
            }
            1 => {
                let square = Expression::operated(&square, "*", &square);
                Expression::operated(&Expression::untyped("1.0"), "+", &square)
            }
            2 => self.positive(depth - 1).method(scalar, "sqrt", &[]),
            _ => square.method(scalar, "sin", &[]).method(scalar, "exp", &[]),
        }
    }

    /// A number that is chosen by another: from an array, by a `match`, after a `let` of its own.
    fn chosen_number(&mut self, depth: usize) -> Expression {
        let name = self.fresh("x");
        let [one, two] = [0, 1].map(|_| self.number(depth - 1));
        let (a, b, scalar) = (&one.text, &two.text, self.arguments.scalar);
        let index = self.random.between(0, 1);
        match (self.random.between(0, 2), self.parameter(Form::Whole)) {
            (0, Some(whole)) => {
                let arms = format!("0 => {a}, 1 | 2 => {b}, _ => 1.0");
                Expression::loose(format!("match {whole} {{ {arms} }}")).typed_as([&one, &two])
            }
            (1, _) => Expression::tight(format!("[{a}, {b}][{index}]")).typed_as([&one, &two]),
            _ => {
                let twice = format!("{name} * ({b}) + {name}");
                Expression::loose(format!("{{ let {name}: {scalar} = {a}; {twice} }}"))
            }
        }
    }

    fn simple_number(&mut self) -> Expression {
        let scalar = self.arguments.scalar;
        let found = match self.random.between(0, 8) {
            0 | 1 => self.read_coefficient(false),
            2 => self.parameter(Form::Number).map(Expression::tight),
            3 => self.entry(),
            4 => self
                .parameter(Form::OtherNumber)
                .or_else(|| self.parameter(Form::Whole))
                .map(|name| Expression::loose(format!("{name} as {scalar}"))),
            5 => self.place(),
            6 if !self.scope.numbers.is_empty() => {
                let name = self
                    .random
                    .pick(&self.scope.numbers.iter().collect::<Vec<_>>());
                Some(Expression::tight(name.clone()))
            }
            7 => self
                .scope
                .indices
                .last()
                .map(|index| Expression::loose(format!("{} as {scalar}", index.name))),
            _ => None,
        };
        found.unwrap_or_else(|| self.literal())
    }

    fn literal(&mut self) -> Expression {
        let number = self.random.pick(&NUMBERS);
        match self.random.between(0, 5) {
            0 => Expression::tight(format!(
                "{}_{}",
                self.random.pick(&["0.5", "2", "1.25"]),
                self.arguments.scalar
            )),
            1 => Expression::tight(self.random.pick(&["HALF", "TABLE[1]"])),
            _ => Expression::untyped(number),
        }
    }

    /// A number out of a table, a pair or a struct of the parameters.
    fn entry(&mut self) -> Option<Expression> {
        let parameters = self.arguments.parameters.iter();
        let compound: Vec<(&str, Form)> = parameters
            .filter(|parameter| {
                matches!(parameter.form, Form::Table(_) | Form::Pair | Form::Weights)
            })
            .map(|parameter| (parameter.name.as_str(), parameter.form))
            .collect();
        if compound.is_empty() {
            return None;
        }
        let (name, form) = self.random.pick(&compound);
        Some(Expression::tight(match form {
            Form::Table(length) => format!("{name}[{}]", self.place_in_table(length)),
            Form::Pair => format!("{name}.{}", self.random.between(0, 1)),
            _ => format!("{name}.{}", self.random.pick(&["near", "far"])),
        }))
    }

    fn place_in_table(&mut self, length: usize) -> String {
        if let Some(index) = self.scope.indices.last() {
            let lowest = index.values.iter().min().copied().unwrap_or(0);
            let highest = index.values.iter().max().copied().unwrap_or(0);
            if ((highest - lowest) as usize) < length {
                return match (index.unsigned, lowest) {
                    (true, _) => format!("{} - {lowest}", index.name),
                    (false, 0) => format!("{} as usize", index.name),
                    (false, 1..) => format!("({} - {lowest}) as usize", index.name),
                    (false, _) => format!("({} + {}) as usize", index.name, -lowest),
                };
            }
        }
        self.random.between(0, length - 1).to_string()
    }

    /// How far along an axis the point lies.
    fn place(&mut self) -> Option<Expression> {
        let (scalar, axis) = (self.arguments.scalar, self.axis());
        let question = self.random.pick(&["index", "from_low", "from_high"]);
        self.arguments.position.then(|| {
            Expression::tight(format!(
                "(at.{question}({axis}) as {scalar} / at.extent({axis}) as {scalar})"
            ))
        })
    }

    /// The name of a random parameter of this form.
    pub fn parameter(&mut self, form: Form) -> Option<String> {
        let parameters = self.arguments.parameters.iter();
        let names: Vec<&str> = parameters
            .filter(|parameter| parameter.form == form)
            .map(|parameter| parameter.name.as_str())
            .collect();
        (!names.is_empty()).then(|| self.random.pick(&names).to_string())
    }
}
