//! A whole kernel as source: the function under its attribute, and what a test has to know about it.

use crate::arguments::{Arguments, Coefficient, Parameter};
use crate::body::{Body, Written};
use crate::random::Random;

pub struct Kernel {
    number: usize,
    arguments: Arguments,
    outputs: usize,
    attribute: String,
    body: Written,
    /// Axes of the arrays that it is tried on.
    rank: usize,
}

impl Kernel {
    pub fn draw(number: usize, random: &mut Random) -> Self {
        let arguments = Arguments::draw(random);
        let outputs = random.pick(&[1, 1, 1, 2, 3]);
        let body = Body::draw(&arguments, outputs, random);
        Kernel {
            number,
            outputs,
            attribute: attribute(&body, random),
            rank: (arguments.axes + random.pick(&[0, 0, 1])).min(4),
            arguments,
            body,
        }
    }

    fn source(&self) -> String {
        let Kernel {
            number, attribute, ..
        } = self;
        let result = match self.outputs {
            1 => self.arguments.scalar.to_string(),
            count => format!("({})", vec![self.arguments.scalar; count].join(", ")),
        };
        format!(
            "{attribute}\npub fn kernel_{number}({}) -> {result} {{\n    {}\n}}\n\n{}",
            self.arguments.written(),
            self.body.lines.join("\n    "),
            self.specimen()
        )
    }

    /// What a test has to know.
    fn specimen(&self) -> String {
        let Kernel {
            number, arguments, ..
        } = self;
        let reach = &self.body.reach;
        let coefficients = &arguments.coefficients;
        let values = list(coefficients, |field| {
            let drawn = if field.positive { "Positive" } else { "Gaps" };
            format!("Values::{drawn}")
        });
        let names = list(coefficients, |field| field.name.clone());
        let fields = list(
            &arguments.parameters,
            |Parameter { name, value, .. }| format!("{name}: {value}"),
        );
        let mut given: Vec<String> = (0..arguments.inputs.len())
            .map(|k| format!("point.u({k})"))
            .collect();
        given.extend((0..coefficients.len()).map(|k| format!("point.k({k})")));
        given.extend(arguments.position.then(|| "point.at()".into()));
        // As unknown to the compiler as in an operator: what it evaluates itself, it may round in another way.
        let parameters = arguments.parameters.iter();
        given.extend(parameters.map(|one| format!("std::hint::black_box({})", one.value)));
        let results: Vec<String> = (0..self.outputs).map(|k| format!("y{k}")).collect();
        let pattern = match results.as_slice() {
            [one] => one.clone(),
            several => format!("({})", several.join(", ")),
        };
        format!(
            "impl Specimen<{axes}> for Kernel{number} {{
    const REACH: [[usize; 2]; {axes}] = {reads:?};
    const COEFFICIENT_REACH: usize = {coefficient_reach};
    const COEFFICIENTS: &'static [Values] = &[{values}];
    const ROWS_DIFFER: bool = {rows_differ};

    type Held = Self::Scalar;

    fn hold(drawn: Self::Scalar) -> Self::Scalar {{
        drawn
    }}

    fn make(coefficients: Vec<Coefficient<Self::Scalar>>) -> Self {{
        let Ok([{names}]) = <[_; {count}]>::try_from(coefficients) else {{ panic!(\"a coefficient for each argument\") }};
        Kernel{number} {{ {names_of_fields} {fields} }}
    }}

    fn call(point: &Point<'_, Self::Scalar, Self::Scalar, {axes}>) -> Vec<Self::Scalar> {{
        let {pattern} = kernel_{number}({given});
        vec![{results}]
    }}
}}
",
            axes = arguments.axes,
            reads = reach.inputs,
            coefficient_reach = reach.coefficients,
            rows_differ = self.body.rows_differ,
            count = coefficients.len(),
            names_of_fields = coefficients.iter().map(|Coefficient { name, .. }| format!("{name},")).collect::<String>(),
            given = given.join(", "),
            results = results.join(", "),
        )
    }

    fn test(&self) -> String {
        let Kernel { number, rank, .. } = self;
        format!(
            "#[test]\nfn kernel_{number}() {{ $check(&Subject::<{rank}>::of::<Kernel{number}, {}>()); }}\n",
            self.arguments.axes
        )
    }
}

/// All kernels, what they need, and a macro that makes a test of each.
pub fn zoo(kernels: &[Kernel]) -> String {
    let sources: String = kernels.iter().map(Kernel::source).collect();
    let tests: String = kernels.iter().map(Kernel::test).collect();
    format!(
        "use halo::prelude::*;
use halo::stencil::{{Coefficient, Stencil}};

use super::specimen::{{Point, Specimen, Values}};

#[derive(Clone, Copy)]
pub struct Weights<T> {{ pub near: T, pub far: T }}

fn f32_mean(a: f32, b: f32) -> f32 {{ 0.5 * (a + b) }}
fn f64_mean(a: f64, b: f64) -> f64 {{ 0.5 * (a + b) }}

{sources}
macro_rules! for_each_kernel {{ ($check:ident) => {{
{tests}
}} }}
pub(crate) use for_each_kernel;
"
    )
}

/// With or without a claim, which must be exact.
fn attribute(body: &Written, random: &mut Random) -> String {
    let widths: Vec<String> = body
        .reach
        .inputs
        .iter()
        .map(|[low, high]| format!("({low}, {high})"))
        .collect();
    let widest = body
        .reach
        .inputs
        .iter()
        .flatten()
        .max()
        .copied()
        .unwrap_or(0);
    match random.between(0, 3) {
        0 => format!("#[stencil(halo = ({},))]", widths.join(", ")),
        1 => format!("#[stencil(halo = {widest})]"),
        _ => "#[stencil]".into(),
    }
}

fn list<T>(of: &[T], text: impl Fn(&T) -> String) -> String {
    of.iter().map(text).collect::<Vec<_>>().join(", ")
}
