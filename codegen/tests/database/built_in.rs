//! The list of functions that never return null, held against the server's own functions.

use super::super::Schema;

/// Older and newer servers lack some of the functions, so an unknown line is only an error if
/// there are many.
#[tokio::test]
async fn list_of_functions_fits_the_server() {
    let schema = Schema::new(&[]).await;
    let sql = "
        select format('%s(%s)', p.proname, array_to_string(array(
                select format_type(t.oid, null)
                from unnest(p.proargtypes) with ordinality as t (oid, position)
                order by t.position
            ), ', ')),
            p.proretset
        from pg_proc as p
        where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind = 'f'";
    let rows = schema.client.query(sql, &[]).await.expect("the functions");
    let functions: std::collections::BTreeMap<String, bool> =
        rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let list = include_str!("../../src/plan/nullability/never_null.txt");
    let (mut known, mut unknown) = (0, Vec::new());
    for line in list.lines().filter(|line| !line.starts_with('#')) {
        let (promise, signature) = line.split_once(' ').expect("a promise and a signature");
        match functions.get(signature) {
            Some(set) => {
                known += 1;
                assert_eq!(*set, promise.parse::<u32>().is_ok(), "{line}");
            }
            None => unknown.push(signature),
        }
    }
    assert!(unknown.len() * 10 < known, "this server has none of {unknown:?}");
}
