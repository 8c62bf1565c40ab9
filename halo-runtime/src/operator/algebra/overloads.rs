//! The signs between operators. Rust wants each type named, so one list of implementations serves every operator type.

/// Lets an operator type, by value and by reference, stand on either side of `*`, `+` and `-`, after a minus, and after
/// a number and `*`; and makes it convert into [`Operator`](crate::operator::Operator).
macro_rules! algebra {
    ([$($generics:tt)*] $operator:ty $(, where [$($bounds:tt)*])?) => {
        $crate::operator::algebra!(@of [$($generics)*] $operator, $operator, [$($($bounds)*)?]);
        $crate::operator::algebra!(@of [$($generics)*] $operator, &$operator, [$($($bounds)*)?]);

        impl<$($generics)*> From<$operator>
            for $crate::operator::Operator<
                <$operator as $crate::operator::LinearOperator>::Domain,
                <$operator as $crate::operator::LinearOperator>::Range,
            >
        where
            $($($bounds)*)?
        {
            fn from(operator: $operator) -> Self {
                $crate::operator::Operator::new(operator)
            }
        }
    };
    (@signs [$($generics:tt)*] $operator:ty $(, where [$($bounds:tt)*])?) => {
        $crate::operator::algebra!(@of [$($generics)*] $operator, $operator, [$($($bounds)*)?]);
        $crate::operator::algebra!(@of [$($generics)*] $operator, &$operator, [$($($bounds)*)?]);
    };
    (@of [$($generics:tt)*] $operator:ty, $form:ty, [$($bounds:tt)*]) => {
        impl<$($generics)*> $crate::operator::IntoOperator for $form
        where
            $($bounds)*
        {
            type Domain = <$operator as $crate::operator::LinearOperator>::Domain;
            type Range = <$operator as $crate::operator::LinearOperator>::Range;

            fn into_operator(self) -> $crate::operator::Operator<Self::Domain, Self::Range> {
                <$operator as $crate::operator::LinearOperator>::to_handle(&self)
            }
        }

        impl<$($generics)*, R_: $crate::operator::IntoOperator> std::ops::Mul<R_> for $form
        where
            R_::Range: $crate::operator::SameSpace<<$operator as $crate::operator::LinearOperator>::Domain>,
            $($bounds)*
        {
            type Output = $crate::operator::Operator<
                R_::Domain,
                <$operator as $crate::operator::LinearOperator>::Range,
            >;

            #[track_caller]
            fn mul(self, inner: R_) -> Self::Output {
                let inner = $crate::operator::SameSpace::to_range(inner.into_operator());
                $crate::operator::IntoOperator::into_operator(self).after_or_refused(&inner)
            }
        }

        $crate::operator::algebra!(@sum [$($generics)*] $operator, $form, [$($bounds)*], Add, add, Plus);
        $crate::operator::algebra!(@sum [$($generics)*] $operator, $form, [$($bounds)*], Sub, sub, Minus);

        impl<$($generics)*> std::ops::Neg for $form
        where
            $($bounds)*
        {
            type Output = $crate::operator::Operator<
                <$operator as $crate::operator::LinearOperator>::Domain,
                <$operator as $crate::operator::LinearOperator>::Range,
            >;

            fn neg(self) -> Self::Output {
                $crate::operator::IntoOperator::into_operator(self).times_real(-1.0)
            }
        }

        impl<$($generics)*> std::ops::Mul<$form> for f64
        where
            $($bounds)*
        {
            type Output = $crate::operator::Operator<
                <$operator as $crate::operator::LinearOperator>::Domain,
                <$operator as $crate::operator::LinearOperator>::Range,
            >;

            fn mul(self, operator: $form) -> Self::Output {
                $crate::operator::IntoOperator::into_operator(operator).times_real(self)
            }
        }

        impl<$($generics)*> std::ops::Mul<$form> for num_complex::Complex<f64>
        where
            <$operator as $crate::operator::LinearOperator>::Domain: $crate::field::ComplexVector,
            <$operator as $crate::operator::LinearOperator>::Range: $crate::field::ComplexVector,
            $($bounds)*
        {
            type Output = $crate::operator::Operator<
                <$operator as $crate::operator::LinearOperator>::Domain,
                <$operator as $crate::operator::LinearOperator>::Range,
            >;

            fn mul(self, operator: $form) -> Self::Output {
                $crate::operator::IntoOperator::into_operator(operator).times_complex(self)
            }
        }
    };
    (
        @sum [$($generics:tt)*] $operator:ty, $form:ty, [$($bounds:tt)*],
        $sign:ident, $verb:ident, $meaning:ident
    ) => {
        impl<$($generics)*, R_: $crate::operator::IntoOperator> std::ops::$sign<R_> for $form
        where
            R_::Domain: $crate::operator::SameSpace<<$operator as $crate::operator::LinearOperator>::Domain>,
            R_::Range: $crate::operator::SameSpace<<$operator as $crate::operator::LinearOperator>::Range>,
            $($bounds)*
        {
            type Output = $crate::operator::Operator<
                <$operator as $crate::operator::LinearOperator>::Domain,
                <$operator as $crate::operator::LinearOperator>::Range,
            >;

            #[track_caller]
            fn $verb(self, other: R_) -> Self::Output {
                let other = $crate::operator::SameSpace::to_range(other.into_operator());
                let other = $crate::operator::SameSpace::to_domain(other);
                let operator = $crate::operator::IntoOperator::into_operator(self);
                operator.sum_or_refused($crate::operator::Sign::$meaning, &other)
            }
        }
    };
}

pub(crate) use algebra;
