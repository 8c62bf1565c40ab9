//! A piece of ground on the ranks: its true heights, against which what is restored is held, and how it looks in the light.

use halo::Result;
use halo::prelude::*;
use ndarray::Array2;

use super::kernels::Gradient;
use super::map::{Map, known};
use super::relief::{root_mean_square, shade, steepness};

/// The true ground.
pub struct Scene {
    /// Above the mean; zero where the map has no value.
    pub height: Field<f64, 2>,
    mean: f64,
    cells: f64,
    gradient: StencilOperator<Gradient, 2>,
    /// The slope that the light is set for.
    typical: f64,
}

/// Elevations, and the brightness of the ground under a light in the north-west.
pub struct Ground {
    pub elevation: Array2<f64>,
    pub shade: Array2<f64>,
}

impl Scene {
    /// The ground of a map on a grid of its extent. Collective.
    ///
    /// # Errors
    /// The map cannot be read or is too small for the ranks.
    pub fn of(map: &Map, grid: &Grid<2>) -> Result<Self> {
        let elevation = map.stored(grid)?;
        let known = known(&elevation);
        let mut height = elevation.map(|z| if z.is_nan() { 0.0 } else { z });
        let mean = match known.sum()? {
            0.0 => 0.0,
            cells => height.sum()? / cells,
        };
        height.axpy(-mean, &known)?;

        let [dy, dx] = map.spacing();
        let gradient = Gradient {
            inv_2dy: 0.5 / dy,
            inv_2dx: 0.5 / dx,
        };
        let gradient = gradient.boundary(Boundary::Extrapolate).on(grid)?;
        let typical = root_mean_square(&steepness(&gradient.forward(&height)?)?)?;
        Ok(Scene {
            height,
            mean,
            cells: grid.extent().iter().product::<usize>() as f64,
            gradient,
            typical,
        })
    }

    /// Root mean square of the heights; 1 on level ground.
    pub fn size(&self) -> Result<f64> {
        let size = self.height.norm()? / self.cells.sqrt();
        Ok(if size > 0.0 { size } else { 1.0 })
    }

    /// Root mean square of the differences from the true heights.
    pub fn error(&self, height: &Field<f64, 2>) -> Result<f64> {
        let mut difference = height.clone();
        difference.axpy(-1.0, &self.height)?;
        Ok(difference.norm()? / self.cells.sqrt())
    }

    /// Other heights as whole arrays, for rank 0.
    pub fn ground(&self, height: &Field<f64, 2>) -> Result<Option<Ground>> {
        let shade = shade(&self.gradient.forward(height)?, self.typical)?;
        let elevation = height.map(|z| z + self.mean);
        let whole = [elevation.gather(0)?, shade.gather(0)?];
        Ok(match whole {
            [Some(elevation), Some(shade)] => Some(Ground { elevation, shade }),
            _ => None,
        })
    }
}
