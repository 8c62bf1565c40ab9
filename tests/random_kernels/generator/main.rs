//! Draws kernels that are valid and that nobody would write, so that what the macro promises is not promised for
//! kernels that somebody had in mind only.
//!
//! It reads from the outside in: a kernel has arguments and a body; a body is written statement by statement, from
//! linear expressions of the inputs, which are made of numbers and conditions without an input.

mod arguments;
mod body;
mod condition;
mod expression;
mod kernel;
mod linear;
mod number;
mod offset;
#[allow(dead_code)]
#[path = "../../common/random.rs"]
mod random;
mod reach;
mod repetition;
mod scope;
mod statement;

use std::path::PathBuf;
use std::{env, fs};

use kernel::Kernel;
use random::Random;

const SEED: u64 = 3;
const FEW: usize = 40;
const MANY: usize = 240;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=generator");
    println!("cargo::rerun-if-changed=../common/random.rs");
    println!("cargo::rerun-if-env-changed=HALO_LONG");
    println!("cargo::rerun-if-env-changed=HALO_SEED");
    let seed = match env::var("HALO_SEED") {
        Ok(seed) => seed.parse()?,
        Err(_) => SEED,
    };
    let count = match env::var("HALO_LONG").as_deref() {
        Ok("1") => MANY,
        _ => FEW,
    };
    let kernels: Vec<Kernel> = (0..count)
        .map(|number| Kernel::draw(number, &mut Random::new(seed << 32 | number as u64)))
        .collect();
    let folder = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    fs::write(folder.join("zoo.rs"), kernel::zoo(&kernels))?;
    Ok(())
}
