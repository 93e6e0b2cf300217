//! Rows as plain Rust structs, for hand-written code beside the generated API.

use generated::enums::OrderStatus;
use generated::views::orders_summary::OrdersSummary;
use runtime::Record;
use tests::database;

#[tokio::test]
async fn a_row_of_a_view_is_read_as_its_struct() {
    let database = database::demo().await;
    let client = database.connect().await.expect("a connection");
    let query = "select * from v_orders_summary where id = 1";
    let row = client.query_one(query, &[]).await.expect("order 1");
    let order = OrdersSummary::from_row(&row).expect("the struct fits its view");
    assert_eq!(order.id, 1);
    assert_eq!(order.status, OrderStatus::Pending);
    assert_eq!(order.total_amount.as_str(), "299.98");
    assert_eq!(order.paid_at, None);
}
