//! A quantity on a plane as one would print it: its cells in colour, with axes, a colour bar and, on a map, a scale bar.

use halo::Result;
use ndarray::Array2;

use super::figure::Panel;
use super::frame::Frame;
use super::palette::Palette;
use super::paper::Paper;
use super::sheet::Sheet;

/// One quantity on a plane.
pub struct Picture<'a> {
    pub title: &'a str,
    pub frame: &'a Frame,
    /// What the colour bar measures, with its unit.
    pub label: &'a str,
    pub values: &'a Array2<f64>,
    pub palette: Palette,
    /// Brightness of the ground, if it is to show.
    pub shade: Option<&'a Array2<f64>>,
}

impl Panel for Picture<'_> {
    fn size(&self) -> [i32; 2] {
        Sheet::outer(self.frame)
    }

    fn draw(&self, paper: Paper) -> Result {
        let sheet = Sheet::new(paper, self.frame);
        sheet.title(self.title)?;
        sheet.cells(|down, across| self.colour(down, across))?;
        sheet.sides()?;
        sheet.scale_bar()?;
        sheet.colour_bar(&self.palette, self.label)
    }
}

impl Picture<'_> {
    /// The colour of the cell at a place of the plane, from 0 to 1 along each axis.
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
