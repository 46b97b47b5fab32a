//! Reading recognition. Every road leads through [`sees`]: what the giver opened to few is closed to all others, whatever
//! their office.

use std::collections::{BTreeMap, HashMap};

use hearten_entity::{InOrganization, company_value, recognition, recognition_receiver};
use hearten_ids::{OrganizationId, PersonId, RecognitionId, TeamId};
use hearten_policy::{Action, Resource};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};

use super::store::{Recognition, RecognitionVisibility};
use crate::{
    areas::points::service::{Wallet, own_wallet},
    graphql::{
        context::{Asker, RequestContext},
        error::{Exception, Refusal, UserError, UserErrorCode},
    },
};

// What other areas' types ask of this one.
pub use super::{
    balance::{of_team as balance_of, unthanked_reports},
    celebrations::own_choice,
    feed::received,
    suggestions::suggestions,
};

/// Thanks shown on the home screen.
const SHOWN_AT_HOME: usize = 5;

/// Whether the asker may see it.
pub fn sees(asker: &Asker, thanks: &Recognition) -> bool {
    asker.may(Action::ReadRecognition, Resource::Recognition(thanks.facts()))
}

/// The recognition with this id, whoever asks: for services that decide themselves.
///
/// # Errors
/// When the database fails.
pub async fn by_id(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    id: RecognitionId,
) -> Result<Option<Recognition>, Exception> {
    let row = recognition::Entity::in_org(organization).filter(recognition::Column::Id.eq(id)).one(db).await?;
    row.map(Recognition::try_from).transpose()
}

/// Those of these recognitions that are there, whoever asks: for loaders, whose callers decide.
///
/// # Errors
/// When the database fails.
pub async fn by_ids(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    ids: &[RecognitionId],
) -> Result<Vec<Recognition>, Exception> {
    let rows = recognition::Entity::in_org(organization).filter(recognition::Column::Id.is_in(ids.iter().copied()));
    rows.all(db).await?.into_iter().map(Recognition::try_from).collect()
}

/// The recognition with this id, when the asker may see it.
///
/// # Errors
/// When the database fails.
pub async fn find(ctx: &RequestContext, id: RecognitionId) -> Result<Option<Recognition>, Exception> {
    let asker = ctx.asker()?;
    Ok(by_id(ctx.db.read(), asker.organization(), id).await?.filter(|thanks| sees(&asker, thanks)))
}

/// Those of these recognitions that the asker may see.
///
/// # Errors
/// When the database fails.
pub async fn find_all(ctx: &RequestContext, ids: &[RecognitionId]) -> Result<Vec<Recognition>, Exception> {
    let asker = ctx.asker()?;
    let mut found = by_ids(ctx.db.read(), asker.organization(), ids).await?;
    found.retain(|thanks| sees(&asker, thanks));
    Ok(found)
}

/// The recognition with this id, for a mutation.
///
/// # Errors
/// A refusal when there is none or the asker may not see it.
pub async fn get_visible(ctx: &RequestContext, id: RecognitionId) -> Result<Recognition, Refusal> {
    let found = find(ctx, id).await?;
    Ok(found.ok_or_else(|| UserError::at(UserErrorCode::NotFound, ["recognition"], "there is no such recognition"))?)
}

/// What the database can leave out for an asker: private thanks of others, and what was taken back. The policy decides
/// about the rest.
pub(super) fn possible(asker: &Asker) -> Condition {
    use recognition::Column;
    let standing = Column::WithdrawnAt.is_null();
    let open = Column::Visibility.ne(RecognitionVisibility::Private.as_str());
    let Some(person) = asker.person() else {
        let public = Column::Visibility.eq(RecognitionVisibility::Public.as_str());
        return Condition::all().add(standing).add(public);
    };
    let received = received_by_any(asker.organization(), &[person]);
    Condition::any()
        .add(Column::GiverId.eq(person))
        .add(Condition::all().add(standing).add(open.or(Column::Id.in_subquery(received))))
}

/// The ids of what any of these persons received, to select by.
pub(super) fn received_by_any(
    organization: OrganizationId,
    persons: &[PersonId],
) -> sea_orm::sea_query::SelectStatement {
    recognition_receiver::Entity::in_org(organization)
        .filter(recognition_receiver::Column::PersonId.is_in(persons.iter().copied()))
        .select_only()
        .column(recognition_receiver::Column::RecognitionId)
        .into_query()
}

/// What these persons received, each the newest first, as far as the asker may see it: at most `most` of each are looked
/// at. Says besides whether there may be more.
///
/// # Errors
/// When the database fails.
pub async fn newest_received(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    persons: &[PersonId],
    most: usize,
) -> Result<HashMap<PersonId, Vec<Recognition>>, Exception> {
    use recognition_receiver::{Column, Entity};
    use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Order, Query, WindowStatement};
    // The n-th newest of each person: a statement for all of them.
    let (ranked, rank) = (Alias::new("ranked"), Alias::new("rank_of_person"));
    let mut window = WindowStatement::partition_by(Column::PersonId);
    window.order_by(Column::RecognitionId, Order::Desc);
    let inner = Query::select()
        .columns([Column::PersonId, Column::RecognitionId])
        .expr_window_as(Func::cust(Alias::new("ROW_NUMBER")), window, rank.clone())
        .from(Entity)
        .and_where(Column::OrganizationId.eq(organization))
        .and_where(Column::PersonId.is_in(persons.iter().copied()))
        .to_owned();
    let newest = Query::select()
        .column(Column::RecognitionId)
        .from_subquery(inner, ranked)
        .and_where(Expr::col(rank).lte(i64::try_from(most).unwrap_or(i64::MAX)))
        .to_owned();
    let rows = recognition::Entity::in_org(organization)
        .filter(recognition::Column::Id.in_subquery(newest))
        .order_by_desc(recognition::Column::Id)
        .all(db)
        .await?;
    let mut by_person: HashMap<PersonId, Vec<Recognition>> = persons.iter().map(|one| (*one, Vec::new())).collect();
    for row in rows {
        let thanks = Recognition::try_from(row)?;
        for person in &thanks.receivers {
            if let Some(received) = by_person.get_mut(person).filter(|received| received.len() < most) {
                received.push(thanks.clone());
            }
        }
    }
    Ok(by_person)
}

/// What the home screen shows of recognition: the newest thanks the asker got with the values they name, and what the asker
/// holds. Two statements; None for an API token.
///
/// # Errors
/// When the database fails.
pub async fn home(ctx: &RequestContext) -> Result<Option<Home>, Exception> {
    let asker = ctx.asker()?;
    let Some(person) = asker.person() else { return Ok(None) };
    let Some(wallet) = own_wallet(ctx).await? else { return Ok(None) };
    let received = received_by_any(asker.organization(), &[person]);
    let to_value = recognition::Entity::belongs_to(company_value::Entity)
        .from(recognition::Column::CompanyValueId)
        .to(company_value::Column::Id);
    let rows = recognition::Entity::in_org(asker.organization())
        .filter(recognition::Column::Id.in_subquery(received))
        .filter(recognition::Column::WithdrawnAt.is_null())
        .join(JoinType::LeftJoin, to_value.into())
        .select_also(company_value::Entity)
        .order_by_desc(recognition::Column::Id)
        .limit(SHOWN_AT_HOME as u64)
        .all(ctx.db.read())
        .await?;
    let thanks = rows.into_iter().map(|(row, value)| Ok((Recognition::try_from(row)?, value)));
    let mut thanks = thanks.collect::<Result<Vec<_>, Exception>>()?;
    thanks.retain(|(thanks, _)| sees(&asker, thanks));
    Ok(Some(Home { thanks, wallet }))
}

/// What the home screen shows of recognition.
#[derive(Debug, Clone)]
pub struct Home {
    /// The newest thanks the asker got.
    pub thanks: Vec<(Recognition, Option<company_value::Model>)>,
    /// What the asker holds.
    pub wallet: Wallet,
}

/// A person, as a member of the team of that moment.
pub type Member = (PersonId, Option<TeamId>);

/// How often persons were thanked and thanked others in a span, and in which team they were then, without private thanks
/// and what was taken back: who could count those in would learn of them.
#[derive(Debug, Clone, Default)]
pub struct Activity {
    /// How often each person was thanked.
    pub received: BTreeMap<Member, i64>,
    /// How often each person thanked.
    pub given: BTreeMap<Member, i64>,
}

/// The activity of an organization between two moments.
///
/// # Errors
/// When the database fails.
pub async fn activity_in(
    db: &impl ConnectionTrait,
    organization: OrganizationId,
    since: chrono::DateTime<chrono::Utc>,
    until: chrono::DateTime<chrono::Utc>,
) -> Result<Activity, Exception> {
    use recognition::Column;
    let counted = || {
        Condition::all()
            .add(Column::GivenAt.gte(since))
            .add(Column::GivenAt.lt(until))
            .add(Column::WithdrawnAt.is_null())
            .add(Column::Visibility.ne(RecognitionVisibility::Private.as_str()))
    };
    let given: Vec<(PersonId, Option<TeamId>, i64)> = recognition::Entity::in_org(organization)
        .filter(counted())
        .select_only()
        .columns([Column::GiverId, Column::GiverTeamId])
        .column_as(Column::Id.count(), "thanks")
        .group_by(Column::GiverId)
        .group_by(Column::GiverTeamId)
        .into_tuple()
        .all(db)
        .await?;
    let ids = recognition::Entity::in_org(organization).filter(counted()).select_only().column(Column::Id).into_query();
    let received: Vec<(PersonId, Option<TeamId>, i64)> = recognition_receiver::Entity::in_org(organization)
        .filter(recognition_receiver::Column::RecognitionId.in_subquery(ids))
        .select_only()
        .columns([recognition_receiver::Column::PersonId, recognition_receiver::Column::TeamId])
        .column_as(recognition_receiver::Column::Id.count(), "thanks")
        .group_by(recognition_receiver::Column::PersonId)
        .group_by(recognition_receiver::Column::TeamId)
        .into_tuple()
        .all(db)
        .await?;
    let by_member = |rows: Vec<(PersonId, Option<TeamId>, i64)>| {
        rows.into_iter().map(|(person, team, thanks)| ((person, team), thanks)).collect()
    };
    Ok(Activity { received: by_member(received), given: by_member(given) })
}
