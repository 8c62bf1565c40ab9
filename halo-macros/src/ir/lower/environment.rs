//! What the names of the body stand for, scope by scope. Names are kept sorted, so that whatever is made of all of them is
//! made in the same order in every compile.

use std::collections::BTreeMap;
use std::rc::Rc;

use proc_macro2::Ident;
use syn::{ExprPath, ItemConst, ItemFn};

use super::generic::Generics;
use super::value::Value;

#[derive(Clone)]
pub enum Binding<'a> {
    /// `None` from a bare `let x;` to its first assignment.
    Variable(Option<Value<'a>>),
    Input(usize),
    Coefficient(usize),
    /// By its number among the parameters.
    Bank(usize),
    Position,
    /// Declared in the body; its value is found when it is first asked for.
    Constant(&'a ItemConst),
    /// Declared in the body.
    Function(&'a ItemFn),
}

#[derive(Clone, Default)]
pub struct Environment<'a> {
    scopes: Vec<BTreeMap<String, Binding<'a>>>,
    /// Scopes below this one can be read only: a closure's captures.
    captured: usize,
    /// Those of the function that is being followed.
    pub generics: Rc<Generics>,
}

/// A variable whose value depends on the branch taken.
pub struct Difference<'a> {
    pub scope: usize,
    pub name: String,
    pub then: Option<Value<'a>>,
    pub other: Option<Value<'a>>,
}

impl<'a> Environment<'a> {
    pub fn enter(&mut self) {
        self.scopes.push(BTreeMap::new());
    }

    pub fn leave(&mut self) {
        self.scopes.pop();
    }

    pub fn declare(&mut self, name: String, binding: Binding<'a>) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name, binding);
        }
    }

    pub fn find(&self, name: &str) -> Option<&Binding<'a>> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name))
    }

    /// The variable, for assignment; `None` where there is none or it is captured.
    pub fn variable_mut(&mut self, name: &str) -> Option<&mut Option<Value<'a>>> {
        let scope = (0..self.scopes.len())
            .rev()
            .find(|scope| self.scopes[*scope].contains_key(name))
            .filter(|scope| *scope >= self.captured)?;
        self.in_scope(scope, name)
    }

    pub fn in_scope(&mut self, scope: usize, name: &str) -> Option<&mut Option<Value<'a>>> {
        match self.scopes.get_mut(scope)?.get_mut(name)? {
            Binding::Variable(value) => Some(value),
            _ => None,
        }
    }

    /// What a constant or a function of the body can see.
    pub fn items(&self) -> Environment<'a> {
        let is_item =
            |binding: &Binding| matches!(binding, Binding::Constant(_) | Binding::Function(_));
        let items = |scope: &BTreeMap<String, Binding<'a>>| {
            let items = scope.iter().filter(|(_, binding)| is_item(binding));
            items
                .map(|(name, binding)| (name.clone(), binding.clone()))
                .collect()
        };
        Environment {
            scopes: self.scopes.iter().map(items).collect(),
            captured: 0,
            generics: Rc::default(),
        }
    }

    /// What a closure declared here can see.
    pub fn capture(&self) -> Environment<'a> {
        Environment {
            scopes: self.scopes.clone(),
            captured: self.scopes.len(),
            generics: Rc::clone(&self.generics),
        }
    }

    /// The variables that differ after one branch (self) and after the other.
    pub fn differences(&self, other: &Environment<'a>) -> Vec<Difference<'a>> {
        let mut differences = Vec::new();
        for (scope, (then, other)) in self.scopes.iter().zip(&other.scopes).enumerate() {
            for (name, binding) in then {
                if let (Binding::Variable(then), Some(Binding::Variable(other))) =
                    (binding, other.get(name))
                    && then != other
                {
                    differences.push(Difference {
                        scope,
                        name: name.clone(),
                        then: then.clone(),
                        other: other.clone(),
                    });
                }
            }
        }
        differences
    }
}

/// A path of one word that names no value of a kernel.
pub fn is_keyword(name: &Ident) -> bool {
    let keywords = ["self", "Self", "super", "crate"];
    keywords.iter().any(|word| name == word)
}

pub const NO_KEYWORDS: &str = "a kernel has no `self`, `Self`, `super` or `crate` among its values\nhelp: pass what it needs as a \
    parameter";

/// The name that a path is, if it is no more than a name.
pub fn simple_name(path: &ExprPath) -> Option<&Ident> {
    path.qself
        .is_none()
        .then(|| path.path.get_ident())
        .flatten()
}
