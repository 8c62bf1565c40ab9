//! Spaces that differ only while the program runs: both are named, with the place in the source, and nothing hangs.

use halo::error::SpaceMismatch;
use halo::operator::{Diagonal, Halo, Identity};
use halo::prelude::*;
use halo::{Error, Result, launch_all};

fn refusal(error: &Error) -> &SpaceMismatch {
    match error {
        Error::SpaceMismatch(mismatch) => mismatch,
        other => panic!("{other}"),
    }
}

#[test]
fn signs_give_operators_that_say_what_does_not_fit() {
    let told = launch_all(2, |comm| {
        let (a, b) = (Grid::new(comm, [12, 10])?, Grid::new(comm, [10, 12])?);
        let a = Diagonal::new(a.field(|_| 1.0));
        let b = Diagonal::new(b.field(|_| 1.0));
        let (line, product) = (line!(), &a * &b);
        let error = product.check().unwrap_err();
        let SpaceMismatch {
            place,
            left_space: left,
            right_space: right,
            ..
        } = refusal(&error);
        assert!(place.contains(&format!("mismatches.rs:{line}:")), "{place}");
        assert!(left.contains("f64 field at Cell of [12, 10]"), "{left}");
        assert!(right.contains("f64 field at Cell of [10, 12]"), "{right}");
        // Every verb answers alike, also of what is made of it.
        let larger = 2.0 * (&product + &product).adjoint_operator();
        let x = product.zero_domain();
        for answer in [
            product.forward(&x).map(|_| ()),
            product.exact_adjoint_test(),
            product.dot_test(1e-12),
            product.check_self_adjoint(),
            larger.check(),
            larger.forward(&x).map(|_| ()),
            a.compose(&b).map(|_| ()),
        ] {
            let error = answer.unwrap_err();
            assert_eq!(refusal(&error).left_space, *left);
        }
        assert!((&a - &b).check().is_err() && a.plus(&b).is_err() && a.minus(&b).is_err());
        assert!((&a, &b).vertical().is_err() && (&a, &b).horizontal().is_err());
        assert!((&a, &b).block_diagonal().is_ok());
        Ok(error.to_string())
    })
    .unwrap();
    assert_eq!(told[0], told[1]);
}

#[test]
fn only_the_blocks_may_differ() {
    let outcome = launch_all(2, |comm| -> Result<()> {
        let rows = Grid::builder(comm, [8, 8]).process_grid([2, 1]).build()?;
        let columns = Grid::builder(comm, [8, 8]).process_grid([1, 2]).build()?;
        let [a, b] = [&rows, &columns].map(|grid| Identity::like(&grid.zeros::<f64>()));
        let sum = (&a + &b).check().unwrap_err();
        assert_ne!(refusal(&sum).left_space, refusal(&sum).right_space);
        let (narrow, wide) = (Halo::<f64, 2>::new(&rows, 1)?, Halo::new(&rows, 2)?);
        let product = (wide.adjoint_operator() * narrow).check().unwrap_err();
        let SpaceMismatch {
            left_space: left,
            right_space: right,
            ..
        } = refusal(&product);
        assert!(left.contains("[[2, 2], [2, 2]]") && right.contains("[[1, 1], [1, 1]]"));
        Ok(())
    });
    outcome.unwrap();
}
