use halo::prelude::*;

struct Model {
    dt: f64,
}

impl Model {
    #[stencil]
    fn difference(&self, u: Input<f64, 1>) -> f64 {
        self.dt * (u[1] - u[0])
    }
}

fn main() {}
