//! What the tour computes from a map: slope, Laplacian, and the map after some hundred steps of diffusion.
//!
//! The diffusion smooths gentle ground and keeps steep faces: its coefficient k = 1 / (1 + (s / s0)^2) falls with the
//! slope s and follows the map as it changes (Perona and Malik, IEEE Trans. Pattern Anal. Mach. Intell. 12, 1990).

use halo::Result;
use halo::prelude::*;
use ndarray::Array2;

use super::comparison::expect_equal_bits;
use super::kernels::{Diffusion, Gradient, Laplacian};
use super::map::{Map, known};

/// Steps of diffusion.
pub const STEPS: usize = 300;
/// Steps after which the coefficient is computed anew.
pub const REFRESH: usize = 25;

/// The slope at which the coefficient is one half, in parts of the map's typical slope.
const GENTLE: f64 = 0.4;

/// The results as whole arrays; cells without a value are NaN.
pub struct Relief {
    pub elevation: Array2<f64>,
    /// Steepest rise over run.
    pub slope: Array2<f64>,
    pub laplacian: Array2<f64>,
    pub diffused: Array2<f64>,
    /// Brightness from 0 to 1 under a light in the north-west, before and after the diffusion.
    pub shades: [Array2<f64>; 2],
    /// Cells without a value.
    pub unknown: usize,
    /// Sum over the cells before and after: diffusion moves material, it makes none.
    pub volumes: [f64; 2],
}

impl Relief {
    /// Computes on the ranks of `comm`; rank 0 gets the result. Calls `step_done` after each step of diffusion.
    ///
    /// # Errors
    /// The map cannot be read or holds no number, is too small for the ranks, or an exact adjoint test fails.
    pub fn compute(comm: &Comm, map: &Map, step_done: impl Fn()) -> Result<Option<Self>> {
        let grid = Grid::new(comm, map.extent)?;
        let operators = Operators::on(&grid, map.spacing())?;
        let elevation = map.read(&grid)?;

        let laplacian = operators.laplacian.forward(&elevation)?;
        let gradient = operators.gradient.forward(&elevation)?;
        let slope = steepness(&gradient)?;
        let typical = root_mean_square(&slope)?;

        let known = known(&elevation);
        let start = elevation.map(|z| if z.is_nan() { 0.0 } else { z });
        let end = operators.diffuse(&start, &known, typical, step_done)?;
        let smoothed = operators.gradient.forward(&end)?;
        operators.test_adjoints()?;

        let volumes = [start.sum()?, end.sum()?];
        let whole = |field: Field<f64, 2>| field.gather(0);
        let mut diffused = end;
        diffused.zip(&known, |z, known| {
            *z = if known == 0.0 { f64::NAN } else { *z }
        })?;
        let gathered = [
            whole(elevation)?,
            whole(slope)?,
            whole(laplacian)?,
            whole(diffused)?,
            whole(shade(&gradient, typical)?)?,
            whole(shade(&smoothed, typical)?)?,
        ];
        let [
            Some(elevation),
            Some(slope),
            Some(laplacian),
            Some(diffused),
            Some(before),
            Some(after),
        ] = gathered
        else {
            return Ok(None);
        };
        let unknown = elevation.iter().filter(|z| z.is_nan()).count();
        Ok(Some(Relief {
            unknown,
            elevation,
            slope,
            laplacian,
            diffused,
            shades: [before, after],
            volumes,
        }))
    }

    /// What the diffusion changed.
    pub fn difference(&self) -> Array2<f64> {
        &self.diffused - &self.elevation
    }

    /// An error unless all bits of all results are those of another computation, on one rank.
    pub fn expect_equal(&self, serial: &Relief) -> Result {
        expect_equal_bits("slope", &self.slope, &serial.slope)?;
        expect_equal_bits("Laplacian", &self.laplacian, &serial.laplacian)?;
        expect_equal_bits("diffused elevation", &self.diffused, &serial.diffused)
    }
}

/// The three stencils on the grid of a map.
struct Operators {
    gradient: StencilOperator<Gradient, 2>,
    laplacian: StencilOperator<Laplacian, 2>,
    diffusion: StencilOperator<Diffusion, 2>,
}

impl Operators {
    fn on(grid: &Grid<2>, [dy, dx]: [f64; 2]) -> Result<Self> {
        let (inv_2dy, inv_2dx) = (0.5 / dy, 0.5 / dx);
        let (inv_dy2, inv_dx2) = (1.0 / (dy * dy), 1.0 / (dx * dx));
        // Half of the largest step that is stable for k = 1.
        let dt = 0.25 / (inv_dy2 + inv_dx2);
        let diffusion = Diffusion {
            k: 1.0.into(),
            dt,
            inv_dy2,
            inv_dx2,
        };
        Ok(Operators {
            gradient: Gradient { inv_2dy, inv_2dx }
                .boundary(Boundary::Extrapolate)
                .on(grid)?,
            laplacian: Laplacian { inv_dy2, inv_dx2 }
                .boundary(Boundary::Extrapolate)
                .on(grid)?,
            // Nothing leaves a map that is mirrored at its edges.
            diffusion: diffusion.boundary(Boundary::Mirror).on(grid)?,
        })
    }

    fn diffuse(
        &self,
        start: &Field<f64, 2>,
        known: &Field<f64, 2>,
        typical: f64,
        step_done: impl Fn(),
    ) -> Result<Field<f64, 2>> {
        let (mut current, mut next) = (start.clone(), self.diffusion.zero_range());
        let mut gradient = self.gradient.zero_range();
        for step in 0..STEPS {
            if step % REFRESH == 0 {
                self.gradient.forward_into(&current, &mut gradient)?;
                let mut k = steepness(&gradient)?;
                k.zip(known, |k, known| {
                    let relative = *k / (GENTLE * typical);
                    *k = known / (1.0 + relative * relative);
                })?;
                self.diffusion.update(|diffusion| diffusion.k = k.into())?;
            }
            self.diffusion.forward_into(&current, &mut next)?;
            std::mem::swap(&mut current, &mut next);
            step_done();
        }
        Ok(current)
    }

    fn test_adjoints(&self) -> Result {
        self.gradient.exact_adjoint_test()?;
        self.laplacian.exact_adjoint_test()?;
        self.diffusion.exact_adjoint_test()
    }
}

/// The length of a gradient.
pub fn steepness((south, east): &(Field<f64, 2>, Field<f64, 2>)) -> Result<Field<f64, 2>> {
    let mut slope = south.clone();
    slope.zip(east, |south, east| {
        *south = (*south * *south + east * east).sqrt()
    })?;
    Ok(slope)
}

/// Over the cells that have a value; 1 for a level map.
pub fn root_mean_square(slope: &Field<f64, 2>) -> Result<f64> {
    let cells = known(slope).sum()?;
    let norm = slope.map(|s| if s.is_nan() { 0.0 } else { s }).norm()?;
    Ok(match norm > 0.0 {
        true => norm / cells.sqrt(),
        false => 1.0,
    })
}

/// Brightness of the ground, its slopes exaggerated to `typical` = 0.6, under a light in the north-west, 45 degrees high.
pub fn shade(
    (south, east): &(Field<f64, 2>, Field<f64, 2>),
    typical: f64,
) -> Result<Field<f64, 2>> {
    let exaggeration = 0.6 / typical;
    let mut shade = south.clone();
    shade.zip(east, |south, east| {
        let (s, e) = (exaggeration * *south, exaggeration * east);
        let towards_light = 0.5 * (s + e) + std::f64::consts::FRAC_1_SQRT_2;
        *south = (towards_light / (1.0 + s * s + e * e).sqrt()).clamp(0.0, 1.0);
    })?;
    Ok(shade)
}
