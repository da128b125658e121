//! End-to-end tests: the real binary, in an environment of its own.

mod planka;
mod provenance;
mod recovery;
mod scene;
