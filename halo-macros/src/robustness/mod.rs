mod extremes;
mod kernels;
mod mutation;
mod random;
mod tokens;
mod trial;
