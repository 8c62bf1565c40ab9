//! A fused stencil gives the bits of its two stencils applied in turn, on any ranks, and its adjoint is exact: fused on
//! periodic axes, in turn on others.

use halo::prelude::*;
use halo::{Result, launch_all};

use crate::common::case::deal_out;
use crate::common::random::{Random, cases, noise};

#[stencils]
mod kernels {
    use halo::prelude::*;

    fn mean(k: &Coef<f64, 2>, [i, j]: [isize; 2]) -> f64 {
        2.0 / (1.0 / k[[0, 0]] + 1.0 / k[[i, j]])
    }

    /// A coefficient read beside the point, a parameter, an asymmetric footprint.
    #[stencil]
    pub fn flux(u: Input<f64, 2>, k: Coef<f64, 2>, dt: f64) -> f64 {
        dt * mean(&k, [1, 0]) * (u[[1, 0]] - u[[0, 0]]) - mean(&k, [0, -2]) * u[[0, -2]] / 3.0
    }

    /// A condition on a coefficient.
    #[stencil]
    pub fn limited(u: Input<f64, 2>, k: Coef<f64, 2>, limit: f64) -> f64 {
        let mut sum = u[[0, 0]] - 0.25 * u[[-1, 1]];
        match k[[0, 1]] {
            x if x > limit => sum += u[[0, 1]] / (x - limit),
            x => sum -= x * u[[1, 0]],
        }
        sum
    }

    #[stencil]
    pub fn gradient(u: Input<f64, 2>) -> (f64, f64) {
        (u[[1, 0]] - u[[0, 0]], 0.5 * (u[[0, 1]] - u[[0, -1]]))
    }

    #[stencil]
    pub fn divergence(a: Input<f64, 2>, b: Input<f64, 2>, scale: f64) -> f64 {
        scale * (a[[0, 0]] - a[[-1, 0]] + 0.5 * (b[[0, 1]] - b[[0, -1]]))
    }

    fuse!(pub LimitedFlux = limited(flux));
    fuse!(pub TwiceLimited = limited(limited));
    fuse!(pub DivGrad = divergence(gradient));
}
use kernels::*;

/// One random grid of three axes, two of which are acted on.
#[derive(Debug)]
struct Situation {
    extent: [usize; 3],
    process_grid: [usize; 3],
    periodic: bool,
    axes: [usize; 2],
    seed: u64,
}

impl Situation {
    fn draw(random: &mut Random) -> Situation {
        let mut axes = [0, 1, 2];
        random.shuffle(&mut axes);
        let ranks = random.pick(&[1, 2, 3, 4, 8]);
        let process_grid = deal_out(random, ranks);
        Situation {
            extent: process_grid.map(|ranks| ranks * random.between(5, 9)),
            process_grid,
            periodic: random.chance(70),
            axes: [axes[0], axes[1]],
            seed: random.bits(),
        }
    }

    fn grid(&self, comm: &Comm) -> Result<Grid<3>> {
        let mut periodic = [false; 3];
        for axis in self.axes {
            periodic[axis] = self.periodic;
        }
        Grid::builder(comm, self.extent)
            .process_grid(self.process_grid)
            .periodic(periodic)
            .build()
    }

    /// Values between low and high.
    fn field(&self, grid: &Grid<3>, salt: u64, [low, high]: [f64; 2]) -> Field<f64, 3> {
        let [_, rows, columns] = self.extent;
        let (middle, half) = (0.5 * (low + high), 0.5 * (high - low));
        grid.field(|[i, j, k]| {
            let cell = (i * rows + j) * columns + k;
            middle + half * noise(self.seed, salt as usize, cell)
        })
    }

    /// Runs all fused stencils in this situation.
    fn check(&self, comm: &Comm) -> Result {
        let grid = self.grid(comm)?;
        let coefficient = |salt| self.field(&grid, salt, [0.1, 1.0]).into();
        let flux = || Flux {
            k: coefficient(1),
            dt: 0.3,
        };
        let limited = |salt| Limited {
            k: coefficient(salt),
            limit: 0.4,
        };
        let divergence = || Divergence { scale: 0.7 };
        let placed_flux = flux().along(self.axes).on(&grid)?;
        let placed_limited = [2, 3].map(|salt| limited(salt).along(self.axes).on(&grid));
        let [last, first] = placed_limited;
        let (last, first) = (last?, first?);
        let x = self.field(&grid, 9, [-1.0, 1.0]);

        let fused = LimitedFlux {
            outer: limited(2),
            inner: flux(),
        }
        .along(self.axes)
        .on(&grid)?;
        self.compare(
            &fused,
            fused.is_fused(),
            &x,
            &last.forward(&placed_flux.forward(&x)?)?,
        )?;
        let fused = TwiceLimited {
            outer: limited(2),
            inner: limited(3),
        }
        .along(self.axes)
        .on(&grid)?;
        self.compare(
            &fused,
            fused.is_fused(),
            &x,
            &last.forward(&first.forward(&x)?)?,
        )?;
        let fused = DivGrad {
            outer: divergence(),
            inner: Gradient,
        }
        .along(self.axes)
        .on(&grid)?;
        let gradient = Gradient.along(self.axes).on(&grid)?.forward(&x)?;
        let expected = divergence()
            .along(self.axes)
            .on(&grid)?
            .forward(&gradient)?;
        self.compare(&fused, fused.is_fused(), &x, &expected)
    }

    fn compare(
        &self,
        fused: &impl LinearOperator<Domain = Field<f64, 3>, Range = Field<f64, 3>>,
        is_fused: bool,
        x: &Field<f64, 3>,
        expected: &Field<f64, 3>,
    ) -> Result {
        assert_eq!(is_fused, self.periodic, "{self:?}");
        let found = fused.forward(x)?;
        let bits = |field: &Field<f64, 3>| field.view().mapv(f64::to_bits);
        assert_eq!(bits(&found), bits(expected), "{} in {self:?}", fused.name());
        fused.exact_adjoint_test()?;
        fused.dot_test(1e-12)
    }
}

#[test]
fn fused_stencils_are_their_two_in_turn() {
    let mut random = Random::new(8);
    for _ in 0..cases(20) {
        let situation = Situation::draw(&mut random);
        let ranks = situation.process_grid.iter().product();
        launch_all(ranks, |comm| situation.check(comm))
            .unwrap_or_else(|error| panic!("{error}\n{situation:?}"));
    }
}

#[test]
fn parameters_of_both_are_changed() -> Result {
    for periodic in [true, false] {
        let grid = Grid::builder(&Comm::solo(), [7, 8])
            .periodic([periodic; 2])
            .build()?;
        let x = grid.field(|[i, j]| (3 * i + j) as f64);
        let make = |scale| DivGrad {
            outer: Divergence { scale },
            inner: Gradient,
        };
        let changed = make(0.5).on(&grid)?;
        changed.update(|outer, _| outer.scale = 2.0)?;
        let expected = make(2.0).on(&grid)?.forward(&x)?;
        assert_eq!(changed.forward(&x)?.view(), expected.view());
    }
    Ok(())
}
