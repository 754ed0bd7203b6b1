//! Helpers that declare spaces in tests.

use super::{Domain, Parameter, Prior};

pub(crate) fn parameter(name: &str, domain: Domain) -> Parameter {
    Parameter { name: name.to_owned(), domain, default: None, prior: Prior::Uniform, when: Vec::new() }
}
