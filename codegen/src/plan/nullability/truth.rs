//! The truth of conditions: SQL has three values, and what is known of one is a set of them.

use std::ops::{BitAnd, BitOr};

/// What is known of the truth of a condition.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Truth {
    True,
    False,
    NotTrue,
    NotFalse,
}

impl Truth {
    /// The truth of `condition` when this is the truth of `NOT condition`.
    pub(super) fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::NotTrue => Self::NotFalse,
            Self::NotFalse => Self::NotTrue,
        }
    }

    /// The truth of `condition` when this is the truth of `condition = wanted`.
    pub(super) fn of_equal(self, wanted: bool) -> Self {
        if wanted { self } else { self.negated() }
    }

    /// The truth of a condition that is never unknown.
    pub(super) fn decided(self) -> bool {
        matches!(self, Self::True | Self::NotFalse)
    }

    /// Whether it excludes unknown.
    pub(super) fn is_known(self) -> bool {
        matches!(self, Self::True | Self::False)
    }

    /// The values that it leaves.
    pub(super) fn values(self) -> Truths {
        match self {
            Self::True => Truths::TRUE,
            Self::False => Truths::FALSE,
            Self::NotTrue => Truths::FALSE | Truths::UNKNOWN,
            Self::NotFalse => Truths::TRUE | Truths::UNKNOWN,
        }
    }
}

/// A set of truth values.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Truths(u8);

impl Truths {
    pub(super) const NONE: Self = Self(0);
    pub(super) const TRUE: Self = Self(1);
    pub(super) const FALSE: Self = Self(2);
    pub(super) const UNKNOWN: Self = Self(4);
    pub(super) const KNOWN: Self = Self(3);
    pub(super) const ALL: Self = Self(7);

    /// Whether it is known which value it is, or that there is none.
    pub(super) fn is_one(self) -> bool {
        self.0.count_ones() <= 1
    }

    /// Whether one of the values of another set is in this one.
    pub(super) fn meets(self, other: Self) -> bool {
        self & other != Self::NONE
    }

    /// The values of `NOT`.
    pub(super) fn negated(self) -> Self {
        let swapped = |from: Self, to: Self| if self.meets(from) { to } else { Self::NONE };
        swapped(Self::TRUE, Self::FALSE) | swapped(Self::FALSE, Self::TRUE) | self & Self::UNKNOWN
    }

    /// The values of an `AND` or `OR` of conditions with these values.
    pub(super) fn connected(parts: &[Self], is_and: bool) -> Self {
        // The value that decides, and the one that all parts must have.
        let (one, all) = if is_and { (Self::FALSE, Self::TRUE) } else { (Self::TRUE, Self::FALSE) };
        let each = |values: Self| parts.iter().all(|part| part.meets(values));
        let some = |values: Self| parts.iter().any(|part| part.meets(values));
        let mut result = Self::NONE;
        if parts.contains(&Self::NONE) {
            return result;
        }
        if some(one) {
            result = result | one;
        }
        if each(all) {
            result = result | all;
        }
        if each(all | Self::UNKNOWN) && some(Self::UNKNOWN) {
            result = result | Self::UNKNOWN;
        }
        result
    }

    /// The values of `one = other`.
    pub(super) fn equal(one: Self, other: Self) -> Self {
        let mut result = (one | other) & Self::UNKNOWN;
        if one == Self::NONE || other == Self::NONE {
            return Self::NONE;
        }
        if (one & other).meets(Self::KNOWN) {
            result = result | Self::TRUE;
        }
        if (one.negated() & other).meets(Self::KNOWN) {
            result = result | Self::FALSE;
        }
        result
    }

    /// The same without some values.
    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// All that a set says if it holds a value, and the others if it does not.
    pub(super) fn of_test(may_hold: bool, may_fail: bool) -> Self {
        let of = |may: bool, values| if may { values } else { Self::NONE };
        of(may_hold, Self::TRUE) | of(may_fail, Self::FALSE)
    }
}

impl BitAnd for Truths {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl BitOr for Truths {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
