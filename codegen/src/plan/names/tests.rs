//! Tests of the naming rules.

use super::*;

fn name(text: &str) -> GraphqlName {
    GraphqlName::new(text).unwrap()
}

#[test]
fn sql_names_become_graphql_names() {
    for (sql, ty, field) in [
        ("orders_summary", "OrdersSummary", "ordersSummary"),
        ("paid_at", "PaidAt", "paidAt"),
        ("url_2x", "Url2x", "url2x"),
        ("line_1", "Line1", "line1"),
        ("orderId", "OrderId", "orderId"),
        ("_internal", "_Internal", "_internal"),
        ("type_", "Type", "type"),
    ] {
        assert_eq!(type_name(sql).as_ref().map(GraphqlName::as_str), Ok(ty));
        assert_eq!(field_name(sql).as_ref().map(GraphqlName::as_str), Ok(field));
    }
}

#[test]
fn names_that_graphql_refuses_are_errors() {
    for (sql, why) in [
        ("", InvalidName::Empty),
        ("_", InvalidName::Empty),
        ("order total", InvalidName::Character(' ')),
        ("größe", InvalidName::Character('ö')),
        ("a\"b", InvalidName::Character('"')),
        ("a*/b", InvalidName::Character('*')),
        ("1st", InvalidName::Digit),
        ("__typename", InvalidName::Reserved),
    ] {
        assert_eq!(field_name(sql), Err(why.clone()), "{sql}");
        assert_eq!(type_name(sql), Err(why), "{sql}");
    }
}

#[test]
fn labels_become_shouting_values() {
    for (label, value) in [
        ("pending", "PENDING"),
        ("in-progress", "IN_PROGRESS"),
        ("On hold", "ON_HOLD"),
        ("inProgress", "IN_PROGRESS"),
        ("null", "NULL"),
    ] {
        assert_eq!(enum_value_name(label).as_ref().map(GraphqlName::as_str), Ok(value));
    }
    assert_eq!(enum_value_name("½"), Err(InvalidName::Character('½')));
    assert_eq!(enum_value_name("a+"), Err(InvalidName::Character('+')));
    for nothing in ["", " ", "-/-", "__"] {
        assert_eq!(enum_value_name(nothing), Err(InvalidName::Empty), "{nothing:?}");
    }
}

#[test]
fn every_keyword_becomes_an_identifier() {
    let keywords = "abstract as async await become box break const continue crate do dyn else enum extern false \
        final fn for gen if impl in let loop macro match mod move mut override priv pub ref return self static \
        struct super trait true try type typeof unsafe unsized use virtual where while yield";
    for keyword in keywords.split(' ') {
        let raw = !matches!(keyword, "crate" | "self" | "super");
        let expected = if raw { format!("r#{keyword}") } else { format!("{keyword}_") };
        assert_eq!(RustName::of_member(&name(keyword)).as_str(), expected);
        assert_eq!(RustName::of_module(&name(keyword)).as_str(), format!("{keyword}_"));
    }
    assert_eq!(RustName::of_variant(&name("SELF")).as_str(), "Self_");
}

#[test]
fn weak_keywords_stay() {
    for word in ["union", "auto", "default", "raw", "safe", "macro_rules"] {
        assert_eq!(RustName::of_member(&name(word)).as_str(), word);
    }
}

#[test]
fn structs_do_not_shadow_imports() {
    assert_eq!(RustName::of_type(&name("Column")).as_str(), "Column_");
    assert_eq!(RustName::of_type(&name("Option")).as_str(), "Option_");
    assert_eq!(RustName::of_type(&name("_1st")).as_str(), "N1st");
}

#[test]
fn key_fields_are_named_by_their_column() {
    let list = name("orders");
    assert_eq!(by_columns(&list, [&name("id")]).as_str(), "ordersById");
    assert_eq!(by_columns(&list, [&name("orderNumber")]).as_str(), "ordersByOrderNumber");
    assert_eq!(joined([&name("reviewedBy"), &name("people")]).as_str(), "reviewedByPeople");
    let two = by_columns(&list, [&name("warehouseId"), &name("productId")]);
    assert_eq!(two.as_str(), "ordersByWarehouseIdAndProductId");
}

#[test]
fn input_is_not_said_twice() {
    assert_eq!(input_name(&name("OrderLine")).as_str(), "OrderLineInput");
    assert_eq!(input_name(&name("OrderItemInput")).as_str(), "OrderItemInput");
}

#[test]
fn names_of_63_bytes_pass_through() {
    let long = format!("v_{}", "a".repeat(61));
    assert_eq!(type_name(without_prefix(&long, "v_")).unwrap().as_str().len(), 61);
}
