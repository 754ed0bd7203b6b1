//! The choice of a sampler among the rows of a table.
//!
//! | sampler | choice |
//! | --- | --- |
//! | random | a random open row |
//! | TPE | the row with the highest density ratio |
//! | Gaussian process | the row with the highest expected improvement |
//! | Auto | as in a free search, but never CMA-ES, which needs points of its own |
//! | before a model | of [`DESIGN`] random rows the one that is farthest from all trials |

use super::among::{Candidates, Extent, OpenRow, Shortlist, first_rows};
use super::{Context, Sampler, Scratch, SuggestError, Suggestion, auto, gp, tpe};
use crate::history::Origin;

/// Number of random rows that are compared before there is a model. (Half and twice: `benches/results/constants.md`.)
const DESIGN: usize = 16;
/// How many rows a Gaussian process compares. (Half and twice: `benches/results/constants.md`.)
const FOR_GP: Extent = Extent { all: 10_000, part: 4_096 };
/// How many rows TPE compares. (Half and twice: `benches/results/constants.md`.)
const FOR_TPE: Extent = Extent { all: 2_048, part: 768 };

impl Sampler {
    /// Whether this sampler can choose among candidates.
    pub fn chooses(&self) -> bool {
        matches!(self, Self::Random | Self::Tpe(_) | Self::Gp(_) | Self::Auto(_))
    }

    /// Suggests one of the `open` rows of a table for the trial `context.trial`; there must be one.
    ///
    /// # Errors
    /// See [`SuggestError`].
    pub(crate) fn choose(
        &self,
        context: &Context<'_>,
        candidates: &Candidates,
        open: Vec<OpenRow>,
        scratch: &mut Scratch,
    ) -> Result<Suggestion, SuggestError> {
        let finished = context.history.n_finished() as u64;
        if *self == Self::Random || finished < self.n_startup(context.space).max(1) {
            return Ok(without_model(self, context, candidates, open));
        }
        let tpe = match self {
            Self::Tpe(settings) => Some(settings.clone()),
            Self::Auto(settings) if auto::model(context, false) == Origin::Tpe => {
                Some(auto::tpe_settings(settings, context))
            }
            _ => None,
        };
        match tpe {
            Some(settings) => {
                let open = Shortlist::of(context, candidates, open, &FOR_TPE);
                tpe::choose_row(&settings, context, &open, &mut scratch.tpe)
            }
            None => gp::choose_row(context, &Shortlist::of(context, candidates, open, &FOR_GP), &mut scratch.gp),
        }
    }
}

/// The first open row for random search; for other samplers, of the first [`DESIGN`] rows the one that is farthest from
/// all trials.
fn without_model(sampler: &Sampler, context: &Context<'_>, candidates: &Candidates, open: Vec<OpenRow>) -> Suggestion {
    let (n, origin) = if *sampler == Sampler::Random { (1, Origin::Random) } else { (DESIGN, Origin::Design) };
    let first = first_rows(open, n);
    let distance = context.squared_distance_to_trials();
    let apart = |open: &OpenRow| distance(&candidates.unit(open.row));
    let farthest = first.iter().reduce(|best, open| if apart(open) > apart(best) { open } else { best });
    Suggestion::new(candidates.configuration(farthest.unwrap_or(&first[0]).row).clone(), origin)
}
