//! What Onward decides.
#![no_std]
extern crate alloc;
