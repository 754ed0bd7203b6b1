//! Suggestions that nobody has tried: the sampler first, then a walk over the space.
//!
//! With `deduplicate`, and while the objective is not noisy, a configuration that a trial of any state has is never
//! suggested again. The sampler is asked up to [`MAX_ATTEMPTS`] times; if all of that was tried before, the space is
//! all but used up or the sampler is stuck, and the configurations are walked through in order, from a random one on
//! and around the end, until one is new. The same walk follows where the sampler finds nothing that satisfies the
//! known constraints of a space without continuous parameters. Without constraints the walk takes at most `n + 1` steps
//! after `n` trials, and one that comes back to its start has proved that nothing is left.

use super::{Optimizer, OptimizerError};
use crate::history::Origin;
use crate::numerics::{Pool, Purpose, Stream};
use crate::sampler::{Context, Sampler, SuggestError, Suggestion};
use crate::space::{Configuration, Grid, SpaceError, Step};

/// Proposals of the sampler that may be turned down before the space is walked through.
const MAX_ATTEMPTS: u32 = 64;
/// Configurations the walk looks at between two polls for an interruption.
const BLOCK: u64 = 1024;
/// Blocks without a feasible configuration after which the walk gives up: about 10^6 configurations.
const MAX_BLOCKS: u64 = 1000;
/// Levels of a continuous parameter in the walk; more than there are trials, or than there are floats in its range.
const WALK_RESOLUTION: u64 = 1 << 32;

/// Why the space is walked through.
enum Why {
    /// Whatever the sampler proposed was tried before; whether a model proposed it.
    Repeated { model: bool },
    /// The sampler found nothing that satisfies the constraints.
    Infeasible(SpaceError),
}

impl Optimizer {
    /// What the sampler proposes, new if that matters.
    pub(super) fn suggest(&mut self, pool: &Pool, interrupted: &dyn Fn() -> bool) -> Result<Suggestion, SuggestError> {
        let sampler = self.settings.sampler.clone();
        self.first_unseen(&sampler, pool, interrupted)
    }

    /// A point from outside, repaired, or a new one where it was tried before.
    pub(super) fn external(&mut self, unit: &[f64]) -> Result<Suggestion, OptimizerError> {
        let n = self.space.parameters().len();
        if unit.len() != n {
            let message = format!("a point has {} coordinates; expected {n}, one per parameter", unit.len());
            return Err(OptimizerError::Argument(message));
        }
        let configuration = self.feasible(self.encoding.decode(&self.space, unit))?;
        if !self.is_repetition(&configuration) {
            return Ok(Suggestion { configuration, origin: Origin::External, fallback: false });
        }
        self.counters.duplicates += 1;
        let replacement = self.first_unseen(&Sampler::Random, &Pool::serial(), &|| false)?;
        Ok(Suggestion { fallback: true, ..replacement })
    }

    fn first_unseen(
        &mut self,
        sampler: &Sampler,
        pool: &Pool,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Suggestion, SuggestError> {
        let mut model = false;
        for attempt in 0..MAX_ATTEMPTS {
            if interrupted() {
                return Err(SuggestError::Interrupted);
            }
            let context = Context {
                space: &self.space,
                encoding: &self.encoding,
                history: &self.history,
                seed: self.settings.seed,
                trial: self.history.len() as u64,
                attempt,
                pool,
                interrupted,
            };
            let suggestion = match sampler.suggest(&context, &mut self.scratch) {
                Err(SuggestError::Space(error @ SpaceError::Infeasible { .. })) => {
                    return self.walk(&Why::Infeasible(error), interrupted);
                }
                suggestion => suggestion?,
            };
            if !self.is_repetition(&suggestion.configuration) {
                return Ok(suggestion);
            }
            model = suggestion.origin.is_model();
            self.counters.duplicates += 1;
        }
        self.walk(&Why::Repeated { model }, interrupted)
    }

    /// The first feasible untried configuration after a random one, in the order of the space and around its end.
    fn walk(&self, why: &Why, interrupted: &dyn Fn() -> bool) -> Result<Suggestion, SuggestError> {
        let grid = match (Grid::new(&self.space, None), why) {
            (Ok(grid), _) => grid,
            // A grid of reals meets a thin set of them no more often than the sampler did.
            (Err(_), Why::Infeasible(error)) => return Err(error.clone().into()),
            (Err(_), Why::Repeated { .. }) => Grid::new(&self.space, Some(WALK_RESOLUTION))?,
        };
        let mut walk = grid.walk(self.anywhere());
        let (mut blocks, mut feasible) = (0, false);
        while blocks < MAX_BLOCKS {
            if interrupted() {
                return Err(SuggestError::Interrupted);
            }
            match walk.step(BLOCK) {
                Step::Found(configuration) if !self.is_repetition(&configuration) => {
                    let fallback = matches!(why, Why::Repeated { model: true });
                    return Ok(Suggestion { configuration, origin: Origin::Random, fallback });
                }
                Step::Found(_) => feasible = true,
                Step::Unfinished(_) => blocks += 1,
                Step::Exhausted => break,
            }
        }
        Err(match why {
            Why::Infeasible(error) if !feasible => error.clone().into(),
            _ if blocks < MAX_BLOCKS => self.exhausted(),
            _ => gave_up(),
        })
    }

    /// A random configuration, whether constraints hold or not.
    fn anywhere(&self) -> Configuration {
        let mut stream = Stream::new(self.settings.seed, self.history.len() as u64, Purpose::Repair, 0);
        let unit: Vec<f64> = self.space.parameters().iter().map(|_| stream.uniform()).collect();
        self.encoding.decode(&self.space, &unit)
    }

    fn exhausted(&self) -> SuggestError {
        let n = self.space.size();
        let all =
            if n.is_finite() { format!("all {n} configurations of the space") } else { "all its values".to_owned() };
        SuggestError::Exhausted(format!("{all} were tried; widen the space, or repeat them with deduplicate=False"))
    }

    /// Whether a suggestion repeats a trial although repetition tells nothing new.
    fn is_repetition(&self, configuration: &Configuration) -> bool {
        self.settings.deduplicate && !self.history.is_noisy() && self.history.is_seen(configuration)
    }

    /// A configuration from outside, moved to where the known constraints hold.
    fn feasible(&self, configuration: Configuration) -> Result<Configuration, OptimizerError> {
        if self.space.satisfies(&configuration) {
            return Ok(configuration);
        }
        let mut stream = Stream::new(self.settings.seed, self.history.len() as u64, Purpose::Repair, 0);
        let refused = || "a point breaks the known constraints and no feasible one was found near it".to_owned();
        self.space.repair(configuration, &mut stream).ok_or_else(|| OptimizerError::Argument(refused()))
    }
}

fn gave_up() -> SuggestError {
    let looked = BLOCK * MAX_BLOCKS;
    let message = format!("no new configuration satisfies the constraints, as far as {looked} steps can tell");
    SuggestError::Exhausted(message)
}
