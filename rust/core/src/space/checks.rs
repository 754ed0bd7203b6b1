//! Checks of the declaration of a space.

use std::collections::{BTreeMap, BTreeSet};

use super::bounds::Sums;
use super::constraint::EQUATION_TOLERANCE;
use super::{Accept, Clause, Constraint, Domain, Parameter, SpaceError};

fn fault(parameter: &Parameter, message: String) -> SpaceError {
    SpaceError::Parameter { name: parameter.name.clone(), message }
}

/// Checks each parameter by itself, then its conditions against its parents.
pub(super) fn parameters(parameters: &[Parameter]) -> Result<(), SpaceError> {
    let mut names = BTreeSet::new();
    for (i, parameter) in parameters.iter().enumerate() {
        if parameter.name.is_empty() {
            return Err(SpaceError::Space(format!("parameter {i} has an empty name; name it")));
        }
        if !names.insert(&parameter.name) {
            return Err(fault(parameter, "the name is used twice; rename one".to_owned()));
        }
        parameter.domain.check().map_err(|message| fault(parameter, message))?;
        parameter.prior.check(&parameter.domain).map_err(|message| fault(parameter, message))?;
        check_default(parameter)?;
    }
    (0..parameters.len()).try_for_each(|i| check_conditions(parameters, i))
}

fn check_default(parameter: &Parameter) -> Result<(), SpaceError> {
    match parameter.default {
        Some(value) => parameter.expect(value).map_err(|m| fault(parameter, format!("default: {m}"))),
        None => Ok(()),
    }
}

fn check_conditions(parameters: &[Parameter], i: usize) -> Result<(), SpaceError> {
    let parameter = &parameters[i];
    for condition in &parameter.when {
        let Some(parent) = parameters.get(condition.parent) else {
            return Err(fault(
                parameter,
                format!("its condition names parameter {}, which is unknown", condition.parent),
            ));
        };
        if condition.parent == i {
            return Err(fault(parameter, "it cannot be its own parent".to_owned()));
        }
        let named = |message| fault(parameter, format!("its condition on '{}' can never hold: {message}", parent.name));
        condition.accept.check(&parent.domain).map_err(named)?;
    }
    Ok(())
}

/// Checks that each constraint names known parameters of the right type, has valid numbers and can hold.
pub(super) fn constraints(parameters: &[Parameter], constraints: &[Constraint]) -> Result<(), SpaceError> {
    for (k, constraint) in constraints.iter().enumerate() {
        if let Some(i) = constraint.parameters().into_iter().find(|&i| i >= parameters.len()) {
            return Err(SpaceError::Space(format!("constraint {k} names parameter {i}, which is unknown")));
        }
        let named = |message| SpaceError::Space(format!("constraint {}: {message}", constraint.describe(parameters)));
        match constraint {
            Constraint::Linear { terms, lower, upper } => check_linear(parameters, terms, *lower, *upper),
            Constraint::Order { left, right, .. } => check_order(parameters, *left, *right),
            Constraint::Forbid(clauses) => check_forbidden(parameters, clauses),
        }
        .map_err(named)?;
    }
    check_left(parameters, constraints)
}

/// Checks that forbidden combinations leave a value to each unconditional parameter. A clause that covers all values of
/// its parameter always holds and is ignored. Only combinations with one remaining clause are checked. Whether values
/// of several parameters can avoid the other combinations is left to the search.
fn check_left(parameters: &[Parameter], constraints: &[Constraint]) -> Result<(), SpaceError> {
    let leaves_nothing =
        |i: usize, all: &[&Accept]| parameters[i].when.is_empty() && Accept::cover(&parameters[i].domain, all);
    let mut forbidden: BTreeMap<usize, Vec<&Accept>> = BTreeMap::new();
    for constraint in constraints {
        let Constraint::Forbid(clauses) = constraint else { continue };
        let mut narrowing = clauses.iter().filter(|clause| !leaves_nothing(clause.parameter, &[&clause.accept]));
        // If all clauses cover their parameters, any one names the fault.
        let clause = narrowing.next().unwrap_or(&clauses[0]);
        if narrowing.next().is_none() {
            forbidden.entry(clause.parameter).or_default().push(&clause.accept);
        }
    }
    match forbidden.into_iter().find(|(i, all)| leaves_nothing(*i, all)) {
        Some((i, _)) => Err(fault(&parameters[i], "the constraints forbid all of its values; loosen one".to_owned())),
        None => Ok(()),
    }
}

fn check_linear(parameters: &[Parameter], terms: &[(usize, f64)], lower: f64, upper: f64) -> Result<(), String> {
    if terms.is_empty() {
        return Err("it names no parameter".to_owned());
    }
    let mut seen = BTreeSet::new();
    for &(i, weight) in terms {
        let name = &parameters[i].name;
        if !parameters[i].domain.is_numeric() {
            return Err(format!("'{name}' is not numeric"));
        }
        if !weight.is_finite() || weight == 0.0 {
            return Err(format!("the weight of '{name}' is {weight:?}; give a finite number other than 0"));
        }
        if !seen.insert(i) {
            return Err(format!("'{name}' is named twice; add its weights up"));
        }
    }
    let bounded = lower.is_finite() || upper.is_finite();
    if !(lower <= upper && bounded && lower < f64::INFINITY && upper > f64::NEG_INFINITY) {
        return Err(format!("lower = {lower:?} and upper = {upper:?} are no bounds; give lower <= upper, one finite"));
    }
    check_reachable(parameters, terms, lower, upper)
}

/// If all parameters are unconditional, some of their values must satisfy each bound by itself.
fn check_reachable(parameters: &[Parameter], terms: &[(usize, f64)], lower: f64, upper: f64) -> Result<(), String> {
    let slack = EQUATION_TOLERANCE * lower.abs().min(upper.abs());
    let Sums { least, most, .. } = Sums::of(terms, parameters, |i| parameters[i].domain.ends(), 0.0);
    if terms.iter().all(|&(i, _)| parameters[i].when.is_empty()) && (least > upper + slack || most < lower - slack) {
        return Err(format!("it can never hold: the sum lies between {least:?} and {most:?}"));
    }
    Ok(())
}

fn check_order(parameters: &[Parameter], left: usize, right: usize) -> Result<(), String> {
    let (a, b) = (&parameters[left], &parameters[right]);
    let ordinals = matches!((&a.domain, &b.domain), (Domain::Ordered { .. }, Domain::Ordered { .. }));
    if left == right {
        return Err("it names one parameter twice".to_owned());
    }
    if !(ordinals || a.domain.is_numeric() && b.domain.is_numeric()) {
        return Err(format!("'{}' and '{}' are neither two numbers nor two ordinals", a.name, b.name));
    }
    Ok(())
}

fn check_forbidden(parameters: &[Parameter], clauses: &[Clause]) -> Result<(), String> {
    if clauses.is_empty() {
        return Err("it names no parameter".to_owned());
    }
    for clause in clauses {
        let parameter = &parameters[clause.parameter];
        clause.accept.check(&parameter.domain).map_err(|message| format!("'{}': {message}", parameter.name))?;
    }
    Ok(())
}
