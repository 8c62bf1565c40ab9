mod attributes;
mod bits;
mod docs;
mod fallback;
mod formula;
pub mod instance;
mod link;
mod names;
mod operator;
mod pack;
mod paths;
mod repeat;
mod reroll;
mod row;
mod schedule;
#[cfg(test)]
mod snapshot;

pub use fallback::{muted, stand_in};
pub use operator::expand as operator;
