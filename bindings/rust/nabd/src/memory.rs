// SPDX-License-Identifier: MIT
//! What the kernel gave a queue's mapping.

use nabd_sys as sys;

use crate::numbers::numbers;

numbers! {
    /// How the mapping of a queue is backed, in bytes.
    #[derive(Eq)]
    Memory = nabd_memory {
        /// A page.
        page: u32,
        /// What a huge page would be, whether the kernel has any or not.
        huge_page: u64,
        /// The mapping: the whole queue.
        bytes: u64,
        /// Of it, in this process's page table: no page fault will come.
        mapped: u64,
        /// Of it, locked in RAM by this process.
        locked: u64,
        /// Of it, mapped by huge pages.
        huge: u64,
        /// Of it, swapped out.
        swapped: u64,
    }
}
