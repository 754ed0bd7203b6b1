//! Deduplication: suggestions that no trial has, from the sampler first, then from random draws or a walk over the
//! space.
//!
//! With `deduplicate`, and while no noise was told, a configuration that any trial has is not suggested again
//! as long as another one is found:
//!
//! | space | proposals of the sampler | then |
//! | --- | --- | --- |
//! | finite | [`MAX_ATTEMPTS`] | all configurations in order, from a random start and around the end |
//! | continuous | [`MAX_PROPOSALS`] | 56 draws from the priors ([`MAX_ATTEMPTS`] in total), then 64 uniform draws, then a repetition |
//!
//! Uniform draws reach new configurations that a prior makes rare, such as the upper levels of a parameter whose prior
//! lies on the lowest one.
//!
//! A finite space is thus exhausted when all of it was tried. A continuous one never is: if its constraints leave a
//! single point, that point is suggested repeatedly. The walk is also used if the sampler finds no feasible or allowed
//! configuration in a finite space. Without constraints it takes at most `n + 1` steps after `n` trials. A walk that
//! returns to its start has proved that nothing is left.

use super::derived::Caches;
use super::{Optimizer, OptimizerError};
use crate::history::{Origin, View};
use crate::model::CostPenalty;
use crate::numerics::{Pool, Purpose, Stream};
use crate::sampler::{Context, Sampler, Scratch, SuggestError, Suggestion};
use crate::space::{Configuration, Grid, SpaceError, WalkStep};

/// Maximum number of rejected proposals and draws. (Half and twice: `benches/results/constants.md`.)
const MAX_ATTEMPTS: u32 = 64;
/// Maximum number of rejected proposals of the sampler for a continuous space. A sampler that repeats itself more often
/// is restricted by the constraints. (Half and twice: `benches/results/constants.md`.)
const MAX_PROPOSALS: u32 = 8;
/// Maximum number of blocks ([`Grid::BLOCK`]) without a feasible configuration, about 10^6 configurations. Limits work:
/// the walk then ends with an error. Changes no suggestion before that.
const MAX_BLOCKS: u64 = 1000;
/// Maximum number of untried configurations that the rule of the caller refuses in one walk. Limits work: the walk then
/// ends with an error. Changes no suggestion before that.
const MAX_REFUSED: u64 = 131_072;
/// Untried configurations in the first and in the largest batch for which the rule is called in a walk; each batch has
/// twice as many as the one before. Changes no suggestion: the walk takes the first configuration that the rule allows.
const BATCHES: [usize; 2] = [16, 1024];

/// The data that models receive in addition to the recorded history.
pub(super) struct ForModels {
    /// Whether models use estimates of results.
    uses_estimates: bool,
    /// The weight of costs.
    cost: Option<CostPenalty>,
}

/// The outcome of the proposals of a sampler.
enum Proposals {
    /// A configuration that no trial has.
    New(Suggestion),
    /// The last proposal, in a continuous space in which all allowed proposals were tried before.
    Repeated(Suggestion),
    /// There is none to hand out.
    Walk(WalkReason),
}

/// The reason for a walk through the space.
enum WalkReason {
    /// All proposals of the sampler were tried before; `model` says whether any came from a model.
    Repeated { model: bool },
    /// The sampler found no configuration that satisfies the constraints and the rule.
    Infeasible(SpaceError),
}

impl Optimizer {
    /// A suggestion of the sampler, deduplicated if the settings require it.
    pub(super) fn suggest(&mut self, pool: &Pool, interrupted: &dyn Fn() -> bool) -> Result<Suggestion, SuggestError> {
        let sampler = self.settings.sampler.clone();
        self.first_new(&sampler, pool, interrupted)
    }

    /// A point from outside, repaired if it breaks constraints, or a new one if it was already tried.
    pub(super) fn external(&mut self, unit: &[f64]) -> Result<Suggestion, OptimizerError> {
        let n = self.space.parameters().len();
        if unit.len() != n {
            let message = format!("a point has {} coordinates; expected {n}, one per parameter", unit.len());
            return Err(OptimizerError::Argument(message));
        }
        let decoded = self.space.propose(unit);
        let configuration = self.space.repair(decoded, &mut self.repair_stream(0)).ok_or_else(|| {
            let message = "a point breaks the known constraints and no feasible one was found near it";
            OptimizerError::Argument(message.to_owned())
        })?;
        let is_allowed = self.rule.allows(&configuration);
        if is_allowed && !self.is_duplicate(&configuration) {
            return Ok(Suggestion::new(configuration, Origin::External));
        }
        self.facts.counters.duplicates += u64::from(is_allowed);
        let replacement = self.first_new(&Sampler::Random, &Pool::serial(), &|| false)?;
        Ok(Suggestion { fallback: true, ..replacement })
    }

    /// What models receive in addition to the history, and state of the samplers that follows from the facts.
    pub(super) fn for_models(&mut self, sampler: &Sampler, pool: &Pool, interrupted: &dyn Fn() -> bool) -> ForModels {
        let uses_estimates = sampler.uses_estimates(self.history.n_objectives());
        let estimates = uses_estimates.then(|| self.derived.estimates(&self.facts.history));
        self.caches.refresh(&self.facts, estimates);
        let cost = self.cost_penalty(&self.context(self.history.view(), self.history.len() as u64, pool, interrupted));
        ForModels { uses_estimates, cost }
    }

    /// The context of the next trial, and the state of the samplers.
    pub(super) fn lend<'a>(
        &'a mut self,
        for_models: &'a ForModels,
        attempt: u32,
        pool: &'a Pool,
        interrupted: &'a dyn Fn() -> bool,
    ) -> (Context<'a>, &'a mut Scratch) {
        let Caches { scratch, estimates, .. } = &mut self.caches;
        let history = View::new(&self.facts.history, if for_models.uses_estimates { estimates } else { &[] });
        let bare = self.facts.context(history, history.len() as u64, pool, interrupted);
        (Context { attempt, cost: for_models.cost.as_ref(), ..bare }, scratch)
    }

    /// A suggestion that no trial has, or a repetition if none is found in a continuous space.
    fn first_new(
        &mut self,
        sampler: &Sampler,
        pool: &Pool,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Suggestion, SuggestError> {
        match self.proposals(sampler, pool, interrupted)? {
            Proposals::New(suggestion) => Ok(suggestion),
            Proposals::Repeated(repeated) => {
                let fallback = repeated.fallback;
                let drawn = self.draw_new(interrupted)?;
                let new = drawn.map(|configuration| Suggestion { configuration, origin: Origin::Random, fallback });
                Ok(new.unwrap_or(repeated))
            }
            Proposals::Walk(reason) => self.walk(&reason, interrupted),
        }
    }

    /// Asks the sampler until a proposal is new. In a continuous space the later proposals are random draws.
    fn proposals(
        &mut self,
        sampler: &Sampler,
        pool: &Pool,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Proposals, SuggestError> {
        let continuous = self.space.is_continuous();
        let for_models = self.for_models(sampler, pool, interrupted);
        let (mut model, mut last) = (false, None);
        for attempt in 0..MAX_ATTEMPTS {
            if interrupted() || self.rule.has_failed() {
                return Err(SuggestError::Interrupted);
            }
            let use_random = continuous && attempt >= MAX_PROPOSALS;
            let sampler = if use_random { &Sampler::Random } else { sampler };
            let mut suggestion = match self.propose(sampler, &for_models, attempt, pool, interrupted) {
                Err(SuggestError::Space(error @ (SpaceError::Infeasible { .. } | SpaceError::Refused { .. }))) => {
                    match last {
                        _ if !continuous => return Ok(Proposals::Walk(WalkReason::Infeasible(error))),
                        Some(repeated) => return Ok(Proposals::Repeated(repeated)),
                        None => return Err(error.into()),
                    }
                }
                proposed => proposed?,
            };
            model |= suggestion.origin.is_model();
            suggestion.fallback |= use_random && model;
            if !self.rule.allows(&suggestion.configuration) {
                continue;
            }
            if !self.is_duplicate(&suggestion.configuration) {
                return Ok(Proposals::New(suggestion));
            }
            self.facts.counters.duplicates += 1;
            last = Some(suggestion);
        }
        let repeated = last.filter(|_| continuous).map(Proposals::Repeated);
        Ok(repeated.unwrap_or(Proposals::Walk(WalkReason::Repeated { model })))
    }

    /// A new feasible configuration from uniform draws, if one of [`MAX_ATTEMPTS`] is one.
    fn draw_new(&self, interrupted: &dyn Fn() -> bool) -> Result<Option<Configuration>, SuggestError> {
        for attempt in 1..=MAX_ATTEMPTS {
            if interrupted() || self.rule.has_failed() {
                return Err(SuggestError::Interrupted);
            }
            let mut stream = self.repair_stream(MAX_ATTEMPTS + attempt);
            let drawn = self.draw_uniform(&mut stream);
            let repaired = self.space.repair(drawn, &mut stream);
            if let Some(new) = repaired.filter(|repaired| !self.is_duplicate(repaired) && self.rule.allows(repaired)) {
                return Ok(Some(new));
            }
        }
        Ok(None)
    }

    /// The proposal of the sampler, or a random draw if it finds nothing that satisfies the constraints.
    fn propose(
        &mut self,
        sampler: &Sampler,
        for_models: &ForModels,
        attempt: u32,
        pool: &Pool,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Suggestion, SuggestError> {
        let (context, scratch) = self.lend(for_models, attempt, pool, interrupted);
        match sampler.suggest(&context, scratch) {
            Err(SuggestError::Space(SpaceError::Infeasible { .. })) if *sampler != Sampler::Random => {
                let drawn = Sampler::Random.suggest(&context, scratch)?;
                Ok(Suggestion { fallback: true, ..drawn })
            }
            proposed => proposed,
        }
    }

    /// The first feasible, allowed and untried configuration of a finite space after a random one, in the order of the
    /// space and around the end. If the rule refuses everything that the priors allow, the walk covers the whole space.
    fn walk(&self, reason: &WalkReason, interrupted: &dyn Fn() -> bool) -> Result<Suggestion, SuggestError> {
        let mut grids = vec![Grid::likely(&self.space, None)?];
        if self.rule.is_given() && self.space.is_narrowed() {
            grids.push(Grid::new(&self.space, None)?);
        }
        let mut passed = Passed::default();
        for grid in &grids {
            passed = Passed::default();
            if let Some(configuration) = self.next_untried(grid, &mut passed, interrupted)? {
                let fallback = matches!(reason, WalkReason::Repeated { model: true });
                return Ok(Suggestion { configuration, origin: Origin::Random, fallback });
            }
            if passed.tried || !passed.all {
                break;
            }
        }
        Err(match reason {
            WalkReason::Infeasible(error) if !passed.tried && passed.refused == 0 => error.clone().into(),
            _ if passed.refused >= MAX_REFUSED || passed.refused > 0 && !passed.tried => all_refused(passed.refused),
            _ if passed.all => self.exhausted(),
            _ => walk_gave_up(),
        })
    }

    /// The first allowed and untried configuration of a grid after a random one; counts what comes before it.
    fn next_untried(
        &self,
        grid: &Grid<'_>,
        passed: &mut Passed,
        interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<Configuration>, SuggestError> {
        let mut walk = grid.walk(self.draw_uniform(&mut self.repair_stream(0)));
        let [mut size, last] = if self.rule.is_given() { BATCHES } else { [1, 1] };
        while !passed.is_over() {
            let mut untried = Vec::new();
            while untried.len() < size && !passed.is_over() {
                if interrupted() {
                    return Err(SuggestError::Interrupted);
                }
                match walk.step(Grid::BLOCK) {
                    WalkStep::Found(configuration) if self.is_duplicate(&configuration) => passed.tried = true,
                    WalkStep::Found(configuration) => untried.push(configuration),
                    WalkStep::Unfinished(_) => passed.blocks += 1,
                    WalkStep::Exhausted => passed.all = true,
                }
            }
            passed.refused += untried.len() as u64;
            if let Some(configuration) = self.rule.allowed(untried).into_iter().next() {
                return Ok(Some(configuration));
            }
            if self.rule.has_failed() {
                return Err(SuggestError::Interrupted);
            }
            size = (2 * size).min(last);
        }
        Ok(None)
    }

    fn repair_stream(&self, attempt: u32) -> Stream {
        Stream::new(self.settings.seed, self.history.len() as u64, Purpose::Repair, attempt)
    }

    /// A configuration that is uniform in unit coordinates; constraints may not hold.
    fn draw_uniform(&self, stream: &mut Stream) -> Configuration {
        let unit: Vec<f64> = self.space.parameters().iter().map(|_| stream.uniform()).collect();
        self.space.propose(&unit)
    }

    fn exhausted(&self) -> SuggestError {
        let all = if self.rule.is_given() {
            "all configurations of the space that allowed= accepts".to_owned()
        } else if self.space.is_narrowed() {
            "all configurations of the space that its priors do not rule out".to_owned()
        } else {
            format!("all {} configurations of the space", self.space.size())
        };
        SuggestError::Exhausted(format!("{all} were tried; widen the space, or repeat them with deduplicate=False"))
    }

    /// Whether a suggestion repeats a trial although repetition gives no new information, or one that was cancelled.
    fn is_duplicate(&self, configuration: &Configuration) -> bool {
        let history = &self.history;
        let Some(row) = history.first_row(configuration).filter(|_| self.settings.deduplicate) else { return false };
        !history.is_noisy() || history.states()[row as usize].is_cancelled()
    }
}

/// The part of a space that a walk has passed.
#[derive(Default)]
struct Passed {
    /// Number of blocks without a feasible configuration.
    blocks: u64,
    /// Whether a configuration was tried.
    tried: bool,
    /// Whether it is all of it.
    all: bool,
    /// Number of untried configurations that the rule refused.
    refused: u64,
}

impl Passed {
    fn is_over(&self) -> bool {
        self.all || self.blocks == MAX_BLOCKS || self.refused >= MAX_REFUSED
    }
}

fn all_refused(n: u64) -> SuggestError {
    SuggestError::Exhausted(SpaceError::Refused { n }.to_string())
}

fn walk_gave_up() -> SuggestError {
    let n_steps = Grid::BLOCK * MAX_BLOCKS;
    let message = format!("no new configuration satisfies the constraints, as far as {n_steps} steps can tell");
    SuggestError::Exhausted(message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

    use super::*;
    use crate::optimizer::{Settings, Tell};
    use crate::sampler::TpeSettings;
    use crate::space::{Constraint, Domain, Parameter, Prior, SearchSpace};

    fn parameter(name: &str, domain: Domain, prior: Prior) -> Parameter {
        Parameter { name: name.into(), domain, default: None, prior, when: Vec::new() }
    }

    fn integer(name: &str, last: u64, prior: Prior) -> Parameter {
        parameter(name, Domain::Integer { low: 0, step: 1, last, log: false }, prior)
    }

    /// A float with only two values; a space with a float counts as continuous.
    fn narrow() -> Parameter {
        parameter("x", Domain::real(1.0, 1.0_f64.next_up(), false).unwrap(), Prior::Uniform)
    }

    fn search(parameters: Vec<Parameter>, constraints: Vec<Constraint>, sampler: Sampler) -> Optimizer {
        let space = SearchSpace::new(parameters, constraints).unwrap();
        Optimizer::new(space, Settings::new(vec![false], sampler, 1)).unwrap()
    }

    fn ask(search: &mut Optimizer) -> Result<u64, OptimizerError> {
        search.ask(1, &Pool::serial(), &|| false)
    }

    /// Both configurations were tried, so all proposals are rejected and one is repeated. It counts as a fallback if the
    /// sampler uses a model.
    #[test]
    fn a_repetition_follows_all_attempts() {
        let tpe = Sampler::Tpe(TpeSettings { n_startup: 2, gamma: 0.25, ..TpeSettings::default() });
        for (sampler, fallbacks) in [(Sampler::Random, 0), (tpe, 1)] {
            let mut search = search(vec![narrow()], Vec::new(), sampler);
            for trial in 0..2 {
                ask(&mut search).unwrap();
                search.tell(trial, Tell::value(trial as f64)).unwrap();
            }
            let rejected = search.counters.duplicates;
            ask(&mut search).unwrap();
            assert_eq!(search.counters.duplicates - rejected, u64::from(MAX_ATTEMPTS));
            assert_eq!((search.counters.fallbacks, search.history.origins()[2]), (fallbacks, Origin::Random));
        }
    }

    /// Of 2000 draws from the prior, one gives another level than the first, and both configurations with the first are
    /// soon tried.
    #[test]
    fn uniform_draws_reach_what_the_prior_makes_rare() {
        let prior = Prior::Histogram { edges: vec![0.0, 0.01, 1.0], masses: vec![0.9995, 0.0005] };
        let level = integer("level", 99, prior);
        let mut search = search(vec![narrow(), level], Vec::new(), Sampler::Random);
        for _ in 0..10 {
            ask(&mut search).unwrap();
        }
        let levels: Vec<u64> = search.history.cells(1).to_vec();
        assert!(levels[..2] == [0, 0] && !levels[2..].contains(&0), "{levels:?}");
    }

    #[test]
    fn a_repeated_point_from_outside_is_replaced_and_counted_once() {
        let mut search = search(
            vec![parameter("x", Domain::real(0.0, 1.0, false).unwrap(), Prior::Uniform)],
            Vec::new(),
            Sampler::External,
        );
        search.ask_external(&[vec![0.5], vec![0.5]]).unwrap();
        assert_eq!(search.history.origins(), [Origin::External, Origin::Random]);
        assert_eq!((search.counters.duplicates, search.counters.fallbacks), (1, 1));
    }

    /// `2 a + 4 b + 6 c` is never odd, which its bounds do not show.
    #[test]
    fn an_infeasible_continuous_space_is_not_exhausted() {
        let equation = Constraint::Linear { terms: vec![(1, 2.0), (2, 4.0), (3, 6.0)], lower: 7.0, upper: 7.0 };
        let integers = ["a", "b", "c"].map(|name| integer(name, 9, Prior::Uniform));
        let parameters = [narrow()].into_iter().chain(integers).collect();
        let refused = ask(&mut search(parameters, vec![equation], Sampler::Random));
        let infeasible = |error: &OptimizerError| {
            matches!(error, OptimizerError::Suggest(SuggestError::Space(SpaceError::Infeasible { .. })))
        };
        assert!(refused.as_ref().is_err_and(infeasible), "{refused:?}");
    }

    #[test]
    fn an_exhausted_space_is_named_with_its_size() {
        let mut search = search(vec![integer("a", 2, Prior::Uniform)], Vec::new(), Sampler::Random);
        for _ in 0..3 {
            ask(&mut search).unwrap();
        }
        let message = ask(&mut search).unwrap_err().to_string();
        assert!(message.contains("all 3 configurations of the space were tried"), "{message}");
    }
}
