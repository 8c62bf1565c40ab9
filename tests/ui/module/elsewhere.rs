use halo::stencils;

#[stencils]
mod ops;

fn main() {}
