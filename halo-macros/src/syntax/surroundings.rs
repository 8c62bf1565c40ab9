//! What a kernel sees beside its own body: a macro reads its own tokens only, so this is what else it was handed.

use syn::{Item, ItemConst};

#[derive(Clone, Copy, Default)]
pub struct Surroundings<'a> {
    /// The items beside the kernel in its `#[stencils]` module.
    pub items: &'a [Item],
    /// What the kernel's generic constants are in this instance of it.
    pub constants: &'a [ItemConst],
}
