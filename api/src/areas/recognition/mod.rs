//! Recognition: thanks from person to person, tied to a value of the company, with or without points; who might be
//! thanked, who never is, and whose day it is.

pub mod balance;
pub mod celebrations;
pub mod feed;
pub mod giving;
pub mod loaders;
pub mod mutations;
pub mod queries;
pub mod reactions;
pub mod service;
pub mod store;
pub mod subscriptions;
pub mod suggestions;
pub mod types;
pub mod values;
