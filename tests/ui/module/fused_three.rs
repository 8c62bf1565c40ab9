use halo::prelude::*;

#[stencils]
mod ops {
    use halo::prelude::*;

    #[stencil]
    pub fn slope(u: Input<f64, 1>) -> f64 {
        u[1] - u[0]
    }

    fuse!(pub Third = slope(slope(slope)));
}

fn main() {}
