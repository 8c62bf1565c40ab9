//! Kernels over complex numbers and over any scalar: the plain function point by point, and the exact adjoint.

mod kernels;
