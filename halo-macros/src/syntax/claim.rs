//! The claim about the halo, `halo = 1`, `halo = (1, 2)` or `halo = ((1, 0), (2, 2))`: its widths, and how finely they are
//! given, which the message about a wrong claim keeps to.

use syn::Expr;

use crate::ir::place::Place;

use super::tuple::{counted, elements, number};

/// The widths that a `halo` claim gives, and how finely it gives them.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Low and high width per stencil axis.
    pub widths: Vec<[usize; 2]>,
    pub form: ClaimForm,
    /// The value, as written.
    pub place: Place,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClaimForm {
    /// `halo = 2`
    Everywhere,
    /// `halo = (1, 2)`
    PerAxis,
    /// `halo = ((1, 0), (2, 2))`
    PerSide,
}

/// A claim before the number of stencil axes is known.
pub struct WrittenClaim {
    key: &'static str,
    value: WrittenWidths,
    /// The value, as written.
    pub place: Place,
}

enum WrittenWidths {
    One(usize),
    Tuple(Vec<WrittenWidths>),
}

impl WrittenClaim {
    pub fn parse(key: &'static str, value: &Expr) -> syn::Result<WrittenClaim> {
        Ok(WrittenClaim {
            key,
            value: widths(value)?,
            place: Place::of(value),
        })
    }

    pub fn settle(self, count: usize) -> syn::Result<Claim> {
        use WrittenWidths::{One, Tuple};
        let one = |width: &WrittenWidths| match width {
            One(width) => Some(*width),
            Tuple(_) => None,
        };
        let pair = |width: &WrittenWidths| match width {
            Tuple(sides) if sides.len() == 2 => Some([one(&sides[0])?, one(&sides[1])?]),
            _ => None,
        };
        let all = |found: Option<Vec<[usize; 2]>>| found.filter(|widths| widths.len() == count);
        let (form, widths) = match &self.value {
            One(width) => (ClaimForm::Everywhere, Some(vec![[*width; 2]; count])),
            Tuple(axes) if axes.iter().all(|axis| one(axis).is_some()) => {
                let widths = axes.iter().map(|axis| one(axis).map(|width| [width; 2]));
                (ClaimForm::PerAxis, all(widths.collect()))
            }
            Tuple(axes) => (ClaimForm::PerSide, all(axes.iter().map(pair).collect())),
        };
        let Some(widths) = widths else {
            return Err(self.place.error(self.misfit(count)));
        };
        Ok(Claim {
            widths,
            form,
            place: self.place,
        })
    }

    fn misfit(&self, count: usize) -> String {
        let key = self.key;
        let per_axis = vec!["1"; count].join(", ");
        let per_side = vec!["(1, 1)"; count].join(", ");
        let (per_axis, per_side) = if count == 1 {
            (format!("({per_axis},)"), format!("({per_side},)"))
        } else {
            (format!("({per_axis})"), format!("({per_side})"))
        };
        format!(
            "this `{key}` does not fit {}\nhelp: write one width for all (`{key} = 1`), one per axis (`{key} = {per_axis}`) or \
             a low and a high width per axis (`{key} = {per_side}`)",
            counted(count, "stencil axis", "stencil axes"),
        )
    }
}

fn widths(value: &Expr) -> syn::Result<WrittenWidths> {
    match elements(value) {
        Some(elements) => elements
            .into_iter()
            .map(widths)
            .collect::<syn::Result<_>>()
            .map(WrittenWidths::Tuple),
        None => number(value, "a halo width").map(WrittenWidths::One),
    }
}
