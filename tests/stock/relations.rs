//! The fused operators against what they are made of, on grids of one to four axes and for every kind.

use halo::operator::Operator;
use halo::prelude::*;
use halo::stock::{
    FirstDerivative, FirstDirectionalDerivative, Gradient, GradientGrid, Kind, Laplacian,
    SecondDerivative, SecondDirectionalDerivative,
};
use halo::{FieldSet, Result, launch_on};

const KINDS: [(Kind, bool); 4] = [
    (Kind::Forward, false),
    (Kind::Backward, false),
    (Kind::Centered, false),
    (Kind::Centered, true),
];

type Plain<const D: usize> = Operator<Field<f64, D>, Field<f64, D>>;

/// The largest difference of y from the sum of terms, each a factor and a field.
fn distance<const D: usize>(y: &Field<f64, D>, terms: &[(f64, Field<f64, D>)]) -> Result<f64> {
    let mut rest = y.map(|value| value);
    for (factor, term) in terms {
        rest.axpy(-factor, term)?;
    }
    rest.max_abs()
}

fn first<const D: usize>(grid: &Grid<D>, axis: usize, kind: Kind, edge: bool) -> Result<Plain<D>> {
    FirstDerivative::new(axis)
        .sampling(0.5 + axis as f64)
        .kind(kind)
        .edge(edge)
        .on(grid)
}

fn samplings<const D: usize>() -> [f64; D] {
    std::array::from_fn(|axis| 0.5 + axis as f64)
}

fn a_laplacian_is_a_sum<const D: usize>(grid: &Grid<D>, axes: &[usize]) -> Result {
    let x = grid.random::<f64>(7);
    for (kind, edge) in KINDS {
        let weights: Vec<f64> = axes.iter().map(|axis| 1.5 - *axis as f64).collect();
        let samplings: Vec<f64> = axes.iter().map(|axis| 0.5 + *axis as f64).collect();
        let fused = Laplacian::new(axes)
            .weights(weights.clone())
            .sampling(samplings.clone())
            .kind(kind)
            .edge(edge)
            .on(grid)?;
        let mut terms = Vec::new();
        for (k, &axis) in axes.iter().enumerate() {
            let term = SecondDerivative::new(axis)
                .sampling(samplings[k])
                .kind(kind)
                .edge(edge)
                .on(grid)?;
            terms.push((weights[k], term.forward(&x)?));
        }
        assert!(
            distance(&fused.forward(&x)?, &terms)? < 1e-12,
            "{axes:?} {kind} {edge}"
        );
        fused.exact_adjoint_test()?;
    }
    Ok(())
}

fn a_gradient_is_all_derivatives<const D: usize>(grid: &Grid<D>) -> Result
where
    Grid<D>: GradientGrid<D>,
{
    let x = grid.random::<f64>(7);
    for (kind, edge) in KINDS {
        let gradient = Gradient::new()
            .sampling(samplings::<D>())
            .kind(kind)
            .edge(edge)
            .on(grid)?;
        gradient.exact_adjoint_test()?;
        gradient.forward(&x)?.with(|components| -> Result {
            assert_eq!(components.len(), D);
            for (axis, component) in components.iter().enumerate() {
                let expected = first(grid, axis, kind, edge)?.forward(&x)?;
                let cells = expected.block().indices();
                for index in cells.map(|index| index.map(|i| i as usize)) {
                    assert_eq!(component.get(index), expected.get(index));
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn a_direction_weighs_the_gradient<const D: usize>(grid: &Grid<D>) -> Result
where
    Grid<D>: GradientGrid<D>,
{
    let x = grid.random::<f64>(7);
    let constant: [f64; D] = std::array::from_fn(|axis| 0.3 - 0.4 * axis as f64);
    let varying = || -> [Field<f64, D>; D] {
        std::array::from_fn(|axis| grid.random::<f64>(100 + axis as u64))
    };
    for (kind, edge) in KINDS {
        let fixed = FirstDirectionalDerivative::new(constant)
            .sampling(samplings::<D>())
            .kind(kind)
            .edge(edge)
            .on(grid)?;
        let turning = FirstDirectionalDerivative::new(varying())
            .sampling(samplings::<D>())
            .kind(kind)
            .edge(edge)
            .on(grid)?;
        let (mut of_fixed, mut of_turning) = (Vec::new(), Vec::new());
        for (axis, v) in varying().into_iter().enumerate() {
            let slope = first(grid, axis, kind, edge)?.forward(&x)?;
            let mut weighed = slope.zeros_like();
            weighed.copy_from(&slope)?;
            weighed.zip(&v, |slope, v| *slope *= v)?;
            of_turning.push((1.0, weighed));
            of_fixed.push((constant[axis], slope));
        }
        assert!(distance(&fixed.forward(&x)?, &of_fixed)? < 1e-13);
        assert!(distance(&turning.forward(&x)?, &of_turning)? < 1e-13);
        fixed.exact_adjoint_test()?;
        turning.exact_adjoint_test()?;

        let second = SecondDirectionalDerivative::new(varying())
            .sampling(samplings::<D>())
            .kind(kind)
            .edge(edge)
            .on(grid)?;
        let expected = turning.adjoint(&turning.forward(&x)?)?;
        assert_eq!(distance(&second.forward(&x)?, &[(-1.0, expected)])?, 0.0);
        second.dot_test(1e-12)?;
    }
    Ok(())
}

/// On three ranks, where axis 0 has ends and where it has none.
fn on_ranks<const D: usize>(extent: [usize; D], test: impl Fn(&Grid<D>) -> Result + Sync) {
    let mut around = [false; D];
    for first in [false, true] {
        around[0] = first;
        let build = |comm: &Comm| Grid::builder(comm, extent).periodic(around).build();
        launch_on(3, |comm| test(&build(comm)?)).unwrap();
    }
}

#[test]
fn laplacians_are_sums() {
    on_ranks([11], |grid| a_laplacian_is_a_sum(grid, &[0]));
    on_ranks([7, 6], |grid| {
        a_laplacian_is_a_sum(grid, &[1])?;
        a_laplacian_is_a_sum(grid, &[1, 0])
    });
    on_ranks([6, 4, 5], |grid| {
        a_laplacian_is_a_sum(grid, &[2, 0])?;
        a_laplacian_is_a_sum(grid, &[1, 2, 0])
    });
    on_ranks([3, 6, 2, 5], |grid| {
        a_laplacian_is_a_sum(grid, &[2])?;
        a_laplacian_is_a_sum(grid, &[3, 1])?;
        a_laplacian_is_a_sum(grid, &[0, 1, 3])?;
        a_laplacian_is_a_sum(grid, &[0, 1, 2, 3])
    });
}

#[test]
fn gradients_are_all_derivatives() {
    on_ranks([11], a_gradient_is_all_derivatives);
    on_ranks([7, 6], a_gradient_is_all_derivatives);
    on_ranks([6, 4, 5], a_gradient_is_all_derivatives);
    on_ranks([3, 6, 2, 5], a_gradient_is_all_derivatives);
}

#[test]
fn directions_weigh_gradients() {
    on_ranks([11], a_direction_weighs_the_gradient);
    on_ranks([7, 6], a_direction_weighs_the_gradient);
    on_ranks([6, 4, 5], a_direction_weighs_the_gradient);
    on_ranks([3, 6, 2, 5], a_direction_weighs_the_gradient);
}
