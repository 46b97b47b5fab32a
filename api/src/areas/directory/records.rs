//! From rows to the chart's records and back. A GraphQL type is never a row, and neither is a record.

use std::{collections::HashSet, sync::Arc};

use chrono::{DateTime, Utc};
use hearten_entity::{person, team};
use hearten_ids::OrganizationId;
use hearten_orgchart::{Attribute, PersonRecord, TeamRecord};
use sea_orm::ActiveValue::Set;
use serde_json::{Map, Value};

use crate::graphql::error::Exception;

/// Texts met so far: a hundred thousand persons share a few hundred titles and sites.
#[derive(Debug, Default)]
pub struct Texts(HashSet<Arc<str>>);

impl Texts {
    /// The shared copy of `text`.
    pub fn share(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let fresh: Arc<str> = text.into();
        self.0.insert(Arc::clone(&fresh));
        fresh
    }
}

/// The record of a team's row.
pub fn team(row: team::Model) -> TeamRecord {
    TeamRecord {
        id: row.id,
        external_id: row.external_id.map(Into::into),
        name: row.name.into(),
        parent: row.parent_id,
        lead: row.lead_id,
        archived: row.archived,
    }
}

/// The record of a person's row.
///
/// # Errors
/// INTERNAL when the row holds a value this program never writes.
pub fn person(row: person::Model, texts: &mut Texts) -> Result<PersonRecord, Exception> {
    Ok(PersonRecord {
        id: row.id,
        external_id: row.external_id.map(Into::into),
        display_name: row.display_name.into(),
        email: row.email.map(Into::into),
        title: row.title.map(|title| texts.share(&title)),
        relationship: row.relationship.parse().map_err(Exception::internal)?,
        team: row.team_id,
        manager: row.manager_id,
        hired_on: row.hired_on,
        left_on: row.left_on,
        leave_reason: row.leave_reason.map(|reason| reason.parse()).transpose().map_err(Exception::internal)?,
        locale: row.locale.map(|locale| texts.share(&locale)),
        attributes: attributes(&row.attributes, texts),
        signed_out_before: row.signed_out_before,
        deactivated: row.deactivated,
    })
}

fn attributes(value: &Value, texts: &mut Texts) -> Arc<[Attribute]> {
    let Some(object) = value.as_object() else { return Arc::new([]) };
    let mut pairs: Vec<Attribute> =
        object.iter().filter_map(|(name, value)| Some((texts.share(name), texts.share(value.as_str()?)))).collect();
    pairs.sort();
    pairs.into()
}

/// A person's attributes as a JSON object, all or only those in `only`.
pub fn attributes_json(record: &PersonRecord, only: Option<&[String]>) -> Value {
    let wanted = |name: &str| only.is_none_or(|names| names.iter().any(|wanted| wanted == name));
    let object: Map<String, Value> = record
        .attributes
        .iter()
        .filter(|(name, _)| wanted(name))
        .map(|(name, value)| (name.to_string(), Value::String(value.to_string())))
        .collect();
    Value::Object(object)
}

/// The row of a team's record.
pub fn team_row(
    organization: OrganizationId,
    record: &TeamRecord,
    version: i64,
    now: DateTime<Utc>,
) -> team::ActiveModel {
    team::ActiveModel {
        id: Set(record.id),
        organization_id: Set(organization),
        external_id: Set(owned(record.external_id.as_ref())),
        name: Set(record.name.to_string()),
        parent_id: Set(record.parent),
        lead_id: Set(record.lead),
        archived: Set(record.archived),
        chart_version: Set(version),
        created_at: Set(now),
    }
}

/// The row of a person's record.
pub fn person_row(
    organization: OrganizationId,
    record: &PersonRecord,
    version: i64,
    now: DateTime<Utc>,
) -> person::ActiveModel {
    person::ActiveModel {
        id: Set(record.id),
        organization_id: Set(organization),
        external_id: Set(owned(record.external_id.as_ref())),
        display_name: Set(record.display_name.to_string()),
        email: Set(owned(record.email.as_ref())),
        email_key: Set(record.email.as_ref().map(|email| email.to_lowercase())),
        title: Set(owned(record.title.as_ref())),
        relationship: Set(record.relationship.as_str().to_owned()),
        team_id: Set(record.team),
        manager_id: Set(record.manager),
        hired_on: Set(record.hired_on),
        left_on: Set(record.left_on),
        leave_reason: Set(record.leave_reason.map(|reason| reason.as_str().to_owned())),
        locale: Set(owned(record.locale.as_ref())),
        attributes: Set(attributes_json(record, None)),
        signed_out_before: Set(record.signed_out_before),
        deactivated: Set(record.deactivated),
        chart_version: Set(version),
        created_at: Set(now),
    }
}

fn owned(text: Option<&Arc<str>>) -> Option<String> {
    text.map(ToString::to_string)
}
