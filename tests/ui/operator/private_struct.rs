//! The struct is as visible as the function.

mod kernels {
    use halo::prelude::*;

    #[stencil]
    fn kernel(u: Input<f64, 1>) -> f64 {
        u[0]
    }
}

fn main() {
    let _ = kernels::Kernel;
}
