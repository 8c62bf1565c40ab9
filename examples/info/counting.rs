//! A communicator that counts what passes through it: messages and bytes sent, not estimated.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use halo::comm::{Channel, Communicator, Routes};
use halo::{Comm, Error, Result};

/// Passes everything on to another communicator.
pub struct Counting {
    inner: Comm,
    counter: Arc<Counter>,
}

/// What was sent.
#[derive(Default)]
pub struct Counter {
    messages: AtomicUsize,
    bytes: AtomicUsize,
}

impl Counting {
    /// A communicator of the same ranks, and its counter.
    pub fn around(comm: &Comm) -> (Comm, Arc<Counter>) {
        let counter = Arc::new(Counter::default());
        let counting = Counting {
            inner: comm.clone(),
            counter: counter.clone(),
        };
        (Comm::new(counting), counter)
    }
}

impl Counter {
    /// Messages and bytes sent by this rank since the last call.
    pub fn since_last(&self) -> (usize, usize) {
        (self.messages.swap(0, Relaxed), self.bytes.swap(0, Relaxed))
    }

    fn count(&self, bytes: usize) {
        self.messages.fetch_add(1, Relaxed);
        self.bytes.fetch_add(bytes, Relaxed);
    }
}

impl Communicator for Counting {
    fn rank(&self) -> usize {
        self.inner.rank()
    }

    fn size(&self) -> usize {
        self.inner.size()
    }

    fn sharing_cores(&self) -> usize {
        self.inner.sharing_cores()
    }

    fn backend(&self) -> &'static str {
        self.inner.backend()
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        self.inner.facts()
    }

    fn barrier(&self) -> Result {
        self.inner.barrier()
    }

    fn all_gather(&self, bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
        self.inner.all_gather(bytes)
    }

    fn all_reduce_sum(&self, values: &mut [i64]) -> Result {
        self.inner.all_reduce_sum(values)
    }

    fn broadcast(&self, root: usize, bytes: &mut Vec<u8>) -> Result {
        self.inner.broadcast(root, bytes)
    }

    fn send(&self, to: usize, tag: u32, bytes: &[u8]) -> Result {
        self.counter.count(bytes.len());
        self.inner.send(to, tag, bytes)
    }

    fn receive(&self, from: usize, tag: u32) -> Result<Vec<u8>> {
        self.inner.receive(from, tag)
    }

    fn channel(&self, routes: &Routes) -> Result<Box<dyn Channel>> {
        Ok(Box::new(CountingChannel {
            inner: self.inner.channel(routes)?,
            sends: routes.sends.iter().map(|route| route.bytes).collect(),
            counter: self.counter.clone(),
        }))
    }

    fn split(&self, number: Option<usize>) -> Result<Option<Comm>> {
        self.inner.split(number)
    }

    fn abort(&self, error: &Error) {
        self.inner.abort(error);
    }
}

struct CountingChannel {
    inner: Box<dyn Channel>,
    sends: Vec<usize>,
    counter: Arc<Counter>,
}

impl Channel for CountingChannel {
    fn send_buffer(&mut self, route: usize) -> &mut [u8] {
        self.inner.send_buffer(route)
    }

    fn start(&mut self) -> Result {
        self.sends
            .iter()
            .for_each(|bytes| self.counter.count(*bytes));
        self.inner.start()
    }

    fn poll(&mut self) -> Result<Option<usize>> {
        self.inner.poll()
    }

    fn wait_any(&mut self) -> Result<Option<usize>> {
        self.inner.wait_any()
    }

    fn receive_buffer(&self, route: usize) -> &[u8] {
        self.inner.receive_buffer(route)
    }
}
