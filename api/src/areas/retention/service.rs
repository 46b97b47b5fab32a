//! What retention tells, and to whom: the one place that asks the policy.

use std::sync::Arc;

use chrono::NaiveDate;
use hearten_disclosure::SuppressionReason;
use hearten_ids::{PersonId, TeamId};
use hearten_policy::{Action, Resource};
use hearten_retention::Feature;

use super::{
    model::{GroupFigures, KeptGroup, Version},
    span::{Span, month_of, months_before},
    survival::Point,
    turnover::{Exits, Group, Withheld},
};
use crate::{
    areas::audit,
    graphql::{
        context::{Asker, RequestContext},
        error::Exception,
    },
};

/// How long a version is shown, in months: what it says lapses then.
const MONTHS_SHOWN: i32 = 12;

/// The turnover of a group as somebody is shown it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The span.
    pub span: Span,
    /// How many left.
    pub leavers: usize,
    /// Of how many, on average.
    pub average_headcount: f64,
    /// The leavers by reason, or why they are not told apart.
    pub exits: Result<Exits, Withheld>,
}

/// Why there is no curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoCurve {
    /// No whole calendar year is on record yet.
    NoWholeYear,
    /// A release plan says so, of the persons or of those who left.
    Plan(SuppressionReason),
}

/// The turnover of a team with all below it, or of everybody, in whole months; None where the asker may not see it, and the
/// reason where nobody is shown it.
///
/// # Errors
/// BAD_USER_INPUT for a span that is none; when the database is away.
pub async fn turnover(
    ctx: &RequestContext,
    group: Group,
    from: NaiveDate,
    until: NaiveDate,
) -> Result<Option<Result<Shown, SuppressionReason>>, Exception> {
    let asker = ctx.asker()?;
    if !asker.may(Action::ReadTurnover, resource(group)) {
        return Ok(None);
    }
    let span = Span::over(from, until, ctx.app.clock.today())?;
    let all = ctx.app.turnovers.of(ctx, span).await?;
    audit::record_reading(ctx, "turnover.read", &subject(&asker, group)).await?;
    let exits = all.reasons(group, |person| reads(&asker, person))?;
    Ok(Some(all.of(group).map(|turnover| Shown {
        span,
        leavers: turnover.exits.all(),
        average_headcount: turnover.average_headcount,
        exits: exits.map(|()| turnover.exits),
    })))
}

/// Whether the asker may read why somebody left in their record.
fn reads(asker: &Asker, person: PersonId) -> bool {
    asker.may(Action::ReadPersonEmployment, Resource::Person(person))
}

/// How long the people of a team with all below it, or all people, stay; None where the asker may not see it, and the reason
/// where it is not shown.
///
/// # Errors
/// When the database is away.
pub async fn survival(
    ctx: &RequestContext,
    group: Group,
) -> Result<Option<Result<(Span, Vec<Point>), NoCurve>>, Exception> {
    let asker = ctx.asker()?;
    if !asker.may(Action::ReadTurnover, resource(group)) {
        return Ok(None);
    }
    let curves = ctx.app.survival_curves.of(ctx).await?;
    let Some(span) = curves.span else { return Ok(Some(Err(NoCurve::NoWholeYear))) };
    let all = ctx.app.turnovers.of(ctx, span).await?;
    let reasons = all.reasons(group, |person| reads(&asker, person))?;
    let shown = all.of(group).map_err(NoCurve::Plan).and_then(|_| {
        reasons.map_err(|withheld| match withheld {
            Withheld::Plan(reason) => NoCurve::Plan(reason),
            Withheld::NotWholeYears => NoCurve::NoWholeYear,
        })
    });
    if shown.is_ok() {
        audit::record_reading(ctx, "turnover.read", &subject(&asker, group)).await?;
    }
    Ok(Some(shown.map(|()| (span, curves.of(group).to_vec()))))
}

/// What a version of the model says of a group.
#[derive(Debug)]
pub struct ShownRisk {
    /// The version.
    pub version: Arc<Version>,
    /// The figures.
    pub figures: GroupFigures,
}

/// Why nothing is said of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoRisk {
    /// There is no version, or only one that is too old.
    NoModel,
    /// The version does not beat the base rate.
    NotBetter,
    /// A release plan says so.
    Plan(SuppressionReason),
}

/// How many of a team with all below it, or of everybody, may leave; None where the asker may not see it, and the reason
/// where it is not shown.
///
/// # Errors
/// When the database is away.
pub async fn risk(ctx: &RequestContext, group: Group) -> Result<Option<Result<ShownRisk, NoRisk>>, Exception> {
    let asker = ctx.asker()?;
    if !asker.may(Action::ReadRetentionRisk, resource(group)) {
        return Ok(None);
    }
    let Some(version) = ctx.loaders()?.retention_model(&ctx.app).await? else { return Ok(Some(Err(NoRisk::NoModel))) };
    if !version.fitted || version.month < months_before(month_of(ctx.app.clock.today()), MONTHS_SHOWN) {
        return Ok(Some(Err(NoRisk::NoModel)));
    }
    if !version.shown {
        return Ok(Some(Err(NoRisk::NotBetter)));
    }
    let figures = match version.groups.of(group) {
        Some(KeptGroup::Shown(figures)) => figures.clone(),
        Some(KeptGroup::Hidden(reason)) => return Ok(Some(Err(NoRisk::Plan(*reason)))),
        None => return Ok(Some(Err(NoRisk::Plan(SuppressionReason::NotInPlan)))),
    };
    audit::record_reading(ctx, "retention.read", &subject(&asker, group)).await?;
    Ok(Some(Ok(ShownRisk { version, figures })))
}

/// The newest version of the model; None where there is none or the asker may not see it.
///
/// # Errors
/// When the database is away.
pub async fn model(ctx: &RequestContext) -> Result<Option<Arc<Version>>, Exception> {
    if !ctx.asker()?.may(Action::ReadRetentionModel, Resource::Organization) {
        return Ok(None);
    }
    ctx.loaders()?.retention_model(&ctx.app).await
}

/// What the model may know; None where the asker may not see it.
///
/// # Errors
/// UNAUTHENTICATED when nobody is signed in.
pub fn features(ctx: &RequestContext) -> Result<Option<&'static [Feature]>, Exception> {
    let may = ctx.asker()?.may(Action::ReadRetentionFeatures, Resource::Organization);
    Ok(may.then_some(&Feature::ALL))
}

fn resource(group: Group) -> Resource<'static> {
    group.map_or(Resource::Organization, Resource::Team)
}

fn subject(asker: &Asker, group: Group) -> String {
    group.map_or_else(|| asker.organization().to_string(), |team: TeamId| team.to_string())
}
