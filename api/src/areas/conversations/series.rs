//! Beginning a series, changing it, and ending it.

use chrono::{DateTime, Utc};
use hearten_cadence::{MOST_MONTHS, MOST_WEEKS, Slot, Zone};
use hearten_entity::{InOrganization, conversation, conversation_participant, conversation_series};
use hearten_ids::{ConversationSeriesId, PersonId};
use hearten_policy::{Action, Resource};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr};

use super::{
    planning::{change_attendees_in_tx, change_people_in_tx, find_planned_in_tx, join_in_tx, plan_in_tx},
    service::{self, facts, hold_series_in_tx, unseen, wrong_state},
    store::{
        ConversationState, DURATIONS, FARTHEST, LONGEST_TITLE, MOST_PARTICIPANTS, MOST_SERIES, RhythmName, SeriesKind,
        cadence_of,
    },
    telling, templates,
};
use crate::{
    app::App,
    areas::surveys::store::to_json,
    graphql::{
        context::{Asker, RequestContext},
        error::{ErrorCode, Exception, Refusal, UserError, UserErrorCode},
        idempotency::Key,
        input,
    },
};

/// When a series is to take place; what is left out stays as it is, or as usual.
#[derive(Debug, Clone, Default)]
pub struct Schedule {
    /// How often.
    pub rhythm: Option<RhythmName>,
    /// Every so many weeks or months.
    pub every: Option<i32>,
    /// The first day.
    pub starts_on: Option<chrono::NaiveDate>,
    /// The local time, `HH:MM`.
    pub local_time: Option<String>,
    /// A time zone of the IANA database.
    pub time_zone: Option<String>,
    /// How long it takes.
    pub duration_minutes: Option<i32>,
}

impl Schedule {
    fn is_empty(&self) -> bool {
        let Self { rhythm, every, starts_on, local_time, time_zone, duration_minutes } = self;
        rhythm.is_none()
            && every.is_none()
            && starts_on.is_none()
            && local_time.is_none()
            && time_zone.is_none()
            && duration_minutes.is_none()
    }
}

/// What a new series is to be.
#[derive(Debug)]
pub struct NewSeries {
    /// Who talks.
    pub kind: SeriesKind,
    /// What it is called.
    pub title: String,
    /// Who takes part beside the asker.
    pub participants: Vec<PersonId>,
    /// When.
    pub schedule: Schedule,
    /// The template it begins with.
    pub template: Option<hearten_ids::ConversationTemplateId>,
}

/// Begins a series with its first conversation.
///
/// # Errors
/// FORBIDDEN for API tokens; refusals for what the input says.
pub async fn create(ctx: &RequestContext, new: NewSeries, key: Option<Key>) -> Result<ConversationSeriesId, Refusal> {
    let asker = ctx.asker()?;
    let Some(me) = asker.person() else { return Err(Exception::code(ErrorCode::Forbidden).into()) };
    let now = ctx.app.clock.now();
    if let Some(key) = &key
        && let Some(done) = key.recall(ctx.db.read(), now).await?
    {
        return Ok(done);
    }
    let mut problems = Vec::new();
    let title = input::text(["title"], &new.title, LONGEST_TITLE).map_err(|problem| problems.push(problem)).ok();
    let people = with_others(&asker, new.kind, me, &new.participants, &mut problems);
    let sections = match new.template {
        None => Vec::new(),
        Some(id) => templates::find_sections(ctx, id).await?.unwrap_or_else(|| {
            problems.push(UserError::at(UserErrorCode::NotFound, ["template"], "there is no such template"));
            Vec::new()
        }),
    };
    let mut row = conversation_series::Model {
        id: ConversationSeriesId(ctx.app.random.id(now)),
        organization_id: asker.organization(),
        kind: new.kind.as_str().to_owned(),
        title: title.unwrap_or_default(),
        host_id: (new.kind == SeriesKind::Team).then_some(me),
        rhythm: RhythmName::Weekly.as_str().to_owned(),
        every: 1,
        starts_on: ctx.app.clock.today(),
        local_minute: -1,
        time_zone: Zone::UTC.name().to_owned(),
        duration_minutes: 30,
        template_id: new.template,
        sections: to_json(&sections)?,
        created_by: me,
        created_at: now,
        ended_at: None,
    };
    let first = apply(&mut row, &new.schedule, now, &mut problems)?;
    let Some(first) = first.filter(|_| problems.is_empty()) else { return Err(problems.into()) };
    let tx = ctx.db.begin().await?;
    require_room_in_tx(&tx, &asker, me).await?;
    conversation_series::Entity::insert(conversation_series::ActiveModel::from(row.clone()))
        .exec_without_returning(&tx)
        .await?;
    join_in_tx(&ctx.app, &tx, &row, &people, now).await?;
    let planned = plan_in_tx(&ctx.app, &tx, &row, &people, 1, first.at, now).await?;
    telling::planned_in_tx(&ctx.app, &tx, &planned, Some(me), &people).await?;
    telling::index_in_tx(&tx, &planned, &people).await?;
    if let Some(key) = &key {
        key.remember(&tx, &row.id, now).await?;
    }
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(row.id)
}

async fn require_room_in_tx(tx: &DatabaseTransaction, asker: &Asker, me: PersonId) -> Result<(), Refusal> {
    let taken = conversation_participant::Entity::in_org(asker.organization())
        .filter(conversation_participant::Column::PersonId.eq(me))
        .filter(conversation_participant::Column::LeftAt.is_null())
        .count(tx)
        .await?;
    if taken < MOST_SERIES {
        return Ok(());
    }
    let message = format!("you take part in {MOST_SERIES} series; end one first");
    Err(UserError::whole(UserErrorCode::TooLong, message).into())
}

/// The asker and the others, each once; what is wrong with the others is added to `problems`.
fn with_others(
    asker: &Asker,
    kind: SeriesKind,
    me: PersonId,
    others: &[PersonId],
    problems: &mut Vec<UserError>,
) -> Vec<PersonId> {
    let mut people = vec![me];
    if others.len() >= MOST_PARTICIPANTS {
        let message = format!("at most {MOST_PARTICIPANTS} people, with you");
        problems.push(UserError::at(UserErrorCode::TooLong, ["participants"], message));
        return people;
    }
    for (at, person) in others.iter().enumerate() {
        let at = at.to_string();
        let place = ["participants", at.as_str()];
        if !asker.may(Action::StartConversation, Resource::Person(*person)) && *person != me {
            let message = "there is no such person, or you cannot invite them";
            problems.push(UserError::at(UserErrorCode::NotFound, place, message));
        } else if !people.contains(person) {
            people.push(*person);
        }
    }
    let wrong = match kind {
        SeriesKind::OneOnOne => people.len() != 2,
        SeriesKind::Team => people.len() < 2,
    };
    if wrong && problems.is_empty() {
        let message = match kind {
            SeriesKind::OneOnOne => "a 1:1 is between you and exactly one other person",
            SeriesKind::Team => "name at least one other person",
        };
        problems.push(UserError::at(UserErrorCode::Invalid, ["participants"], message));
    }
    people
}

/// Writes a schedule into the row and returns its first moment that lies ahead.
fn apply(
    row: &mut conversation_series::Model,
    schedule: &Schedule,
    now: DateTime<Utc>,
    problems: &mut Vec<UserError>,
) -> Result<Option<Slot>, Exception> {
    let before = problems.len();
    let mut refuse = |code, place: &'static str, message: String| problems.push(UserError::at(code, [place], message));
    if let Some(rhythm) = schedule.rhythm {
        row.rhythm = rhythm.as_str().to_owned();
        row.every = 1;
    }
    if let Some(every) = schedule.every {
        row.every = every;
    }
    let most = match RhythmName::read(&row.rhythm)? {
        RhythmName::None => 1,
        RhythmName::Weekly => MOST_WEEKS,
        RhythmName::Monthly => MOST_MONTHS,
    };
    if !u32::try_from(row.every).is_ok_and(|every| (1..=most).contains(&every)) {
        refuse(UserErrorCode::Invalid, "every", format!("1 to {most}"));
    }
    if let Some(day) = schedule.starts_on {
        row.starts_on = day;
    }
    let today = now.date_naive();
    if row.starts_on > today + FARTHEST || (schedule.starts_on.is_some() && row.starts_on < today - FARTHEST) {
        refuse(UserErrorCode::Invalid, "startsOn", "at most two years from today".to_owned());
    }
    if let Some(text) = &schedule.local_time {
        match chrono::NaiveTime::parse_from_str(text, "%H:%M") {
            Ok(time) if text.len() == 5 => {
                row.local_minute =
                    i32::try_from((time - chrono::NaiveTime::MIN).num_minutes()).map_err(Exception::internal)?;
            }
            _ => refuse(UserErrorCode::Invalid, "localTime", "a time is written like 09:30".to_owned()),
        }
    } else if row.local_minute < 0 {
        refuse(UserErrorCode::Required, "localTime", "say at which time, such as 09:30".to_owned());
    }
    if let Some(name) = &schedule.time_zone {
        match name.parse::<Zone>() {
            Ok(zone) => row.time_zone = zone.name().to_owned(),
            Err(error) => refuse(UserErrorCode::Invalid, "timeZone", error.to_string()),
        }
    }
    if let Some(minutes) = schedule.duration_minutes {
        row.duration_minutes = minutes;
    }
    if !DURATIONS.contains(&row.duration_minutes) {
        let message = format!("{} to {} minutes", DURATIONS.start(), DURATIONS.end());
        refuse(UserErrorCode::Invalid, "durationMinutes", message);
    }
    if problems.len() > before {
        return Ok(None);
    }
    let slot = cadence_of(row)?.first_after(now);
    if slot.is_none() {
        let message = "this moment has passed; what does not recur must lie ahead";
        problems.push(UserError::at(UserErrorCode::Invalid, ["startsOn"], message));
    }
    Ok(slot)
}

/// What may change about a series; what is none stays.
#[derive(Debug, Default)]
pub struct SeriesChange {
    /// What it is called.
    pub title: Option<String>,
    /// Who takes part from now on, the asker included.
    pub participants: Option<Vec<PersonId>>,
    /// When.
    pub schedule: Schedule,
}

/// Changes a series. The planned conversation follows: its people, its time, its length.
///
/// # Errors
/// A refusal NOT_FOUND for who takes no part; FORBIDDEN for participants of a meeting who are not its host; refusals for
/// what the input says, and once the series ended.
pub async fn update(ctx: &RequestContext, id: ConversationSeriesId, change: SeriesChange) -> Result<(), Refusal> {
    let asker = ctx.asker()?;
    let Some(me) = asker.person() else { return Err(Exception::code(ErrorCode::Forbidden).into()) };
    let now = ctx.app.clock.now();
    let tx = ctx.db.begin().await?;
    let (mut row, people) = managed_in_tx(&asker, &tx, id).await?;
    let mut problems = Vec::new();
    if let Some(title) = &change.title {
        match input::text(["title"], title, LONGEST_TITLE) {
            Ok(title) => row.title = title,
            Err(problem) => problems.push(problem),
        }
    }
    let kind = SeriesKind::read(&row.kind)?;
    let new_people = match &change.participants {
        None => people.clone(),
        Some(_) if kind == SeriesKind::OneOnOne => {
            let message = "a 1:1 stays between the same two people; end it and begin another";
            problems.push(UserError::at(UserErrorCode::WrongState, ["participants"], message));
            people.clone()
        }
        Some(wanted) => {
            // Who takes part already stays, also when the asker could not invite them today.
            let (kept, added): (Vec<PersonId>, Vec<PersonId>) = wanted.iter().partition(|one| people.contains(one));
            let mut all = with_others(&asker, kind, me, &added, &mut problems);
            for one in kept {
                if !all.contains(&one) {
                    all.push(one);
                }
            }
            if all.len() < 2 || all.len() > MOST_PARTICIPANTS {
                let message = format!("2 to {MOST_PARTICIPANTS} people, with you");
                problems.push(UserError::at(UserErrorCode::Invalid, ["participants"], message));
            } else {
                // Nobody is added: `with_others` found only the asker, which is fine here.
                problems.retain(|problem| problem.code != UserErrorCode::Invalid || problem.path != at_participants());
            }
            all
        }
    };
    let replanned = !change.schedule.is_empty();
    let slot = if replanned { apply(&mut row, &change.schedule, now, &mut problems)? } else { None };
    if !problems.is_empty() {
        return Err(problems.into());
    }
    write_in_tx(&tx, &row).await?;
    change_people_in_tx(&ctx.app, &tx, &row, (&people, &new_people), now).await?;
    if let Some(planned) = find_planned_in_tx(&tx, row.organization_id, row.id).await? {
        let planned = follow_in_tx(&tx, &row, planned, slot, now).await?;
        change_attendees_in_tx(&ctx.app, &tx, &row, &planned, (&people, &new_people), now).await?;
        if replanned || people != new_people {
            telling::planned_in_tx(&ctx.app, &tx, &planned, Some(me), &new_people).await?;
        }
        telling::index_in_tx(&tx, &planned, &new_people).await?;
    }
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(())
}

fn at_participants() -> Option<Vec<String>> {
    Some(vec!["participants".to_owned()])
}

/// The series, when the asker manages it and it goes on.
async fn managed_in_tx(
    asker: &Asker,
    tx: &DatabaseTransaction,
    id: ConversationSeriesId,
) -> Result<(conversation_series::Model, Vec<PersonId>), Refusal> {
    let people = service::participants_in(tx, asker.organization(), id).await?;
    if !asker.may(Action::ReadConversation, facts(&people, None)) {
        return Err(unseen("series", "series"));
    }
    let (row, people) = hold_series_in_tx(asker, tx, id).await?;
    asker.require(Action::ManageConversation, facts(&people, row.host_id))?;
    if row.ended_at.is_some() {
        return Err(wrong_state("series", "this series has ended"));
    }
    Ok((row, people))
}

async fn write_in_tx(tx: &DatabaseTransaction, row: &conversation_series::Model) -> Result<(), Exception> {
    use conversation_series::Column;
    conversation_series::Entity::update_in_org(row.organization_id)
        .filter(Column::Id.eq(row.id))
        .col_expr(Column::Title, Expr::value(row.title.clone()))
        .col_expr(Column::Rhythm, Expr::value(row.rhythm.clone()))
        .col_expr(Column::Every, Expr::value(row.every))
        .col_expr(Column::StartsOn, Expr::value(row.starts_on))
        .col_expr(Column::LocalMinute, Expr::value(row.local_minute))
        .col_expr(Column::TimeZone, Expr::value(row.time_zone.clone()))
        .col_expr(Column::DurationMinutes, Expr::value(row.duration_minutes))
        .exec(tx)
        .await?;
    Ok(())
}

/// Lets the planned conversation follow a change of its series. A title is news for calendars, too.
async fn follow_in_tx(
    tx: &DatabaseTransaction,
    series: &conversation_series::Model,
    mut planned: conversation::Model,
    slot: Option<Slot>,
    now: DateTime<Utc>,
) -> Result<conversation::Model, Exception> {
    use conversation::Column;
    if let Some(slot) = slot {
        (planned.slot_at, planned.scheduled_at) = (slot.at, slot.at);
        planned.duration_minutes = series.duration_minutes;
    }
    planned.title.clone_from(&series.title);
    planned.sequence += 1;
    planned.changed_at = now;
    conversation::Entity::update_in_org(planned.organization_id)
        .filter(Column::Id.eq(planned.id))
        .col_expr(Column::Title, Expr::value(planned.title.clone()))
        .col_expr(Column::SlotAt, Expr::value(planned.slot_at))
        .col_expr(Column::ScheduledAt, Expr::value(planned.scheduled_at))
        .col_expr(Column::DurationMinutes, Expr::value(planned.duration_minutes))
        .col_expr(Column::Sequence, Expr::value(planned.sequence))
        .col_expr(Column::ChangedAt, Expr::value(planned.changed_at))
        .exec(tx)
        .await?;
    Ok(planned)
}

/// Ends a series: what was planned is cancelled.
///
/// # Errors
/// A refusal NOT_FOUND for who takes no part; FORBIDDEN for who does not manage it; a refusal when it has ended.
pub async fn end(ctx: &RequestContext, id: ConversationSeriesId) -> Result<(), Refusal> {
    let asker = ctx.asker()?;
    let now = ctx.app.clock.now();
    let tx = ctx.db.begin().await?;
    let (row, people) = managed_in_tx(&asker, &tx, id).await?;
    end_in_tx(&ctx.app, &tx, &row, (asker.person(), &people), now).await?;
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(())
}

/// Ends a series, whoever asks: also when somebody of a 1:1 has left the organization.
///
/// # Errors
/// When the database fails.
pub async fn end_in_tx(
    app: &App,
    tx: &DatabaseTransaction,
    series: &conversation_series::Model,
    (by, people): (Option<PersonId>, &[PersonId]),
    now: DateTime<Utc>,
) -> Result<(), Exception> {
    conversation_series::Entity::update_in_org(series.organization_id)
        .filter(conversation_series::Column::Id.eq(series.id))
        .col_expr(conversation_series::Column::EndedAt, Expr::value(now))
        .exec(tx)
        .await?;
    let planned = find_planned_in_tx(tx, series.organization_id, series.id).await?;
    let Some(planned) = planned else { return Ok(()) };
    conversation::Entity::update_in_org(series.organization_id)
        .filter(conversation::Column::Id.eq(planned.id))
        .col_expr(conversation::Column::State, Expr::value(ConversationState::Cancelled.as_str()))
        .col_expr(conversation::Column::Sequence, Expr::value(planned.sequence + 1))
        .col_expr(conversation::Column::ChangedAt, Expr::value(now))
        .exec(tx)
        .await?;
    telling::cancelled_in_tx(app, tx, &planned, by, people).await
}
