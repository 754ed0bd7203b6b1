//! Which sampler speaks when: a space-filling design first, then the model.

use super::{AutoSettings, Context, GpSettings, Scratch, SuggestError, Suggestion, TpeSettings, gp, sobol, tpe};

/// Sobol points until `n_startup` trials were told (in whatever way they ended), then TPE. With nothing told there is
/// nothing to learn from, so the first one is never TPE's.
pub(super) fn sobol_then_tpe(
    settings: &TpeSettings,
    context: &Context<'_>,
    scratch: &mut Scratch,
) -> Result<Suggestion, SuggestError> {
    if (context.history.n_finished() as u64) < settings.n_startup.max(1) {
        return sobol::suggest(context);
    }
    tpe::suggest(settings, context, &mut scratch.tpe)
}

/// Sobol points until `n_startup` trials were told, then the Gaussian process.
pub(super) fn sobol_then_gp(
    settings: &GpSettings,
    context: &Context<'_>,
    scratch: &mut Scratch,
) -> Result<Suggestion, SuggestError> {
    if (context.history.n_finished() as u64) < settings.n_startup.max(1) {
        return sobol::suggest(context);
    }
    gp::suggest(settings, context, &mut scratch.gp)
}

/// From this many parameters on the best of 24 candidates is too often close to the mean of them.
const MANY_PARAMETERS: usize = 50;

/// The TPE that Auto runs.
pub(super) fn tpe_settings(settings: &AutoSettings, context: &Context<'_>) -> TpeSettings {
    let n_startup = settings.n_startup.unwrap_or_else(|| default_startup(context.space.parameters().len()));
    let n_candidates = if context.space.parameters().len() < MANY_PARAMETERS { 24 } else { 48 };
    TpeSettings { n_startup, n_candidates, gamma: 0.15 }
}

/// `4 + d / 4` held between 5 and 12: more dimensions need a longer look around, but a budget of some dozens of trials
/// must not be spent on it.
fn default_startup(n_parameters: usize) -> u64 {
    (4 + n_parameters as u64 / 4).clamp(5, 12)
}
