//! The body of a kernel while it is being written: what has been drawn, and what is in scope.

use crate::arguments::Arguments;
use crate::expression::Expression;
use crate::random::Random;
use crate::reach::Reach;
use crate::scope::Scope;

/// How many conditions may choose between linear values.
const MOST_BRANCHES: usize = 3;

pub struct Body<'a> {
    pub random: &'a mut Random,
    pub arguments: &'a Arguments,
    pub reach: Reach,
    pub scope: Scope,
    /// The offsets in the constant `STEPS`.
    pub steps: Vec<Vec<isize>>,
    /// How many more conditions may choose between linear values.
    pub branches: usize,
    /// Whether some rows are told from others by their position.
    pub regions: bool,
    names: usize,
}

/// A body that is complete.
pub struct Written {
    pub lines: Vec<String>,
    pub reach: Reach,
    /// Whether some rows read other cells than others do, or have a formula of their own.
    pub rows_differ: bool,
}

impl<'a> Body<'a> {
    pub fn draw(arguments: &'a Arguments, outputs: usize, random: &'a mut Random) -> Written {
        let reach = Reach::draw(arguments.axes, random);
        let steps = (0..random.between(1, 3))
            .map(|_| reach.offset(random))
            .collect();
        let mut body = Body {
            random,
            arguments,
            reach,
            scope: Scope::default(),
            steps,
            branches: MOST_BRANCHES,
            regions: false,
            names: 0,
        };
        let mut lines = body.items();
        for _ in 0..body.random.between(0, 4) {
            lines.extend(body.statement());
        }
        lines.push(body.value(outputs));
        Written {
            lines,
            reach: body.reach,
            rows_differ: body.regions || body.branches < MOST_BRANCHES,
        }
    }

    /// A name that nothing else has.
    pub fn fresh(&mut self, letter: &str) -> String {
        self.names += 1;
        format!("{letter}{}", self.names)
    }

    /// The constants and functions that the body declares.
    fn items(&mut self) -> Vec<String> {
        let scalar = self.arguments.scalar;
        let steps: Vec<String> = self.steps.iter().map(|step| format!("{step:?}")).collect();
        vec![
            format!("const HALF: {scalar} = 0.5;"),
            format!("const TABLE: [{scalar}; 2] = [1.5, 0.25];"),
            format!(
                "const STEPS: [[isize; {}]; {}] = [{}];",
                self.arguments.axes,
                steps.len(),
                steps.join(", ")
            ),
            format!(
                "fn blend(a: {scalar}, b: {scalar}, weight: {scalar}) -> {scalar} {{ a + weight * (b - a) }}"
            ),
        ]
    }

    /// The value of the kernel: every output reads an input, and no variable is left out.
    fn value(&mut self, outputs: usize) -> String {
        let mut values: Vec<Expression> = (0..outputs).map(|_| self.linear(3)).collect();
        for linear in self.scope.linear.iter().filter(|linear| !linear.used) {
            let output = self.random.between(0, outputs - 1);
            let rest = Expression::tight(linear.name.clone());
            values[output] = Expression::operated(&values[output], "+", &rest);
        }
        let values: Vec<String> = values.into_iter().map(|value| value.text).collect();
        match (values.as_slice(), self.random.between(0, 3)) {
            ([value], 0) => format!("return {value};"),
            ([value], _) => format!("({value})"),
            (_, 0) => format!("let result = ({}); result", values.join(", ")),
            _ => format!("({})", values.join(", ")),
        }
    }
}
