//! How much time somebody has for expectations: said by themselves or by a manager.

use hearten_entity::{InOrganization, work_capacity};
use hearten_ids::PersonId;
use hearten_policy::{Action, Resource};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::OnConflict};

use super::proposing::only_persons;
use crate::{
    areas::audit,
    graphql::{
        context::RequestContext,
        error::{Refusal, UserError, UserErrorCode},
    },
};

/// The most minutes a week somebody can have: all of them but sleep.
const MOST_MINUTES: i32 = 112 * 60;

/// Sets somebody's capacity, or returns to the usual week.
///
/// # Errors
/// NOT_FOUND and FORBIDDEN by policy; a refusal for minutes out of range.
pub async fn set(ctx: &RequestContext, person: PersonId, minutes: Option<i32>) -> Result<(), Refusal> {
    use work_capacity::Column;
    let asker = ctx.asker()?;
    let me = asker.person().ok_or_else(only_persons)?;
    let resource = Resource::Person(person);
    if !asker.may(Action::ReadPerson, resource) {
        let message = "there is no such person, or you may not see them";
        return Err(UserError::at(UserErrorCode::NotFound, ["person"], message).into());
    }
    asker.require(Action::WriteWorkCapacity, resource)?;
    if minutes.is_some_and(|minutes| !(0..=MOST_MINUTES).contains(&minutes)) {
        let message = format!("0 to {MOST_MINUTES} minutes a week; null for the usual week");
        return Err(UserError::at(UserErrorCode::Invalid, ["minutesAWeek"], message).into());
    }
    let organization = asker.organization();
    let tx = ctx.db.begin().await?;
    match minutes {
        None => {
            work_capacity::Entity::delete_in_org(organization).filter(Column::PersonId.eq(person)).exec(&tx).await?;
        }
        Some(minutes) => {
            let row = work_capacity::ActiveModel {
                person_id: Set(person),
                organization_id: Set(organization),
                minutes_a_week: Set(minutes),
                set_by: Set(me),
                set_at: Set(ctx.app.clock.now()),
            };
            let columns = [Column::MinutesAWeek, Column::SetBy, Column::SetAt];
            let known = OnConflict::column(Column::PersonId).update_columns(columns).to_owned();
            work_capacity::Entity::insert(row).on_conflict(known).exec_without_returning(&tx).await?;
        }
    }
    if person != me {
        audit::record_in_tx(ctx, &tx, "work_capacity.set", &person.to_string(), Some(person)).await?;
    }
    tx.commit().await?;
    Ok(())
}
