//! Every combination of levels, each once.

use super::{Context, SuggestError, Suggestion};
use crate::history::Origin;
use crate::space::{Configuration, Grid, WalkStep};

/// Number of blocks without a feasible point after which the search of the grid ends: about 10^7 points. A whole range
/// that violates a constraint counts as one point, so the limit is reached only if almost nothing is feasible. Limits
/// work, and changes no suggestion before that.
const MAX_BLOCKS: u32 = 10_000;

/// The position in the grid; all points up to `here` were tried or violate a constraint.
#[derive(Clone, Debug, Default)]
pub(super) struct Cursor {
    here: Option<Configuration>,
    blocks: u32,
    /// Whether values that the priors exclude are visited as well.
    whole: bool,
    /// Whether any visited configuration satisfies the constraints.
    any_feasible: bool,
}

/// Suggests the first configuration of the grid, in lexicographic order, that no trial has. Duplicates are skipped even
/// if they are allowed otherwise, because a grid contains every combination once. If no value that the priors allow
/// satisfies the constraints, the grid covers the whole space.
pub(super) fn suggest(resolution: u64, context: &Context<'_>, cursor: &mut Cursor) -> Result<Suggestion, SuggestError> {
    let (space, resolution) = (context.space, Some(resolution));
    loop {
        let grid = if cursor.whole { Grid::new(space, resolution)? } else { Grid::likely(space, resolution)? };
        let step = match &cursor.here {
            None => grid.first(Grid::BLOCK),
            Some(here) => grid.next(here, Grid::BLOCK),
        };
        match step {
            WalkStep::Found(configuration) if context.history.is_seen(&configuration) => {
                (cursor.here, cursor.any_feasible) = (Some(configuration), true);
            }
            WalkStep::Found(configuration) if !context.rule.allows(&configuration) => cursor.here = Some(configuration),
            WalkStep::Found(configuration) => {
                return Ok(Suggestion::new(configuration, Origin::Design));
            }
            WalkStep::Unfinished(configuration) => cursor.pass(configuration)?,
            WalkStep::Exhausted if !cursor.any_feasible && !cursor.whole && space.is_narrowed() => {
                *cursor = Cursor { whole: true, ..Cursor::default() };
            }
            WalkStep::Exhausted => return Err(cursor.finished(context, grid.leaves_out_levels())),
        }
        if (context.interrupted)() || context.rule.has_failed() {
            return Err(SuggestError::Interrupted);
        }
    }
}

impl Cursor {
    fn pass(&mut self, infeasible: Configuration) -> Result<(), SuggestError> {
        if self.blocks == MAX_BLOCKS {
            let n_points = u64::from(MAX_BLOCKS) * Grid::BLOCK;
            let message =
                format!("the grid was abandoned: {n_points} of its points violate the constraints; loosen them");
            return Err(SuggestError::Exhausted(message));
        }
        (self.here, self.blocks) = (Some(infeasible), self.blocks + 1);
        Ok(())
    }

    fn finished(&self, context: &Context<'_>, leaves_out_levels: bool) -> SuggestError {
        let message = match (self.any_feasible, context.rule.is_given()) {
            (true, false) => "the grid is finished: all of its configurations have been suggested",
            (true, true) => "the grid is finished: all of its configurations that allowed= accepts have been suggested",
            (false, false) => "no configuration of the grid satisfies the constraints",
            (false, true) => "no configuration of the grid satisfies the constraints and allowed=",
        };
        let advice = match (self.any_feasible, leaves_out_levels) {
            (true, true) => "; a higher resolution has more levels of floats and long ranges",
            (true, false) => "",
            (false, true) => "; raise the resolution or loosen them",
            (false, false) => "; loosen them",
        };
        SuggestError::Exhausted(format!("{message}{advice}"))
    }
}
