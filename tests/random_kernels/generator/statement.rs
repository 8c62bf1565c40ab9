//! Statements: values with names, variables that change, loops and branches.

use crate::body::Body;
use crate::scope::Linear;

impl Body<'_> {
    /// The lines of one random statement, or of a few that belong together.
    pub fn statement(&mut self) -> Vec<String> {
        let scalar = self.arguments.scalar;
        let name = self.fresh("s");
        match self.random.between(0, 8) {
            0 | 1 => {
                let value = self.number(3);
                let ty = match value.typed && self.random.chance(60) {
                    true => String::new(),
                    false => format!(": {scalar}"),
                };
                self.scope.numbers.push(name.clone());
                vec![format!("let {name}{ty} = {};", value.text)]
            }
            2 => {
                let value = self.linear(2).text;
                self.declare(&name);
                vec![format!("let {name} = {value};")]
            }
            3 => {
                let lines = self.repetition(&name);
                self.declare(&name);
                lines
            }
            4 if self.branches > 0 => self.changed_in_branches(&name),
            5 if self.branches > 0 => self.assigned_in_branches(&name),
            6 => self.taken_apart(&name),
            7 => self.closure(&name),
            _ => self.shadowed(),
        }
    }

    /// A variable that depends on an input.
    pub fn declare(&mut self, name: &str) {
        self.scope.linear.push(Linear {
            name: name.into(),
            used: false,
        });
    }

    /// `let mut s = ..; if .. { s += .. } else { s = .. }`
    fn changed_in_branches(&mut self, name: &str) -> Vec<String> {
        self.branches -= 1;
        let start = self.linear(1).text;
        let condition = self.condition(1);
        let more = self.linear(1).text;
        let mut branches = format!("if {condition} {{ {name} += {more}; }}");
        if self.random.chance(60) {
            let (less, factor) = (self.linear(1).text, self.number(1).text);
            let other = format!("{name} *= {factor}; {name} = {name} - ({less});");
            branches.push_str(&format!(" else {{ {other} }}"));
        }
        self.declare(name);
        vec![format!("let mut {name} = {start};"), branches]
    }

    /// `let s; if .. { s = .. } else { s = .. }`
    fn assigned_in_branches(&mut self, name: &str) -> Vec<String> {
        self.branches -= 1;
        let (condition, then, other) =
            (self.condition(1), self.linear(1).text, self.linear(1).text);
        self.declare(name);
        vec![
            format!("let {name};"),
            format!("if {condition} {{ {name} = {then}; }} else {{ {name} = {other}; }}"),
        ]
    }

    /// `let (a, b) = ..` and `let [a, b] = ..`
    fn taken_apart(&mut self, name: &str) -> Vec<String> {
        let other = self.fresh("s");
        let [a, b] = [0, 1].map(|_| self.linear(1).text);
        self.declare(name);
        self.declare(&other);
        vec![match self.random.between(0, 2) {
            0 => format!("let ({name}, {other}) = ({a}, {b});"),
            1 => format!("let [{name}, {other}] = [{a}, {b}];"),
            _ => format!("let pair = [{a}, {b}]; let ({name}, {other}) = (pair[1], pair[0]);"),
        }]
    }

    /// A closure of an offset or of a value, called at once.
    fn closure(&mut self, name: &str) -> Vec<String> {
        let function = self.fresh("f");
        let scalar = self.arguments.scalar;
        let weight = self.number(1).text;
        let lines = match self.random.between(0, 1) {
            0 => {
                let [a, b] = [0, 1].map(|_| self.linear(1).text);
                vec![
                    format!("let {function} = |x: {scalar}| ({weight}) * x;"),
                    format!("let {name} = {function}({a}) - {function}({b});"),
                ]
            }
            _ => {
                let input = self.random.between(0, self.arguments.inputs.len() - 1);
                let input = self.arguments.inputs[input].clone();
                let [first, second] = [0, 1].map(|_| self.reach.offset(self.random));
                self.reach.read(&first);
                self.reach.read(&second);
                let steps: Vec<String> =
                    (0..first.len()).map(|axis| format!("o[{axis}]")).collect();
                let axes = first.len();
                vec![
                    format!(
                        "let {function} = |o: [isize; {axes}]| ({weight}) * {input}[[{}]];",
                        steps.join(", ")
                    ),
                    format!("let {name} = {function}({first:?}) + {function}({second:?});"),
                ]
            }
        };
        self.declare(name);
        lines
    }

    /// A new value under an old name.
    fn shadowed(&mut self) -> Vec<String> {
        let more = self.linear(1).text;
        match self.scope.linear.last_mut() {
            Some(linear) => {
                linear.used = false;
                let name = &linear.name;
                vec![format!("let {name} = {name} + {more};")]
            }
            None => {
                let name = self.fresh("s");
                self.declare(&name);
                vec![format!("let {name} = {more};")]
            }
        }
    }
}
