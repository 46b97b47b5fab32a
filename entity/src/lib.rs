//! SeaORM entities, one file a table.
//!
//! Every select, update and delete begins with [`InOrganization`]: there is no other way to a row of a tenant, and a
//! hygiene test refuses a bare `find()` elsewhere. What must be found before the tenant is known (an organization by its
//! slug, an API token by its id) has a named function of its own here.

pub mod action_item;
pub mod agenda_item;
pub mod answer_sheet;
pub mod api_token;
pub mod audit_event;
pub mod calendar_feed;
pub mod comment;
pub mod conversation;
pub mod conversation_attendee;
pub mod conversation_participant;
pub mod conversation_series;
pub mod conversation_template;
pub mod directory_change;
pub mod document;
pub mod idempotency_key;
pub mod identity;
pub mod invitation;
pub mod mail;
pub mod notification;
pub mod notification_preference;
pub mod organization;
pub mod outbox_message;
pub mod person;
pub mod private_note;
pub mod publication;
pub mod role_grant;
mod scope;
pub mod search_entry;
pub mod survey;
pub mod team;
pub mod wave;

pub use scope::InOrganization;
