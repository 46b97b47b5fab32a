//! From published results: the favourable share of somebody's group, as everybody who may read the publication reads it.
//! There is no other road from answers to here: what is not released does not exist for it, and nobody's own answer is told
//! apart.

use std::{collections::HashMap, sync::Arc};

use chrono::Months;
use hearten_ids::TeamId;
use hearten_orgchart::{OrgChart, PersonRecord};
use hearten_policy::Audience;

use super::Inquiry;
use crate::{
    areas::results::service::{self as results, CutKey},
    graphql::error::Exception,
};

/// How old a publication may be, in months.
const MONTHS: u32 = 12;
/// How many publications are looked at, the newest first.
const MOST_PUBLICATIONS: usize = 4;

/// The shares of groups, a publication after the other, the newest first.
pub struct Favourability(Vec<Group>);

struct Group {
    /// The teams it asked with all below them; none for everybody.
    asked: Option<Vec<TeamId>>,
    shares: HashMap<TeamId, f64>,
}

impl Favourability {
    /// One statement, and at most two for each of a few publications that this node does not hold yet.
    pub async fn read(inquiry: &Inquiry<'_>) -> Result<Self, Exception> {
        let until = inquiry.moment();
        let since = until.checked_sub_months(Months::new(MONTHS)).unwrap_or(until);
        let newest = results::latest_between(inquiry.db, inquiry.organization, since, until, MOST_PUBLICATIONS).await?;
        let mut groups = Vec::new();
        for id in newest {
            let Some(published) = inquiry.app.publications.find(inquiry.db, inquiry.organization, id).await? else {
                continue;
            };
            groups.push(Group::of(&published));
        }
        Ok(Self(groups))
    }

    /// The share in the newest publication that asked the person's team: of the smallest shown group the team lies in.
    pub fn of(&self, chart: &OrgChart, person: &PersonRecord) -> Option<f64> {
        let team = person.team?;
        let above = chart.ancestors(team);
        let path = || [team].into_iter().chain(above.iter().rev().map(|above| above.id));
        let asked = |group: &&Group| {
            group.asked.as_ref().is_none_or(|teams| teams.iter().any(|asked| chart.is_in_subtree(team, *asked)))
        };
        self.0.iter().filter(asked).find_map(|group| path().find_map(|team| group.shares.get(&team).copied()))
    }
}

impl Group {
    fn of(published: &Arc<results::Published>) -> Self {
        let facts = published.facts();
        let asked = match facts.view().audience {
            Audience::WholeOrganization => None,
            Audience::Teams(teams) => Some(teams.to_vec()),
        };
        let share = |(at, cut): (usize, &results::FrameCut)| match cut.key {
            CutKey::Team { team } => Some((team, results::favourable_share(published, at)?)),
            CutKey::Everyone | CutKey::Attribute { .. } => None,
        };
        Self { asked, shares: published.frame.cuts.iter().enumerate().filter_map(share).collect() }
    }
}
