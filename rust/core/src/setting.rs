//! Settings as named fields. Checks, error messages and the conversion from and to Python follow from one description.

use std::ops::RangeInclusive;

/// Numbers of trials or steps, none included.
pub(crate) const ANY: RangeInclusive<u64> = 0..=i64::MAX as u64;
/// Numbers of trials, steps or levels; at least one.
pub(crate) const SOME: RangeInclusive<u64> = 1..=u32::MAX as u64;

/// A setting, with the values it may have.
#[derive(Debug)]
pub enum Field<'a> {
    /// A number of things.
    Count(&'a mut u64, RangeInclusive<u64>),
    /// A number of things, or a choice by rules.
    MaybeCount(&'a mut Option<u64>, RangeInclusive<u64>),
    /// A number.
    Real(&'a mut f64, RangeInclusive<f64>),
    /// A number between 0 and 1, both excluded.
    Share(&'a mut f64),
    /// A bound, possibly infinite.
    MaybeBound(&'a mut Option<f64>),
    /// The position of one of several names.
    Choice(&'a mut usize, &'static [&'static str]),
}

impl Field<'_> {
    /// The valid values, as in "must be an integer from 1 to 10".
    pub fn expected(&self) -> String {
        match self {
            Self::Count(_, range) | Self::MaybeCount(_, range) => {
                format!("an integer from {} to {}", range.start(), shown_end(*range.end()))
            }
            Self::Real(_, range) => format!("between {:?} and {:?}", range.start(), range.end()),
            Self::Share(_) => "between 0 and 1, both excluded".to_owned(),
            Self::MaybeBound(_) => "a number".to_owned(),
            Self::Choice(_, names) => names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(" or "),
        }
    }

    /// The error for a value that is not valid.
    pub fn refused(&self, name: &str, value: &str) -> String {
        format!("{name} must be {}, got {value}", self.expected())
    }

    /// Checks the value.
    ///
    /// # Errors
    /// The message names the setting, its value and the valid values.
    pub fn check(&self, name: &str) -> Result<(), String> {
        let (fits, value) = match self {
            Self::Count(n, range) => (range.contains(n), n.to_string()),
            Self::MaybeCount(n, range) => (n.is_none_or(|n| range.contains(&n)), n.unwrap_or_default().to_string()),
            Self::Real(x, range) => (range.contains(x), format!("{x:?}")),
            Self::Share(x) => (**x > 0.0 && **x < 1.0, format!("{x:?}")),
            Self::MaybeBound(x) => (x.is_none_or(|x| !x.is_nan()), "NaN".to_owned()),
            Self::Choice(position, names) => (**position < names.len(), position.to_string()),
        };
        if fits { Ok(()) } else { Err(self.refused(name, &value)) }
    }
}

fn shown_end(end: u64) -> String {
    match (end, end.checked_add(1)) {
        (65_536.., Some(next)) if next.is_power_of_two() => format!("2^{} - 1", next.ilog2()),
        _ => end.to_string(),
    }
}

/// A closed set of named settings: the samplers or the pruners.
pub trait Described: Clone {
    /// "sampler" or "pruner".
    const KIND: &'static str;

    /// One of each name, with the default settings.
    fn all() -> Vec<Self>;

    /// The name.
    fn name(&self) -> &'static str;

    /// Visits every setting that is a number or one of several names.
    ///
    /// # Errors
    /// The first error of `visit`.
    fn fields<E>(&mut self, visit: &mut dyn FnMut(&'static str, Field<'_>) -> Result<(), E>) -> Result<(), E>;

    /// Checks what holds for several settings together.
    ///
    /// # Errors
    /// The message names the settings and their values.
    fn check_together(&self) -> Result<(), String> {
        Ok(())
    }

    /// The one with this name, with the default settings.
    fn named(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|settings| settings.name() == name)
    }

    /// Checks every setting.
    ///
    /// # Errors
    /// The message names the setting, its value and the valid values.
    fn check_fields(&self) -> Result<(), String> {
        self.clone().fields(&mut |name, field| field.check(name))?;
        self.check_together()
    }
}
