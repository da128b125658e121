//! The coalescing protocol.
