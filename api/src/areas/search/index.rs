//! The index: writing and removing entries, and the one question each back end answers in its own way.

use hearten_entity::{InOrganization, search_entry};
use hearten_ids::{OrganizationId, PersonId, TeamId};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, Statement, Value,
    sea_query::OnConflict,
};

use super::{SearchKind, words};
use crate::graphql::error::Exception;

/// Words of a title, and of a text, that are indexed.
const MOST_WORDS: [usize; 2] = [50, 1_500];

/// Who may find something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// Everybody in the organization.
    Everybody,
    /// The members of a team and of the teams below it, and who leads it or a team above.
    Team(TeamId),
    /// A person.
    Person(PersonId),
}

impl Audience {
    /// The word that stands for it in the index. Letters and digits only, so that both back ends take it for one word.
    pub fn word(self, organization: OrganizationId) -> String {
        let id = match self {
            Self::Everybody => organization.to_string(),
            Self::Team(team) => team.to_string(),
            Self::Person(person) => person.to_string(),
        };
        id.replace('_', "")
    }
}

/// What is to be found.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// What it is.
    pub kind: SearchKind,
    /// The id of the object: of something that `node` finds.
    pub subject: String,
    /// Its title.
    pub title: &'a str,
    /// Its text.
    pub body: &'a str,
    /// Who may find it. Who may see it without being named here, by office, does not find it.
    pub audience: Vec<Audience>,
}

/// Makes an object findable, or replaces what is known of it, in the transaction of the change.
///
/// # Errors
/// When the database fails.
pub async fn index_in_tx(
    tx: &impl ConnectionTrait,
    organization: OrganizationId,
    entry: Entry<'_>,
) -> Result<(), Exception> {
    use search_entry::Column;
    let Entry { kind, subject, title, body, mut audience } = entry;
    audience.sort_unstable();
    audience.dedup();
    let readers: Vec<String> = audience.into_iter().map(|reader| reader.word(organization)).collect();
    let row = search_entry::ActiveModel {
        id: NotSet,
        organization_id: Set(organization),
        kind: Set(kind.as_str().to_owned()),
        subject: Set(subject),
        title: Set(words::of_text(title, MOST_WORDS[0])),
        body: Set(words::of_text(body, MOST_WORDS[1])),
        readers: Set(readers.join(" ")),
    };
    let mut on_conflict = OnConflict::columns([Column::OrganizationId, Column::Subject]);
    on_conflict.update_columns([Column::Kind, Column::Title, Column::Body, Column::Readers]);
    search_entry::Entity::insert(row).on_conflict(on_conflict).exec_without_returning(tx).await?;
    Ok(())
}

/// Forgets an object, in the transaction of the change.
///
/// # Errors
/// When the database fails.
pub async fn forget_in_tx(
    tx: &impl ConnectionTrait,
    organization: OrganizationId,
    subject: &str,
) -> Result<(), Exception> {
    search_entry::Entity::delete_in_org(organization)
        .filter(search_entry::Column::Subject.eq(subject))
        .exec(tx)
        .await?;
    Ok(())
}

/// The ids of objects that have all of `words` as beginnings of words and that one of `readers` may find: those with the
/// words in their title first, then the newest.
pub async fn look_up(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    words: &[String],
    readers: &[String],
    kinds: &[SearchKind],
    most: u64,
) -> Result<Vec<String>, DbErr> {
    let backend = db.get_database_backend();
    // Both are made of folded words, which hold letters and digits only.
    let (question, sql) = match backend {
        DbBackend::Sqlite => (sqlite_question(words, readers), SQLITE),
        _ => (postgres_question(words, readers), POSTGRES),
    };
    let named: Vec<Value> = kinds.iter().map(|kind| kind.as_str().into()).collect();
    let places: Vec<String> = (0..named.len()).map(|at| place(backend, at + 4)).collect();
    let filter = if named.is_empty() { String::new() } else { format!("AND e.kind IN ({})", places.join(", ")) };
    let values = [question.into(), organization.into(), most.into()].into_iter().chain(named);
    let statement = Statement::from_sql_and_values(backend, sql.replace("/* kinds */", &filter), values);
    let rows = db.query_all_raw(statement).await?;
    rows.iter().map(|row| row.try_get_by_index::<String>(0)).collect()
}

fn place(backend: DbBackend, number: usize) -> String {
    if backend == DbBackend::Sqlite { format!("?{number}") } else { format!("${number}") }
}

const SQLITE: &str = "SELECT e.subject FROM search_index i JOIN search_entries e ON e.id = i.rowid \
     WHERE search_index MATCH ?1 AND e.organization_id = ?2 /* kinds */ \
     ORDER BY bm25(search_index, 10.0, 1.0, 0.0), e.id DESC LIMIT ?3";

const POSTGRES: &str = "SELECT e.subject FROM search_entries e \
     WHERE e.words @@ to_tsquery('simple', $1) AND e.organization_id = $2 /* kinds */ \
     ORDER BY ts_rank('{0, 0, 0.1, 1}', e.words, to_tsquery('simple', $1)) DESC, e.id DESC LIMIT $3";

fn sqlite_question(words: &[String], readers: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("\"{word}\" *")).collect();
    let readers: Vec<String> = readers.iter().map(|reader| format!("\"{reader}\"")).collect();
    format!("({{title body}} : ({})) AND (readers : ({}))", words.join(" AND "), readers.join(" OR "))
}

fn postgres_question(words: &[String], readers: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("'{word}':*AB")).collect();
    let readers: Vec<String> = readers.iter().map(|reader| format!("'{reader}':D")).collect();
    format!("{} & ({})", words.join(" & "), readers.join(" | "))
}
