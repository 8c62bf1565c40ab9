//! Constants of the body, found when they are first asked for, and the types that the user wrote beside values.

use syn::{ItemConst, Type};

use crate::ir::node::Node;
use crate::ir::place::Place;

use super::lowerer::Lowerer;
use super::value::Value;

impl<'a> Lowerer<'a, '_> {
    /// The value of a `const` of the body. It sees other items only.
    pub fn constant(&mut self, constant: &'a ItemConst) -> Value<'a> {
        let key = std::ptr::from_ref(constant);
        match self.constants.get(&key) {
            Some(Some(value)) => return value.clone(),
            Some(None) => {
                let place = Place::of(&constant.ident);
                return self.mistake(
                    place,
                    "this constant is defined by itself\nhelp: give it a value",
                );
            }
            None => {}
        }
        self.constants.insert(key, None);
        let items = self.environment.items();
        let outside = std::mem::replace(&mut self.environment, items);
        let value = self.typed(&constant.ty, |lowerer| lowerer.lower(&constant.expr));
        self.environment = outside;
        let value = self.ascribe(value, &constant.ty);
        self.constants.insert(key, Some(value.clone()));
        value
    }

    /// The value with the type that the user gave it. Active values need none: they are the kernel's scalar.
    pub fn ascribe(&mut self, value: Value<'a>, ty: &Type) -> Value<'a> {
        if let Type::ImplTrait(_) = ty {
            return value;
        }
        match (value, ty) {
            (value, Type::Paren(paren)) => self.ascribe(value, &paren.elem),
            (value, Type::Group(group)) => self.ascribe(value, &group.elem),
            (Value::Reference(value), Type::Reference(reference)) => {
                self.ascribe(*value, &reference.elem).reference()
            }
            (Value::Array(elements), Type::Slice(slice)) => Value::Array(
                elements
                    .into_iter()
                    .map(|element| self.ascribe(element, &slice.elem))
                    .collect(),
            ),
            (Value::Array(elements), Type::Array(array)) => {
                let typed = elements
                    .into_iter()
                    .map(|element| self.ascribe(element, &array.elem));
                Value::Array(typed.collect())
            }
            (Value::Tuple(elements), Type::Tuple(tuple)) if elements.len() == tuple.elems.len() => {
                let typed = elements.into_iter().zip(&tuple.elems);
                Value::Tuple(
                    typed
                        .map(|(element, ty)| self.ascribe(element, ty))
                        .collect(),
                )
            }
            (value @ Value::Node(id), ty)
                if !self.dag.is_active(id) && !self.is_mistake(id) && !inferred(ty) =>
            {
                let Some(ty) = self.environment.generics.outside(ty) else {
                    return value;
                };
                let number = self.dag.add_type(&ty);
                let same = match self.dag.node(id) {
                    Node::Typed { ty, .. } => *ty == number,
                    _ => false,
                };
                if same {
                    return Value::Node(id);
                }
                let place = self.dag.place(id);
                self.node(
                    Node::Typed {
                        value: id,
                        ty: number,
                    },
                    place,
                )
            }
            (value, _) => value,
        }
    }
}

/// Whether the type leaves something to be inferred, so that it says less than a type by itself does.
fn inferred(ty: &Type) -> bool {
    struct Underscore(bool);
    impl<'a> syn::visit::Visit<'a> for Underscore {
        fn visit_type_infer(&mut self, _: &'a syn::TypeInfer) {
            self.0 = true;
        }
        fn visit_expr_infer(&mut self, _: &'a syn::ExprInfer) {
            self.0 = true;
        }
    }
    let mut underscore = Underscore(false);
    syn::visit::Visit::visit_type(&mut underscore, ty);
    underscore.0
}
