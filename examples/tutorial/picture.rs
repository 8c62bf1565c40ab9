//! A map as one would print it: north up, true to scale, with axes, a colour bar and a scale bar.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use halo::{Error, Result};
use ndarray::Array2;

use super::map::Map;
use super::palette::Palette;
use super::sheet::Sheet;

/// Pixels of the longer side of the map.
const LONGER: f64 = 880.0;

/// One quantity on a map.
pub struct Picture<'a> {
    pub title: &'a str,
    /// What the colour bar measures, with its unit.
    pub label: &'a str,
    pub values: &'a Array2<f64>,
    pub palette: Palette,
    /// Brightness of the ground, if it is to show.
    pub shade: Option<&'a Array2<f64>>,
}

impl Picture<'_> {
    /// Draws the picture and writes it as PNG.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self, map: &Map, path: &Path) -> Result {
        let size = size_on_paper(map);
        let paper = Sheet::paper(size);
        let mut pixels = vec![0; 3 * paper.iter().product::<u32>() as usize];
        {
            let sheet = Sheet::new(&mut pixels, size)?;
            sheet.title(self.title)?;
            sheet.cells(|down, across| self.colour(down, across))?;
            sheet.sides(map)?;
            sheet.scale_bar(map)?;
            sheet.colour_bar(&self.palette, self.label)?;
        }
        write_png(path, paper, &pixels)
    }

    /// The colour of the cell at a place of the map, from 0 to 1 along each axis.
    fn colour(&self, down: f64, across: f64) -> [u8; 3] {
        let (rows, columns) = self.values.dim();
        let cell = [
            ((down * rows as f64) as usize).min(rows - 1),
            ((across * columns as f64) as usize).min(columns - 1),
        ];
        // Level ground, with a brightness of 0.7, keeps its colour.
        let light = self.shade.map_or(1.0, |shade| 0.4 + 0.85 * shade[cell]);
        self.palette.colour(self.values[cell], light)
    }
}

/// Pixels of the map's width and height, in the proportion of the ground; a very long map is widened to be seen.
fn size_on_paper(map: &Map) -> [i32; 2] {
    let [dy, dx] = map.spacing();
    let (height, width) = (dy * map.extent[0] as f64, dx * map.extent[1] as f64);
    let scale = LONGER / height.max(width);
    [width, height].map(|length| (scale * length).round().max(240.0) as i32)
}

fn write_png(path: &Path, [width, height]: [u32; 2], pixels: &[u8]) -> Result {
    let cannot_write = |message: String| Error::File {
        path: path.to_owned(),
        message: format!("cannot be written: {message}"),
    };
    let file = File::create(path).map_err(|error| cannot_write(error.to_string()))?;
    let mut encoder = png::Encoder::new(BufWriter::new(file), width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(pixels)?;
        writer.finish()
    });
    written.map_err(|error| cannot_write(error.to_string()))
}
