//! Prints what is known about view columns and looks for counter-examples:
//! `cargo run -p codegen --example columns -- URL schema…`.
#![allow(clippy::print_stderr, clippy::print_stdout, clippy::unwrap_used)]

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().unwrap();
    let config = codegen::Config { schemas: arguments.collect(), ..Default::default() };
    let (mut client, connection) =
        tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let started = std::time::Instant::now();
    let catalog = codegen::introspect(&mut client, &config).await.unwrap();
    eprintln!("introspected in {:?}", started.elapsed());
    let json = serde_json::to_string_pretty(&catalog).unwrap();
    let back: codegen::Catalog = serde_json::from_str(&json).unwrap();
    assert!(back == catalog);
    let started = std::time::Instant::now();
    let facts = codegen::plan::columns::analyse_all(&catalog);
    let elapsed = started.elapsed();
    let (mut claims, mut columns, mut wrong) = (0, 0, 0);
    for (name, view) in &catalog.views {
        for (column, facts) in view.columns.iter().zip(&facts[name]) {
            columns += 1;
            let not_null = facts.nullability.is_not_null();
            let reasons: Vec<String> =
                facts.nullability.reasons().iter().map(ToString::to_string).collect();
            let source = facts.source.as_ref().map(|s| format!(" = {}.{}", s.table, s.column));
            println!(
                "{name}.{} {}{} -- {}",
                column.name,
                if not_null { "NOT NULL" } else { "null" },
                source.unwrap_or_default(),
                reasons.join("; ")
            );
            if not_null {
                claims += 1;
                let sql = format!(
                    "select count(*) from \"{}\".\"{}\" where \"{}\" is null",
                    name.schema, name.name, column.name
                );
                let nulls: Result<i64, _> = client.query_one(&sql, &[]).await.map(|row| row.get(0));
                match nulls {
                    Ok(0) => {}
                    Ok(nulls) => {
                        wrong += 1;
                        println!("    WRONG: {nulls} nulls");
                    }
                    Err(error) => println!("    error {error:?}"),
                }
            }
        }
    }
    eprintln!("{columns} columns, {claims} claims, {wrong} wrong, analysed in {elapsed:?}");
}
