//! The directory as the schema shows it: the organization, its persons and teams.

mod organization;
mod person;
mod team;

pub use organization::{Actor, Organization, Role, RoleGrant, RoleInfo};
pub use person::{
    DirectoryChange, DirectoryField, LeaveReasonName, Person, PersonAttributeInfo, PersonPermissionInfo, Relationship,
    ReportDepth,
};
pub use team::Team;

pub use super::{charts::Snapshot, filters::OrderDirection};
