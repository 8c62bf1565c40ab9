use halo::prelude::*;

#[stencils]
mod ops {
    use halo::prelude::*;

    #[stencil]
    pub fn slope(u: Input<f64, 1>) -> f64 {
        u[1] - u[0]
    }

    fn mean(a: f64, b: f64) -> f64 {
        0.5 * (a + b)
    }

    fuse!(pub Bend = slope(mean));
}

fn main() {}
