//! The values of the company: what recognition can be tied to.

use hearten_entity::{InOrganization, company_value};
use hearten_ids::{CompanyValueId, OrganizationId};
use hearten_policy::{Action, Resource};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::{
    areas::audit,
    graphql::{
        context::RequestContext,
        error::{Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
    },
};

/// Values of one organization, those out of use included.
pub const MOST_VALUES: u64 = 50;
const LONGEST_NAME: usize = 80;
const LONGEST_DESCRIPTION: usize = 1_000;
/// Long enough for a sign of several parts, such as a family.
const LONGEST_EMOJI: usize = 16;

/// What a value is to be; what is None stays, or is empty in a new one.
#[derive(Debug, Clone, Default)]
pub struct ValueChange {
    /// What it is called.
    pub name: Option<String>,
    /// What it means here.
    pub description: Option<String>,
    /// A sign for it; an empty one takes it away.
    pub emoji: Option<String>,
    /// Whether new recognition may name it.
    pub active: Option<bool>,
}

/// The values, by name; those out of use last, where they are wanted. None where the asker may not see them.
///
/// # Errors
/// When the database fails.
pub async fn all(ctx: &RequestContext, inactive: bool) -> Result<Option<Vec<company_value::Model>>, Exception> {
    let asker = ctx.asker()?;
    if !asker.may(Action::ReadCompanyValues, Resource::Organization) {
        return Ok(None);
    }
    let mut query = company_value::Entity::in_org(asker.organization())
        .order_by_desc(company_value::Column::Active)
        .order_by_asc(company_value::Column::Name)
        .order_by_asc(company_value::Column::Id)
        .limit(MOST_VALUES);
    if !inactive {
        query = query.filter(company_value::Column::Active.eq(true));
    }
    Ok(Some(query.all(ctx.db.read()).await?))
}

/// The value with this id, when the asker may see it.
///
/// # Errors
/// When the database fails.
pub async fn find(ctx: &RequestContext, id: CompanyValueId) -> Result<Option<company_value::Model>, Exception> {
    if !ctx.asker()?.may(Action::ReadCompanyValues, Resource::Organization) {
        return Ok(None);
    }
    ctx.loaders()?.company_value(id).await
}

/// The values with these ids, whoever asks: for loaders, whose callers decide.
///
/// # Errors
/// When the database fails.
pub async fn by_ids(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    ids: &[CompanyValueId],
) -> Result<Vec<company_value::Model>, Exception> {
    let rows = company_value::Entity::in_org(organization);
    Ok(rows.filter(company_value::Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// Creates a value.
///
/// # Errors
/// FORBIDDEN by policy; refusals for what is not accepted, a name that is taken, and too many.
pub async fn create(
    ctx: &RequestContext,
    change: ValueChange,
    key: Option<Key>,
) -> Result<company_value::Model, Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::ManageCompanyValues, Resource::Organization)?;
    let organization = asker.organization();
    let now = ctx.app.clock.now();
    if let Some(key) = &key
        && let Some(done) = key.recall(ctx.db.read(), now).await?
    {
        return Ok(find(ctx, done).await?.ok_or_else(Exception::not_found)?);
    }
    let blank = company_value::Model {
        id: CompanyValueId(ctx.app.random.id(now)),
        organization_id: organization,
        name: String::new(),
        description: String::new(),
        emoji: None,
        active: true,
        created_at: now,
    };
    let row = changed(blank, &change)?;
    let tx = ctx.db.begin().await?;
    if company_value::Entity::in_org(organization).count(&tx).await? >= MOST_VALUES {
        let message = format!("an organization has at most {MOST_VALUES} values");
        return Err(UserError::whole(UserErrorCode::TooLong, message).into());
    }
    require_free_in_tx(&tx, &row).await?;
    company_value::Entity::insert(company_value::ActiveModel::from(row.clone())).exec_without_returning(&tx).await?;
    audit::record_in_tx(ctx, &tx, "company_value.create", &row.id.to_string(), None).await?;
    if let Some(key) = &key {
        key.remember(&tx, &row.id, now).await?;
    }
    tx.commit().await?;
    Ok(row)
}

/// Changes a value.
///
/// # Errors
/// FORBIDDEN by policy; refusals as for a new one, and for one that is not there.
pub async fn update(
    ctx: &RequestContext,
    id: CompanyValueId,
    change: ValueChange,
) -> Result<company_value::Model, Refusal> {
    let asker = ctx.asker()?;
    asker.require(Action::ManageCompanyValues, Resource::Organization)?;
    let organization = asker.organization();
    let tx = ctx.db.begin().await?;
    let row = company_value::Entity::in_org(organization).filter(company_value::Column::Id.eq(id)).lock_exclusive();
    let Some(row) = row.one(&tx).await? else {
        return Err(UserError::at(UserErrorCode::NotFound, ["companyValue"], "there is no such value").into());
    };
    let row = changed(row, &change)?;
    require_free_in_tx(&tx, &row).await?;
    let change = company_value::ActiveModel {
        name: Set(row.name.clone()),
        description: Set(row.description.clone()),
        emoji: Set(row.emoji.clone()),
        active: Set(row.active),
        ..Default::default()
    };
    company_value::Entity::update_in_org(organization)
        .filter(company_value::Column::Id.eq(id))
        .set(change)
        .exec(&tx)
        .await?;
    audit::record_in_tx(ctx, &tx, "company_value.update", &id.to_string(), None).await?;
    tx.commit().await?;
    Ok(row)
}

fn changed(mut row: company_value::Model, change: &ValueChange) -> Result<company_value::Model, Refusal> {
    let mut problems = Vec::new();
    if change.name.is_some() || row.name.is_empty() {
        match input::text(["name"], change.name.as_deref().unwrap_or_default(), LONGEST_NAME) {
            Ok(name) => row.name = name,
            Err(problem) => problems.push(problem),
        }
    }
    if let Some(text) = change.description.as_deref().map(str::trim) {
        if text.is_empty() {
            row.description = String::new();
        } else {
            match input::text(["description"], text, LONGEST_DESCRIPTION) {
                Ok(text) => row.description = text,
                Err(problem) => problems.push(problem),
            }
        }
    }
    if let Some(emoji) = change.emoji.as_deref().map(str::trim) {
        if emoji.chars().count() > LONGEST_EMOJI || emoji.chars().any(|c| c.is_ascii() || c.is_control()) {
            problems.push(UserError::at(UserErrorCode::Invalid, ["emoji"], "one emoji, or an empty text for none"));
        } else {
            row.emoji = (!emoji.is_empty()).then(|| emoji.to_owned());
        }
    }
    row.active = change.active.unwrap_or(row.active);
    if problems.is_empty() { Ok(row) } else { Err(problems.into()) }
}

/// Two values in use with one name could not be told apart.
async fn require_free_in_tx(tx: &DatabaseTransaction, row: &company_value::Model) -> Result<(), Refusal> {
    if !row.active {
        return Ok(());
    }
    let others = company_value::Entity::in_org(row.organization_id)
        .filter(company_value::Column::Id.ne(row.id))
        .filter(company_value::Column::Active.eq(true))
        .all(tx)
        .await?;
    let name = row.name.to_lowercase();
    if others.iter().any(|other| other.name.to_lowercase() == name) {
        return Err(UserError::at(UserErrorCode::Taken, ["name"], "another value in use has this name").into());
    }
    Ok(())
}
