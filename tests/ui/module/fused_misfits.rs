use halo::prelude::*;

#[stencils]
mod ops {
    use halo::prelude::*;

    #[stencil]
    pub fn slope(u: Input<f64, 1>) -> f64 {
        u[1] - u[0]
    }

    #[stencil]
    pub fn gradient(u: Input<f64, 2>) -> (f64, f64) {
        (u[[1, 0]] - u[[0, 0]], u[[0, 1]] - u[[0, 0]])
    }

    #[stencil]
    pub fn ends(u: Input<f64, 1>, at: Position<1>) -> f64 {
        if at.from_low(0) < 1 { u[1] } else { u[-1] }
    }

    #[stencil(axes = (1))]
    pub fn across(u: Input<f64, 1>) -> f64 {
        u[1] - u[-1]
    }

    fuse!(pub First = slope(gradient));
    fuse!(pub Second = slope(ends));
    fuse!(pub Third = slope(across));
}

fn main() {}
