//! What of a formula is computed when: what gets a name because several values share it, and what is computed in front of
//! which block.
//!
//! A value that the plain kernel computes in a branch is computed in that branch here, never in front of it: elsewhere a
//! table lookup may be out of bounds. What a block needs whichever branches are taken is computed once, in front.

use std::collections::HashSet;
use std::rc::Rc;

use super::bits::Bits;
use crate::ir::dag::Dag;
use crate::ir::kernel::Kernel;
use crate::ir::node::{Binary, Node, NodeId};

/// An expression nested deeper than this is cut by a name: an unrolled loop may have thousands of terms.
const DEEPEST: usize = 48;

/// A constant of more nodes has a name where it is shared.
const LONGEST_CONSTANT: usize = 32;

/// The two worlds of a formula: plain Rust of the kernel's own types, and arithmetic in the loop's scalar.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum World {
    Passive,
    Active,
}

/// A node as one of the two worlds sees it. In order, operands come before their users.
pub type Value = (NodeId, World);

pub struct Schedule<'a> {
    dag: &'a Dag,
    /// Whether passive factors stay passive, see [`Kernel::is_mixed`].
    mixed: bool,
    /// Passive values that multiply or divide active ones as they are.
    factors: HashSet<NodeId>,
    invariant: Vec<bool>,
    constant: Vec<bool>,
    /// By index: whether the value is the same in every repetition of a sum.
    fixed: Vec<bool>,
    /// For every node, how many nodes its expression has, written out.
    sizes: Vec<usize>,
    plans: Vec<Option<Plan>>,
    /// Values that a block may compute in front, in order: those with a name, and what is lifted in front of the loop.
    listed: Vec<Value>,
    /// Parameters in the loop's scalar, and those that are factors as they are.
    parameters: Vec<Value>,
}

/// What is known of one value.
struct Plan {
    /// Whether the value deserves a name.
    named: bool,
    /// Names that are nested in its expression.
    depth: usize,
    /// The listed values that evaluating it needs whichever branches are taken, by their place in the list.
    needs: Rc<Bits>,
}

impl<'a> Schedule<'a> {
    /// The schedule of a point's formula.
    pub fn new(kernel: &'a Kernel, roots: &[Value]) -> Self {
        Schedule::planned(kernel, kernel.dag.invariant(), roots)
    }

    /// The schedule of one repetition of a sum.
    pub fn of_repetition(kernel: &'a Kernel, step: Value) -> Self {
        Schedule::planned(kernel, kernel.dag.invariant_in_repetition(), &[step])
    }

    fn planned(kernel: &'a Kernel, invariant: Vec<bool>, roots: &[Value]) -> Self {
        let dag = &kernel.dag;
        let mut schedule = Schedule {
            dag,
            mixed: kernel.is_mixed(),
            factors: HashSet::new(),
            invariant,
            constant: dag.constant(),
            fixed: dag.fixed(),
            sizes: dag.sizes(),
            plans: Vec::new(),
            listed: Vec::new(),
            parameters: Vec::new(),
        };
        let uses = schedule.uses(roots);
        let values = (0..uses.len())
            .filter(|position| uses[*position] > 0)
            .map(at);
        let factors = values.filter_map(|value| schedule.factor(value));
        schedule.factors = factors.map(|(factor, _)| factor).collect();
        schedule.plans.resize_with(uses.len(), || None);
        for (position, uses) in uses.into_iter().enumerate() {
            if uses > 0 {
                schedule.plan(at(position), uses);
            }
        }
        schedule
    }

    /// What is computed in front of the loop: what no point changes, and what the point's formula lifts.
    pub fn before_the_loop(&self, roots: &[Value]) -> Vec<Value> {
        let mut values = self.needed(roots);
        values.retain(|value| self.is_lifted_once(*value) || self.in_front(*value));
        // Lifting a parameter is harmless even where only a branch uses it; anything else may panic there.
        values.extend(&self.parameters);
        values.sort();
        values.dedup();
        values
    }

    /// What a block computes in front of its roots.
    pub fn before_the_block(&self, roots: &[Value]) -> Vec<Value> {
        let mut values = self.needed(roots);
        values.retain(|value| self.plan_of(*value).is_some_and(|plan| plan.named));
        values
    }

    /// What `value` needs whichever branches are taken.
    fn needed(&self, roots: &[Value]) -> Vec<Value> {
        let mut needed = Bits::default();
        for plan in roots.iter().filter_map(|root| self.plan_of(*root)) {
            needed.unite(&plan.needs);
        }
        needed.iter().map(|number| self.listed[number]).collect()
    }

    /// The values that `value` is made of: those that every evaluation needs, then those that only a branch needs.
    fn operands(&self, (id, world): Value) -> (Vec<Value>, Vec<Value>) {
        if world == World::Active && !self.dag.is_active(id) {
            return (vec![(id, World::Passive)], Vec::new());
        }
        if let Some((factor, operand)) = self.factor((id, world)) {
            return (vec![(factor, World::Passive), (operand, world)], Vec::new());
        }
        let node = self.dag.node(id);
        match *node {
            Node::Select {
                condition,
                then,
                other,
            } => (
                vec![(condition, World::Passive)],
                vec![(then, world), (other, world)],
            ),
            Node::Binary(Binary::And | Binary::Or, a, b) => (vec![(a, world)], vec![(b, world)]),
            Node::Repeat { start, step, .. } => {
                let mut always = self.shared((step, world));
                always.push((start, world));
                (always, Vec::new())
            }
            _ => (
                node.operands().iter().map(|id| (*id, world)).collect(),
                Vec::new(),
            ),
        }
    }

    /// The passive factor or divisor, and the active operand, of a product that takes the factor as it is.
    pub fn factor(&self, (id, world): Value) -> Option<(NodeId, NodeId)> {
        if !self.mixed || world == World::Passive || !self.dag.is_active(id) {
            return None;
        }
        match *self.dag.node(id) {
            Node::Binary(Binary::Mul, a, b) if self.dag.is_active(a) => Some((b, a)),
            Node::Binary(Binary::Mul, a, b) => Some((a, b)),
            Node::Binary(Binary::Div, a, b) => Some((b, a)),
            _ => None,
        }
    }

    /// Whether no point changes the value.
    pub fn is_invariant(&self, id: NodeId) -> bool {
        self.invariant[id.index()]
    }

    /// A factor that no point changes: it is computed in front of the loop.
    fn is_hoisted_factor(&self, value: Value) -> bool {
        value.1 == World::Passive && self.in_front(value) && self.factors.contains(&value.0)
    }

    /// The largest values that every repetition of a sum needs and none changes.
    fn shared(&self, step: Value) -> Vec<Value> {
        let (mut shared, mut stack) = (Vec::new(), vec![step]);
        while let Some(value) = stack.pop() {
            match self.fixed[value.0.index()] {
                true => shared.push(value),
                false => stack.extend(self.operands(value).0),
            }
        }
        shared
    }

    /// How often each value is used by another, or as a root; what all repetitions of a sum share is used by each.
    fn uses(&self, roots: &[Value]) -> Vec<usize> {
        let mut uses = vec![0; 2 * self.dag.len()];
        let mut stack = roots.to_vec();
        while let Some(value) = stack.pop() {
            let count = &mut uses[position(value)];
            *count += 1;
            if *count == 1 {
                let (always, branches) = self.operands(value);
                if let Node::Repeat { step, .. } = self.dag.node(value.0) {
                    stack.extend(self.shared((*step, value.1)));
                }
                stack.extend(always.into_iter().chain(branches));
            }
        }
        uses
    }

    /// Plans a value whose operands are planned.
    fn plan(&mut self, value: Value, uses: usize) {
        let (always, branches) = self.operands(value);
        let operands = always.iter().chain(&branches);
        let below = operands.filter_map(|operand| Some(self.plan_of(*operand)?.depth));
        let depth = 1 + below.max().unwrap_or(0);
        // In the interior they are computed for many points at once.
        let strip = matches!(
            self.dag.node(value.0),
            Node::Repeat { .. } | Node::Bank { .. }
        );
        let shared = (uses > 1 || depth > DEEPEST || strip) && !self.is_trivial(value.0);
        let named = shared || self.is_hoisted_factor(value);
        let depth = if named { 0 } else { depth };
        let mut needs: Rc<Bits> = Rc::default();
        for plan in always.iter().filter_map(|operand| self.plan_of(*operand)) {
            unite(&mut needs, &plan.needs);
        }
        if let [then, other] = branches[..]
            && let (Some(then), Some(other)) = (self.plan_of(then), self.plan_of(other))
        {
            unite(&mut needs, &Rc::new(then.needs.intersection(&other.needs)));
        }
        if named || self.is_lifted_once(value) {
            Rc::make_mut(&mut needs).insert(self.listed.len());
            self.listed.push(value);
        }
        let meets_active = value.1 == World::Active || self.is_hoisted_factor(value);
        if meets_active && matches!(self.dag.node(value.0), Node::Parameter(_)) {
            self.parameters.push(value);
        }
        let plan = Plan {
            named,
            depth,
            needs,
        };
        self.plans[position(value)] = Some(plan);
    }

    fn plan_of(&self, value: Value) -> Option<&Plan> {
        self.plans[position(value)].as_ref()
    }

    /// Short constants and parameters need no name: rustc folds the ones, and infers their type afresh at each use; the
    /// others are fields of `self`. An entry of a table of constants is as short as its name.
    fn is_trivial(&self, id: NodeId) -> bool {
        match self.dag.node(id) {
            Node::Parameter(_) | Node::Running => true,
            Node::Varying(table) => self.is_short_constant(self.dag.table(*table)[0]),
            _ => self.is_short_constant(id),
        }
    }

    fn is_short_constant(&self, id: NodeId) -> bool {
        self.constant[id.index()] && self.sizes[id.index()] <= LONGEST_CONSTANT
    }

    fn in_front(&self, (id, _): Value) -> bool {
        self.invariant[id.index()] && !self.is_short_constant(id)
    }

    /// Whether the value is one that no point changes, in the loop's scalar.
    fn is_lifted_once(&self, value: Value) -> bool {
        value.1 == World::Active && self.in_front(value)
    }
}

/// A place for every value, operands before their users.
fn position((id, world): Value) -> usize {
    2 * id.index() + usize::from(world == World::Active)
}

/// The value at that place.
fn at(position: usize) -> Value {
    let world = [World::Passive, World::Active][position % 2];
    (NodeId::from_index(position / 2), world)
}

/// Shares the larger set where it holds the other already: along a sum most values need what the last one needs.
fn unite(to: &mut Rc<Bits>, from: &Rc<Bits>) {
    if from.contains(to) {
        *to = from.clone();
    } else if !to.contains(from) {
        Rc::make_mut(to).unite(from);
    }
}
