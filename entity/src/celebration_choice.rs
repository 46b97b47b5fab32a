//! What a person wants others to know of birthday and anniversary. Without a row: anniversaries, no birthday.

use hearten_ids::{CelebrationChoiceId, OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

use crate::InOrganization;

/// What a person wants others to know of birthday and anniversary. Without a row: anniversaries, no birthday.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "celebration_choices")]
pub struct Model {
    /// The id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CelebrationChoiceId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Whose.
    pub person_id: PersonId,
    /// The month of birth, 1 to 12.
    pub birth_month: Option<i32>,
    /// The day of birth, 1 to 31. No year: nobody needs an age.
    pub birth_day: Option<i32>,
    /// Whether others see the birthday.
    pub show_birthday: bool,
    /// Whether others see the anniversary of the first day.
    pub show_anniversary: bool,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InOrganization for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
