//! Draws effective bandwidth over the size of a cube, from the lines that `workloads` and programs like it print for W1.
//!
//! `cargo bench --bench size -- PICTURE.png < LINES`: every line is a JSON object with `peer`, `direction`, `dims`, `threads` and
//! `seconds_min`; several lines of one point are taken for rounds, of which the median counts. A point of W1 is read once and
//! written once, 16 bytes. Each number of threads has a chart of its own.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, stdin};

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::register_font;

const FONT: &[u8] = include_bytes!("../examples/data/DejaVuSans-subset.ttf");

/// Bytes of a point that move at least.
const BYTES: f64 = 16.0;

/// Pixels of a chart.
const CHART: (u32, u32) = (720, 560);

/// Colours that those who see few colours tell apart too (Okabe and Ito, 2008).
const COLOURS: [RGBColor; 4] = [
    RGBColor(153, 153, 153),
    RGBColor(0, 0, 0),
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
];

/// Seconds of every round at each side of the cube, by program and direction.
type Rounds = BTreeMap<String, BTreeMap<u64, Vec<f64>>>;

/// Side and GB/s, by program and direction.
type Curves = Vec<(String, Vec<(f64, f64)>)>;

type Area<'a> = DrawingArea<BitMapBackend<'a>, Shift>;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result {
    let picture = std::env::args().skip(1).find(|word| word.ends_with(".png"));
    let Some(picture) = picture else {
        eprintln!(
            "size: skipped, there is nothing to draw: cargo bench --bench size -- PICTURE.png < LINES"
        );
        return Ok(());
    };
    let charts = read()?;
    if charts.is_empty() {
        return Err("no line is one of a cube".into());
    }
    let size = (CHART.0 * charts.len() as u32, CHART.1);
    let mut pixels = vec![0; (size.0 * size.1 * 3) as usize];
    register_font("sans-serif", FontStyle::Normal, FONT).map_err(|_| "the font cannot be read")?;
    {
        let area = BitMapBackend::with_buffer(&mut pixels, size).into_drawing_area();
        area.fill(&WHITE)?;
        let curves: Vec<Curves> = charts
            .values()
            .map(|rounds| rounds.iter().map(bandwidths).collect())
            .collect();
        let points = || curves.iter().flatten().flat_map(|(_, points)| points);
        let sides = points().fold([f64::MAX, 0.0], |[low, high], (side, _)| {
            [side.min(low), side.max(high)]
        });
        let most = points().fold(0.0, |most: f64, (_, rate)| most.max(*rate));
        let areas = area.split_evenly((1, charts.len()));
        for ((area, threads), curves) in areas.iter().zip(charts.keys()).zip(curves) {
            let title = match threads {
                1 => "one thread".to_owned(),
                threads => format!("{threads} threads"),
            };
            draw(area, &title, curves, sides, most)?;
        }
        area.present()?;
    }
    save(&picture, &pixels, size)
}

/// One chart.
fn draw(area: &Area<'_>, title: &str, curves: Curves, [low, high]: [f64; 2], most: f64) -> Result {
    let mut chart = ChartBuilder::on(area)
        .margin(16)
        .caption(title, ("sans-serif", 22))
        .x_label_area_size(52)
        .y_label_area_size(64)
        .build_cartesian_2d((low..high).log_scale(), 0.0..1.1 * most)?;
    chart
        .configure_mesh()
        .x_desc("side of the cube (points)")
        .y_desc("effective bandwidth (GB/s)")
        .x_label_formatter(&|side| format!("{side:.0}"))
        .y_label_formatter(&|rate| format!("{rate:.0}"))
        .light_line_style(TRANSPARENT)
        .label_style(("sans-serif", 18))
        .draw()?;
    for ((name, points), colour) in curves.into_iter().zip(COLOURS.iter().cycle()) {
        let style = colour.stroke_width(3);
        chart
            .draw_series(LineSeries::new(points, style).point_size(4))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 28, y)], style));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .legend_area_size(36)
        .background_style(WHITE)
        .border_style(BLACK)
        .label_font(("sans-serif", 18))
        .draw()?;
    Ok(())
}

/// The lines of W1 on a cube, by number of threads.
fn read() -> Result<BTreeMap<u64, Rounds>> {
    let mut charts = BTreeMap::<u64, Rounds>::new();
    for line in stdin().lines() {
        let line: serde_json::Value = serde_json::from_str(&line?)?;
        let dims: Vec<u64> = serde_json::from_value(line["dims"].clone())?;
        let [side, b, c] = dims[..] else { continue };
        if line["case"] != "W1" || [b, c] != [side; 2] {
            continue;
        }
        let missing = |key: &str| format!("a line has no {key}: {line}");
        let text = |key: &str| line[key].as_str().ok_or_else(|| missing(key));
        let direction = match text("direction")? {
            "fwd" => "forward",
            "adj" => "adjoint",
            other => other,
        };
        let seconds = line["seconds_min"].as_f64();
        let seconds = seconds.ok_or_else(|| missing("seconds_min"))?;
        let threads = line["threads"].as_u64();
        let threads = threads.ok_or_else(|| missing("threads"))?;
        let curves = charts.entry(threads).or_default();
        let curve = curves
            .entry(format!("{}, {direction}", text("peer")?))
            .or_default();
        curve.entry(side).or_default().push(seconds);
    }
    Ok(charts)
}

/// The sides, and GB/s in the median rounds.
fn bandwidths((name, sides): (&String, &BTreeMap<u64, Vec<f64>>)) -> (String, Vec<(f64, f64)>) {
    let points = sides.iter().map(|(side, seconds)| {
        let mut seconds = seconds.clone();
        seconds.sort_by(f64::total_cmp);
        let side = *side as f64;
        let median = seconds[seconds.len() / 2];
        (side, BYTES * side.powi(3) / median / 1e9)
    });
    (name.clone(), points.collect())
}

fn save(path: &str, pixels: &[u8], (width, height): (u32, u32)) -> Result {
    let mut encoder = png::Encoder::new(BufWriter::new(File::create(path)?), width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    Ok(writer.finish()?)
}
