//! `sql/tests/*.sql`: each is one script that rolls back and fails by raising.

use tests::database;

#[tokio::test]
async fn sql_tests_pass_with_and_without_sample_data() {
    let folder = database::repository().join("sql/tests");
    if !folder.exists() {
        // They are optional.
        return;
    }
    let entries = std::fs::read_dir(&folder).expect("sql/tests");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for database in [database::demo().await, database::demo_without_data().await] {
        let client = database.connect().await.expect("a connection");
        for file in &files {
            let script = std::fs::read_to_string(file).expect("a readable script");
            if let Err(error) = client.batch_execute(&script).await {
                panic!("{}: {error:?}", file.display());
            }
        }
    }
}
