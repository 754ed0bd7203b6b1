//! Text for conditions, used in messages.

use super::describe::value;
use super::{Accept, Condition, Domain, Parameter, Value};

/// "one of 1, 2, 5", "from 0.5 to 1.0".
pub(super) fn accept(domain: &Domain, accept: &Accept) -> String {
    const SHOWN: usize = 8;
    match accept {
        Accept::Levels(levels) if levels.len() == 1 => value(domain, Value::Level(levels[0])),
        Accept::Levels(levels) => {
            let shown: Vec<_> = levels.iter().take(SHOWN).map(|&k| value(domain, Value::Level(k))).collect();
            let more = if levels.len() > SHOWN { ", .." } else { "" };
            format!("one of {}{more}", shown.join(", "))
        }
        Accept::LevelRange { first, last } => {
            format!("from {} to {}", value(domain, Value::Level(*first)), value(domain, Value::Level(*last)))
        }
        Accept::RealRange { low, high } => format!("from {low:?} to {high:?}"),
    }
}

/// "'optimizer' is choice 1 and 'depth' is from 2 to 8".
pub(super) fn conditions(parameters: &[Parameter], when: &[Condition]) -> String {
    let describe = |c: &Condition| {
        let parent = &parameters[c.parent];
        format!("'{}' is {}", parent.name, accept(&parent.domain, &c.accept))
    };
    when.iter().map(describe).collect::<Vec<_>>().join(" and ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn accepted_values_are_listed_up_to_eight() {
        let domain = Domain::integer(10, 90, 10, false).unwrap();
        let text = |levels: &[u64]| accept(&domain, &Accept::Levels(levels.to_vec()));
        assert_eq!(text(&[2]), "30");
        assert_eq!(text(&[0, 8]), "one of 10, 90");
        assert_eq!(text(&[0, 1, 2, 3, 4, 5, 6, 7]), "one of 10, 20, 30, 40, 50, 60, 70, 80");
        assert_eq!(text(&[0, 1, 2, 3, 4, 5, 6, 7, 8]), "one of 10, 20, 30, 40, 50, 60, 70, 80, ..");
    }
}
