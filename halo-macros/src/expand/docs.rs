//! The rustdoc of the generated struct: the formula, pictures of both footprints, and what an application costs.

use std::{collections::BTreeSet, fmt::Write};

use quote::ToTokens;
use syn::Type;

use super::{location, names::Tap};
use crate::{
    analysis::analyse::Analysis,
    ir::kernel::Kernel,
    symmetry::Symmetry,
    syntax::{derivative::written, roles::verb, stencil::Stencil},
    wrt::Derivative,
};

/// Widest footprint that is still drawn; beyond it only the reach is stated.
const DRAWN: isize = 9;

pub struct Cost {
    pub messages: usize,
    pub flops: usize,
    /// Values that several points share.
    pub shared: usize,
}

pub fn operator(
    stencil: &Stencil,
    formula: &str,
    kernel: &Kernel,
    analysis: &Analysis,
    symmetry: &Symmetry,
    forward: (&[Tap], Cost),
    adjoint: (&[Tap], Cost),
) -> String {
    let mut doc = String::new();
    if let Some(origin) = &stencil.signature.origin {
        let (structure, input) = (&origin.structure, &kernel.inputs[0]);
        let _ = writeln!(
            doc,
            " The formula of [`{structure}`] as a linear operator of `{input}`, its inputs held fixed; made by [`{structure}::{}`].",
            verb(input)
        );
    }
    let _ = writeln!(doc, "\n# Formula of one point\n\n```text\n{formula}\n```\n");
    let _ = writeln!(
        doc,
        "# Footprint\n\n```text\n{}```\n",
        footprints(forward.0, adjoint.0)
    );
    let _ = writeln!(doc, "| | forward | adjoint |\n|---|---|---|");
    let reach = |taps: &[Tap]| {
        let reach = (0..kernel.axes).map(|axis| {
            let [low, high] = reach(taps, axis);
            format!("({low}, {high})")
        });
        reach.collect::<Vec<_>>().join(" ")
    };
    let _ = writeln!(
        doc,
        "| reach (low, high) per axis | {} | {} |",
        reach(forward.0),
        reach(adjoint.0)
    );
    let _ = writeln!(
        doc,
        "| messages per exchange, at most | {} | {} |",
        forward.1.messages, adjoint.1.messages
    );
    let _ = writeln!(
        doc,
        "| flops per point | {} | {} |",
        forward.1.flops, adjoint.1.flops
    );
    let shared = [forward.1.shared, adjoint.1.shared];
    if shared != [0, 0] {
        let [forward, adjoint] = shared;
        let _ = writeln!(
            doc,
            "| values that points share, each computed once | {forward} | {adjoint} |"
        );
    }
    let moved = moved(kernel);
    let _ = writeln!(doc, "| moved per point | {moved} | {moved} |");
    if let Some(sentence) = location::sentence(kernel) {
        let _ = writeln!(doc, "\nLocations: {sentence}");
    }
    let _ = writeln!(doc, "\n{}", symmetric(symmetry));
    if let Some(claim) = &stencil.attr.derivative {
        let _ = writeln!(
            doc,
            "\nChecked against the moments of the weights: `derivative = {}`, to order {} at least.",
            written(&claim.derivatives),
            claim.order.value
        );
    }
    if analysis.cuts.iter().any(|cut| *cut != [0, 0]) {
        let cuts: Vec<_> = analysis
            .cuts
            .iter()
            .map(|[low, high]| format!("({low}, {high})"))
            .collect();
        let _ = writeln!(
            doc,
            "\nRows with a formula of their own at the (low, high) end of each axis: {}.",
            cuts.join(" ")
        );
    }
    doc
}

/// Of a struct with generic constants, whose kernels are described one by one.
pub fn instances(stencil: &Stencil) -> String {
    let formula = formula(&stencil.function);
    let mut doc = format!("\n# Formula of one point\n\n```text\n{formula}\n```\n\n");
    for enumeration in &stencil.attr.constants {
        let _ = writeln!(
            doc,
            "`{}` is one of {}.",
            enumeration.name,
            enumeration.listed()
        );
    }
    doc
}

/// Which coefficients the kernel is linear in, and why the others are not.
pub fn derivatives(stencil: &Stencil, derivatives: &[Derivative]) -> String {
    if derivatives.is_empty() {
        return String::new();
    }
    let mut doc = "\n# Derivatives\n\n| with respect to | |\n|---|---|\n".to_string();
    for Derivative {
        coefficient,
        outcome,
    } in derivatives
    {
        let _ = match outcome {
            Ok((exchanged, _)) => {
                let (structure, verb) = (&stencil.signature.structure, verb(coefficient));
                let derived = &exchanged.signature.structure;
                writeln!(
                    doc,
                    "| `{coefficient}` | [`{derived}`], by [`{verb}`]({structure}::{verb}) |"
                )
            }
            Err(why) => writeln!(
                doc,
                "| `{coefficient}` | none: {} |",
                why.replace('|', "\\|")
            ),
        };
    }
    doc
}

/// Fields that an application reads or writes.
fn fields(kernel: &Kernel) -> usize {
    kernel.inputs.len() + kernel.outputs.len() + kernel.coefficients.len()
}

/// In bytes, where the scalar says how many it has.
fn moved(kernel: &Kernel) -> String {
    let values = fields(kernel);
    let name = |ty: &Type| ty.to_token_stream().to_string();
    let scalar = name(&kernel.scalar);
    let alike = kernel.coefficient_types.iter().all(|ty| name(ty) == scalar);
    match scalar.as_str() {
        _ if !alike => format!("{values} values"),
        "f32" => format!("{} bytes", 4 * values),
        "f64" => format!("{} bytes", 8 * values),
        _ => format!("{values} values"),
    }
}

fn symmetric(symmetry: &Symmetry) -> String {
    match symmetry {
        Symmetry::SelfAdjoint => {
            "The formula is its own adjoint; `self_adjoint()` of the operator says whether its \
            boundaries keep that."
                .into()
        }
        Symmetry::SkewAdjoint => "In the interior the formula is minus its own adjoint.".into(),
        Symmetry::None(why) => {
            format!("In the interior the formula is not its own adjoint: {why}.")
        }
    }
}

/// How far the taps reach below and above along an axis.
pub fn reach(taps: &[Tap], axis: usize) -> [usize; 2] {
    let offsets = || taps.iter().map(|tap| tap.offset[axis]);
    let low = offsets().map(|o| -o).max().unwrap_or(0).max(0);
    let high = offsets().max().unwrap_or(0).max(0);
    [low as usize, high as usize]
}

/// Messages a block with neighbours on all sides receives in one exchange of all the pass's fields.
pub fn messages(taps: &[Tap]) -> usize {
    let mut directions = BTreeSet::new();
    for tap in taps {
        let signs: Vec<isize> = tap.offset.iter().map(|o| o.signum()).collect();
        // A diagonal offset also reaches over each face and edge of its corner.
        for subset in 1..1usize << signs.len() {
            let direction: Vec<isize> = signs
                .iter()
                .enumerate()
                .map(|(axis, sign)| if subset >> axis & 1 == 1 { *sign } else { 0 })
                .collect();
            if direction.iter().any(|d| *d != 0) {
                directions.insert((tap.field, direction));
            }
        }
    }
    directions.len()
}

fn footprints(forward: &[Tap], adjoint: &[Tap]) -> String {
    let panels = [("forward", forward), ("adjoint", adjoint)].map(|(name, taps)| panel(name, taps));
    let height = panels.iter().map(Vec::len).max().unwrap_or(0);
    let width = panels[0]
        .iter()
        .map(|line| line.chars().count())
        .max()
        .unwrap_or(0);
    let mut drawing = String::new();
    for k in 0..height {
        let [left, right] = [0, 1].map(|p| panels[p].get(k).map_or("", String::as_str));
        let _ = writeln!(
            drawing,
            "{}",
            format!("{left:width$}    {right}").trim_end()
        );
    }
    drawing
}

/// One footprint as lines: the last axis runs to the right, the one before it down, each offset of the leading axes has
/// a drawing of its own. `o` is the point itself, `x` a cell read, `@` both.
fn panel(name: &str, taps: &[Tap]) -> Vec<String> {
    let mut lines = vec![name.to_string()];
    let Some(axes) = taps.first().map(|tap| tap.offset.len()) else {
        lines.push("reads nothing".into());
        return lines;
    };
    let range = |axis| {
        let [low, high] = reach(taps, axis);
        -(low as isize)..=high as isize
    };
    if (0..axes).any(|axis| range(axis).count() as isize > DRAWN) {
        lines.push(format!("{} cells", taps.len()));
        return lines;
    }
    let ranges: Vec<_> = (0..axes).map(range).collect();
    let place = |offset: &[isize]| {
        let along = ranges.iter().zip(offset);
        along.fold(0, |place, (range, o)| {
            place * range.clone().count() + (o - range.start()) as usize
        })
    };
    let mut read = vec![false; ranges.iter().map(|range| range.clone().count()).product()];
    taps.iter().for_each(|tap| read[place(&tap.offset)] = true);
    let mut cells = read.into_iter();
    for leading in leading_offsets(&ranges[..axes.saturating_sub(2)]) {
        if !leading.is_empty() {
            lines.push(format!("at {leading:?}"));
        }
        let down = if axes >= 2 { range(axes - 2) } else { 0..=0 };
        for i in down {
            let mut line = String::new();
            for (j, read) in range(axes - 1).zip(&mut cells) {
                let centre = i == 0 && j == 0 && leading.iter().all(|o| *o == 0);
                line.push_str(match (centre, read) {
                    (true, true) => "@ ",
                    (true, false) => "o ",
                    (false, true) => "x ",
                    (false, false) => ". ",
                });
            }
            lines.push(line.trim_end().to_string());
        }
    }
    lines
}

fn leading_offsets(ranges: &[std::ops::RangeInclusive<isize>]) -> Vec<Vec<isize>> {
    ranges.iter().fold(vec![Vec::new()], |offsets, range| {
        let extended = offsets.iter().flat_map(|offset| {
            range
                .clone()
                .map(move |o| offset.iter().copied().chain([o]).collect())
        });
        extended.collect()
    })
}

/// The function's body as the user wrote it.
pub fn formula(function: &syn::ItemFn) -> String {
    let block = function.block.brace_token.span.join().source_text();
    let text = match block
        .as_deref()
        .and_then(|text| text.strip_prefix('{')?.strip_suffix('}'))
    {
        Some(body) => body.to_string(),
        None => function
            .block
            .stmts
            .iter()
            .map(|s| s.to_token_stream().to_string())
            .collect(),
    };
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    // Counted in blanks and tabs alone, each one byte: what is cut off is never part of a wider character.
    let indent = |line: &&str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let common = lines.iter().map(indent).min().unwrap_or(0);
    lines
        .iter()
        .map(|line| &line[common..])
        .collect::<Vec<_>>()
        .join("\n")
}
