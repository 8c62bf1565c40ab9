//! Product spaces with names for their parts, where places in a tuple would be hard to read.

/// Declares a struct of vectors that is itself a vector: a product space with names.
///
/// The parts are fields, tuples, or spaces declared likewise. The struct is a [`Product`](crate::field::Product) of the tuple of
/// its parts in their order, so that stacked operators map from it and to it; it converts from that tuple.
///
/// ```
/// use halo::prelude::*;
///
/// halo::vector_space! {
///     /// An elastic model.
///     #[derive(Clone, Debug)]
///     pub struct Model {
///         pub density: Field<f64, 2>,
///         pub moduli: (Field<f64, 2>, Field<f64, 2>),
///     }
/// }
///
/// let grid = Grid::new(&Comm::solo(), [4, 4])?;
/// let ones = || grid.field(|_| 1.0);
/// let mut model = Model { density: ones(), moduli: (ones(), ones()) };
/// model.scale(2.0);
/// assert_eq!(model.dot(&model)?, 3.0 * 16.0 * 4.0);
/// assert!(model.space().starts_with("Model { density: f64 field"));
/// # Ok::<(), halo::Error>(())
/// ```
#[macro_export]
macro_rules! vector_space {
    (
        $(#[$attribute:meta])*
        $visibility:vis struct $name:ident {
            $($(#[$of_part:meta])* $see:vis $part:ident: $vector:ty),+ $(,)?
        }
    ) => {
        $(#[$attribute])*
        $visibility struct $name {
            $($(#[$of_part])* $see $part: $vector),+
        }

        impl $crate::Vector for $name {
            const COMPLEX: bool = $(<$vector as $crate::Vector>::COMPLEX)||+;

            fn zeros_like(&self) -> Self {
                $name { $($part: $crate::Vector::zeros_like(&self.$part)),+ }
            }

            fn space(&self) -> ::std::string::String {
                let parts = [
                    $(::std::format!("{}: {}", stringify!($part), $crate::Vector::space(&self.$part))),+
                ];
                ::std::format!("{} {{ {} }}", stringify!($name), parts.join(", "))
            }

            fn expect_same_space(&self, other: &Self) -> $crate::Result {
                $($crate::Vector::expect_same_space(&self.$part, &other.$part)?;)+
                Ok(())
            }

            fn copy_from(&mut self, x: &Self) -> $crate::Result {
                $($crate::Vector::copy_from(&mut self.$part, &x.$part)?;)+
                Ok(())
            }

            fn scale(&mut self, factor: f64) {
                $($crate::Vector::scale(&mut self.$part, factor);)+
            }

            fn axpy(&mut self, factor: f64, x: &Self) -> $crate::Result {
                $($crate::Vector::axpy(&mut self.$part, factor, &x.$part)?;)+
                Ok(())
            }

            fn aypx(&mut self, factor: f64, x: &Self) -> $crate::Result {
                $($crate::Vector::aypx(&mut self.$part, factor, &x.$part)?;)+
                Ok(())
            }

            fn conjugate(&mut self) {
                $($crate::Vector::conjugate(&mut self.$part);)+
            }

            fn randomize_from(&mut self, seed: u64, component: u64) -> u64 {
                $(let component = $crate::Vector::randomize_from(&mut self.$part, seed, component);)+
                component
            }

            fn comm(&self) -> &$crate::Comm {
                let comms = [$($crate::Vector::comm(&self.$part)),+];
                comms[0]
            }

            fn add_dot(&self, other: &Self, total: &mut $crate::ExactSum) -> $crate::Result {
                $($crate::Vector::add_dot(&self.$part, &other.$part, total)?;)+
                Ok(())
            }
        }

        impl $crate::field::Product for $name {
            type Parts = ($($vector,)+);

            fn join(parts: ($($vector,)+)) -> Self {
                let ($($part,)+) = parts;
                $name { $($part),+ }
            }

            fn into_parts(self) -> ($($vector,)+) {
                let $name { $($part),+ } = self;
                ($($part,)+)
            }

            fn split(&self) -> ($(&$vector,)+) {
                ($(&self.$part,)+)
            }

            fn split_mut(&mut self) -> ($(&mut $vector,)+) {
                ($(&mut self.$part,)+)
            }
        }

        impl ::std::convert::From<($($vector,)+)> for $name {
            fn from(parts: ($($vector,)+)) -> Self {
                $crate::field::Product::join(parts)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::field::Product;
    use crate::prelude::*;

    vector_space! {
        struct Inner {
            a: Field<f64, 1>,
            b: Field<f32, 1>,
        }
    }

    vector_space! {
        struct Outer {
            first: Inner,
            second: Field<Complex<f64>, 1>,
        }
    }

    #[test]
    fn named_spaces_nest_and_are_as_their_tuples() {
        let grid = Grid::new(&Comm::solo(), [5]).unwrap();
        let mut tuple = (
            (grid.zeros::<f64>(), grid.zeros::<f32>()),
            grid.zeros::<Complex<f64>>(),
        );
        tuple.randomize(3);
        let mut named = Outer::from((Inner::join((grid.zeros(), grid.zeros())), grid.zeros()));
        named.randomize(3);
        assert_eq!(named.dot(&named).unwrap(), tuple.dot(&tuple).unwrap());
        assert_eq!(named.first.b.view(), tuple.0.1.view());
        const { assert!(Outer::COMPLEX && !Inner::COMPLEX) };
        let elsewhere = Grid::new(&Comm::solo(), [6]).unwrap();
        let other = Outer {
            first: Inner {
                a: grid.zeros(),
                b: elsewhere.zeros(),
            },
            second: grid.zeros(),
        };
        assert!(named.expect_same_space(&other).is_err());
        assert!(other.space().contains("b: f32 field at Cell of [6]"));
    }
}
