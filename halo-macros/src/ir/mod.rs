pub mod dag;
pub mod kernel;
