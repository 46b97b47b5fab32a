//! What retention tells, and to whom: the one place that asks the policy.

use chrono::NaiveDate;
use hearten_disclosure::SuppressionReason;
use hearten_ids::TeamId;
use hearten_policy::{Action, Resource};

use super::{
    span::Span,
    turnover::{Exits, Group, Withheld},
};
use crate::{
    areas::audit,
    graphql::{
        context::{Asker, RequestContext},
        error::Exception,
    },
};

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
    Ok(Some(all.of(group).map(|turnover| {
        // Who may read the record of everybody who left learns nothing from counting them.
        let reads = |person| asker.may(Action::ReadPersonEmployment, Resource::Person(person));
        let reasons = turnover.reasons.or_else(|withheld| {
            if turnover.leavers.iter().all(|person| reads(*person)) { Ok(()) } else { Err(withheld) }
        });
        Shown {
            span,
            leavers: turnover.exits.all(),
            average_headcount: turnover.average_headcount,
            exits: reasons.map(|()| turnover.exits),
        }
    })))
}

fn resource(group: Group) -> Resource<'static> {
    group.map_or(Resource::Organization, Resource::Team)
}

fn subject(asker: &Asker, group: Group) -> String {
    group.map_or_else(|| asker.organization().to_string(), |team: TeamId| team.to_string())
}
