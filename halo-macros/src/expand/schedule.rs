//! What of a formula is computed when: what gets a name because several values share it, and what is computed in front of
//! which block.
//!
//! A value that the plain kernel computes in a branch is computed in that branch here, never in front of it: elsewhere a
//! table lookup may be out of bounds. What a block needs whichever branches are taken is computed once, in front.

use std::collections::{HashMap, HashSet};

use crate::ir::dag::Dag;
use crate::ir::node::{Binary, Node, NodeId};

/// An expression nested deeper than this is cut by a name: an unrolled loop may have thousands of terms.
const DEEPEST: usize = 48;

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
    invariant: Vec<bool>,
    constant: Vec<bool>,
    /// For every value, all values that evaluating it needs whichever branches are taken.
    needs: HashMap<Value, Values>,
    /// Values that deserve a name.
    named: HashSet<Value>,
}

impl<'a> Schedule<'a> {
    pub fn new(dag: &'a Dag, roots: &[Value]) -> Self {
        let mut schedule = Schedule {
            dag,
            invariant: dag.invariant(),
            constant: dag.constant(),
            needs: HashMap::new(),
            named: HashSet::new(),
        };
        let uses = schedule.uses(roots);
        let mut values: Vec<Value> = uses.keys().copied().collect();
        values.sort();
        let mut depths: HashMap<Value, usize> = HashMap::new();
        for value in values {
            let (always, branches) = schedule.operands(value);
            let below = always
                .iter()
                .chain(&branches)
                .map(|operand| depths[operand]);
            let depth = 1 + below.max().unwrap_or(0);
            let named = (uses[&value] > 1 || depth > DEEPEST) && !schedule.is_trivial(value.0);
            depths.insert(value, if named { 0 } else { depth });
            if named {
                schedule.named.insert(value);
            }
            schedule.collect_needs(value, &always, &branches);
        }
        schedule
    }

    /// What is computed in front of the loop: what no point changes, and what the point's formula lifts.
    pub fn before_the_loop(&self, roots: &[Value]) -> Vec<Value> {
        let invariant = |id: NodeId| self.invariant[id.index()] && !self.constant[id.index()];
        let mut values = self.needed(roots);
        values.retain(|value| {
            invariant(value.0) && (value.1 == World::Active || self.named.contains(value))
        });
        // Lifting a parameter is harmless even where only a branch uses it; anything else may panic there.
        let lifted = |value: &&Value| {
            value.1 == World::Active && matches!(self.dag.node(value.0), Node::Parameter(_))
        };
        values.extend(self.needs.keys().filter(lifted));
        values.sort();
        values.dedup();
        values
    }

    /// What a block computes in front of its roots.
    pub fn before_the_block(&self, roots: &[Value]) -> Vec<Value> {
        let mut values = self.needed(roots);
        values.retain(|value| self.named.contains(value));
        values
    }

    fn needed(&self, roots: &[Value]) -> Vec<Value> {
        let mut needed = Values::default();
        roots
            .iter()
            .for_each(|root| needed.unite(&self.needs[root]));
        needed.iter().collect()
    }

    /// The values that `value` is made of: those that every evaluation needs, then those that only a branch needs.
    fn operands(&self, (id, world): Value) -> (Vec<Value>, Vec<Value>) {
        if world == World::Active && !self.dag.is_active(id) {
            return (vec![(id, World::Passive)], Vec::new());
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
            _ => (
                node.operands().into_iter().map(|id| (id, world)).collect(),
                Vec::new(),
            ),
        }
    }

    /// How often each value is used by another, or as a root.
    fn uses(&self, roots: &[Value]) -> HashMap<Value, usize> {
        let mut uses = HashMap::new();
        let mut stack = roots.to_vec();
        while let Some(value) = stack.pop() {
            let count = uses.entry(value).or_insert(0);
            *count += 1;
            if *count == 1 {
                let (always, branches) = self.operands(value);
                stack.extend(always.into_iter().chain(branches));
            }
        }
        uses
    }

    /// Literals and parameters need no name: rustc folds the ones, and infers their type afresh at each use; the others
    /// are fields of `self`.
    fn is_trivial(&self, id: NodeId) -> bool {
        self.constant[id.index()] || matches!(self.dag.node(id), Node::Parameter(_))
    }

    fn collect_needs(&mut self, value: Value, always: &[Value], branches: &[Value]) {
        let mut needs = Values::default();
        needs.insert(value);
        always
            .iter()
            .for_each(|operand| needs.unite(&self.needs[operand]));
        if let [then, other] = branches {
            needs.unite(&self.needs[then].intersection(&self.needs[other]));
        }
        self.needs.insert(value, needs);
    }
}

/// A set of values, as bits: large kernels have many sets of many values.
#[derive(Clone, Default)]
struct Values {
    bits: Vec<u64>,
}

impl Values {
    fn insert(&mut self, (id, world): Value) {
        let bit = 2 * id.index() + usize::from(world == World::Active);
        if self.bits.len() <= bit / 64 {
            self.bits.resize(bit / 64 + 1, 0);
        }
        self.bits[bit / 64] |= 1 << (bit % 64);
    }

    fn unite(&mut self, other: &Values) {
        if self.bits.len() < other.bits.len() {
            self.bits.resize(other.bits.len(), 0);
        }
        self.bits
            .iter_mut()
            .zip(&other.bits)
            .for_each(|(a, b)| *a |= b);
    }

    fn intersection(&self, other: &Values) -> Values {
        Values {
            bits: self
                .bits
                .iter()
                .zip(&other.bits)
                .map(|(a, b)| a & b)
                .collect(),
        }
    }

    /// In order.
    fn iter(&self) -> impl Iterator<Item = Value> {
        let bits =
            (0..64 * self.bits.len()).filter(|bit| self.bits[bit / 64] >> (bit % 64) & 1 == 1);
        bits.map(|bit| {
            let world = [World::Passive, World::Active][bit % 2];
            (NodeId::from_index(bit / 2), world)
        })
    }
}
