//! The arguments of a kernel: how many of each kind, and the values that the tests give to parameters.

use crate::random::Random;

pub struct Arguments {
    pub axes: usize,
    /// `f32` or `f64`.
    pub scalar: &'static str,
    pub inputs: Vec<String>,
    pub coefficients: Vec<Coefficient>,
    pub parameters: Vec<Parameter>,
    pub position: bool,
}

pub struct Coefficient {
    pub name: String,
    /// Whether all its values are positive; otherwise a third of them are zero.
    pub positive: bool,
}

/// A parameter with the value that it is given, as Rust.
pub struct Parameter {
    pub name: String,
    pub form: Form,
    pub value: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Number,
    /// The number type that the kernel does not have.
    OtherNumber,
    Whole,
    Truth,
    /// A table of so many numbers.
    Table(usize),
    Pair,
    /// A struct of two numbers.
    Weights,
}

impl Arguments {
    pub fn draw(random: &mut Random) -> Self {
        let axes = random.pick(&[1, 1, 1, 2, 2, 2, 2, 3, 3, 4]);
        let scalar = random.pick(&["f64", "f64", "f32"]);
        let inputs = names(random, &["u", "v", "w"], &[1, 1, 1, 2, 2, 3]);
        let coefficients = names(random, &["k", "rho", "mu"], &[0, 0, 1, 1, 2, 3]);
        let coefficients = coefficients.into_iter().map(|name| Coefficient {
            name,
            positive: random.chance(60),
        });
        let coefficients = coefficients.collect();
        let parameters = names(
            random,
            &["a", "dt", "n", "table", "h"],
            &[0, 1, 1, 2, 2, 3, 4],
        );
        let parameters = parameters.into_iter().map(|name| {
            let form = match random.between(0, 9) {
                0..=3 => Form::Number,
                4 => Form::OtherNumber,
                5 => Form::Whole,
                6 => Form::Truth,
                7 => Form::Table(random.between(2, 7)),
                8 => Form::Pair,
                _ => Form::Weights,
            };
            Parameter {
                name,
                form,
                value: form.value(scalar, random),
            }
        });
        Arguments {
            axes,
            scalar,
            inputs,
            coefficients,
            parameters: parameters.collect(),
            position: random.chance(55),
        }
    }

    /// The other of the two number types.
    pub fn other_scalar(&self) -> &'static str {
        match self.scalar {
            "f64" => "f32",
            _ => "f64",
        }
    }

    /// The function's arguments as Rust.
    pub fn written(&self) -> String {
        let (scalar, axes) = (self.scalar, self.axes);
        let inputs = self.inputs.iter();
        let mut written: Vec<String> = inputs
            .map(|name| format!("{name}: Input<{scalar}, {axes}>"))
            .collect();
        for Coefficient { name, .. } in &self.coefficients {
            written.push(format!("{name}: Coef<{scalar}, {axes}>"));
        }
        if self.position {
            written.push(format!("at: Position<{axes}>"));
        }
        for Parameter { name, form, .. } in &self.parameters {
            written.push(format!("{name}: {}", self.type_of(*form)));
        }
        written.join(", ")
    }

    fn type_of(&self, form: Form) -> String {
        let scalar = self.scalar;
        match form {
            Form::Number => scalar.into(),
            Form::OtherNumber => self.other_scalar().into(),
            Form::Whole => "i32".into(),
            Form::Truth => "bool".into(),
            Form::Table(length) => format!("[{scalar}; {length}]"),
            Form::Pair => format!("({scalar}, {scalar})"),
            Form::Weights => format!("Weights<{scalar}>"),
        }
    }
}

impl Form {
    fn value(self, scalar: &str, random: &mut Random) -> String {
        let mut number = || random.pick(&["0.3", "-0.7", "1.25", "-1.1", "0.6", "2.0"]);
        match self {
            Form::Number | Form::OtherNumber => number().into(),
            Form::Whole => random.pick(&["-1", "0", "1", "2", "3"]).into(),
            Form::Truth => random.pick(&["true", "false"]).into(),
            Form::Table(length) => {
                let numbers: Vec<&str> = (0..length).map(|_| number()).collect();
                format!("[{}]", numbers.join(", "))
            }
            Form::Pair => format!("({}, {})", number(), number()),
            Form::Weights => {
                format!(
                    "Weights::<{scalar}> {{ near: {}, far: {} }}",
                    number(),
                    number()
                )
            }
        }
    }
}

/// The first few of some names, in a random order.
fn names(random: &mut Random, names: &[&str], counts: &[usize]) -> Vec<String> {
    let mut names = names.to_vec();
    random.shuffle(&mut names);
    names.truncate(random.pick(counts));
    names.into_iter().map(String::from).collect()
}
