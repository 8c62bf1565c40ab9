pub mod dag;
pub mod fusion;
pub mod kernel;
pub mod lower;
pub mod map;
pub mod node;
pub mod operands;
pub mod place;
