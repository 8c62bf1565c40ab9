//! The four sides of a drawing: what is measured along them, and how large it is drawn.

use super::axis::Axis;
use super::map::Map;

/// The sides of a drawing.
pub struct Frame {
    pub across: Axis,
    /// From the upper end to the lower one.
    pub down: Axis,
    /// Pixels of width and height.
    pub size: [i32; 2],
    /// Kilometres from side to side, where a scale bar is to show them.
    pub kilometres: Option<f64>,
}

impl Frame {
    /// A drawing that is no map.
    pub fn new(across: Axis, down: Axis, size: [i32; 2]) -> Self {
        Frame {
            across,
            down,
            size,
            kilometres: None,
        }
    }

    /// A map true to scale, its longer side of so many pixels; a very long map is widened to be seen.
    pub fn of(map: &Map, longer: f64) -> Self {
        let [dy, dx] = map.spacing();
        let (height, width) = (dy * map.extent[0] as f64, dx * map.extent[1] as f64);
        let scale = longer / height.max(width);
        let pixels = |length: f64| (scale * length).round().max(240.0) as i32;
        Frame {
            across: Axis::eastward(map),
            down: Axis::southward(map),
            size: [width, height].map(pixels),
            kilometres: map.place.map(|_| 1e-3 * width),
        }
    }
}
