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
pub mod celebration_choice;
pub mod comment;
pub mod company_value;
pub mod conversation;
pub mod conversation_attendee;
pub mod conversation_participant;
pub mod conversation_series;
pub mod conversation_template;
pub mod directory_change;
pub mod document;
pub mod expectation;
pub mod expectation_move;
pub mod friction;
pub mod friction_vote;
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
pub mod overload;
pub mod person;
pub mod point_account;
pub mod point_posting;
pub mod point_rules;
pub mod point_transfer;
pub mod priority_ballot;
pub mod priority_invitation;
pub mod priority_round;
pub mod private_note;
pub mod publication;
pub mod recognition;
pub mod recognition_balance;
pub mod recognition_reaction;
pub mod recognition_receiver;
pub mod redemption;
pub mod request_message;
pub mod request_move;
pub mod request_queue;
pub mod request_queue_owner;
pub mod request_report;
pub mod responsibility;
pub mod responsibility_assignment;
pub mod reward;
pub mod risk_features;
pub mod risk_model;
pub mod roadmap_step;
pub mod role_grant;
mod scope;
pub mod search_entry;
pub mod service_request;
pub mod survey;
pub mod team;
pub mod team_response;
pub mod wave;
pub mod work_capacity;

pub use scope::InOrganization;
