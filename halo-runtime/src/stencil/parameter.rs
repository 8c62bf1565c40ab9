//! Parameters are copied out of the struct wherever a formula takes them by value; this is where a type that cannot be
//! is told so, in words about parameters.

/// What a parameter of a kernel can be when its formula takes it by value.
#[diagnostic::on_unimplemented(
    message = "the parameter type `{Self}` is not `Copy`",
    label = "the formula takes this by value, at every point",
    note = "a type of your own: write `#[derive(Clone, Copy)]` on it; a `Vec`: pass an array, such as `[f64; 5]`, or read it by \
            index alone"
)]
pub trait Parameter: Copy {}

#[diagnostic::do_not_recommend]
impl<T: Copy> Parameter for T {}

/// The parameter's value.
#[inline(always)]
pub fn copied<T: Parameter>(parameter: &T) -> T {
    *parameter
}
