//! End-to-end tests: the real binary, in an environment of its own.

mod bad_input;
mod called;
mod lock;
mod planka;
mod provenance;
mod recovery;
mod scene;
