pub mod dag;
pub mod fusion;
pub mod kernel;
pub mod lower;
pub mod node;
pub mod place;
