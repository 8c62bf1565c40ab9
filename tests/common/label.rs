//! The label of a specimen: what is known of a kernel, written beside it in a line or two.

/// Writes down what is known of a kernel.
macro_rules! specimen {
    ($name:ident $([$($of:ty),*])? <$n:literal>, reach $reach:expr,
     make($($k:ident),*) $make:expr, call($p:ident) $call:expr
     $(, coefficients $coefficients:expr, within $within:expr)? $(, holds $held:ty, of $drawn:ident $hold:expr)?
     $(, rows_differ $differ:literal)?) => {
        impl Specimen<$n> for $name $(<$($of),*>)? {
            const REACH: [[usize; 2]; $n] = $reach;
            $(
                const COEFFICIENTS: &'static [Values] = &$coefficients;
                const COEFFICIENT_REACH: usize = $within;
            )?
            $(const ROWS_DIFFER: bool = $differ;)?
            $crate::common::label::held!($($held, $drawn $hold)?);

            fn make(coefficients: Vec<Coefficient<Self::Held>>) -> Self {
                let mut coefficients = coefficients.into_iter();
                $(let $k = coefficients.next().expect("a coefficient for each argument");)*
                assert!(coefficients.next().is_none());
                $make
            }

            fn call($p: &Point<'_, Self::Scalar, Self::Held, $n>) -> Vec<Self::Scalar> {
                $call.into()
            }
        }
    };
}

/// What coefficients hold: numbers of the kernel's scalar, unless said otherwise.
macro_rules! held {
    () => {
        type Held = Self::Scalar;

        fn hold(drawn: Self::Scalar) -> Self::Scalar {
            drawn
        }
    };
    ($held:ty, $drawn:ident $hold:expr) => {
        type Held = $held;

        fn hold($drawn: Self::Scalar) -> $held {
            $hold
        }
    };
}

pub(crate) use held;
pub(crate) use specimen;
