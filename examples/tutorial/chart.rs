//! Curves over one axis as one would print them, with a legend.

use halo::Result;

use super::figure::Panel;
use super::frame::Frame;
use super::paper::Paper;
use super::sheet::{Sheet, Stroke};

/// Colours that those who see few colours tell apart too (Okabe and Ito, 2008).
pub const BLACK: [u8; 3] = [0, 0, 0];
pub const BLUE: [u8; 3] = [0, 114, 178];
pub const RED: [u8; 3] = [213, 94, 0];

/// A named line through points, in the units of the axes.
pub struct Curve<'a> {
    /// What the legend calls it; broken into lines where it is long.
    pub name: &'a str,
    pub points: Vec<[f64; 2]>,
    pub stroke: Stroke,
}

/// Some curves.
pub struct Chart<'a> {
    pub title: &'a str,
    pub frame: Frame,
    pub curves: Vec<Curve<'a>>,
}

impl Panel for Chart<'_> {
    fn size(&self) -> [i32; 2] {
        Sheet::outer(&self.frame)
    }

    fn draw(&self, paper: Paper) -> Result {
        let sheet = Sheet::new(paper, &self.frame);
        sheet.title(self.title)?;
        sheet.lattice()?;
        sheet.sides()?;
        for curve in &self.curves {
            let Frame { across, down, .. } = &self.frame;
            let places = curve
                .points
                .iter()
                .filter(|[x, y]| x.is_finite() && y.is_finite());
            let places = places.map(|[x, y]| [across.place(*x), down.place(*y)]);
            sheet.curve(places, curve.stroke)?;
        }
        if self.curves.len() < 2 {
            return Ok(());
        }
        let entries: Vec<_> = self
            .curves
            .iter()
            .map(|curve| (curve.name, curve.stroke))
            .collect();
        sheet.legend(&entries)
    }
}
