//! Which requests something goes wrong with.

use super::Fault;
use crate::dice::Dice;

/// Faults for some requests: all of them, or those of a method, of a target, the first few, every so many, or a share.
#[derive(Clone, Debug)]
pub struct Rule {
    faults: Vec<Fault>,
    method: Option<&'static str>,
    target: Option<String>,
    when: When,
    /// Requests of its method and target so far.
    met: u64,
}

#[derive(Clone, Copy, Debug)]
enum When {
    Always,
    First(u64),
    Every(u64),
    Percent(usize),
}

impl Rule {
    /// This fault, for every request.
    pub fn new(fault: Fault) -> Rule {
        Rule::any_of([fault])
    }

    /// One of these faults by chance, for every request.
    pub fn any_of(faults: impl IntoIterator<Item = Fault>) -> Rule {
        Rule { faults: faults.into_iter().collect(), method: None, target: None, when: When::Always, met: 0 }
    }

    /// Only for requests with this method.
    #[must_use]
    pub fn method(self, method: &'static str) -> Rule {
        Rule { method: Some(method), ..self }
    }

    /// Only for requests with this text in their path or query.
    #[must_use]
    pub fn target(self, part: impl Into<String>) -> Rule {
        Rule { target: Some(part.into()), ..self }
    }

    /// Only for the first `count` of them.
    #[must_use]
    pub fn first(self, count: u64) -> Rule {
        Rule { when: When::First(count), ..self }
    }

    /// Only for every `nth` of them.
    #[must_use]
    pub fn every(self, nth: u64) -> Rule {
        Rule { when: When::Every(nth), ..self }
    }

    /// Only for so many in a hundred, by chance.
    #[must_use]
    pub fn percent(self, share: usize) -> Rule {
        Rule { when: When::Percent(share), ..self }
    }

    /// What goes wrong with a request by this rule.
    pub(super) fn judge(&mut self, method: &str, target: &str, dice: &mut Dice) -> Option<Fault> {
        let is_other = |mine: &str| mine != method;
        let lacks = |part: &String| !target.contains(part.as_str());
        if self.method.is_some_and(is_other) || self.target.as_ref().is_some_and(lacks) {
            return None;
        }
        self.met += 1;
        let is_wanted = match self.when {
            When::Always => true,
            When::First(count) => self.met <= count,
            When::Every(nth) => self.met.is_multiple_of(nth),
            When::Percent(share) => dice.below(100) < share,
        };
        (is_wanted && !self.faults.is_empty()).then(|| self.faults[dice.below(self.faults.len())].clone())
    }
}
