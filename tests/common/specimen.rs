//! What a test has to know about a kernel to hold the operator against the plain function.

use halo::operator::Collocated;
use halo::prelude::*;
use halo::scalar::Weigh;
use halo::stencil::Coefficient;

/// How the values of a coefficient field are drawn.
#[derive(Clone, Copy)]
pub enum Values {
    /// From 0.5 to 1.5.
    Positive,
    /// From -1 to 1, with zero in a third of the cells.
    Gaps,
}

/// The arguments of a kernel at one point, as the oracle has computed them.
pub struct Point<'a, T, H, const N: usize> {
    pub index: [usize; N],
    pub extent: [usize; N],
    pub reach: [[usize; 2]; N],
    pub coefficient_reach: usize,
    /// The value of input k at an offset.
    pub input: &'a dyn Fn(usize, [isize; N]) -> T,
    /// The value of coefficient k at an offset.
    pub coefficient: &'a dyn Fn(usize, [isize; N]) -> H,
}

impl<T, H, const N: usize> Point<'_, T, H, N> {
    pub fn u(&self, k: usize) -> Input<T, N> {
        let [low, high] = [0, 1].map(|side| self.reach.map(|reach| reach[side]));
        Input::window(low, high, |offset| (self.input)(k, offset))
    }

    pub fn k(&self, k: usize) -> Coef<H, N> {
        let reach = [self.coefficient_reach; N];
        Input::window(reach, reach, |offset| (self.coefficient)(k, offset))
    }

    pub fn at(&self) -> Position<N> {
        Position::new(self.index, self.extent)
    }
}

/// A kernel of N stencil axes that the properties are tried on.
pub trait Specimen<const N: usize>: Collocated {
    /// What coefficient fields hold.
    type Held: Weigh;

    /// How far the inputs are read, per axis and side.
    const REACH: [[usize; 2]; N];
    /// How far coefficients are read, on any axis.
    const COEFFICIENT_REACH: usize = 0;
    const COEFFICIENTS: &'static [Values] = &[];
    /// Whether some rows read other cells than others do, so that which rows `Valid` leaves out is not for the values to
    /// tell.
    const ROWS_DIFFER: bool = false;

    /// The stencil with its coefficients.
    fn make(coefficients: Vec<Coefficient<Self::Held>>) -> Self;

    /// What a coefficient holds where this number was drawn.
    fn hold(drawn: Self::Scalar) -> Self::Held;

    /// The plain function at one point, one value per output.
    fn call(point: &Point<'_, Self::Scalar, Self::Held, N>) -> Vec<Self::Scalar>;
}
