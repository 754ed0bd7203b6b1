//! The bodies of the fuzz targets. Each takes bytes and panics if a property is violated. `fuzz/` runs them on the
//! bytes of libFuzzer, and `tests/fuzz.rs` on the corpus and mutations of it.

use tanteo_core::numerics::crc32;
use tanteo_core::optimizer::{Optimizer, OptimizerError, Tell};
use tanteo_core::sampler::{GpAcquisition, GpSettings, Sampler};
use tanteo_core::space::{Constraint, Domain, Parameter, SearchSpace};

use super::machine::{Machine, Step};
use super::search;
use super::spaces::stream;

const HEADER: usize = 22;
const RESOLUTION: u64 = 4;

/// Every sampler, and the Gaussian process with its other acquisition function.
fn samplers() -> Vec<Sampler> {
    let mut samplers = search::quick_samplers(RESOLUTION);
    samplers.push(Sampler::Gp(GpSettings { n_startup: 3, acquisition: GpAcquisition::LogEi }));
    samplers
}

/// Restores a snapshot, first as given and then with a matching length and checksum.
pub(crate) fn snapshot(data: &[u8]) {
    check_restore(data);
    if data.len() >= HEADER {
        check_restore(&sealed(data));
    }
}

/// The same bytes with the correct length and checksum of their payload.
fn sealed(data: &[u8]) -> Vec<u8> {
    let (mut bytes, payload) = (data.to_vec(), &data[HEADER..]);
    bytes[10..18].copy_from_slice(&(payload.len() as u64).to_le_bytes());
    let format = u16::from_le_bytes([data[8], data[9]]);
    bytes[18..HEADER].copy_from_slice(&(crc32(payload) ^ u32::from(format)).to_le_bytes());
    bytes
}

/// Checks that restoring `bytes` either fails or returns a working optimizer whose snapshot can be restored. It must
/// never panic.
pub(crate) fn check_restore(bytes: &[u8]) {
    let Ok((mut optimizer, _)) = Optimizer::restore(bytes) else { return };
    let (_, _) = (optimizer.best(), optimizer.pareto_front());
    let _ = optimizer.recommend(&|| false);
    let _ = search::ask_many(&mut optimizer, 2);
    for id in optimizer.pending() {
        let _ = optimizer.should_prune(id);
        optimizer.tell(id, Tell::failed(None)).unwrap();
    }
    let again = optimizer.snapshot(b"").unwrap();
    assert_eq!(Optimizer::restore(&again).unwrap().0.snapshot(b"").unwrap(), again);
}

/// Decodes parameters and constraints in the format of snapshots. This either fails or gives a space in which every
/// sampler finds a feasible configuration if random sampling does; the grid only if it contains all values.
pub(crate) fn space(data: &[u8]) {
    let Some(space) = decoded(data) else { return };
    let free = vec![None; space.parameters().len()];
    if let Ok(drawn) = space.draw(&free, &mut stream(0)) {
        space.validate(&drawn).unwrap();
    }
    let n_random = n_suggested(&space, Sampler::Random);
    let in_full = |sampler: &Sampler| !matches!(sampler, Sampler::Grid { .. }) || is_a_grid(&space);
    for sampler in samplers().into_iter().filter(in_full) {
        let n_suggested = n_suggested(&space, sampler.clone());
        assert!(
            n_suggested > 0 || n_random == 0,
            "{sampler:?} finds no feasible configuration, random finds {n_random}"
        );
    }
}

/// Whether a grid contains all values of all parameters.
fn is_a_grid(space: &SearchSpace) -> bool {
    let few = |domain: &Domain| domain.last_level().is_some_and(|last| last < RESOLUTION || !domain.is_numeric());
    space.parameters().iter().all(|parameter| few(&parameter.domain))
}

/// A space decoded from bytes; `None` if it is invalid or has too many parameters for a bounded run.
fn decoded(data: &[u8]) -> Option<SearchSpace> {
    let (parameters, constraints): (Vec<Parameter>, Vec<Constraint>) = postcard::from_bytes(data).ok()?;
    if parameters.len() > 12 {
        return None;
    }
    SearchSpace::new(parameters, constraints).ok()
}

/// Number of trials of six that a sampler suggests; all of them must be valid.
fn n_suggested(space: &SearchSpace, sampler: Sampler) -> usize {
    let Ok(mut optimizer) = Optimizer::new(space.clone(), search::settings(sampler)) else { return 0 };
    let mut n_suggested = 0;
    for value in [0.5, 0.25, 0.75, 0.125, 1.0, 0.0625] {
        let id = match search::ask_many(&mut optimizer, 1) {
            Ok(id) => id,
            Err(OptimizerError::Suggest(_)) => break,
            Err(other) => panic!("an ask may only be exhausted or find nothing feasible: {other}"),
        };
        space.validate(&optimizer.configuration(id).unwrap()).unwrap();
        optimizer.tell(id, Tell::value(value)).unwrap();
        n_suggested += 1;
    }
    n_suggested
}

/// Compares a program of asks and tells with its model. The bytes hold the sampler (one byte), the length of the space
/// (two bytes), the space in the format of [`space`], and four bytes per step.
pub(crate) fn ask_tell(data: &[u8]) {
    let [sampler, low, high, rest @ ..] = data else { return };
    let length = usize::from(u16::from_le_bytes([*low, *high])).min(rest.len());
    let (declared, program) = rest.split_at(length);
    let Some(space) = decoded(declared) else { return };
    let sampler = samplers().swap_remove(usize::from(*sampler) % samplers().len());
    if Optimizer::new(space.clone(), search::settings(sampler.clone())).is_err() {
        return;
    }
    let mut machine = Machine::new(space, sampler);
    for step in program.chunks_exact(4).take(40) {
        machine.run(&step_of([step[0], step[1], step[2], step[3]]));
    }
}

fn step_of([kind, a, b, c]: [u8; 4]) -> Step {
    const LOSSES: [f64; 8] = [f64::INFINITY, f64::NAN, 1e308, -1e308, 5e-324, 0.0, 0.5, -0.5];
    let pick = usize::from(a);
    let loss = LOSSES.get(usize::from(b)).copied().unwrap_or(f64::from(b) / 16.0 - 8.0);
    match kind % 16 {
        0..=3 => Step::Ask(1 + pick % 4),
        4..=6 => Step::Tell(pick, loss),
        7 => Step::Constrained(pick, loss, f64::from(c) / 128.0 - 1.0),
        8 => Step::Fail(pick),
        9 => Step::Prune(pick, (c > 127).then_some(loss)),
        10 => Step::Report(pick, loss),
        11 => Step::Enqueue([a, b, c].iter().map(|byte| (byte % 2 == 0).then_some(byte / 2)).collect()),
        12 => Step::Observe(u64::from(a), loss),
        13 => [Step::Again(pick), Step::Unknown(u64::from(b)), Step::Bad(pick)][usize::from(c) % 3].clone(),
        14 => Step::SaveAndLoad,
        _ => [Step::Fork, Step::Interrupt(1 + pick % 4)][usize::from(c) % 2].clone(),
    }
}
