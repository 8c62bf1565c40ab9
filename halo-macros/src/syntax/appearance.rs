//! How the generated struct looks: its name and visibility, what it derives, and under which path its expansion finds the
//! runtime.

use proc_macro2::Ident;
use syn::{Expr, Lit, Path, Visibility};

use crate::ir::place::Place;

#[derive(Clone, Debug, Default)]
pub struct Appearance {
    pub name: Option<Ident>,
    /// The function's, if never said.
    pub visibility: Option<Visibility>,
    pub derives: Vec<Path>,
    /// `::halo`, if never said.
    pub root: Option<Path>,
}

/// `name = Laplace`
pub fn struct_name(value: &Expr) -> syn::Result<Ident> {
    if let Expr::Path(path) = value
        && let Some(name) = path.path.get_ident()
    {
        return Ok(name.clone());
    }
    Err(Place::of(value)
        .error("the struct's name is one identifier\nhelp: write `name = MyStencil`"))
}

/// `crate = my::halo`, also `crate = "my::halo"`.
pub fn root(value: &Expr) -> syn::Result<Path> {
    let path = match value {
        Expr::Path(path) if path.qself.is_none() => Some(path.path.clone()),
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => text.parse_with(Path::parse_mod_style).ok(),
            _ => None,
        },
        Expr::Group(group) => return root(&group.expr),
        _ => None,
    };
    path.ok_or_else(|| {
        let message = "this is no path to the library\nhelp: write for example `crate = my::halo`";
        Place::of(value).error(message)
    })
}
