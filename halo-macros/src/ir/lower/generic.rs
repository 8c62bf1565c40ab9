//! The generics of a function that is followed: what each of them is in this call, found from the arguments as rustc finds
//! it, and put in their place wherever Rust of the function's body travels into the expansion.

use proc_macro2::{Ident, Literal};
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprPath, GenericArgument, GenericParam, PathArguments, QSelf, Type, parse_quote};

use crate::ir::node::{Node, NodeId};

use super::fold::known_integer;
use super::lowerer::Lowerer;
use super::value::Value;

/// The generics of one call.
#[derive(Default)]
pub struct Generics {
    parameters: Vec<(Ident, Meaning)>,
}

#[derive(Clone)]
enum Meaning {
    Unknown,
    Type(Box<Type>),
    Constant(NodeId, i128),
}

impl Generics {
    pub fn new(generics: &syn::Generics) -> Generics {
        let names = generics
            .params
            .iter()
            .filter_map(|parameter| match parameter {
                GenericParam::Type(parameter) => Some(&parameter.ident),
                GenericParam::Const(parameter) => Some(&parameter.ident),
                _ => None,
            });
        Generics {
            parameters: names.map(|name| (name.clone(), Meaning::Unknown)).collect(),
        }
    }

    pub fn constants(&self) -> impl Iterator<Item = (&Ident, NodeId)> {
        self.parameters
            .iter()
            .filter_map(|(name, meaning)| match meaning {
                Meaning::Constant(id, _) => Some((name, *id)),
                _ => None,
            })
    }

    /// The type as it is outside the function; `None` where it names what is not known.
    pub fn outside(&self, ty: &Type) -> Option<Type> {
        let mut ty = ty.clone();
        let mut substitution = Substitution {
            generics: self,
            complete: true,
        };
        substitution.visit_type_mut(&mut ty);
        substitution.complete.then_some(ty)
    }

    /// Puts what the generics are in the place of their names.
    pub fn substitute(&self, written: &mut Expr) {
        if !self.parameters.is_empty() {
            let mut substitution = Substitution {
                generics: self,
                complete: true,
            };
            substitution.visit_expr_mut(written);
        }
    }

    /// Whether the name is put in its place by [`Generics::substitute`].
    pub fn is_constant(&self, name: &Ident) -> bool {
        matches!(self.find(name), Some(Meaning::Constant(..)))
    }

    fn find(&self, name: &Ident) -> Option<&Meaning> {
        let parameter = self.parameters.iter().find(|(own, _)| own == name);
        parameter.map(|(_, meaning)| meaning)
    }

    fn learn(&mut self, name: &Ident, meaning: Meaning) {
        let parameter = self.parameters.iter_mut().find(|(own, _)| own == name);
        if let Some((_, known @ Meaning::Unknown)) = parameter {
            *known = meaning;
        }
    }
}

impl<'a> Lowerer<'a, '_> {
    /// Takes the `number`-th argument of `name::<..>`.
    pub fn give(&mut self, generics: &mut Generics, number: usize, argument: &'a GenericArgument) {
        let Some((name, _)) = generics.parameters.get(number).cloned() else {
            return;
        };
        match argument {
            // A constant by its name reads as a type.
            GenericArgument::Type(ty) => match self.constant_named(ty) {
                Some(meaning) => generics.learn(&name, meaning),
                None => {
                    if let Some(ty) = self.environment.generics.outside(ty)
                        && !matches!(ty, Type::Infer(_))
                    {
                        generics.learn(&name, Meaning::Type(Box::new(ty)));
                    }
                }
            },
            GenericArgument::Const(value) => {
                let id = self.lower_single(value);
                if let Some(number) = known_integer(&self.dag, id) {
                    generics.learn(&name, Meaning::Constant(id, number));
                }
            }
            _ => {}
        }
    }

    fn constant_named(&mut self, ty: &Type) -> Option<Meaning> {
        let name = simple_type(ty)?.to_string();
        let binding = self.environment.find(&name)?.clone();
        let value = self.value_of(binding)?;
        let Value::Node(id) = value else {
            return None;
        };
        Some(Meaning::Constant(id, known_integer(&self.dag, id)?))
    }

    /// Learns from an argument what its parameter's type says.
    pub fn deduce(&mut self, generics: &mut Generics, ty: &Type, value: &Value<'a>) {
        match (ty, value) {
            (Type::Paren(paren), value) => self.deduce(generics, &paren.elem, value),
            (Type::Group(group), value) => self.deduce(generics, &group.elem, value),
            (Type::Reference(reference), Value::Reference(value)) => {
                self.deduce(generics, &reference.elem, value)
            }
            (Type::Tuple(types), Value::Tuple(values)) => {
                for (ty, value) in types.elems.iter().zip(values) {
                    self.deduce(generics, ty, value);
                }
            }
            (Type::Array(array), Value::Array(values)) => {
                if let Expr::Path(length) = &array.len
                    && let Some(name) = length.path.get_ident()
                {
                    self.learn_constant(generics, name, values.len());
                }
                for value in values {
                    self.deduce(generics, &array.elem, value);
                }
            }
            (Type::Path(path), Value::Field(_)) => {
                let arguments = path.path.segments.last().map(|last| &last.arguments);
                let Some(PathArguments::AngleBracketed(arguments)) = arguments else {
                    return;
                };
                for argument in &arguments.args {
                    let GenericArgument::Type(ty) = argument else {
                        continue;
                    };
                    let Some(name) = simple_type(ty) else {
                        continue;
                    };
                    match path_position(&arguments.args, argument) {
                        0 => generics.learn(name, Meaning::Type(Box::new(self.scalar.clone()))),
                        _ => self.learn_constant(generics, name, self.axes),
                    }
                }
            }
            (ty, Value::Node(id)) => {
                let Some(name) = simple_type(ty) else {
                    return;
                };
                if self.dag.is_active(*id) {
                    generics.learn(name, Meaning::Type(Box::new(self.scalar.clone())));
                } else if let Node::Typed { ty, .. } = self.dag.node(*id) {
                    let ty = self.dag.ty(*ty).clone();
                    generics.learn(name, Meaning::Type(Box::new(ty)));
                }
            }
            _ => {}
        }
    }

    fn learn_constant(&mut self, generics: &mut Generics, name: &Ident, number: usize) {
        let value = self.dag.add(Node::Integer(number as i128));
        let ty = self.dag.add_type(&parse_quote!(usize));
        let id = self.dag.add(Node::Typed { value, ty });
        generics.learn(name, Meaning::Constant(id, number as i128));
    }
}

fn path_position<'p>(
    arguments: impl IntoIterator<Item = &'p GenericArgument>,
    wanted: &GenericArgument,
) -> usize {
    let mut arguments = arguments.into_iter();
    arguments
        .position(|argument| std::ptr::eq(argument, wanted))
        .unwrap_or(0)
}

fn simple_type(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) if path.qself.is_none() => path.path.get_ident(),
        _ => None,
    }
}

struct Substitution<'g> {
    generics: &'g Generics,
    complete: bool,
}

impl VisitMut for Substitution<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match simple_type(ty).and_then(|name| self.generics.find(name)) {
            Some(Meaning::Type(known)) => *ty = (**known).clone(),
            Some(Meaning::Constant(_, number)) => {
                let number = Literal::i128_unsuffixed(*number);
                *ty = Type::Verbatim(number.into_token_stream());
            }
            Some(Meaning::Unknown) => self.complete = false,
            None => visit_mut::visit_type_mut(self, ty),
        }
    }

    fn visit_expr_mut(&mut self, written: &mut Expr) {
        let constant = match written {
            Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
            _ => None,
        };
        match constant.and_then(|name| self.generics.find(name)) {
            Some(Meaning::Constant(_, number)) => {
                let number = Literal::i128_unsuffixed(*number);
                *written = Expr::Verbatim(quote!(#number));
            }
            Some(Meaning::Unknown) => self.complete = false,
            _ => visit_mut::visit_expr_mut(self, written),
        }
    }

    /// `T::ZERO` becomes `<f64>::ZERO`.
    fn visit_expr_path_mut(&mut self, path: &mut ExprPath) {
        visit_mut::visit_expr_path_mut(self, path);
        let segments = &path.path.segments;
        if path.qself.is_some() || segments.len() < 2 {
            return;
        }
        let Some(first) = segments.first() else {
            return;
        };
        if let Some(Meaning::Type(known)) = self.generics.find(&first.ident) {
            let rest = segments.iter().skip(1);
            let rest = quote!(::#(#rest)::*);
            path.path = parse_quote!(#rest);
            path.qself = Some(QSelf {
                lt_token: Default::default(),
                ty: known.clone(),
                position: 0,
                as_token: None,
                gt_token: Default::default(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::ir::lower::testing::formula;

    #[test]
    fn types_are_found_from_active_arguments() {
        assert_eq!(
            formula(
                "fn mean<T: Scalar>(a: T, b: T) -> T { let half: T = T::from_f64(0.5); half * (a + b) } mean(u[0], u[1])"
            ),
            "(({ < f64 > :: from_f64 (0.5) }: f64) * (u[0] + u[1]))"
        );
        assert_eq!(
            formula("fn id<T>(x: T, c: T) -> T { x * (c as T) } id::<f64>(u[0], dt)"),
            "(u[0] * ((dt: f64) as f64))"
        );
    }

    #[test]
    fn constants_are_found_from_lengths_and_written_arguments() {
        assert_eq!(
            formula(
                "fn last<const K: usize>(a: [f64; K]) -> f64 { a[K - 1] * [1.0; K].iter().product::<f64>() } last([u[0], u[1]])"
            ),
            "(u[1] * { [1.0 ; 2] . iter () . product :: < f64 > () })"
        );
        assert_eq!(
            formula("fn ahead<const K: isize>(u: &Input<f64, 1>) -> f64 { u[K] } ahead::<3>(&u)"),
            "u[3]"
        );
        assert_eq!(
            formula(
                "const N: isize = 2; fn ahead<const K: isize>(u: &Input<f64, 1>) -> f64 { u[K] } ahead::<N>(&u) - ahead::<{ N + 1 }>(&v)"
            ),
            "(u[2] - v[3])"
        );
    }
}
