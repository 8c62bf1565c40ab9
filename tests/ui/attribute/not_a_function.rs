use halo::prelude::*;

#[stencil]
struct Difference {
    h: f64,
}

fn main() {}
