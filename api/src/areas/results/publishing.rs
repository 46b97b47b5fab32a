//! Publishing a closed wave: the only road from sheets to results.
//!
//! The plan is decided from who is in which cut, never from what they answered. The tally, the check for forced answers
//! and the freeze are `hearten_disclosure`'s; this module gathers what it needs and stores what comes out.

use hearten_disclosure::{
    QuestionShape, ReleasePlan, comment_plan, release, release_comment_table, release_participation,
};
use hearten_entity::{InOrganization, answer_sheet, comment, invitation};
use hearten_ids::OrganizationId;
use hearten_survey::QuestionKind;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter};
use serde_json::Value;

use super::{
    frame::{Frame, Member},
    published::StoredCuts,
};
use crate::{
    areas::surveys::store::{InvitationState, Survey, Wave},
    graphql::error::Exception,
    platform::random::Random,
};

/// Everything a publication is computed from.
pub struct Gathered {
    sheets: Vec<answer_sheet::Model>,
    comments: Vec<comment::Model>,
    invitations: Vec<invitation::Model>,
}

/// What is to be stored.
pub struct Computed {
    /// Cuts, plan and participation.
    pub cuts: StoredCuts,
    /// The released table.
    pub results: Vec<u8>,
    /// The released comments.
    pub comments: Vec<u8>,
}

/// Reads a sealed wave.
///
/// # Errors
/// When the database fails.
pub async fn gather(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    wave: &Wave,
) -> Result<Gathered, Exception> {
    let sheets =
        answer_sheet::Entity::in_org(organization).filter(answer_sheet::Column::WaveId.eq(wave.id)).all(db).await?;
    let comments = comment::Entity::in_org(organization).filter(comment::Column::WaveId.eq(wave.id)).all(db).await?;
    let invitations =
        invitation::Entity::in_org(organization).filter(invitation::Column::WaveId.eq(wave.id)).all(db).await?;
    Ok(Gathered { sheets, comments, invitations })
}

impl Gathered {
    /// How many answered.
    pub fn respondents(&self) -> usize {
        self.sheets.len()
    }
}

/// Decides the plan and releases what it shows. Takes seconds for large waves: call it off the event loop.
///
/// # Errors
/// INTERNAL when sheets and questionnaire do not belong together.
pub fn compute(survey: &Survey, frame: Frame, gathered: &Gathered, random: &Random) -> Result<Computed, Exception> {
    let minimum = survey.notice.minimum_group as usize;
    let shape = survey.questionnaire.shape();
    let members: Vec<Member<'_>> =
        gathered.sheets.iter().map(|sheet| Member { team: sheet.team_id, attributes: &sheet.attributes }).collect();
    let candidates = frame.candidates(&members);
    let plan = ReleasePlan::decide(members.len(), minimum, &candidates).map_err(Exception::internal)?;
    let questions: Vec<QuestionShape> =
        shape.columns().iter().map(|column| QuestionShape { options: column.options }).collect();
    let sheets: Vec<&[u8]> = gathered
        .sheets
        .iter()
        .map(|sheet| shape.codes(&sheet.packed))
        .collect::<Result<_, _>>()
        .map_err(Exception::internal)?;
    let table = release(&plan, &candidates, &questions, &sheets).map_err(Exception::internal)?;
    let comments = release_comments(survey, &frame, gathered, random)?;
    let participation = release_bands(minimum, &frame, gathered)?;
    Ok(Computed { cuts: StoredCuts { frame, plan, participation }, results: table.encode(), comments })
}

/// Comments know a team but no sheet, so their authors are their own population: one member a comment, one a person
/// within each question.
fn release_comments(
    survey: &Survey,
    frame: &Frame,
    gathered: &Gathered,
    random: &Random,
) -> Result<Vec<u8>, Exception> {
    let nothing = Value::Null;
    let members: Vec<Member<'_>> =
        gathered.comments.iter().map(|comment| Member { team: comment.team_id, attributes: &nothing }).collect();
    // Comments are shown by team only: a text and an attribute together invite guessing.
    let mut candidates = frame.candidates(&members);
    candidates.truncate(frame.tree);
    let (mut commenters, mut texts) = (Vec::new(), Vec::new());
    for question in survey.questionnaire.questions().filter(|q| matches!(q.kind, QuestionKind::Comment { .. })) {
        let of_question = || (0..).zip(&gathered.comments).filter(|(_, comment)| comment.question_key == question.key);
        commenters.push(of_question().map(|(index, _)| index).collect::<Vec<u32>>());
        texts.push(of_question().map(|(_, comment)| comment.body.clone()).collect::<Vec<_>>());
    }
    let minimum = survey.notice.comment_minimum as usize;
    let plan = comment_plan(members.len(), &commenters, minimum, &candidates).map_err(Exception::internal)?;
    let table = release_comment_table(&plan, &candidates, &texts, |n| {
        let mut order: Vec<usize> = (0..n).collect();
        random.shuffle(&mut order);
        order
    });
    Ok(table.map_err(Exception::internal)?.encode())
}

fn release_bands(minimum: usize, frame: &Frame, gathered: &Gathered) -> Result<Vec<u8>, Exception> {
    let members: Vec<Member<'_>> = gathered
        .invitations
        .iter()
        .map(|invited| Member { team: invited.team_id, attributes: &invited.attributes })
        .collect();
    let candidates = frame.candidates(&members);
    let plan = ReleasePlan::decide(members.len(), minimum, &candidates).map_err(Exception::internal)?;
    let answered: Vec<bool> =
        gathered.invitations.iter().map(|invited| invited.state == InvitationState::Answered.as_str()).collect();
    let bands = release_participation(&plan, &candidates, &answered).map_err(Exception::internal)?;
    Ok(bands.encode())
}
