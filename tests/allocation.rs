//! Nothing is allocated after the first application, on any rank: counted by an allocator of this program's own.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use halo::operator::{Block, Crop, Diagonal, Halo, Mask};
use halo::prelude::*;
use halo::stencil::InstructionSet;
use halo::stock::Gradient;
use halo::{Result, launch_on};
use ndarray::{ArrayView2, ArrayViewMut2};

thread_local! {
    /// Allocations of this thread: a rank is a thread.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call is passed on to the system's allocator; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, cells: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { System.realloc(cells, layout, size) }
    }

    unsafe fn dealloc(&self, cells: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(cells, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count() {
    // A thread that is ending counts no more.
    let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
}

#[stencil]
fn plain(u: Input<f64, 2>) -> f64 {
    u[[-1, 0]] + u[[1, 0]] + u[[0, -1]] + u[[0, 1]] - 4.0 * u[[0, 0]]
}

#[stencil]
fn weighted(u: Input<f32, 2>, v: Input<f32, 2>, k: Coef<f32, 2>) -> (f32, f32) {
    (
        k[[0, 0]] * u[[-1, 1]] - k[[1, 0]].sqrt() * v[[2, 0]],
        v[[0, 0]] + u[[0, -2]],
    )
}

/// Products, sums, powers, stacks and haloed blocks.
fn composite(grid: &Grid<2>) -> Result<impl LinearOperator> {
    let plain = Plain.on(grid)?;
    let halo = Halo::new(grid, [1, 2])?.keep(Boundary::Clamp)?;
    let blocks = halo.blocks();
    let copy = |x: ArrayView2<'_, f64>, mut y: ArrayViewMut2<'_, f64>| y.assign(&x);
    let local = Crop::of(&halo) * Block::new(&blocks, &blocks, copy, copy) * &halo;
    let on_grid = Block::on_grid(&blocks, |block| Plain.on(block))?;
    let local = local + Crop::of(&halo) * on_grid * halo;
    let mask = Mask::new(grid, |[i, j]| i != j);
    let stack = (&plain, &local).vertical()?;
    let both = (Diagonal::new(grid.random(1)), mask).block_diagonal()?;
    Ok(1e-3 * (stack.adjoint_operator() * both * &stack - plain.pow(3)))
}

/// Rounds in which all messages have found their buffers.
const SETTLING: usize = 100;

#[stencil]
fn elastic(u: Input<f64, 2>, k: f64) -> f64 {
    k * u[[0, 0]] - u[[-1, 0]] - u[[1, 0]] - u[[0, -1]] - u[[0, 1]]
}

/// Applies an operator again and again, after once each way.
fn apply_often(operator: &impl LinearOperator) -> Result {
    let (mut x, mut y) = (operator.zero_domain(), operator.zero_range());
    apply_into(operator, &mut x, &mut y)
}

fn apply_into<A: LinearOperator>(operator: &A, x: &mut A::Domain, y: &mut A::Range) -> Result {
    x.randomize(1);
    operator.forward_into(x, y)?;
    operator.adjoint_into(y, x)?;
    // A message between threads gets one more buffer, of four at most, whenever its ranks are further apart than before;
    // what allocates at each application never comes to rest.
    for _ in 0..SETTLING {
        let before = ALLOCATIONS.get();
        for _ in 0..20 {
            operator.forward_into(x, y)?;
            operator.adjoint_into(y, x)?;
        }
        let mut allocations = [(ALLOCATIONS.get() - before) as i64];
        x.comm().all_reduce_sum(&mut allocations)?;
        if allocations == [0] {
            return Ok(());
        }
    }
    panic!("`{}` allocates on some rank", operator.name());
}

fn nothing_is_allocated_on(ranks: usize, periodic: [bool; 2]) {
    let outcome = launch_on(ranks, |comm| {
        let grid = Grid::builder(comm, [23, 17]).periodic(periodic).build()?;
        let (mut narrow_x, mut narrow_y) = (grid.zeros(), grid.zeros());

        let operator = Plain.on(&grid)?;
        apply_often(&operator)?;
        apply_into(&operator, &mut narrow_x, &mut narrow_y)?;
        operator.tune(|tuning| {
            tuning.instruction_set = InstructionSet::Baseline;
            (tuning.threads, tuning.overlap, tuning.cache) = (1, false, 0);
        })?;
        apply_often(&operator)?;
        apply_often(&Plain.boundary(Boundary::Extrapolate).on(&grid)?)?;

        let weighted = Weighted {
            k: grid.field(|[i, j]| (1 + i * j) as f32).into(),
        };
        let operator = weighted.boundary(Boundary::Mirror).on(&grid)?;
        apply_often(&operator)?;
        operator.update(|weighted| weighted.k = 0.5.into())?;
        apply_often(&operator)?;
        apply_often(&composite(&grid)?)
    });
    outcome.unwrap_or_else(|error| panic!("{ranks} ranks: {error}"));
}

/// Steps a solver in rounds until a round allocates nothing on any rank: a message between threads gets another buffer, of
/// four at most, whenever its ranks are further apart than before; what a step allocates never comes to rest.
fn step_often<'a, S: Solver<'a>>(solver: S) -> Result {
    let mut run = solver
        .stop(Stop::after(1000).patience(usize::MAX))
        .begin()?;
    let name = S::NAME;
    for _ in 0..100 {
        let before = ALLOCATIONS.get();
        for _ in 0..5 {
            run.step()?;
        }
        let mut allocations = [(ALLOCATIONS.get() - before) as i64];
        assert_eq!(run.status(), None, "{name} ends");
        run.x().comm().all_reduce_sum(&mut allocations)?;
        if allocations == [0] {
            return Ok(());
        }
    }
    panic!("{name} allocates in every round");
}

fn solvers_allocate_nothing_on(ranks: usize) {
    let outcome = launch_on(ranks, |comm| {
        let grid = Grid::new(comm, [23, 17])?;
        let b = grid.random::<f64>(1);
        let plain = Plain.on(&grid)?;
        let (positive, indefinite) = (
            (Elastic { k: 4.1 }).on(&grid)?.self_adjoint()?,
            (Elastic { k: 1.3 }).on(&grid)?.self_adjoint()?,
        );
        let gradient = Gradient::new().on(&grid)?;
        step_often(Cg::new(&positive, &b))?;
        step_often(Cg::new(&positive, &b).preconditioner(&positive))?;
        step_often(Minres::new(&indefinite, &b))?;
        step_often(
            Cgls::new(&plain, &b)
                .regularise(0.5, &gradient)
                .damping(0.1),
        )?;
        step_often(
            Lsqr::new(&plain, &b)
                .regularise(0.5, &gradient)
                .damping(0.1),
        )?;
        step_often(
            Lsmr::new(&plain, &b)
                .regularise(0.5, &gradient)
                .damping(0.1),
        )?;
        step_often(Ista::new(&plain, &b, 0.1).threshold(Threshold::Half))?;
        step_often(Fista::new(&plain, &b, 0.1))?;
        step_often(TotalVariation::isotropic(&plain, &b, &gradient, 0.1))?;
        step_often(PowerIteration::of_normal(&plain))
    });
    outcome.unwrap_or_else(|error| panic!("{ranks} ranks: {error}"));
}

#[test]
fn solvers_allocate_nothing_from_step_to_step() {
    solvers_allocate_nothing_on(1);
    solvers_allocate_nothing_on(4);
}

#[test]
fn nothing_is_allocated_on_one_rank() {
    nothing_is_allocated_on(1, [false; 2]);
    nothing_is_allocated_on(1, [true, false]);
}

#[test]
fn nothing_is_allocated_on_four_ranks() {
    nothing_is_allocated_on(4, [false; 2]);
    nothing_is_allocated_on(4, [false, true]);
}

#[test]
fn allocations_are_counted() {
    let before = ALLOCATIONS.get();
    drop(std::hint::black_box(vec![1, 2, 3]));
    assert_eq!(ALLOCATIONS.get() - before, 1);
}
