//! What stock operators refuse, and in which words.

use halo::operator::Operator;
use halo::prelude::*;
use halo::stock::{
    FirstDerivative, FirstDirectionalDerivative, Gradient, Laplacian, SecondDerivative,
    SecondDirectionalDerivative,
};
use halo::{Error, Result};

#[track_caller]
fn refused<X, Y>(built: Result<Operator<X, Y>>, words: &[&str]) {
    let error = built.map(|_| ()).unwrap_err().to_string();
    for word in words {
        assert!(error.contains(word), "no {word} in: {error}");
    }
}

fn grid() -> Grid<2> {
    Grid::new(&Comm::solo(), [6, 5]).unwrap()
}

#[test]
fn axes_are_axes_of_the_grid() {
    let out_of_range = |axis| Some(Error::AxisOutOfRange { axis, axes: 2 });
    assert_eq!(FirstDerivative::new(2).on(&grid()).err(), out_of_range(2));
    assert_eq!(SecondDerivative::new(7).on(&grid()).err(), out_of_range(7));
    assert_eq!(Laplacian::new([0, 3]).on(&grid()).err(), out_of_range(3));
    let twice = Laplacian::new([1, 0, 1]).on(&grid()).err();
    assert_eq!(twice, Some(Error::DuplicateAxis { axis: 1 }));
    refused(Laplacian::new([]).on(&grid()), &["Laplacian", "no axis"]);
}

#[test]
fn samplings_are_distances() {
    for sampling in [0.0, f64::NAN, f64::INFINITY] {
        let words = [&format!("sampling {sampling};")[..]];
        refused(
            FirstDerivative::new(0).sampling(sampling).on(&grid()),
            &words,
        );
        refused(
            SecondDerivative::new(0).sampling(sampling).on(&grid()),
            &words,
        );
        refused(
            Laplacian::new([0, 1]).sampling([1.0, sampling]).on(&grid()),
            &words,
        );
        refused(Gradient::new().sampling(sampling).on(&grid()), &words);
        let directional = SecondDirectionalDerivative::new([1.0, 0.0]).sampling(sampling);
        refused(
            directional.on(&grid()),
            &["SecondDirectionalDerivative", words[0]],
        );
    }
}

#[test]
fn there_is_a_number_for_each_axis() {
    let words = ["2 axes", "3 weights"];
    refused(
        Laplacian::new([0, 1]).weights([1.0, 2.0, 3.0]).on(&grid()),
        &words,
    );
    refused(
        Laplacian::new([0, 1]).sampling(vec![1.0]).on(&grid()),
        &["2 axes", "1 samplings"],
    );
    refused(
        Gradient::new().sampling([1.0; 4]).on(&grid()),
        &["Gradient", "4 samplings"],
    );
    refused(
        Laplacian::new([1]).weights(f64::NAN).on(&grid()),
        &["weight NaN"],
    );
}

#[test]
fn orders_are_three_and_five() {
    for order in [0, 4, 7] {
        let words = [&order.to_string()[..], ".order(5)"];
        refused(FirstDerivative::new(0).order(order).on(&grid()), &words);
    }
}

#[test]
fn directions_are_finite_and_on_the_grid() {
    let infinite = FirstDirectionalDerivative::new([1.0, f64::INFINITY]).on(&grid());
    refused(infinite, &["direction", "inf"]);
    let other = Grid::new(&Comm::solo(), [5, 6]).unwrap();
    let elsewhere = FirstDirectionalDerivative::new([other.zeros(), other.zeros()]);
    refused(elsewhere.on(&grid()), &["v0", "grid"]);
}
