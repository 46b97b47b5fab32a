//! Beginning an organization: the operator's part, before anybody can sign in.

use hearten_entity::organization;
use hearten_ids::OrganizationId;
use hearten_policy::Role;
use sea_orm::{ActiveValue::Set, EntityTrait};

use super::{change::Change, charts::has_left, roles};
use crate::{app::App, platform::db::Db};

/// Creates an empty organization.
///
/// # Errors
/// When the slug is taken or the database fails.
pub async fn create_organization(app: &App, db: &Db, slug: &str, name: &str) -> anyhow::Result<OrganizationId> {
    let now = app.clock.now();
    let id = OrganizationId(app.random.id(now));
    organization::Entity::insert(organization::ActiveModel {
        id: Set(id),
        slug: Set(slug.to_owned()),
        name: Set(name.to_owned()),
        default_locale: Set("en".to_owned()),
        chart_version: Set(0),
        created_at: Set(now),
    })
    .exec_without_returning(db.write())
    .await?;
    Ok(id)
}

/// Makes the person with this external id admin, while nobody here is: later admins are made by admins. Those who have
/// left are none, so that an organization whose admins are all gone can be opened again.
///
/// # Errors
/// When there is an admin already, or no such person who is here to stay.
pub async fn make_first_admin(
    app: &App,
    db: &Db,
    organization: OrganizationId,
    external_id: &str,
) -> anyhow::Result<()> {
    let failed = |error| anyhow::anyhow!("the directory cannot be changed: {error:?}");
    let change = Change::begin(app, db, organization).await.map_err(failed)?;
    let (chart, today) = (&change.before.chart, app.clock.today());
    // Whose last day has passed is gone, even where no server has noticed yet.
    let here = |id| chart.active_person(id).is_some_and(|person| !has_left(person.left_on, today));
    if roles::admins(&change.before).any(here) {
        anyhow::bail!("there is an admin already; admins make further admins");
    }
    let Some(person) = chart.person_by_external_id(external_id) else {
        anyhow::bail!("there is no person with the external id {external_id:?}");
    };
    if !person.is_active() || person.left_on.is_some() {
        anyhow::bail!("{external_id:?} has left or is about to; an admin must stay");
    }
    roles::insert_grant(app, &change.tx, organization, person.id, Role::Admin, None, None).await.map_err(failed)?;
    change.commit(Vec::new(), Vec::new()).await.map_err(|error| anyhow::anyhow!("{error:?}"))?;
    Ok(())
}
