//! Dense linear algebra for small problems: the oracle that shares nothing with the solvers but the operator's forward.

use halo::prelude::*;

/// A matrix by rows.
pub type Matrix = Vec<Vec<f64>>;

/// The matrix of an operator between fields of one rank, column by column.
pub fn matrix<A, const D: usize>(operator: &A) -> halo::Result<Matrix>
where
    A: LinearOperator<Domain = Field<f64, D>>,
    A::Range: Flat,
{
    let columns = operator.zero_domain().grid().extent().iter().product();
    let mut matrix: Matrix = Vec::new();
    for column in 0..columns {
        let mut unit = operator.zero_domain();
        let mut count = 0;
        unit.update(|_, cell| {
            *cell = f64::from(count == column);
            count += 1;
        });
        for (row, value) in operator.forward(&unit)?.flat().into_iter().enumerate() {
            if column == 0 {
                matrix.push(vec![0.0; columns]);
            }
            matrix[row][column] = value;
        }
    }
    Ok(matrix)
}

/// Vectors of one rank as plain numbers.
pub trait Flat {
    fn flat(&self) -> Vec<f64>;
}

impl<const D: usize> Flat for Field<f64, D> {
    fn flat(&self) -> Vec<f64> {
        let mut cells = Vec::new();
        self.clone().update(|_, cell| cells.push(*cell));
        cells
    }
}

impl<A: Flat, B: Flat> Flat for (A, B) {
    fn flat(&self) -> Vec<f64> {
        [self.0.flat(), self.1.flat()].concat()
    }
}

/// The solution of a square system, by elimination with pivots.
pub fn solve(mut a: Matrix, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for k in 0..n {
        let pivot = (k..n)
            .max_by(|i, j| a[*i][k].abs().total_cmp(&a[*j][k].abs()))
            .expect("a row");
        a.swap(k, pivot);
        b.swap(k, pivot);
        let (above, below) = a.split_at_mut(k + 1);
        for (row, i) in below.iter_mut().zip(k + 1..) {
            let factor = row[k] / above[k][k];
            for (value, pivot) in row.iter_mut().zip(&above[k]).skip(k) {
                *value -= factor * pivot;
            }
            b[i] -= factor * b[k];
        }
    }
    for k in (0..n).rev() {
        let known: f64 = (k + 1..n).map(|j| a[k][j] * b[j]).sum();
        b[k] = (b[k] - known) / a[k][k];
    }
    b
}

/// The x of least ‖A x − b‖² + damping² ‖x‖², from the normal equations.
pub fn least_squares(a: &Matrix, b: &[f64], damping: f64) -> Vec<f64> {
    let n = a[0].len();
    let column_product = |j: usize, k: usize| a.iter().map(|row| row[j] * row[k]).sum::<f64>();
    let mut normal: Matrix = (0..n)
        .map(|j| (0..n).map(|k| column_product(j, k)).collect())
        .collect();
    for (k, row) in normal.iter_mut().enumerate() {
        row[k] += damping * damping;
    }
    let right = (0..n).map(|j| a.iter().zip(b).map(|(row, b)| row[j] * b).sum());
    solve(normal, right.collect())
}

/// ‖found − expected‖ / ‖expected‖.
pub fn distance(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|v| v * v).sum::<f64>().sqrt();
    norm(&mut found.iter().zip(expected).map(|(f, e)| f - e)) / norm(&mut expected.iter().copied())
}
