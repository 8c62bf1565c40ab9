//! The zoo: kernels of every shape that `#[stencil]` promises to take, each with what a test has to know about it.
//!
//! A kernel here is also its own oracle: the plain function that the attribute leaves standing is called point by point.
//! What the tests know of a specimen is written down by hand, not asked of the macro.

pub use super::language::*;
pub use super::one_axis::*;
pub use super::scalars::*;
pub use super::several_axes::*;

/// Calls `$check(&subject)` for the whole zoo on arrays of as many axes or more, a test for each part of it.
#[macro_export]
macro_rules! for_the_zoo {
    ($check:ident) => {
        $crate::for_the_language!($check);
        $crate::for_all_scalars!($check);

        #[test]
        fn one_axis() {
            $check(&Subject::<1>::of::<Upwind, 1>());
            $check(&Subject::<2>::of::<Centred, 1>());
            $check(&Subject::<1>::of::<Wide, 1>());
            $check(&Subject::<3>::of::<FarSide, 1>());
            $check(&Subject::<2>::of::<Crossed, 1>());
        }

        #[test]
        fn one_axis_with_regions() {
            $check(&Subject::<1>::of::<ThirdOrderEnds, 1>());
            $check(&Subject::<2>::of::<Stepped, 1>());
            $check(&Subject::<2>::of::<Parity, 1>());
            $check(&Subject::<1>::of::<LongStart, 1>());
        }

        #[test]
        fn one_axis_with_coefficients() {
            $check(&Subject::<1>::of::<Guarded, 1>());
            $check(&Subject::<2>::of::<Flux, 1>());
            $check(&Subject::<1>::of::<FarCoefficients, 1>());
            $check(&Subject::<2>::of::<WaveSpeed, 1>());
        }

        #[test]
        fn two_axes() {
            $check(&Subject::<2>::of::<FivePoint, 2>());
            $check(&Subject::<2>::of::<Diagonals, 2>());
            $check(&Subject::<3>::of::<Knight, 2>());
            $check(&Subject::<2>::of::<Gradient, 2>());
            $check(&Subject::<4>::of::<Divergence, 2>());
        }

        #[test]
        fn two_axes_with_regions_and_coefficients() {
            $check(&Subject::<2>::of::<Corners, 2>());
            $check(&Subject::<2>::of::<Anisotropic, 2>());
            $check(&Subject::<2>::of::<Triangle, 2>());
            $check(&Subject::<3>::of::<Nested, 2>());
        }

        #[test]
        fn three_axes() {
            $check(&Subject::<3>::of::<SevenPoint, 3>());
            $check(&Subject::<3>::of::<Box27, 3>());
            $check(&Subject::<3>::of::<Curl, 3>());
            $check(&Subject::<4>::of::<FreeSurface, 3>());
        }

        #[test]
        fn intermediate_values() {
            $check(&Subject::<2>::of::<ScaledStar, 2>());
            $check(&Subject::<3>::of::<ScaledStar, 2>());
            $check(&Subject::<4>::of::<WeighedStar, 4>());
        }

        #[test]
        fn four_axes() {
            $check(&Subject::<4>::of::<NinePoint, 4>());
            $check(&Subject::<4>::of::<Hyperdiagonal, 4>());
        }
    };
}
