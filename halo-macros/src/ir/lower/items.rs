//! Constants, functions and other items declared in the body. They are visible in all of their block, also above their
//! declaration, and travel with the kernel, since opaque Rust may name them.

use std::collections::{HashMap, HashSet};

use proc_macro2::Ident;
use quote::ToTokens;
use syn::{Block, Item, ItemConst, ItemStatic, Stmt};

use crate::ir::place::Place;
use crate::syntax::surroundings::Surroundings;

use super::environment::Binding;
use super::lowerer::Lowerer;

#[derive(Default)]
pub struct Items {
    found: Vec<Item>,
    seen: HashSet<*const Item>,
    texts: HashMap<String, String>,
}

impl Items {
    pub fn into_vec(self) -> Vec<Item> {
        self.found
    }
}

impl<'a> Lowerer<'a, '_> {
    /// Declares the block's items in the current scope.
    pub fn declare_items(&mut self, block: &'a Block) {
        for statement in &block.stmts {
            let Stmt::Item(item) = statement else {
                continue;
            };
            self.declare_item(item);
            self.collect_item(item);
        }
    }

    /// Declares what the kernel sees beside its body. Its generic constants travel with it, all else is there already.
    pub fn declare_surroundings(&mut self, surroundings: Surroundings<'a>) {
        for item in surroundings.items {
            self.declare_item(item);
        }
        for constant in surroundings.constants {
            let name = constant.ident.to_string();
            self.environment.declare(name, Binding::Constant(constant));
            self.items.found.push(Item::Const(constant.clone()));
        }
    }

    fn declare_item(&mut self, item: &'a Item) {
        match item {
            Item::Const(constant) => {
                let name = constant.ident.to_string();
                self.environment.declare(name, Binding::Constant(constant));
            }
            Item::Fn(function) => {
                let name = function.sig.ident.to_string();
                self.environment.declare(name, Binding::Function(function));
            }
            _ => {}
        }
    }

    fn collect_item(&mut self, item: &'a Item) {
        if !self.items.seen.insert(item) {
            return;
        }
        if let Item::Const(ItemConst { ident, .. }) | Item::Static(ItemStatic { ident, .. }) = item
        {
            self.check_capitals(ident);
        }
        if let Some(name) = name_of(item) {
            let text = item.to_token_stream().to_string();
            let first = self
                .items
                .texts
                .entry(name.clone())
                .or_insert_with(|| text.clone());
            if *first != text {
                let message = format!(
                    "two different items of this kernel are called `{name}`\nhelp: rename one of them"
                );
                self.context.error_at(Place::of(item), message);
                return;
            }
            if self.items.found.iter().any(|found| found == item) {
                return;
            }
        }
        self.items.found.push(item.clone());
    }
}

impl Lowerer<'_, '_> {
    /// A constant's name stands for the constant in patterns too, also in those of the expansion.
    fn check_capitals(&self, name: &Ident) {
        let text = name.to_string();
        if text.starts_with(char::is_lowercase) {
            let message = format!(
                "constants of a kernel have names in capitals\nhelp: write `{}`",
                text.to_uppercase()
            );
            self.context.error_at(Place::of(name), message);
        }
    }
}

fn name_of(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string()).filter(|name| name != "_")
}

#[cfg(test)]
mod tests {
    use crate::compile::tests::kernel_of;
    use crate::ir::lower::testing::{assert_mistake, formula};

    #[test]
    fn items_are_visible_above_their_declaration() {
        assert_eq!(
            formula("return u[A]; const A: isize = B + 1; const B: isize = 2;"),
            "u[3]"
        );
    }

    #[test]
    fn items_travel_with_the_kernel() {
        let kernel = kernel_of(
            "fn f(u: Input<f64, 1>) -> f64 {
                use std::f64::consts::PI;
                for i in 0..2 { const N: usize = 3; }
                { const N: usize = 3; }
                PI * u[0]
            }",
        );
        assert_eq!(kernel.items.len(), 2);
    }

    #[test]
    fn a_circle_of_constants_is_refused() {
        assert_mistake(
            "const A: isize = B; const B: isize = A; u[A]",
            "A",
            "defined by itself",
        );
        assert_mistake(
            "{ const A: isize = 1; } { const A: isize = 2; } u[0]",
            "const A: isize = 2;",
            "rename one",
        );
    }
}
