//! SeaORM entities, one file a table.
//!
//! Every select, update and delete begins with [`InOrganization`]: there is no other way to a row of a tenant, and a
//! hygiene test refuses a bare `find()` elsewhere. What must be found before the tenant is known (an organization by its
//! slug, an API token by its id) has a named function of its own here.

pub mod answer_sheet;
pub mod api_token;
pub mod audit_event;
pub mod comment;
pub mod directory_change;
pub mod document;
pub mod goal;
pub mod goal_alignment;
pub mod goal_change;
pub mod goal_check_in;
pub mod goal_cycle;
pub mod idempotency_key;
pub mod identity;
pub mod invitation;
pub mod key_result;
pub mod mail;
pub mod notification;
pub mod notification_preference;
pub mod organization;
pub mod outbox_message;
pub mod person;
pub mod publication;
pub mod role_grant;
mod scope;
pub mod search_entry;
pub mod survey;
pub mod team;
pub mod wave;

pub use scope::InOrganization;
