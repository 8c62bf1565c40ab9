//! The figures of the deblurring: the ground before and after, and how the solvers came there.

use std::path::{Path, PathBuf};

use halo::Result;

use super::axis::Axis;
use super::chart::{BLACK, BLUE, Chart, Curve, RED};
use super::deblurring::{Deblurring, Restored};
use super::figure::{Figure, Panel};
use super::frame::Frame;
use super::palette::Palette;
use super::picture::Picture;
use super::sheet::Stroke;

/// Pixels of the longer side of a map, and of a chart.
const LONGER: f64 = 620.0;
const CHART: [i32; 2] = [620, 420];

/// Draws both figures and returns their files.
///
/// # Errors
/// A file cannot be written.
pub fn draw(deblurring: &Deblurring, folder: &Path) -> Result<Vec<PathBuf>> {
    Ok(vec![
        before_and_after(deblurring, folder.join("deblurring.png"))?,
        convergence(deblurring, folder.join("convergence.png"))?,
    ])
}

fn before_and_after(deblurring: &Deblurring, path: PathBuf) -> Result<PathBuf> {
    let frame = Frame::of(&deblurring.part, LONGER);
    let unit = unit(deblurring);
    let label = format!("elevation{unit}");
    let [truth, seen, smooth, edges] = [
        ("(a) the ground", &deblurring.truth),
        ("(b) blurred, with noise", &deblurring.seen),
        ("(c) by least squares", &deblurring.least_squares.ground),
        ("(d) by total variation", &deblurring.total_variation.ground),
    ]
    .map(|(title, ground)| Picture {
        title,
        frame: &frame,
        label: &label,
        values: &ground.elevation,
        // One scale for all four.
        palette: Palette::sequential(colorous::VIRIDIS, &deblurring.truth.elevation),
        shade: Some(&ground.shade),
    });
    let figure = Figure {
        rows: vec![vec![&truth as &dyn Panel, &seen], vec![&smooth, &edges]],
    };
    figure.save(&path).map(|()| path)
}

fn convergence(deblurring: &Deblurring, path: PathBuf) -> Result<PathBuf> {
    let methods = [
        ("least\nsquares", &deblurring.least_squares, BLUE),
        ("total\nvariation", &deblurring.total_variation, RED),
    ];
    let most = methods.map(|(_, method, _)| method.iterations());
    let most = most[0].max(most[1]).max(1) as f64;
    let iterations = || Axis::new("iteration", 0.0, most);
    let curves = |of: fn(&Restored) -> &[f64]| -> Vec<Curve> {
        let curve = |(name, method, colour)| Curve {
            name,
            points: numbered(of(method)),
            stroke: solid(colour),
        };
        methods.map(curve).into()
    };

    let optimality = curves(|method| &method.optimalities);
    let lowest = least(&optimality);
    let optimality = Chart {
        title: "(a) distance from a solution",
        frame: Frame::new(
            iterations(),
            Axis::logarithmic("optimality, relative to the start", 2.0, 0.8 * lowest),
            CHART,
        ),
        curves: optimality,
    };

    let mut errors = curves(|method| &method.errors);
    errors.push(Curve {
        name: "before",
        points: vec![[0.0, deblurring.error], [most, deblurring.error]],
        stroke: Stroke {
            dashed: true,
            ..solid(BLACK)
        },
    });
    let top = 1.3 * largest(&errors);
    let errors = Chart {
        title: "(b) distance from the ground",
        frame: Frame::new(
            iterations(),
            Axis::logarithmic(
                format!("error, root mean square{}", unit(deblurring)),
                top,
                0.8 * least(&errors),
            ),
            CHART,
        ),
        curves: errors,
    };
    let figure = Figure {
        rows: vec![vec![&optimality as &dyn Panel, &errors]],
    };
    figure.save(&path).map(|()| path)
}

fn unit(deblurring: &Deblurring) -> &'static str {
    match deblurring.part.place {
        Some(_) => " (m)",
        None => "",
    }
}

fn numbered(values: &[f64]) -> Vec<[f64; 2]> {
    let point = |(number, value): (usize, &f64)| [number as f64, *value];
    values.iter().enumerate().map(point).collect()
}

fn solid(colour: [u8; 3]) -> Stroke {
    Stroke {
        colour,
        thickness: 2,
        dashed: false,
    }
}

/// The least positive value that the curves show; 1 where there is none.
fn least(curves: &[Curve]) -> f64 {
    let positive = values(curves).filter(|value| *value > 0.0);
    let least = positive.fold(f64::INFINITY, f64::min);
    if least.is_finite() { least } else { 1.0 }
}

fn largest(curves: &[Curve]) -> f64 {
    values(curves).fold(least(curves), f64::max)
}

fn values(curves: &[Curve]) -> impl Iterator<Item = f64> {
    let points = curves.iter().flat_map(|curve| &curve.points);
    points.map(|[_, value]| *value)
}
