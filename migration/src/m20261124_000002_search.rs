//! Full text. The words are folded before they get here, so both back ends index the same words and neither needs to know
//! a language: SQLite by FTS5, kept in step by triggers; Postgres by a generated column. The parts of an entry are told
//! apart in both: title, text, and the words that stand for who may find it.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::table::{create, drop_all, index, required};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = vec![
            required("id").big_integer().auto_increment().primary_key().to_owned(),
            required("organization_id").uuid().to_owned(),
            required("kind").text().to_owned(),
            required("subject").text().to_owned(),
            required("title").text().to_owned(),
            required("body").text().to_owned(),
            required("readers").text().to_owned(),
        ];
        create(manager, "search_entries", columns, &[("organization_id", "organizations")]).await?;
        index(manager, "search_entries", &["organization_id", "subject"], true).await?;
        let statements = match manager.get_database_backend() {
            DbBackend::Sqlite => SQLITE,
            _ => POSTGRES,
        };
        for statement in statements {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Sqlite {
            manager.get_connection().execute_unprepared("DROP TABLE search_index").await?;
        }
        drop_all(manager, &["search_entries"]).await
    }
}

const SQLITE: &[&str] = &[
    "CREATE VIRTUAL TABLE search_index USING fts5(title, body, readers, content='search_entries', content_rowid='id', \
     tokenize='unicode61 remove_diacritics 0', prefix='2 3 4')",
    "CREATE TRIGGER search_entries_inserted AFTER INSERT ON search_entries BEGIN \
     INSERT INTO search_index(rowid, title, body, readers) VALUES (new.id, new.title, new.body, new.readers); END",
    "CREATE TRIGGER search_entries_deleted AFTER DELETE ON search_entries BEGIN \
     INSERT INTO search_index(search_index, rowid, title, body, readers) \
     VALUES ('delete', old.id, old.title, old.body, old.readers); END",
    "CREATE TRIGGER search_entries_updated AFTER UPDATE ON search_entries BEGIN \
     INSERT INTO search_index(search_index, rowid, title, body, readers) \
     VALUES ('delete', old.id, old.title, old.body, old.readers); \
     INSERT INTO search_index(rowid, title, body, readers) VALUES (new.id, new.title, new.body, new.readers); END",
];

const POSTGRES: &[&str] = &[
    "ALTER TABLE search_entries ADD COLUMN words tsvector GENERATED ALWAYS AS ( \
     setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', body), 'B') || \
     setweight(to_tsvector('simple', readers), 'D')) STORED",
    "CREATE INDEX search_entries_words_idx ON search_entries USING gin (words)",
];
