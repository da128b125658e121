//! The home is what the sheet says, and its views tell of every change.

mod files;
mod looking;
mod queues;

use super::{BadCell, BodyRow, EventRow, FailureRow, Machine, Oddity, QueueFile, Schema};
use super::{SpecKittyHome, schema};
