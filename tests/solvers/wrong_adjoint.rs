//! Why adjoints are derived here: the adjoint that a halo gets when it is cropped instead of added, as PyLops-MPI's
//! `MPIHalo.H` does it, makes CGLS converge to a wrong answer without a word.

use halo::prelude::*;
use halo::{Result, launch_all};

use crate::dense::{distance, least_squares, matrix};

const CELLS: usize = 48;
const DAMPING: f64 = 0.4;

#[stencil]
fn centred(u: Input<f64, 1>, at: Position<1>) -> f64 {
    if at.from_low(0) >= 1 && at.from_high(0) >= 1 {
        0.5 * (u[1] - u[-1])
    } else {
        0.0
    }
}

/// The centred derivative on haloed blocks. The forward is right; the adjoint takes a haloed block of y, applies the
/// adjoint of the block's own derivative, and crops.
struct Cropped {
    forward: StencilOperator<Centred, 1>,
}

impl LinearOperator for Cropped {
    type Domain = Field<f64, 1>;
    type Range = Field<f64, 1>;

    fn name(&self) -> &str {
        "cropped"
    }

    fn forward_into(&self, x: &Field<f64, 1>, y: &mut Field<f64, 1>) -> Result {
        self.forward.forward_into(x, y)
    }

    fn adjoint_into(&self, y: &Field<f64, 1>, x: &mut Field<f64, 1>) -> Result {
        let whole = y.gather_all()?;
        let block = y.block();
        let (first, end) = (block.start[0] as usize, block.end[0] as usize);
        let (low, high) = (first.saturating_sub(1), (end + 1).min(CELLS));
        let mut local = vec![0.0; high - low];
        // Rows of the block's derivative that reach beyond it are zero.
        for row in low + 1..high - 1 {
            local[row + 1 - low] += 0.5 * whole[[row]];
            local[row - 1 - low] -= 0.5 * whole[[row]];
        }
        x.update(|[i], cell| *cell = local[i - low]);
        Ok(())
    }

    fn zero_domain(&self) -> Field<f64, 1> {
        self.forward.zero_domain()
    }

    fn zero_range(&self) -> Field<f64, 1> {
        self.forward.zero_range()
    }
}

/// The end of one run: whether it claims a solution, and x as a whole.
fn solve<A>(a: &A, b: &Field<f64, 1>) -> Result<(bool, Vec<f64>)>
where
    A: LinearOperator<Domain = Field<f64, 1>, Range = Field<f64, 1>>,
{
    let stop = Stop::after(2000).relative(1e-8);
    let solution = Cgls::new(a, b).damping(DAMPING).stop(stop).solve()?;
    let x = solution.x.gather_all()?;
    Ok((solution.status.is_solved(), x.iter().copied().collect()))
}

/// The dot test's error, and both solvers' ends.
type Ends = (bool, (bool, Vec<f64>), (bool, Vec<f64>));

fn on(ranks: usize) -> Ends {
    let all = launch_all(ranks, |comm| {
        let grid = Grid::new(comm, [CELLS])?;
        let derivative = Centred.on(&grid)?;
        let cropped = Cropped {
            forward: derivative.clone(),
        };
        derivative.exact_adjoint_test()?;
        let b = grid.random(1);
        let passes = cropped.dot_test(1e-12).is_ok();
        Ok((passes, solve(&derivative, &b)?, solve(&cropped, &b)?))
    });
    all.expect("ends").remove(0)
}

#[test]
fn a_cropped_adjoint_converges_to_a_wrong_answer() {
    let grid = Grid::new(&Comm::solo(), [CELLS]).unwrap();
    let rows = matrix(&Centred.on(&grid).unwrap()).unwrap();
    let b = grid.random::<f64>(1).view().to_vec();
    let expected = least_squares(&rows, &b, DAMPING);
    // On one rank there is nothing to crop.
    let (passes, ours, theirs) = on(1);
    assert!(passes && ours.0 && theirs.0);
    assert!(distance(&ours.1, &expected) < 1e-7 && distance(&theirs.1, &expected) < 1e-7);
    for ranks in [2, 4, 8] {
        let (passes, ours, theirs) = on(ranks);
        assert!(!passes, "the dot test sees it");
        assert!(ours.0 && distance(&ours.1, &expected) < 1e-7);
        let error = distance(&theirs.1, &expected);
        println!(
            "{ranks} ranks: cropped claims {} and is off by {error:.2}",
            theirs.0
        );
        assert!(error > 0.01, "{ranks} ranks: {error}");
    }
}
