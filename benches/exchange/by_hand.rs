//! The exchange as one would write it with MPI at hand: what halo is measured against.

use std::os::raw::{c_int, c_void};

use mpi::ffi;

use super::Setting;

/// Arrays of a cube and its halo on one of two ranks; the other is its neighbour above or below.
struct Block {
    cells: Vec<f64>,
    /// Cells along each axis, halo included.
    padded: [usize; 3],
    setting: Setting,
    peer: c_int,
    /// Whether the neighbour lies above.
    low: bool,
}

impl Block {
    fn new(setting: Setting, rank: usize) -> Block {
        let padded = [setting.side + 2 * setting.width; 3];
        Block {
            cells: (0..padded.iter().product())
                .map(|cell| cell as f64)
                .collect(),
            padded,
            setting,
            peer: 1 - rank as c_int,
            low: rank == 0,
        }
    }

    /// First cell and extent of what is sent, or received.
    fn slab(&self, received: bool) -> ([usize; 3], [usize; 3]) {
        let Setting { side, axis, width } = self.setting;
        let (mut start, mut extent) = ([width; 3], [side; 3]);
        extent[axis] = width;
        start[axis] = match (self.low, received) {
            (true, false) => side,
            (true, true) => side + width,
            (false, false) => width,
            (false, true) => 0,
        };
        (start, extent)
    }

    /// Calls with the place of each run and its length.
    fn runs(
        (start, extent): ([usize; 3], [usize; 3]),
        padded: [usize; 3],
        mut run: impl FnMut(usize, usize),
    ) {
        for i in start[0]..start[0] + extent[0] {
            for j in start[1]..start[1] + extent[1] {
                run((i * padded[1] + j) * padded[2] + start[2], extent[2]);
            }
        }
    }
}

/// Non-blocking messages from buffers that are filled and emptied by loops.
pub struct Packed {
    block: Block,
    out: Vec<f64>,
    into: Vec<f64>,
}

impl Packed {
    pub fn new(setting: Setting, rank: usize) -> Packed {
        let cells = setting.width * setting.side * setting.side;
        Packed {
            block: Block::new(setting, rank),
            out: vec![0.0; cells],
            into: vec![0.0; cells],
        }
    }

    pub fn exchange(&mut self) {
        let Packed { block, out, into } = self;
        let count = out.len() as c_int;
        let [mut receive, mut send] = [none(), none()];
        // SAFETY: both buffers outlive the requests, which `wait` completes.
        unsafe {
            ffi::MPI_Irecv(
                into.as_mut_ptr().cast::<c_void>(),
                count,
                ffi::RSMPI_DOUBLE,
                block.peer,
                7,
                ffi::RSMPI_COMM_WORLD,
                &mut receive,
            );
            let (cells, mut at) = (&block.cells, 0);
            Block::runs(block.slab(false), block.padded, |place, length| {
                out[at..at + length].copy_from_slice(&cells[place..place + length]);
                at += length;
            });
            ffi::MPI_Isend(
                out.as_ptr().cast::<c_void>(),
                count,
                ffi::RSMPI_DOUBLE,
                block.peer,
                7,
                ffi::RSMPI_COMM_WORLD,
                &mut send,
            );
            wait([receive, send]);
        }
        let slab = block.slab(true);
        let (cells, mut at) = (&mut block.cells, 0);
        Block::runs(slab, block.padded, |place, length| {
            cells[place..place + length].copy_from_slice(&into[at..at + length]);
            at += length;
        });
    }
}

/// Non-blocking messages straight from and into the array, which MPI is told the shape of.
pub struct Subarray {
    block: Block,
    sent: ffi::MPI_Datatype,
    received: ffi::MPI_Datatype,
}

impl Subarray {
    pub fn new(setting: Setting, rank: usize) -> Subarray {
        let block = Block::new(setting, rank);
        let [sent, received] = [false, true].map(|received| {
            let (start, extent) = block.slab(received);
            let [sizes, extent, start] =
                [block.padded, extent, start].map(|axes| axes.map(|n| n as c_int));
            // SAFETY: the arrays have three numbers each; the type is committed before it is used.
            unsafe {
                let mut kind = ffi::RSMPI_DATATYPE_NULL;
                ffi::MPI_Type_create_subarray(
                    3,
                    sizes.as_ptr(),
                    extent.as_ptr(),
                    start.as_ptr(),
                    ffi::MPI_ORDER_C as c_int,
                    ffi::RSMPI_DOUBLE,
                    &mut kind,
                );
                ffi::MPI_Type_commit(&mut kind);
                kind
            }
        });
        Subarray {
            block,
            sent,
            received,
        }
    }

    pub fn exchange(&mut self) {
        let (block, [mut receive, mut send]) = (&mut self.block, [none(), none()]);
        // SAFETY: the array outlives the requests, which `wait` completes; what is sent and received does not overlap.
        unsafe {
            let array = block.cells.as_mut_ptr().cast::<c_void>();
            ffi::MPI_Irecv(
                array,
                1,
                self.received,
                block.peer,
                8,
                ffi::RSMPI_COMM_WORLD,
                &mut receive,
            );
            ffi::MPI_Isend(
                array,
                1,
                self.sent,
                block.peer,
                8,
                ffi::RSMPI_COMM_WORLD,
                &mut send,
            );
            wait([receive, send]);
        }
    }
}

impl Drop for Subarray {
    fn drop(&mut self) {
        // SAFETY: the types are ours, and no request uses them any more.
        unsafe {
            ffi::MPI_Type_free(&mut self.sent);
            ffi::MPI_Type_free(&mut self.received);
        }
    }
}

fn none() -> ffi::MPI_Request {
    // SAFETY: reads a constant.
    unsafe { ffi::RSMPI_REQUEST_NULL }
}

/// # Safety
/// The requests must be active, or null.
unsafe fn wait(mut requests: [ffi::MPI_Request; 2]) {
    // SAFETY: as the caller vouches.
    unsafe { ffi::MPI_Waitall(2, requests.as_mut_ptr(), ffi::RSMPI_STATUSES_IGNORE) };
}
