//! Every combination of levels, once.

use super::{Context, SuggestError, Suggestion};
use crate::history::Origin;
use crate::space::{Configuration, Grid, Step};

/// Points looked at between two polls for an interruption.
const BLOCK: u64 = 1024;
/// Blocks without a feasible point after which the rest of the grid is given up: about 10^7 points. Whole ranges that
/// break a constraint count as one, so this is met by constraints that leave next to nothing.
const MAX_BLOCKS: u32 = 10_000;

/// How far the walk has come; everything up to `here` was tried or breaks a constraint.
#[derive(Clone, Debug, Default)]
pub(super) struct Cursor {
    here: Option<Configuration>,
    blocks: u32,
    /// Whether the walk goes through what the priors rule out as well.
    whole: bool,
    /// Whether any configuration was met that satisfies the constraints.
    any_feasible: bool,
}

/// The first configuration of the grid, in lexicographic order, that no trial has. This is so whether duplicates are
/// allowed elsewhere or not: a grid is a list to be worked off. Where the constraints leave nothing of what the priors
/// leave, the grid is that of the whole space.
pub(super) fn suggest(resolution: u64, context: &Context<'_>, cursor: &mut Cursor) -> Result<Suggestion, SuggestError> {
    let (space, resolution) = (context.space, Some(resolution));
    loop {
        let grid = if cursor.whole { Grid::new(space, resolution)? } else { Grid::likely(space, resolution)? };
        let step = match &cursor.here {
            None => grid.first(BLOCK),
            Some(here) => grid.next(here, BLOCK),
        };
        match step {
            Step::Found(configuration) if context.history.is_seen(&configuration) => {
                (cursor.here, cursor.any_feasible) = (Some(configuration), true);
            }
            Step::Found(configuration) => {
                return Ok(Suggestion { configuration, origin: Origin::Design, fallback: false });
            }
            Step::Unfinished(configuration) => cursor.pass(configuration)?,
            Step::Exhausted if !cursor.any_feasible && !cursor.whole && space.is_narrowed() => {
                *cursor = Cursor { whole: true, ..Cursor::default() };
            }
            Step::Exhausted => return Err(cursor.finished()),
        }
        if (context.interrupted)() {
            return Err(SuggestError::Interrupted);
        }
    }
}

impl Cursor {
    fn pass(&mut self, infeasible: Configuration) -> Result<(), SuggestError> {
        if self.blocks == MAX_BLOCKS {
            let n_points = u64::from(MAX_BLOCKS) * BLOCK;
            let message = format!("the grid was given up: {n_points} of its points break the constraints; loosen them");
            return Err(SuggestError::Exhausted(message));
        }
        (self.here, self.blocks) = (Some(infeasible), self.blocks + 1);
        Ok(())
    }

    fn finished(&self) -> SuggestError {
        let message = if self.any_feasible {
            "the grid is finished: each of its configurations was handed out; raise the resolution for more"
        } else {
            "no configuration of the grid satisfies the constraints; raise the resolution or loosen them"
        };
        SuggestError::Exhausted(message.to_owned())
    }
}
