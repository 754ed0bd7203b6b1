//! Converts the declaration of a space from Python (see `_core.pyi`) to checked parts of the core.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use tanteo_core::space::{Accept, Clause, Condition, Constraint, Domain, Number, Parameter, Prior, Value};

use crate::convert::{default_of, number_of, value_of};
use crate::scalar::Named;
use crate::{errors, scalar};

/// `(parent, accept)` or `(parameter, accept)`.
type Accepting<'py> = (usize, Bound<'py, PyTuple>);
/// `(name, domain, default, prior, when)`.
pub(crate) type Declared<'py> =
    (String, Bound<'py, PyTuple>, Bound<'py, PyAny>, Option<Bound<'py, PyTuple>>, Vec<Accepting<'py>>);

/// All parameters. The domains are read first, because a condition needs the domain of its parent, which may be
/// declared later.
pub(crate) fn parameters(declared: Vec<Declared<'_>>) -> PyResult<Vec<Parameter>> {
    let domains = declared.iter().map(|(name, domain, ..)| read_domain(name, domain)).collect::<PyResult<Vec<_>>>()?;
    declared.into_iter().zip(&domains).map(|(parts, domain)| parameter(parts, domain, &domains)).collect()
}

fn parameter(declared: Declared<'_>, domain: &Domain, domains: &[Domain]) -> PyResult<Parameter> {
    let (name, _, default, prior, when) = declared;
    let default = if default.is_none() { None } else { Some(default_of(&default, domain, &name)?) };
    let prior = prior.map_or(Ok(Prior::Uniform), |prior| read_prior(&name, domain, &prior))?;
    let when = when.iter().map(|(parent, accept)| {
        Ok(Condition {
            parent: *parent,
            accept: read_accept(&name, domain_of(&name, domains, *parent, accept)?, accept)?,
        })
    });
    Ok(Parameter { when: when.collect::<PyResult<_>>()?, domain: domain.clone(), default, prior, name })
}

fn read_domain(name: &str, domain: &Bound<'_, PyTuple>) -> PyResult<Domain> {
    let (real, integer) = (|i, what| real(domain, i, name, what), |i, what| integer(domain, i, name, what));
    let flag = |i| domain.get_item(i)?.extract::<bool>();
    let checked = match kind(domain)?.as_str() {
        "real" => Domain::real(real(1, "low")?, real(2, "high")?, flag(3)?),
        "stepped" => Domain::stepped(real(1, "low")?, real(2, "high")?, real(3, "step")?),
        "integer" => Domain::integer(integer(1, "low")?, integer(2, "high")?, step(domain, name)?, flag(4)?),
        "ordered" => Domain::ordered(scalar::unsigned(&domain.get_item(1)?, part(name, "the number of choices"))?),
        "unordered" => Domain::unordered(scalar::unsigned(&domain.get_item(1)?, part(name, "the number of choices"))?),
        "described" => Domain::described(features(domain, name)?),
        other => return Err(unknown(domain, "domain", other)),
    };
    with_name(domain.py(), name, checked)
}

fn features(domain: &Bound<'_, PyTuple>, name: &str) -> PyResult<Vec<Vec<f64>>> {
    let rows: Vec<Vec<Bound<'_, PyAny>>> = domain.get_item(1)?.extract()?;
    let number = |raw: &Bound<'_, PyAny>| scalar::float(raw, part(name, "a feature"));
    rows.iter().map(|row| row.iter().map(number).collect()).collect()
}

fn read_prior(name: &str, domain: &Domain, prior: &Bound<'_, PyTuple>) -> PyResult<Prior> {
    let floats = |i: usize, what| {
        let items: Vec<Bound<'_, PyAny>> = prior.get_item(i)?.extract()?;
        items.iter().map(|item| scalar::float(item, part(name, what))).collect::<PyResult<Vec<f64>>>()
    };
    let checked = match kind(prior)?.as_str() {
        "normal" => Prior::normal(domain, real(prior, 1, name, "mean")?, real(prior, 2, name, "std")?),
        "histogram" => Prior::histogram(domain, &floats(1, "an edge")?, &floats(2, "a weight")?),
        "weights" => Prior::weights(domain, &floats(1, "a weight")?),
        other => return Err(unknown(prior, "prior", other)),
    };
    with_name(prior.py(), name, checked)
}

/// The accepted values of a condition or a constraint clause, in the domain `domain`; `name` is used in messages.
fn read_accept(name: &str, domain: &Domain, accept: &Bound<'_, PyTuple>) -> PyResult<Accept> {
    let checked = match kind(accept)?.as_str() {
        "values" => {
            let raws: Vec<Bound<'_, PyAny>> = accept.get_item(1)?.extract()?;
            let values: PyResult<Vec<Value>> = raws.iter().map(|raw| value_of(raw, domain, name)).collect();
            Accept::values(domain, &values?)
        }
        "range" => Accept::range(domain, end(accept, 1, domain, name)?, end(accept, 2, domain, name)?),
        other => return Err(unknown(accept, "condition", other)),
    };
    with_name(accept.py(), name, checked.map_err(|message| format!("condition: {message}")))
}

/// One end of a range, `None` if open.
fn end(accept: &Bound<'_, PyTuple>, i: usize, domain: &Domain, name: &str) -> PyResult<Option<Number>> {
    let raw = accept.get_item(i)?;
    if raw.is_none() { Ok(None) } else { number_of(&raw, domain, name).map(Some) }
}

/// Known constraints over the parameters already read; the core checks them.
pub(crate) fn constraints(declared: Vec<Bound<'_, PyTuple>>, parameters: &[Parameter]) -> PyResult<Vec<Constraint>> {
    declared.into_iter().map(|declared| constraint(&declared, parameters)).collect()
}

fn constraint(declared: &Bound<'_, PyTuple>, parameters: &[Parameter]) -> PyResult<Constraint> {
    match kind(declared)?.as_str() {
        "linear" => {
            let terms: Vec<(usize, Bound<'_, PyAny>)> = declared.get_item(1)?.extract()?;
            let weight = |(index, weight)| Ok((index, scalar::float(&weight, Named::Argument("a weight"))?));
            let (lower, upper) = (bound(declared, 2, f64::NEG_INFINITY)?, bound(declared, 3, f64::INFINITY)?);
            Ok(Constraint::Linear { terms: terms.into_iter().map(weight).collect::<PyResult<_>>()?, lower, upper })
        }
        "order" => {
            let (_, left, right, strict): (String, usize, usize, bool) = declared.extract()?;
            Ok(Constraint::Order { left, right, strict })
        }
        "forbid" => {
            let clauses: Vec<Accepting<'_>> = declared.get_item(1)?.extract()?;
            let clauses = clauses.iter().map(|(index, accept)| clause(*index, accept, parameters));
            Ok(Constraint::Forbid(clauses.collect::<PyResult<_>>()?))
        }
        other => Err(unknown(declared, "constraint", other)),
    }
}

/// A bound of a linear constraint; `open` if there is none.
fn bound(declared: &Bound<'_, PyTuple>, i: usize, open: f64) -> PyResult<f64> {
    let bound = declared.get_item(i)?;
    if bound.is_none() { Ok(open) } else { scalar::float(&bound, Named::Argument("the bound of a linear constraint")) }
}

fn clause(index: usize, accept: &Bound<'_, PyTuple>, parameters: &[Parameter]) -> PyResult<Clause> {
    let Some(parameter) = parameters.get(index) else {
        return Err(errors::argument(
            accept.py(),
            format!("a constraint names parameter {index}, which does not exist"),
        ));
    };
    Ok(Clause { parameter: index, accept: read_accept(&parameter.name, &parameter.domain, accept)? })
}

fn domain_of<'a>(name: &str, domains: &'a [Domain], index: usize, near: &Bound<'_, PyTuple>) -> PyResult<&'a Domain> {
    let missing = || errors::parameter(near.py(), name, &format!("its parent, parameter {index}, does not exist"));
    domains.get(index).ok_or_else(missing)
}

/// The first entry of every declaration is its kind.
fn kind(declared: &Bound<'_, PyTuple>) -> PyResult<String> {
    declared.get_item(0)?.extract()
}

fn real(declared: &Bound<'_, PyTuple>, i: usize, name: &str, what: &str) -> PyResult<f64> {
    scalar::float(&declared.get_item(i)?, part(name, what))
}

fn integer(declared: &Bound<'_, PyTuple>, i: usize, name: &str, what: &str) -> PyResult<i128> {
    scalar::integer(&declared.get_item(i)?, part(name, what))
}

fn step(declared: &Bound<'_, PyTuple>, name: &str) -> PyResult<u64> {
    scalar::unsigned(&declared.get_item(3)?, part(name, "step"))
}

fn part<'a>(name: &'a str, what: &'a str) -> Named<'a> {
    Named::Parameter { name, part: what }
}

fn with_name<T>(py: Python<'_>, name: &str, checked: Result<T, String>) -> PyResult<T> {
    checked.map_err(|message| errors::parameter(py, name, &message))
}

fn unknown(near: &Bound<'_, PyTuple>, what: &str, kind: &str) -> PyErr {
    errors::argument(near.py(), format!("no {what} is called {kind:?}"))
}
