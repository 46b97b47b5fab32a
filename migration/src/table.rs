//! The words the migrations are written in: a table, its references and its indices, each with a name that both back
//! ends accept.

use sea_orm_migration::prelude::*;

/// A column that must hold a value.
pub fn required(name: &str) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    column.not_null();
    column
}

/// A column that may be empty.
pub fn optional(name: &str) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    column.null();
    column
}

/// The primary key of every table.
pub fn primary_key() -> ColumnDef {
    let mut column = required("id");
    column.uuid().primary_key();
    column
}

/// Creates `table` with `columns`; `references` are (column, table) pairs that point at ids.
pub async fn create(
    manager: &SchemaManager<'_>,
    table: &str,
    columns: Vec<ColumnDef>,
    references: &[(&str, &str)],
) -> Result<(), DbErr> {
    let mut statement = Table::create();
    statement.table(Alias::new(table));
    for column in columns {
        statement.col(column);
    }
    for (column, target) in references {
        statement.foreign_key(
            ForeignKey::create()
                .name(format!("{table}_{column}_fkey"))
                .from(Alias::new(table), Alias::new(*column))
                .to(Alias::new(*target), Alias::new("id")),
        );
    }
    manager.create_table(statement).await
}

/// Creates an index on `columns`, in this order.
pub async fn index(manager: &SchemaManager<'_>, table: &str, columns: &[&str], unique: bool) -> Result<(), DbErr> {
    let mut statement = Index::create();
    let kind = if unique { "key" } else { "idx" };
    statement.name(format!("{table}_{}_{kind}", columns.join("_"))).table(Alias::new(table));
    for column in columns {
        statement.col(Alias::new(*column));
    }
    if unique {
        statement.unique();
    }
    manager.create_index(statement).await
}

/// Drops `tables` in the order given, with their indices.
pub async fn drop_all(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    for table in tables {
        manager.drop_table(Table::drop().table(Alias::new(*table)).to_owned()).await?;
    }
    Ok(())
}
