//! Cursors: where in an ordering a row stands, as opaque text.
//!
//! A cursor holds the values of everything that its connection is sorted by, the key of the view
//! included, so that it stays valid whatever is inserted or deleted around its row. A checksum over
//! the view, the ordering and the values refuses cursors of other orderings and damaged ones. It is
//! no signature: who forges a cursor reads from another place, which `where` allows as well.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::model::View;
use crate::order::Order;
use crate::{Error, Result};

/// Bytes of the checksum.
const CHECKSUM: usize = 8;

/// Values of the sort criteria in text form, `None` for NULL.
pub(super) type Values = Vec<Option<String>>;

/// The cursor of a row with these values.
pub(super) fn encode(view: &View, order: &[Order], values: &Values) -> String {
    // Strings and nulls: serializing to a Vec cannot fail.
    let json = serde_json::to_vec(values).unwrap_or_default();
    let mut bytes = checksum(view, order, &json).to_vec();
    bytes.extend_from_slice(&json);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The values of a cursor. `argument` names it in errors.
pub(super) fn decode(view: &View, order: &[Order], text: &str, argument: &str) -> Result<Values> {
    let refused = |why: &str| Error::bad_input(format!("`{argument}` {why}"));
    let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() > CHECKSUM);
    let bytes = bytes.ok_or_else(|| refused("is no cursor"))?;
    let (sum, json) = bytes.split_at(CHECKSUM);
    if sum != checksum(view, order, json) {
        return Err(refused(
            "is no cursor of this connection in this order; take it from a page with the same `orderBy`",
        ));
    }
    let values: Option<Values> = serde_json::from_slice(json).ok();
    values.filter(|values| values.len() == order.len()).ok_or_else(|| refused("is no cursor"))
}

fn checksum(view: &View, order: &[Order], json: &[u8]) -> [u8; CHECKSUM] {
    let mut hash = Sha256::new();
    // No part can be taken for another: names cannot hold the character U+0000.
    for part in [view.schema, view.name] {
        hash.update(part);
        hash.update([0]);
    }
    for order in order {
        for relation in &order.path {
            hash.update(relation.field);
            hash.update([1]);
        }
        hash.update(order.operand.name());
        hash.update([0]);
        hash.update(order.direction.describe().0);
        hash.update([0]);
    }
    hash.update(json);
    let mut sum = [0; CHECKSUM];
    sum.copy_from_slice(&hash.finalize()[..CHECKSUM]);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Column, ObjectType, Type};
    use crate::operand::Operand;
    use crate::order::Direction;

    static VIEW: View = View {
        object: &ObjectType {
            name: "Notes",
            doc: "",
            origin: "view public.v_notes",
            columns: &[
                Column::new("id", "id", Type::Int4).not_null(),
                Column::new("body", "body", Type::Text),
            ],
            relations: &[],
            computed: &[],
        },
        schema: "public",
        name: "v_notes",
        key: &["id"],
    };

    fn order(direction: Direction) -> Vec<Order> {
        let columns = VIEW.object.columns.iter().rev();
        let operands = columns.map(Operand::Column);
        operands.map(|operand| Order { path: Vec::new(), operand, direction }).collect()
    }

    #[test]
    fn cursors_come_back_in_the_same_ordering_only() {
        let ascending = order(Direction::Asc);
        for values in [vec![None, Some("1".into())], vec![Some("ü\u{1}\"".into()), None]] {
            let cursor = encode(&VIEW, &ascending, &values);
            assert_eq!(decode(&VIEW, &ascending, &cursor, "after").unwrap(), values);
            assert!(decode(&VIEW, &order(Direction::Desc), &cursor, "after").is_err());
        }
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let order = order(Direction::Asc);
        let cursor = encode(&VIEW, &order, &vec![None, Some("1".into())]);
        for index in 0..cursor.len() {
            let mut damaged = cursor.clone().into_bytes();
            damaged[index] = if damaged[index] == b'A' { b'B' } else { b'A' };
            let damaged = String::from_utf8(damaged).unwrap();
            assert!(decode(&VIEW, &order, &damaged, "after").is_err(), "{index}");
        }
        for text in ["", "1", "AAAA", "ä", " ", &cursor[1..], &format!("{cursor}A")] {
            let error = decode(&VIEW, &order, text, "after").unwrap_err();
            assert!(error.to_string().starts_with("`after` is no cursor"), "{error}");
        }
    }
}
