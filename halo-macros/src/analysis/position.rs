//! Comparisons of a point's position with a constant distance from one end of an axis, found whatever way the user
//! turned them: both sides are read as integer linear forms, and what is left of their difference decides.

use quote::ToTokens;

use crate::ir::dag::Dag;
use crate::ir::node::{Binary, Node, NodeId, Query, Unary};

/// `slope * distance + offset <comparison> 0`, the distance counted from one end of an axis.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Threshold {
    pub axis: usize,
    /// Whether the distance is counted from the high end.
    pub from_high: bool,
    comparison: Binary,
    slope: i128,
    offset: i128,
}

impl Threshold {
    /// The threshold that the node is, if it is one.
    pub fn of(dag: &Dag, id: NodeId) -> Option<Threshold> {
        use Binary::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
        let Node::Binary(comparison, left, right) = dag.node(id) else {
            return None;
        };
        if !matches!(
            comparison,
            Less | LessEqual | Greater | GreaterEqual | Equal | NotEqual
        ) {
            return None;
        }
        let difference = Form::of(dag, *left, 0)?.combine(&Form::of(dag, *right, 0)?, -1)?;
        let (axis, index, extent) = difference.only_axis()?;
        let at = |from_high, slope, offset| Threshold {
            axis,
            from_high,
            comparison: *comparison,
            slope,
            offset,
        };
        match (index, extent) {
            (0, _) => None,
            (index, 0) => Some(at(false, index, difference.constant)),
            // extent - index is the distance from the high end, plus one.
            (index, extent) if index == extent.checked_neg()? => {
                Some(at(true, extent, difference.constant.checked_add(extent)?))
            }
            _ => None,
        }
    }

    /// The truth far from that end.
    pub fn truth_inside(&self) -> bool {
        use Binary::{Greater, GreaterEqual, Less, LessEqual, NotEqual};
        match self.comparison {
            Less | LessEqual => self.slope < 0,
            Greater | GreaterEqual => self.slope > 0,
            comparison => comparison == NotEqual,
        }
    }

    /// The smallest distance from which on the truth is that of the inside.
    pub fn cut(&self) -> i128 {
        // The truth changes next to the root of the linear form only.
        let root = self.offset.saturating_neg().div_euclid(self.slope);
        let (first, last) = (root.saturating_sub(1).max(0), root.saturating_add(1));
        let mut distances = (first..=last).rev();
        let change = distances.find(|distance| self.truth_at(*distance) != self.truth_inside());
        change.map_or(0, |distance| distance.saturating_add(1))
    }

    /// The truth at a distance from that end.
    pub fn truth_at(&self, distance: i128) -> bool {
        let value = (self.slope.saturating_mul(distance)).saturating_add(self.offset);
        match self.comparison {
            Binary::Less => value < 0,
            Binary::LessEqual => value <= 0,
            Binary::Greater => value > 0,
            Binary::GreaterEqual => value >= 0,
            Binary::Equal => value == 0,
            _ => value != 0,
        }
    }
}

/// sum over axes of (index * i + extent * e), plus a constant.
#[derive(Clone, Default)]
struct Form {
    index: [i128; 4],
    extent: [i128; 4],
    constant: i128,
}

/// Deeper sums than this are no conditions that a person writes.
const DEEPEST: usize = 32;

impl Form {
    fn of(dag: &Dag, id: NodeId, depth: usize) -> Option<Form> {
        if depth > DEEPEST {
            return None;
        }
        let form = |id: &NodeId| Form::of(dag, *id, depth + 1);
        match dag.node(id) {
            Node::Integer(value) => Some(Form::constant(*value)),
            Node::Typed { value, .. } => form(value),
            // A wide integer holds any index, extent or distance; a difference of them may wrap.
            Node::Cast { value, ty } => {
                let is_position = matches!(dag.node(*value), Node::Position { .. });
                let name = dag.ty(*ty).to_token_stream().to_string();
                let is_wide = matches!(name.as_str(), "isize" | "usize" | "i64" | "u64" | "i128");
                (is_position && is_wide).then(|| form(value)).flatten()
            }
            Node::Position { query, axis, shift } => Form::position(*query, *axis, *shift),
            Node::Unary(Unary::Neg, value) => form(value)?.scale(-1),
            Node::Binary(Binary::Add, left, right) => form(left)?.combine(&form(right)?, 1),
            Node::Binary(Binary::Sub, left, right) => form(left)?.combine(&form(right)?, -1),
            Node::Binary(Binary::Mul, left, right) => {
                let (left, right) = (form(left)?, form(right)?);
                match (left.known(), right.known()) {
                    (Some(factor), _) => right.scale(factor),
                    (_, Some(factor)) => left.scale(factor),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn constant(constant: i128) -> Form {
        Form {
            constant,
            ..Form::default()
        }
    }

    fn position(query: Query, axis: usize, shift: isize) -> Option<Form> {
        let mut form = Form::default();
        let index = form.index.get_mut(axis)?;
        match query {
            Query::Index => (*index, form.constant) = (1, shift as i128),
            Query::Extent => form.extent[axis] = 1,
            Query::FromHigh => {
                (*index, form.constant) = (-1, -1 - shift as i128);
                form.extent[axis] = 1;
            }
        }
        Some(form)
    }

    fn known(&self) -> Option<i128> {
        (self.index == [0; 4] && self.extent == [0; 4]).then_some(self.constant)
    }

    fn scale(&self, factor: i128) -> Option<Form> {
        Form::default().combine(self, factor)
    }

    /// self + factor * other
    fn combine(&self, other: &Form, factor: i128) -> Option<Form> {
        let add = |to: i128, from: i128| to.checked_add(from.checked_mul(factor)?);
        let mut sum = Form::constant(add(self.constant, other.constant)?);
        for axis in 0..4 {
            sum.index[axis] = add(self.index[axis], other.index[axis])?;
            sum.extent[axis] = add(self.extent[axis], other.extent[axis])?;
        }
        Some(sum)
    }

    /// The one axis that the form depends on, with its factors of index and extent.
    fn only_axis(&self) -> Option<(usize, i128, i128)> {
        let mut axes = (0..4).filter(|axis| self.index[*axis] != 0 || self.extent[*axis] != 0);
        let axis = axes.next()?;
        axes.next()
            .is_none()
            .then_some((axis, self.index[axis], self.extent[axis]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tries distances one by one.
    fn cut_by_trial(threshold: &Threshold) -> i128 {
        let changed = (0..200)
            .rev()
            .find(|distance| threshold.truth_at(*distance) != threshold.truth_inside());
        changed.map_or(0, |distance| distance + 1)
    }

    #[test]
    fn cuts_agree_with_trial() {
        use Binary::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
        for comparison in [Less, LessEqual, Greater, GreaterEqual, Equal, NotEqual] {
            for slope in [-3, -2, -1, 1, 2, 3] {
                for offset in -20..20 {
                    let threshold = Threshold {
                        axis: 0,
                        from_high: false,
                        comparison,
                        slope,
                        offset,
                    };
                    assert_eq!(
                        threshold.truth_at(199),
                        threshold.truth_inside(),
                        "{threshold:?}"
                    );
                    assert_eq!(threshold.cut(), cut_by_trial(&threshold), "{threshold:?}");
                }
            }
        }
    }
}
