//! Migrations: up, down, and up again, on whichever back end the suite runs.

use hearten_migration::Migrator;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use sea_orm_migration::MigratorTrait;

use crate::harness::{Database, on_postgres};

/// Every table, column and index as the database describes them, but not the migrator's own table.
async fn described(connection: &DatabaseConnection) -> Vec<String> {
    let query = if on_postgres() {
        "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS line
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'seaql_migrations'
         UNION ALL SELECT indexdef FROM pg_indexes
         WHERE schemaname = 'public' AND tablename <> 'seaql_migrations' ORDER BY 1"
    } else {
        "SELECT coalesce(sql, name) AS line FROM sqlite_master
         WHERE tbl_name <> 'seaql_migrations' AND name NOT LIKE 'sqlite_%' ORDER BY 1"
    };
    let statement = Statement::from_string(connection.get_database_backend(), query);
    let rows = connection.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get("", "line").unwrap()).collect()
}

/// What is undone leaves nothing behind, and can be done again with the same outcome.
#[tokio::test]
async fn migrations_go_up_down_and_up_again() {
    let database = Database::create_empty().await;
    let db = database.open().await;
    Migrator::up(db.pool(), None).await.unwrap();
    let first = described(db.pool()).await;
    assert!(first.len() > 30, "the schema is described: {first:#?}");
    Migrator::down(db.pool(), None).await.unwrap();
    assert_eq!(described(db.pool()).await, Vec::<String>::new());
    Migrator::up(db.pool(), None).await.unwrap();
    assert_eq!(described(db.pool()).await, first);
    database.remove().await;
}

/// Bringing a current database up to date changes nothing: two nodes may start at once.
#[tokio::test]
async fn migrating_twice_changes_nothing() {
    let database = Database::create().await;
    let db = database.open().await;
    assert!(Migrator::get_pending_migrations(db.pool()).await.unwrap().is_empty());
    Migrator::up(db.pool(), None).await.unwrap();
    database.remove().await;
}
