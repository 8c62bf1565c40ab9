mod attributes;
mod bits;
mod docs;
mod fallback;
mod formula;
mod fusion;
mod generics;
pub mod instance;
mod link;
mod literal;
mod location;
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
mod structure;
mod verb;

pub use fallback::{muted, stand_in};
pub use fusion::{fusion, stand_in as fusion_stand_in};
pub use literal::converted as function;
pub use operator::expand as operator;
