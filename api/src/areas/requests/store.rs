//! Requests and queues as the service thinks of them, read from their rows.

use chrono::{DateTime, TimeDelta, Utc};
use hearten_entity::{request_queue, service_request};
use hearten_ids::{PersonId, RequestQueueId};
use hearten_orgchart::OrgChart;
use hearten_policy::{QueueFacts, RequestFacts};
use hearten_requests::{ServiceTime, State};

use crate::graphql::{error::Exception, names::named_enum};

named_enum! {
    /// What somebody asks for.
    RequestKind {
        /// Something to work with.
        Tool = "TOOL",
        /// People, room, money or time.
        Resource = "RESOURCE",
        /// Something to know.
        Information = "INFORMATION",
        /// Somebody has to decide.
        Decision = "DECISION",
    }
}

named_enum! {
    /// How soon an answer is wanted; each queue says what it takes for each.
    RequestUrgency {
        /// It can wait.
        Low = "LOW",
        /// As usual.
        Normal = "NORMAL",
        /// Work stands still.
        High = "HIGH",
    }
}

named_enum! {
    /// Who sees a request beside the asker and those who answer.
    RequestVisibility {
        /// Nobody.
        Private = "PRIVATE",
        /// The team in which the asker was when it was opened, and who leads that team.
        Team = "TEAM",
    }
}

named_enum! {
    /// Where a request stands now.
    RequestState {
        /// Somebody owes an answer.
        Open = "OPEN",
        /// Somebody owes an answer, and its time is over.
        Overdue = "OVERDUE",
        /// The asker was asked back; until the reply the clock stands still.
        Waiting = "WAITING",
        /// Answered; what was asked for may still have to be done.
        Answered = "ANSWERED",
        /// Refused, with a reason.
        Declined = "DECLINED",
        /// Done.
        Fulfilled = "FULFILLED",
        /// Taken back by the asker.
        Withdrawn = "WITHDRAWN",
    }
}

named_enum! {
    /// What a message about a request is.
    RequestMessageKind {
        /// Something to add.
        Message = "MESSAGE",
        /// The asker was asked back.
        Question = "QUESTION",
        /// The answer.
        Answer = "ANSWER",
    }
}

named_enum! {
    /// What happened to a request.
    RequestMoveKind {
        /// It was opened.
        Opened = "OPENED",
        /// The asker was asked back.
        AskedBack = "ASKED_BACK",
        /// The asker replied, and the clock goes on.
        Replied = "REPLIED",
        /// It was given to somebody, or to nobody.
        Assigned = "ASSIGNED",
        /// It came to another queue.
        Transferred = "TRANSFERRED",
        /// It climbed because the asker wanted it.
        Escalated = "ESCALATED",
        /// Its time was over, and it climbed if anybody was left above.
        Overdue = "OVERDUE",
        /// It was answered.
        Answered = "ANSWERED",
        /// It was refused.
        Declined = "DECLINED",
        /// It was done.
        Fulfilled = "FULFILLED",
        /// The asker took it back.
        Withdrawn = "WITHDRAWN",
        /// The asker was not content.
        Reopened = "REOPENED",
    }
}

/// Hours until an answer is due of somebody who was asked directly.
pub const fn direct_hours(urgency: RequestUrgency) -> i32 {
    match urgency {
        RequestUrgency::Low => 120,
        RequestUrgency::Normal => 72,
        RequestUrgency::High => 24,
    }
}

/// A queue and the persons who own it beside its team.
#[derive(Debug, Clone)]
pub struct Queue {
    /// The row.
    pub row: request_queue::Model,
    /// The persons named as owners.
    pub owners: Vec<PersonId>,
}

impl Queue {
    /// Its id.
    pub fn id(&self) -> RequestQueueId {
        self.row.id
    }

    /// Hours until an answer is due.
    pub fn hours(&self, urgency: RequestUrgency) -> i32 {
        match urgency {
            RequestUrgency::Low => self.row.hours_low,
            RequestUrgency::Normal => self.row.hours_normal,
            RequestUrgency::High => self.row.hours_high,
        }
    }

    /// What the policy has to know of it for `person`.
    pub fn facts(&self, person: Option<PersonId>) -> QueueFacts {
        QueueFacts {
            organization: self.row.organization_id,
            team: self.row.team_id,
            owned: person.is_some_and(|person| self.owners.contains(&person)),
            integrations: self.row.integrations_since.is_some(),
        }
    }

    /// Whether `person` owns it: by name, as a member of its team or of one below, or as who leads it.
    pub fn is_owned_by(&self, chart: &OrgChart, person: PersonId) -> bool {
        chart.active_person(person).is_some()
            && (self.owners.contains(&person)
                || self.row.team_id.is_some_and(|team| {
                    chart.belongs_to_subtree(person, team) || chart.lead(team).is_some_and(|lead| lead.id == person)
                }))
    }

    /// Whether anybody is there to answer.
    pub fn is_answered_by_somebody(&self, chart: &OrgChart) -> bool {
        self.owners.iter().any(|owner| chart.active_person(*owner).is_some())
            || self.row.team_id.is_some_and(|team| {
                chart.headcount_of_subtree(team) > 0 || chart.lead(team).is_some_and(|lead| lead.is_active())
            })
    }

    /// Who hears of its requests while nobody is assigned: the persons named, and who leads the team. Not all its members:
    /// a team that wants to hear of everything names them.
    pub fn told(&self, chart: &OrgChart) -> Vec<PersonId> {
        let lead = self.row.team_id.and_then(|team| chart.lead(team)).map(|lead| lead.id);
        let all = self.owners.iter().copied().chain(lead);
        let mut told: Vec<PersonId> = all.filter(|person| chart.active_person(*person).is_some()).collect();
        told.sort_unstable();
        told.dedup();
        told
    }
}

/// The clock of a request.
pub fn clock_of(row: &service_request::Model) -> ServiceTime {
    ServiceTime {
        since: row.clock_since,
        hours: row.service_hours,
        paused: TimeDelta::seconds(row.paused_seconds),
        waiting_since: row.waiting_since,
        needed_by: row.needed_by,
    }
}

/// Where a request is stored to stand.
///
/// # Errors
/// INTERNAL when the row was written by something else.
pub fn state_of(row: &service_request::Model) -> Result<State, Exception> {
    row.state.parse().map_err(Exception::internal)
}

/// Where a request stands at a moment: overdue follows from the time.
///
/// # Errors
/// INTERNAL when the row was written by something else.
pub fn shown_state(row: &service_request::Model, now: DateTime<Utc>) -> Result<RequestState, Exception> {
    Ok(match state_of(row)? {
        State::Open if now >= row.due_at => RequestState::Overdue,
        State::Open => RequestState::Open,
        State::Waiting => RequestState::Waiting,
        State::Answered => RequestState::Answered,
        State::Declined => RequestState::Declined,
        State::Fulfilled => RequestState::Fulfilled,
        State::Withdrawn => RequestState::Withdrawn,
    })
}

/// What the policy has to know of a request for `person`. `queue` is the one it lies in.
pub fn facts_of(row: &service_request::Model, queue: Option<&Queue>, person: Option<PersonId>) -> RequestFacts {
    // Whoever asked before a queue was opened to integrations did not ask them.
    let open = |queue: &Queue| queue.row.integrations_since.is_some_and(|since| since <= row.opened_at);
    let shared = row.visibility == RequestVisibility::Team.as_str();
    RequestFacts {
        organization: row.organization_id,
        asker: row.asker_id,
        assignee: row.assignee_id,
        escalated_to: row.escalated_to,
        queue: queue.map(|queue| QueueFacts { integrations: open(queue), ..queue.facts(person) }),
        shown_to: row.asker_team_id.filter(|_| shared),
    }
}

/// Who is above those who owe the answer, the nearest first: leads from the owning team upwards, or, where persons were
/// asked, those to whom they report. Never the asker, and nobody twice.
pub fn ladder(chart: &OrgChart, row: &service_request::Model, queue: Option<&Queue>) -> Vec<PersonId> {
    let mut ladder: Vec<PersonId> = Vec::new();
    let first_owner =
        queue.and_then(|queue| queue.owners.iter().copied().find(|id| chart.active_person(*id).is_some()));
    match queue.and_then(|queue| queue.row.team_id) {
        Some(team) => {
            let above = chart.ancestors(team);
            let upwards = std::iter::once(team).chain(above.iter().rev().map(|team| team.id));
            ladder.extend(upwards.filter_map(|team| chart.lead(team)).map(|lead| lead.id));
        }
        None => {
            let below = row.assignee_id.or(first_owner);
            ladder.extend(below.into_iter().flat_map(|person| chart.management_chain(person)).map(|above| above.id));
        }
    }
    let mut seen = vec![row.asker_id];
    seen.extend(row.assignee_id);
    ladder.retain(|person| {
        let new = chart.active_person(*person).is_some() && !seen.contains(person);
        seen.push(*person);
        new
    });
    ladder
}
