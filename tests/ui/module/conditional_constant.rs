use halo::prelude::*;

#[stencils]
mod ops {
    use halo::prelude::*;

    #[cfg(not(any()))]
    const REACH: isize = 2;

    #[stencil]
    pub fn shift(u: Input<f64, 1>) -> f64 {
        u[REACH]
    }
}

fn main() {}
