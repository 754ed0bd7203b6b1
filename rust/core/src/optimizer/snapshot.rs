//! Snapshots: the state as bytes.
//!
//! ```text
//! offset  bytes
//!      0      8   magic "TANTEO" and two zeros
//!      8      2   format number, little endian
//!     10      8   length of the payload, little endian
//!     18      4   CRC-32 of the payload, exclusive or the format number
//!     22      ..  payload, written by postcard
//! ```
//!
//! Derived state (unit coordinates, the incumbent, which configurations were tried) is not stored. No allocation
//! depends on a length in the bytes before the checksum is verified. Even then a length prefix reserves at most one MiB
//! before its elements are read (serde's rule for collections). The decoded state is checked like user input: a
//! malicious file causes an error, never a panic later.

use std::borrow::Cow;
use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::derived::Derived;
use super::{Counters, Notes, Optimizer, OptimizerError, Settings};
use crate::history::History;
use crate::numerics::{OutOfMemory, check_memory, crc32, reserve};
use crate::space::{Constraint, Parameter, SearchSpace, Value};
use crate::transfer::Earlier;

/// The format written and read. The order of the fields of every stored type, and of the variants, is the format.
/// Changes no suggestion.
pub const FORMAT: u16 = 1;

/// The first bytes of every snapshot. Changes no suggestion.
const MAGIC: [u8; 8] = *b"TANTEO\0\0";
/// Number of bytes before the stored state. Changes no suggestion.
const HEADER: usize = 22;

/// Maximum number of bytes in memory per stored byte. A choice is stored in one or two bytes; in memory it takes a word
/// and a unit coordinate, in columns that may be half empty. Changes no suggestion.
const GROWTH: usize = 16;

/// The stored state.
#[derive(Serialize, Deserialize)]
struct Payload<'a> {
    parameters: Cow<'a, [Parameter]>,
    constraints: Cow<'a, [Constraint]>,
    settings: Cow<'a, Settings>,
    history: Cow<'a, History>,
    queue: Cow<'a, VecDeque<Vec<Option<Value>>>>,
    counters: Cow<'a, Counters>,
    notes: Cow<'a, Notes>,
    earlier: Cow<'a, Earlier>,
    labels: Cow<'a, [u8]>,
}

impl Optimizer {
    /// Bytes from which [`Self::restore`] creates an optimizer that continues exactly like this one; `labels` are
    /// stored unread. The same state gives the same bytes.
    ///
    /// # Errors
    /// [`OptimizerError::Memory`].
    pub fn snapshot(&self, labels: &[u8]) -> Result<Vec<u8>, OptimizerError> {
        let payload = Payload {
            parameters: Cow::Borrowed(self.space.parameters()),
            constraints: Cow::Borrowed(self.space.declared()),
            settings: Cow::Borrowed(&self.settings),
            history: Cow::Borrowed(&self.history),
            queue: Cow::Borrowed(&self.queue),
            counters: Cow::Borrowed(&self.counters),
            notes: Cow::Borrowed(&self.notes),
            earlier: Cow::Borrowed(&self.earlier),
            labels: Cow::Borrowed(labels),
        };
        let failed = |e| OptimizerError::Snapshot(format!("the snapshot could not be written: {e}"));
        let mut bytes = postcard::to_extend(&payload, Buffer::new(HEADER)).map_err(failed)?.bytes?;
        let header = header(&bytes[HEADER..]);
        bytes[..HEADER].copy_from_slice(&header);
        Ok(bytes)
    }

    /// Reads a snapshot; returns the optimizer and its labels.
    ///
    /// # Errors
    /// [`OptimizerError::Snapshot`] naming the offset or version; [`OptimizerError::Memory`].
    pub fn restore(bytes: &[u8]) -> Result<(Self, Vec<u8>), OptimizerError> {
        let payload = payload(bytes).map_err(OptimizerError::Snapshot)?;
        check_memory(payload.len(), GROWTH)?;
        let mut decoded = decode(payload).map_err(OptimizerError::Snapshot)?;
        let labels = std::mem::take(&mut decoded.labels).into_owned();
        let inside = |e: String| OptimizerError::Snapshot(format!("the snapshot holds an impossible state: {e}"));
        Ok((Self::decoded(decoded).map_err(inside)?, labels))
    }

    /// The number of bytes of a whole snapshot, from its header. What follows the header is not read.
    ///
    /// # Errors
    /// [`OptimizerError::Snapshot`] if the header is not that of a snapshot, or has another format.
    pub fn snapshot_length(head: &[u8]) -> Result<u64, OptimizerError> {
        let (length, _, _) = parts(head).map_err(OptimizerError::Snapshot)?;
        Ok(length.saturating_add(HEADER as u64))
    }

    fn decoded(payload: Payload<'_>) -> Result<Self, String> {
        let (parameters, constraints) = (payload.parameters.into_owned(), payload.constraints.into_owned());
        let space = SearchSpace::new(parameters, constraints).map_err(|e| e.to_string())?;
        let mut optimizer = Self::new(space, payload.settings.into_owned()).map_err(|e| e.to_string())?;
        let facts = &mut optimizer.facts;
        let n_objectives = facts.history.n_objectives();
        facts.history = payload.history.into_owned();
        facts.history.restore(&facts.space, n_objectives)?;
        for partial in payload.queue.iter() {
            facts.check_queued(partial).map_err(|e| e.to_string())?;
        }
        (facts.queue, facts.counters) = (payload.queue.into_owned(), payload.counters.into_owned());
        facts.set_notes(payload.notes.into_owned())?;
        facts.set_earlier(payload.earlier.into_owned())?;
        optimizer.derived = Derived::of(&optimizer.facts);
        Ok(optimizer)
    }
}

/// The bytes written so far, or the error that there was no memory for them.
struct Buffer {
    bytes: Result<Vec<u8>, OutOfMemory>,
}

impl Buffer {
    fn new(zeros: usize) -> Self {
        Self { bytes: Ok(vec![0; zeros]) }
    }
}

impl Extend<u8> for Buffer {
    fn extend<I: IntoIterator<Item = u8>>(&mut self, more: I) {
        let more = more.into_iter();
        let Ok(bytes) = &mut self.bytes else { return };
        match reserve(bytes, more.size_hint().0) {
            Ok(()) => bytes.extend(more),
            Err(error) => self.bytes = Err(error),
        }
    }
}

fn header(payload: &[u8]) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..8].copy_from_slice(&MAGIC);
    header[8..10].copy_from_slice(&FORMAT.to_le_bytes());
    header[10..18].copy_from_slice(&(payload.len() as u64).to_le_bytes());
    header[18..].copy_from_slice(&checksum(payload).to_le_bytes());
    header
}

/// The payload, after the header and the checksum are verified.
fn payload(bytes: &[u8]) -> Result<&[u8], String> {
    let (length, crc, payload) = parts(bytes)?;
    check_length(payload.len() as u64, length)?;
    if checksum(payload) != crc {
        return Err(format!("bytes {HEADER} to {} do not match their checksum: the snapshot is damaged", bytes.len()));
    }
    Ok(payload)
}

/// The length and the checksum in the header, and what follows it.
fn parts(bytes: &[u8]) -> Result<(u64, u32, &[u8]), String> {
    if let Some(i) = (0..MAGIC.len().min(bytes.len())).find(|i| bytes[*i] != MAGIC[*i]) {
        return Err(format!("this is not a snapshot of Tanteo: byte {i} is {}, expected {}", bytes[i], MAGIC[i]));
    }
    let Some((header, payload)) = bytes.split_at_checked(HEADER) else {
        return Err(format!("the snapshot ends at byte {}, inside its header of {HEADER} bytes", bytes.len()));
    };
    check_format(u16::from_le_bytes([header[8], header[9]]))?;
    let length = header[10..18].iter().rev().fold(0, |n, byte| n << 8 | u64::from(*byte));
    let crc = header[18..].iter().rev().fold(0, |n, byte| n << 8 | u32::from(*byte));
    Ok((length, crc, payload))
}

/// The checksum in the header. It includes the format number, so that a flipped bit there is detected too.
fn checksum(payload: &[u8]) -> u32 {
    crc32(payload) ^ u32::from(FORMAT)
}

fn check_format(format: u16) -> Result<(), String> {
    if format == FORMAT {
        return Ok(());
    }
    let hint = if format > FORMAT { "install a later version" } else { "the snapshot is damaged" };
    Err(format!("the snapshot has format {format}; this version of Tanteo reads format {FORMAT}: {hint}"))
}

fn check_length(length: u64, expected: u64) -> Result<(), String> {
    let end = HEADER as u64 + length;
    match length.cmp(&expected) {
        core::cmp::Ordering::Equal => Ok(()),
        core::cmp::Ordering::Less => {
            Err(format!("the snapshot ends at byte {end}: {} bytes of its payload are missing", expected - length))
        }
        core::cmp::Ordering::Greater => {
            Err(format!("the snapshot goes on after its end at byte {}", HEADER as u64 + expected))
        }
    }
}

fn decode(payload: &[u8]) -> Result<Payload<'_>, String> {
    let failed = |e| format!("bytes {HEADER} to {} cannot be decoded: {e}", HEADER + payload.len());
    let (read, rest) = postcard::take_from_bytes(payload).map_err(failed)?;
    if !rest.is_empty() {
        let offset = HEADER + payload.len() - rest.len();
        return Err(format!("the payload goes on after its end at byte {offset}"));
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::optimizer::testing::random_search;

    #[test]
    fn the_end_of_a_payload_that_goes_on_is_named() {
        let search = random_search(Vec::new());
        let stored = search.snapshot(b"").unwrap();
        let longer = [&stored[HEADER..], &[0, 0, 0]].concat();
        let message = Optimizer::restore(&[&header(&longer)[..], &longer].concat()).unwrap_err().to_string();
        assert!(message.ends_with(&format!("after its end at byte {}", stored.len())), "{message}");
    }
}
