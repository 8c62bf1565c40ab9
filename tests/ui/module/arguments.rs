use halo::prelude::*;

#[stencils(halo = 1)]
mod ops {
    use halo::prelude::*;

    #[stencil]
    pub fn shift(u: Input<f64, 1>) -> f64 {
        u[1]
    }
}

fn main() {}
