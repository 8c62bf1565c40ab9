//! What one file shows: panels beside and below one another, as one would print them.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use halo::{Error, Result};

use super::paper::Paper;

/// A drawing that takes a part of a figure.
pub trait Panel {
    /// Pixels of width and height, letters included.
    fn size(&self) -> [i32; 2];

    /// Draws it on paper of that size.
    fn draw(&self, paper: Paper) -> Result;
}

/// Rows of panels.
pub struct Figure<'a> {
    pub rows: Vec<Vec<&'a dyn Panel>>,
}

impl<'a> Figure<'a> {
    /// Panels below one another.
    pub fn column(panels: impl IntoIterator<Item = &'a dyn Panel>) -> Self {
        Figure {
            rows: panels.into_iter().map(|panel| vec![panel]).collect(),
        }
    }

    /// Draws the figure and writes it as PNG.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self, path: &Path) -> Result {
        let shapes = self.rows.iter().map(|row| shape(row));
        let size = shapes.fold([0, 0], |[width, height], [w, h]| [width.max(w), height + h]);
        let mut pixels = vec![0; 3 * size.iter().product::<i32>() as usize];
        {
            let paper = Paper::new(&mut pixels, size)?;
            let mut above = 0;
            for row in &self.rows {
                let mut left = 0;
                for panel in row {
                    let [width, height] = panel.size();
                    panel.draw(paper.part((left, above), [width, height]))?;
                    left += width;
                }
                above += shape(row)[1];
            }
        }
        write_png(path, size, &pixels)
    }
}

/// Width and height of panels beside one another.
fn shape(row: &[&dyn Panel]) -> [i32; 2] {
    let sizes = row.iter().map(|panel| panel.size());
    sizes.fold([0, 0], |[width, height], [w, h]| [width + w, height.max(h)])
}

fn write_png(path: &Path, size: [i32; 2], pixels: &[u8]) -> Result {
    let cannot_write = |message: String| Error::File {
        path: path.to_owned(),
        message: format!("cannot be written: {message}"),
    };
    let file = File::create(path).map_err(|error| cannot_write(error.to_string()))?;
    let [width, height] = size.map(|pixels| pixels as u32);
    let mut encoder = png::Encoder::new(BufWriter::new(file), width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(pixels)?;
        writer.finish()
    });
    written.map_err(|error| cannot_write(error.to_string()))
}
