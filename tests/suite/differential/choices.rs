//! Decisions of a generator.

/// Decisions, one after the other; when there are no more, the first of everything.
pub(super) struct Choices(pub(super) std::vec::IntoIter<u8>);

impl Choices {
    pub(super) fn below(&mut self, count: usize) -> usize {
        usize::from(self.0.next().unwrap_or(0)) % count
    }

    pub(super) fn maybe(&mut self) -> bool {
        self.below(2) == 1
    }

    pub(super) fn of<T: Clone>(&mut self, options: &[T]) -> T {
        options[self.below(options.len())].clone()
    }
}
