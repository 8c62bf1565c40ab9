use halo::prelude::*;

#[stencils]
mod ops {
    use halo::prelude::*;

    fn energy(u: &Input<f64, 1>, at: isize) -> f64 {
        u[at] * u[at]
    }

    #[stencil]
    pub fn difference(u: Input<f64, 1>) -> f64 {
        energy(&u, 1) - energy(&u, 0)
    }
}

fn main() {}
