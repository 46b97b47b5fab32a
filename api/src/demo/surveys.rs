//! The demo's surveys: two published a year and half a year ago, one open now; answered through the same services that
//! take real answers.

use std::sync::Arc;

use chrono::TimeDelta;
use hearten_entity::{InOrganization, invitation};
use hearten_ids::{InvitationId, OrganizationId, PersonId, WaveId};
use hearten_survey::{Answer, Locale, PrivacyNotice, QuestionKind, Questionnaire, ReaderRole, SurveyKind, Texts, bank};
use sea_orm::{ColumnTrait, QueryFilter};

use super::{as_person, by_email, exception, go_to, refusal, snapshot};
use crate::{
    app::App,
    areas::{
        results::service as results,
        surveys::{answering, definition::Draft, launching, store::Audience},
    },
    platform::db::Db,
};

const COMMENTS: [&str; 14] = [
    "We decide faster since the new planning round.",
    "Mehr Zeit für Übergaben zwischen den Schichten wäre gut.",
    "The test benches are always booked; we wait days for one.",
    "Ich schätze sehr, wie offen im Team über Fehler gesprochen wird.",
    "Priorities change in the middle of the week without a reason given.",
    "Die Einarbeitung war hervorragend.",
    "I would like to see where I can grow from here.",
    "Zu viele Freigaben für kleine Bestellungen.",
    "My lead listens, and things change afterwards.",
    "Wir brauchen bessere Werkzeuge für die Kalibrierung.",
    "Meetings without agenda should not happen.",
    "Das Home-Office funktioniert gut, bitte so lassen.",
    "Customers thank us more often than our own company does.",
    "Die Ziele sind klar, der Weg dorthin oft nicht.",
];

/// Drafts, launches, answers, closes and publishes.
pub async fn seed(app: &Arc<App>, db: &Db, organization: OrganizationId) -> anyhow::Result<()> {
    // The year of directory history has passed; surveys are told from now backwards in their own order.
    let plans =
        [("Engagement spring", "Engagement Frühjahr", 30, 82), ("Engagement autumn", "Engagement Herbst", 12, 78)];
    for (english, german, days_ago, share) in plans {
        go_to(app, days_ago);
        let survey = draft(SurveyKind::Engagement, english, german, bank::engagement_questionnaire());
        run(app, db, organization, survey, share, true).await?;
    }
    go_to(app, 2);
    let mut pulse = bank::engagement_questionnaire();
    pulse.sections.truncate(3);
    run(app, db, organization, draft(SurveyKind::Pulse, "November pulse", "November-Puls", pulse), 35, false).await
}

fn draft(kind: SurveyKind, english: &str, german: &str, questionnaire: Questionnaire) -> Draft {
    let mut notice = PrivacyNotice::default();
    notice.comments_visible_to.insert(ReaderRole::Manager);
    notice.comments_visible_to.insert(ReaderRole::Executive);
    Draft {
        kind,
        title: Texts::new().with(Locale::english(), english).with(Locale::german(), german),
        questionnaire,
        audience: Audience::default(),
        notice,
        axes: vec!["level".to_owned(), "site".to_owned()],
    }
}

async fn run(
    app: &Arc<App>,
    db: &Db,
    organization: OrganizationId,
    draft: Draft,
    share: usize,
    publish: bool,
) -> anyhow::Result<()> {
    let snapshot = snapshot(app, db, organization).await?;
    let partner = as_person(app, db, organization, by_email(&snapshot, "partner")?).await?;
    let questionnaire = draft.questionnaire.clone();
    let survey = launching::create(&partner, draft, None).await.map_err(refusal)?;
    let closes_at = app.clock.now() + TimeDelta::days(14);
    let wave = launching::launch(&partner, survey, Some(closes_at)).await.map_err(refusal)?;
    let employee = by_email(&snapshot, "employee")?;
    for (invitation, person) in invitations(db, organization, wave).await? {
        // The employee persona has not answered the open survey: there is something to do.
        if app.random.below(100) >= share || (!publish && person == employee) {
            continue;
        }
        let ctx = as_person(app, db, organization, person).await?;
        let team = snapshot.chart.person(person).and_then(|one| snapshot.chart.team(one.team?));
        // The mood goes with the team's name, which is the same in every demo.
        let mood = team.map_or(0, |team| team.name.bytes().map(usize::from).sum::<usize>() % 7);
        let answers = answers(app, &questionnaire, mood);
        answering::submit(&ctx, invitation, answers, None).await.map_err(refusal)?;
    }
    if publish {
        app.clock.advance(std::time::Duration::from_secs(9 * 24 * 60 * 60));
        results::close(&partner, survey).await.map_err(refusal)?;
        results::publish(&partner, survey).await.map_err(refusal)?;
    }
    Ok(())
}

async fn invitations(
    db: &Db,
    organization: OrganizationId,
    wave: WaveId,
) -> anyhow::Result<Vec<(InvitationId, PersonId)>> {
    let rows = invitation::Entity::in_org(organization)
        .filter(invitation::Column::WaveId.eq(wave))
        .all(db.read())
        .await
        .map_err(|error| exception(error.into()))?;
    Ok(rows.into_iter().map(|row| (row.id, row.person_id)).collect())
}

/// Answers that lean with the team (`mood` 0 to 6) and otherwise vary from person to person.
fn answers(app: &App, questionnaire: &Questionnaire, mood: usize) -> answering::Answers {
    let random = &app.random;
    let leaning = random.below(3) + mood;
    let mut answers = Vec::new();
    for question in questionnaire.questions() {
        let draw = random.below(4) + leaning;
        let answer = match &question.kind {
            QuestionKind::Rating { points, reversed, .. } => {
                let top = usize::from(*points);
                let point = (1 + draw * top / 12).min(top);
                let point = if *reversed { top + 1 - point } else { point };
                Answer::Rating(i64::try_from(point).unwrap_or(1))
            }
            QuestionKind::Enps => Answer::Enps(i64::try_from(draw.min(10)).unwrap_or(0)),
            QuestionKind::Comment { .. } if random.below(2) == 0 => {
                Answer::Comment(COMMENTS[random.below(COMMENTS.len())].to_owned())
            }
            QuestionKind::Comment { .. } => continue,
        };
        if random.below(25) != 0 {
            answers.push((question.key.clone(), answer));
        }
    }
    answers
}
