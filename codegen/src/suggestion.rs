//! What to say when a name is unknown: the one that was probably meant, else those that there are.

use std::fmt::Write;

/// More names than this are not listed.
const MOST: usize = 12;

/// `did you mean …?`, or the first known names.
pub fn suggestion(unknown: &str, known: &[String]) -> String {
    if let Some(nearest) = nearest(unknown, known.iter().map(String::as_str)) {
        return format!("did you mean `{nearest}`?");
    }
    let mut text = match known.get(..MOST).unwrap_or(known) {
        [] => "there are none".to_owned(),
        shown => format!("there are {}", shown.join(", ")),
    };
    if let Some(more) = known.len().checked_sub(MOST).filter(|more| *more > 0) {
        let _ = write!(text, " and {more} more");
    }
    text
}

/// The known name with the fewest edits, if few are enough to call it a slip.
pub(crate) fn nearest<'a>(
    unknown: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let unknown = unknown.to_lowercase();
    let distance = |name: &str| strsim::damerau_levenshtein(&unknown, &name.to_lowercase());
    let best = known.into_iter().min_by_key(|name| distance(name))?;
    (distance(best) <= 1 + best.len() / 3).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::suggestion;

    #[test]
    fn a_slip_is_corrected_and_anything_else_gets_a_short_list() {
        let known: Vec<String> = (0..14).map(|n| format!("v_{n:02}_orders")).collect();
        assert_eq!(suggestion("v_03_Order", &known), "did you mean `v_03_orders`?");
        let text = suggestion("payments", &known);
        assert!(text.starts_with("there are v_00_orders, v_01_orders"), "{text}");
        assert!(text.ends_with(", v_11_orders and 2 more"), "{text}");
        assert_eq!(suggestion("payments", &[]), "there are none");
    }
}
