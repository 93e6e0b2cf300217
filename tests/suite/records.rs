//! Rows as plain Rust structs, for hand-written code beside the generated API.

use fixture_types::enums::Color;
use fixture_types::views::samples::Samples;
use runtime::Record;
use tests::fixture::Fixture;

#[tokio::test]
async fn every_type_is_read() {
    let database = Fixture::named("types").database().await;
    let client = database.connect().await.expect("a connection");
    let rows = client.query("select * from v_samples order by id", &[]).await.expect("samples");
    let samples: Vec<Samples> =
        rows.iter().map(|row| Samples::from_row(row).expect("the struct fits its view")).collect();
    let full = &samples[0];
    assert_eq!(full.an_int8, Some(runtime::BigInt(i64::MAX)));
    assert_eq!(full.a_color, Some(Color::DarkBlue));
    assert_eq!(full.ints, Some(vec![Some(1), None, Some(3)]));
    let points = full.points.as_ref().expect("points");
    assert_eq!(points[0].as_ref().map(|point| point.x), Some(1.0));
    assert_eq!(points[1], None);
    let text = full.a_text.as_deref();
    assert_eq!(text, Some("quotes \" \\ \n tab \t é 😀"));
    assert_eq!(samples[1].a_numeric, None);
}

#[tokio::test]
async fn a_row_of_another_shape_is_refused() {
    let database = Fixture::named("types").database().await;
    let client = database.connect().await.expect("a connection");
    let row = client.query_one("select null::integer as id", &[]).await.expect("a row");
    assert!(Samples::from_row(&row).is_err());
}
