//! The figures of the convolutions: the trace above the section, over one axis of time.

use std::path::{Path, PathBuf};

use halo::Result;
use ndarray::{Array1, Array2};

use super::axis::Axis;
use super::chart::{BLUE, Chart, Curve, RED};
use super::convolution::Convolution;
use super::figure::{Figure, Panel};
use super::frame::Frame;
use super::palette::Palette;
use super::picture::Picture;
use super::sheet::Stroke;
use super::wavelets::INTERVAL;

/// Pixels of a trace and of a section.
const TRACE: [i32; 2] = [880, 300];
const SECTION: [i32; 2] = [880, 360];

/// Draws the inputs, what the operators and their adjoints give, and how that differs from one rank, and returns the files.
///
/// # Errors
/// A file cannot be written.
pub fn draw(
    trace: &Convolution<1>,
    section: &Convolution<2>,
    folder: &Path,
) -> Result<Vec<PathBuf>> {
    let signals = [
        (
            "inputs",
            "Spikes",
            "amplitude",
            &trace.input,
            &section.input,
        ),
        (
            "forward",
            "Spikes, convolved with wavelets from 20 Hz to 76 Hz",
            "amplitude",
            &trace.forward,
            &section.forward,
        ),
        (
            "adjoint",
            "The adjoint of the convolution, applied to what it gave",
            "amplitude",
            &trace.adjoint,
            &section.adjoint,
        ),
    ];
    let mut paths = Vec::new();
    for (name, title, label, on_line, on_plane) in signals {
        let curve = curve("trace", on_line, BLUE, false);
        paths.push(save(
            folder,
            name,
            [title, "The same on a section"],
            label,
            vec![curve],
            on_plane,
        )?);
    }

    // In units of rounding.
    let scaled = |values: &Array1<f64>| values * 1e16;
    let strokes = [("stencil", BLUE), ("blocks", RED)];
    let curves = strokes.into_iter().zip(&trace.differences);
    let curves = curves.map(|((name, colour), values)| curve(name, &scaled(values), colour, false));
    let curves = curves.rev().collect();
    let shown = &section.differences[section.differences.len() - 1] * 1e16;
    let titles = [
        "The adjoint on all ranks, less that on one rank",
        "The same on a section, block by block",
    ];
    let label = "difference (1e\u{2212}16)";
    paths.push(save(folder, "differences", titles, label, curves, &shown)?);
    Ok(paths)
}

fn save(
    folder: &Path,
    name: &str,
    titles: [&str; 2],
    label: &str,
    curves: Vec<Curve>,
    section: &Array2<f64>,
) -> Result<PathBuf> {
    let (traces, samples) = section.dim();
    let time = || Axis::new("time (s)", 0.0, INTERVAL * samples as f64);
    let values = curves.iter().flat_map(|curve| &curve.points);
    let largest = values.fold(0.0, |most: f64, [_, value]| most.max(value.abs()));
    let end = if largest > 0.0 { 1.1 * largest } else { 1.0 };
    let chart = Chart {
        title: titles[0],
        frame: Frame::new(time(), Axis::new(label, end, -end), TRACE),
        curves,
    };
    let frame = Frame::new(time(), Axis::new("trace", 0.0, traces as f64), SECTION);
    let picture = Picture {
        title: titles[1],
        frame: &frame,
        label,
        values: section,
        palette: Palette::diverging(section),
        shade: None,
    };
    let path = folder.join(format!("convolution_{name}.png"));
    Figure::column([&chart as &dyn Panel, &picture]).save(&path)?;
    Ok(path)
}

fn curve<'a>(name: &'a str, values: &Array1<f64>, colour: [u8; 3], dashed: bool) -> Curve<'a> {
    let point = |(sample, value): (usize, &f64)| [INTERVAL * (sample as f64 + 0.5), *value];
    Curve {
        name,
        points: values.iter().enumerate().map(point).collect(),
        stroke: Stroke {
            colour,
            thickness: 2,
            dashed,
        },
    }
}
