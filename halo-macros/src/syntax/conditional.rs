//! `#[cfg]` inside a kernel is refused: the macro sees the code before it is decided, and would lower what is not there.

use syn::visit::Visit;
use syn::{Attribute, ItemFn};

use crate::diagnostics::Context;
use crate::ir::place::Place;

/// Reports every `cfg` among the arguments and in the body; on the whole kernel it does no harm.
pub fn check_conditional(function: &ItemFn, context: &Context) {
    let mut attributes = Attributes(context);
    attributes.visit_signature(&function.sig);
    attributes.visit_block(&function.block);
}

struct Attributes<'c>(&'c Context);

impl Visit<'_> for Attributes<'_> {
    fn visit_attribute(&mut self, attribute: &Attribute) {
        let conditional = ["cfg", "cfg_attr"];
        if conditional
            .iter()
            .any(|name| attribute.path().is_ident(name))
        {
            let message = "the macro reads the kernel before `cfg` is decided\nhelp: put it on the whole kernel, or choose by a parameter";
            self.0.error_at(Place::of(attribute), message);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::compile::tests::{kernel_of, mistakes_in};

    #[test]
    fn conditional_code_is_refused() {
        let source = "fn f(u: Input<f64, 1>, #[cfg(fast)] dt: f64) -> f64 { #[cfg(fast)] let a = 1.0; u[0] }";
        assert_eq!(mistakes_in(source).len(), 2);
        kernel_of(
            "#[cfg(fast)] fn f(u: Input<f64, 1>) -> f64 { #[allow(unused)] let a = 1.0; u[0] }",
        );
    }
}
