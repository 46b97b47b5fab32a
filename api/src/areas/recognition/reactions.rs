//! Reacting to recognition: one sign a person, which can be changed and taken away.

use std::collections::{BTreeMap, HashMap};

use hearten_entity::{InOrganization, notification, recognition_reaction};
use hearten_ids::{OrganizationId, PersonId, ReactionId, RecognitionId};
use hearten_policy::{Action, Resource};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, ExprTrait, QueryFilter,
    QuerySelect, sea_query::OnConflict,
};

use super::{
    service::get_visible,
    store::{ReactionEmoji, Recognition},
};
use crate::{
    areas::happenings::{self, Happening, HappeningKind},
    graphql::{
        context::RequestContext,
        error::{ErrorCode, Exception, Refusal},
    },
};

/// Sets the asker's reaction, or takes it away. The giver hears of the first, and of no other of this person: whoever takes
/// a reaction away and gives another tells nothing new.
///
/// # Errors
/// FORBIDDEN for API tokens; a refusal for a recognition the asker may not see.
pub async fn react(
    ctx: &RequestContext,
    id: RecognitionId,
    emoji: Option<ReactionEmoji>,
) -> Result<Recognition, Refusal> {
    use recognition_reaction::Column;
    let asker = ctx.asker()?;
    let thanks = get_visible(ctx, id).await?;
    asker.require(Action::ReactToRecognition, Resource::Recognition(thanks.facts()))?;
    let person = asker.person().ok_or_else(|| Exception::code(ErrorCode::Forbidden))?;
    let organization = asker.organization();
    let now = ctx.app.clock.now();
    let tx = ctx.db.begin().await?;
    let mine = Column::RecognitionId.eq(id).and(Column::PersonId.eq(person));
    match emoji {
        None => {
            recognition_reaction::Entity::delete_in_org(organization).filter(mine).exec(&tx).await?;
        }
        Some(emoji) => {
            let before = recognition_reaction::Entity::in_org(organization).filter(mine).one(&tx).await?;
            let row = recognition_reaction::ActiveModel {
                id: Set(ReactionId(ctx.app.random.id(now))),
                organization_id: Set(organization),
                recognition_id: Set(id),
                person_id: Set(person),
                emoji: Set(emoji.as_str().to_owned()),
                reacted_at: Set(now),
            };
            let mut again = OnConflict::columns([Column::RecognitionId, Column::PersonId]);
            again.update_columns([Column::Emoji, Column::ReactedAt]);
            recognition_reaction::Entity::insert(row).on_conflict(again).exec_without_returning(&tx).await?;
            if before.is_none()
                && person != thanks.giver
                && !was_told_in_tx(&tx, organization, thanks.giver, id, person).await?
            {
                let happening = Happening {
                    kind: HappeningKind::RecognitionReacted,
                    subject: id.to_string(),
                    actor: Some(person),
                    concerns: vec![thanks.giver],
                };
                happenings::record_in_tx(&ctx.app, &tx, organization, happening).await?;
            }
        }
    }
    tx.commit().await?;
    ctx.app.outbox.wake();
    Ok(thanks)
}

/// Whether the giver was told before that this person reacted.
async fn was_told_in_tx(
    tx: &DatabaseTransaction,
    organization: OrganizationId,
    giver: PersonId,
    id: RecognitionId,
    actor: PersonId,
) -> Result<bool, Exception> {
    use notification::Column;
    let told = notification::Entity::in_org(organization)
        .filter(Column::PersonId.eq(giver))
        .filter(Column::Kind.eq(HappeningKind::RecognitionReacted.as_str()))
        .filter(Column::Subject.eq(id.to_string()))
        .filter(Column::ActorId.eq(actor))
        .limit(1)
        .one(tx);
    Ok(told.await?.is_some())
}

/// How often each sign was given, by recognition.
///
/// # Errors
/// When the database fails.
pub async fn counts_of(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    ids: &[RecognitionId],
) -> Result<HashMap<RecognitionId, BTreeMap<ReactionEmoji, i64>>, Exception> {
    use recognition_reaction::Column;
    let rows: Vec<(RecognitionId, String, i64)> = recognition_reaction::Entity::in_org(organization)
        .filter(Column::RecognitionId.is_in(ids.iter().copied()))
        .select_only()
        .column(Column::RecognitionId)
        .column(Column::Emoji)
        .column_as(Column::Id.count(), "reactions")
        .group_by(Column::RecognitionId)
        .group_by(Column::Emoji)
        .into_tuple()
        .all(db)
        .await?;
    let mut counts: HashMap<RecognitionId, BTreeMap<ReactionEmoji, i64>> = HashMap::new();
    for (id, emoji, count) in rows {
        counts.entry(id).or_default().insert(ReactionEmoji::stored(&emoji)?, count);
    }
    Ok(counts)
}

/// The reactions of a person, by recognition.
///
/// # Errors
/// When the database fails.
pub async fn reactions_by(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    keys: &[(RecognitionId, PersonId)],
) -> Result<HashMap<(RecognitionId, PersonId), ReactionEmoji>, Exception> {
    use recognition_reaction::Column;
    let rows = recognition_reaction::Entity::in_org(organization)
        .filter(Column::RecognitionId.is_in(keys.iter().map(|(id, _)| *id)))
        .filter(Column::PersonId.is_in(keys.iter().map(|(_, person)| *person)))
        .all(db)
        .await?;
    let mut reactions = HashMap::with_capacity(rows.len());
    for row in rows {
        reactions.insert((row.recognition_id, row.person_id), ReactionEmoji::stored(&row.emoji)?);
    }
    Ok(reactions)
}
