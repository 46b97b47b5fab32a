//! Answering: one sheet a person, kept without a link to the person, changeable until close by whoever holds the
//! receipt.
//!
//! The receipt is a secret that only the client keeps. A client that draws it itself can retry a submission whose
//! answer it never received: the server recognises the receipt and acknowledges again, without remembering who sent
//! it. (An ordinary idempotency key would have to be stored beside the person, and with it a road to the sheet.)

use chrono::{DateTime, Utc};
use hearten_entity::{InOrganization, answer_sheet, comment, invitation, wave};
use hearten_ids::{CommentId, InvitationId, OrganizationId, SheetId, TeamId, WaveId};
use hearten_policy::{Action, Resource};
use hearten_survey::{Answer, AnswerProblem, Filled};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use sha2::{Digest, Sha256};

use super::{
    service::{find_invitation, get_survey_in, get_wave_in},
    store::{Invitation, InvitationState, Survey, Wave, WaveState},
};
use crate::graphql::{
    context::RequestContext,
    error::{Exception, Refusal, UserError, UserErrorCode},
};

/// The shortest receipt a client may draw: 22 characters of base 64 are 128 bits.
const SHORTEST_RECEIPT: usize = 22;
const LONGEST_RECEIPT: usize = 128;

/// A secret by which a respondent finds their sheet again. Never stored, never logged.
pub struct Receipt(String);

impl Receipt {
    /// The receipt a client drew.
    ///
    /// # Errors
    /// A user error when it is too short to be a secret, or not plain ASCII.
    pub fn from_client(text: &str) -> Result<Self, UserError> {
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !plain || !(SHORTEST_RECEIPT..=LONGEST_RECEIPT).contains(&text.len()) {
            return Err(UserError::at(
                UserErrorCode::Invalid,
                ["receipt"],
                "a receipt is a random secret of 22 to 128 characters of base64url; draw 16 random bytes or more",
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// A receipt the server draws, for clients that do not.
    pub fn draw(random: &crate::platform::random::Random) -> Self {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        Self(URL_SAFE_NO_PAD.encode(random.bytes::<24>()))
    }

    /// The secret, for the one answer that carries it.
    pub fn reveal(self) -> String {
        self.0
    }

    /// What is stored beside `what`. Different for the sheet and each comment, so that rows of one person do not match.
    fn hash(&self, wave: WaveId, what: &str) -> Vec<u8> {
        let mut hash = Sha256::new();
        for part in [wave.to_string().as_str(), what, self.0.as_str()] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        hash.finalize().to_vec()
    }
}

/// What a respondent sends: answers by question key.
pub type Answers = Vec<(String, Answer)>;

/// Takes the answers of an invited person.
///
/// # Errors
/// NOT_FOUND for an invitation of somebody else; a refusal for answers that do not fit, a wave that is not open, and a
/// second sheet.
pub async fn submit(
    ctx: &RequestContext,
    invitation: InvitationId,
    answers: Answers,
    receipt: Option<&str>,
) -> Result<(Invitation, Receipt), Refusal> {
    let asker = ctx.asker()?;
    let organization = asker.actor.organization;
    let mut invited = find_invitation(ctx, invitation).await?.ok_or_else(no_invitation)?;
    asker.require(Action::AnswerInvitation, Resource::Invitation { person: invited.person })?;
    let wave = get_wave_in(&ctx.db, organization, invited.wave).await?;
    let survey = get_survey_in(&ctx.db, organization, wave.survey).await?;
    let client_drew = receipt.is_some();
    let receipt = match receipt {
        Some(text) => Receipt::from_client(text)?,
        None => Receipt::draw(&ctx.app.random),
    };
    let filled = fill(&survey, answers)?;
    let tx = ctx.db.begin().await?;
    require_open_in_tx(&tx, organization, wave.id, ctx.app.clock.now()).await?;
    let used = invitation::Entity::update_in_org(organization)
        .filter(invitation::Column::Id.eq(invited.id))
        .filter(invitation::Column::State.eq(InvitationState::Pending.as_str()))
        .col_expr(invitation::Column::State, Expr::value(InvitationState::Answered.as_str()))
        .exec(&tx)
        .await?;
    if used.rows_affected == 1 {
        // A receipt drawn here is new; one drawn by the client may be another's, who perhaps sends it at this moment.
        if !insert_sheet_in_tx(ctx, &tx, &wave, &invited, &filled, &receipt).await? {
            let message = "this receipt belongs to other answers; draw a new one";
            return Err(UserError::at(UserErrorCode::Taken, ["receipt"], message).into());
        }
        insert_comments_in_tx(ctx, &tx, &wave, invited.team, &filled, &receipt).await?;
        tx.commit().await?;
    } else if !client_drew || find_sheet_in_tx(&tx, organization, &wave, &receipt).await?.is_none() {
        return Err(UserError::at(
            UserErrorCode::AlreadyDone,
            ["invitation"],
            "you have answered this survey; to change your answers until it closes, use answersRevise with your receipt",
        )
        .into());
    }
    invited.state = InvitationState::Answered;
    Ok((invited, receipt))
}

/// Replaces the answers that `receipt` belongs to.
///
/// # Errors
/// As [`submit`]; and a refusal when the receipt fits no sheet of the wave.
pub async fn revise(
    ctx: &RequestContext,
    invitation: InvitationId,
    answers: Answers,
    receipt: &str,
) -> Result<Invitation, Refusal> {
    let asker = ctx.asker()?;
    let organization = asker.actor.organization;
    let invited = find_invitation(ctx, invitation).await?.ok_or_else(no_invitation)?;
    asker.require(Action::AnswerInvitation, Resource::Invitation { person: invited.person })?;
    let wave = get_wave_in(&ctx.db, organization, invited.wave).await?;
    let survey = get_survey_in(&ctx.db, organization, wave.survey).await?;
    let receipt = Receipt::from_client(receipt)?;
    let filled = fill(&survey, answers)?;
    let tx = ctx.db.begin().await?;
    require_open_in_tx(&tx, organization, wave.id, ctx.app.clock.now()).await?;
    let unknown = || UserError::at(UserErrorCode::NotFound, ["receipt"], "this receipt fits no answers of this survey");
    let held = find_sheet_in_tx(&tx, organization, &wave, &receipt).await?.ok_or_else(unknown)?;
    // The sheet stays one row where it was, whoever holds its receipt. Two who change it at once follow one another: the
    // second waits here, and then finds the comments of the first.
    let changed = answer_sheet::Entity::update_in_org(organization)
        .filter(answer_sheet::Column::Id.eq(held.id))
        .col_expr(answer_sheet::Column::Packed, Expr::value(filled.sheet.encode()))
        .exec(&tx)
        .await?;
    if changed.rows_affected == 0 {
        return Err(unknown().into());
    }
    let hashes = survey.questionnaire.questions().map(|question| receipt.hash(wave.id, &question.key));
    comment::Entity::delete_in_org(organization)
        .filter(comment::Column::WaveId.eq(wave.id))
        .filter(comment::Column::ReceiptHash.is_in(hashes))
        .exec(&tx)
        .await?;
    insert_comments_in_tx(ctx, &tx, &wave, held.team_id, &filled, &receipt).await?;
    tx.commit().await?;
    Ok(invited)
}

/// What the sheet's receipt hash is bound to; no question can have this key.
const SHEET: &str = "(sheet)";

fn no_invitation() -> Refusal {
    UserError::at(UserErrorCode::NotFound, ["invitation"], "there is no such invitation for you").into()
}

fn fill(survey: &Survey, answers: Answers) -> Result<Filled, Refusal> {
    survey.questionnaire.fill(answers).map_err(|problems| {
        Refusal::User(
            problems
                .iter()
                .map(|problem| {
                    let code = match problem {
                        AnswerProblem::Missing { .. } => UserErrorCode::Required,
                        AnswerProblem::TooLong { .. } | AnswerProblem::TooMany { .. } => UserErrorCode::TooLong,
                        AnswerProblem::UnknownQuestion { .. } => UserErrorCode::NotFound,
                        _ => UserErrorCode::Invalid,
                    };
                    match problem.question() {
                        Some(question) => UserError::at(code, ["answers", question], problem.to_string()),
                        None => UserError::at(code, ["answers"], problem.to_string()),
                    }
                })
                .collect(),
        )
    })
}

/// Holds the wave open until the transaction ends: closing waits for it, and whoever comes after closing is refused.
async fn require_open_in_tx(
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    id: WaveId,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let open: Option<Option<DateTime<Utc>>> = wave::Entity::in_org(organization)
        .filter(wave::Column::Id.eq(id))
        .filter(wave::Column::State.eq(WaveState::Open.as_str()))
        .select_only()
        .column(wave::Column::ClosesAt)
        .lock_shared()
        .into_tuple()
        .one(tx)
        .await?;
    match open {
        Some(closes_at) if closes_at.is_none_or(|closes| now < closes) => Ok(()),
        _ => {
            Err(UserError::at(UserErrorCode::WrongState, ["invitation"], "this survey no longer takes answers").into())
        }
    }
}

async fn find_sheet_in_tx(
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    wave: &Wave,
    receipt: &Receipt,
) -> Result<Option<answer_sheet::Model>, Exception> {
    Ok(answer_sheet::Entity::in_org(organization)
        .filter(answer_sheet::Column::WaveId.eq(wave.id))
        .filter(answer_sheet::Column::ReceiptHash.eq(receipt.hash(wave.id, SHEET)))
        .one(tx)
        .await?)
}

/// Writes the sheet of somebody who answers for the first time; it counts where they were at launch. False, and nothing
/// is written, when the receipt belongs to a sheet already.
async fn insert_sheet_in_tx(
    ctx: &RequestContext,
    tx: &DatabaseTransaction,
    wave: &Wave,
    invited: &Invitation,
    filled: &Filled,
    receipt: &Receipt,
) -> Result<bool, Exception> {
    let sheet = answer_sheet::ActiveModel {
        id: Set(SheetId(ctx.app.random.unlinkable_id())),
        organization_id: Set(ctx.asker()?.actor.organization),
        wave_id: Set(wave.id),
        team_id: Set(invited.team),
        attributes: Set(invited.attributes.clone()),
        packed: Set(filled.sheet.encode()),
        receipt_hash: Set(Some(receipt.hash(wave.id, SHEET))),
    };
    let mut taken = OnConflict::columns([answer_sheet::Column::WaveId, answer_sheet::Column::ReceiptHash]);
    let inserted = answer_sheet::Entity::insert(sheet)
        .on_conflict(taken.do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}

/// Writes the comments of a sheet, which count in its team.
async fn insert_comments_in_tx(
    ctx: &RequestContext,
    tx: &DatabaseTransaction,
    wave: &Wave,
    team: Option<TeamId>,
    filled: &Filled,
    receipt: &Receipt,
) -> Result<(), Exception> {
    if filled.comments.is_empty() {
        return Ok(());
    }
    let organization_id = ctx.asker()?.actor.organization;
    let comments = filled.comments.iter().map(|(question, body)| comment::ActiveModel {
        id: Set(CommentId(ctx.app.random.unlinkable_id())),
        organization_id: Set(organization_id),
        wave_id: Set(wave.id),
        question_key: Set(question.clone()),
        team_id: Set(team),
        body: Set(body.clone()),
        receipt_hash: Set(Some(receipt.hash(wave.id, question))),
    });
    comment::Entity::insert_many(comments).exec_without_returning(tx).await?;
    Ok(())
}
