mod docs;
mod fallback;
mod formula;
mod names;
mod operator;
mod pack;
mod paths;
mod row;
mod schedule;

pub use fallback::expand as fallback;
pub use operator::expand as operator;
