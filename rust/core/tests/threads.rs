//! One optimizer behind a lock, as in the binding, used by several threads while it computes on its own thread pool.
//! `make tsan` runs this test under the thread sanitizer.

#![cfg(feature = "rayon")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use crate::common::search::{ask, cube, settings};
use tanteo_core::numerics::{Pool, Purpose, Stream};
use tanteo_core::optimizer::{Optimizer, Tell};
use tanteo_core::sampler::{Sampler, TpeSettings};
use tanteo_core::space::{Configuration, Value};

/// Number of observations; enough for three tasks of a density, which then runs on the pool.
const OBSERVED: u64 = 5000;
const USERS: usize = 3;
const ASKS: usize = 8;

static USES: AtomicUsize = AtomicUsize::new(0);

fn threads() -> Option<Arc<rayon::ThreadPool>> {
    static THREADS: OnceLock<Option<Arc<rayon::ThreadPool>>> = OnceLock::new();
    USES.fetch_add(1, Ordering::Relaxed);
    THREADS.get_or_init(|| rayon::ThreadPoolBuilder::new().num_threads(3).build().ok().map(Arc::new)).clone()
}

fn bowl(configuration: &Configuration) -> f64 {
    let squares = configuration.0.iter().map(|value| match value {
        Some(Value::Real(x)) => (x - 0.3) * (x - 0.3),
        _ => 0.0,
    });
    squares.sum()
}

fn searched() -> Optimizer {
    let sampler = Sampler::Tpe(TpeSettings { n_startup: 5, ..TpeSettings::default() });
    let mut optimizer = Optimizer::new(cube(2), settings(sampler)).unwrap();
    let mut stream = Stream::new(3, 0, Purpose::Sample, 0);
    for _ in 0..OBSERVED {
        let drawn = Configuration(vec![Some(Value::Real(stream.uniform())), Some(Value::Real(stream.uniform()))]);
        optimizer.observe(&drawn, Tell::value(bowl(&drawn))).unwrap();
    }
    optimizer
}

/// Asks and tells repeatedly; returns the ids of the trials.
fn ask_and_tell(shared: &Mutex<Optimizer>, pool: &Pool) -> Vec<u64> {
    let mut ids = Vec::new();
    for _ in 0..ASKS {
        let (id, configuration) = {
            let mut optimizer = shared.lock().unwrap();
            let id = optimizer.ask(1, pool, &|| false).unwrap();
            (id, optimizer.configuration(id).unwrap())
        };
        shared.lock().unwrap().tell(id, Tell::value(bowl(&configuration))).unwrap();
        ids.push(id);
    }
    ids
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the threads are those of the optimizer's users")]
fn threads_that_share_an_optimizer_lose_no_trial() {
    let (shared, pool) = (Mutex::new(searched()), Pool::new(threads));
    let ids: Vec<u64> = std::thread::scope(|scope| {
        let users: Vec<_> = (0..USERS).map(|_| scope.spawn(|| ask_and_tell(&shared, &pool))).collect();
        let reader = scope.spawn(|| {
            for _ in 0..ASKS {
                let saved = shared.lock().unwrap().snapshot(b"").unwrap();
                Optimizer::restore(&saved).unwrap();
            }
        });
        reader.join().unwrap();
        users.into_iter().flat_map(|user| user.join().unwrap()).collect()
    });
    let expected = OBSERVED..OBSERVED + (USERS * ASKS) as u64;
    assert_eq!(ids.iter().copied().collect::<BTreeSet<_>>(), expected.collect());
    assert!(USES.load(Ordering::Relaxed) > 0, "the pool was not used");

    let mut optimizer = shared.into_inner().unwrap();
    assert_eq!(optimizer.pending(), []);
    let (mut twin, _) = Optimizer::restore(&optimizer.snapshot(b"").unwrap()).unwrap();
    let on_the_pool = optimizer.ask(1, &pool, &|| false).unwrap();
    let alone = ask(&mut twin);
    assert_eq!(optimizer.configuration(on_the_pool), twin.configuration(alone));
}
