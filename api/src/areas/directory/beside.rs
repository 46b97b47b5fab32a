//! Figures of teams beside what somebody knows singly.
//!
//! Some who ask for the figures of teams read those of single persons as well: their own, and those of whoever is below
//! them. What they read singly they can take out of a figure. So each is shown only the teams that, without the persons they
//! read singly, still leave nobody or enough people, also when shown teams are subtracted from each other.

use std::collections::{HashMap, HashSet};

use hearten_disclosure::shown_below;
use hearten_ids::{PersonId, TeamId};
use hearten_orgchart::OrgChart;

/// Those of the teams with figures that can be shown to somebody who reads some persons singly, or who knows that they are
/// not counted.
pub fn shown_beside(
    chart: &OrgChart,
    singly: impl Fn(PersonId) -> bool,
    in_figures: impl Fn(TeamId) -> bool,
    minimum: usize,
) -> HashSet<TeamId> {
    let Some(root) = chart.root_team() else { return HashSet::new() };
    // How many of each team and those below are not read singly.
    let mut unread: HashMap<TeamId, usize> = HashMap::new();
    for person in chart.members_of_subtree(root.id).iter().filter(|person| !singly(person.id)) {
        let own = person.team.into_iter();
        for team in own.clone().chain(own.flat_map(|team| chart.ancestors(team)).map(|above| above.id)) {
            *unread.entry(team).or_default() += 1;
        }
    }
    let size = |team: TeamId| unread.get(&team).copied().unwrap_or_default();
    // The nearest teams with figures, this one or below it.
    let nearest = |from: Vec<TeamId>| {
        let (mut found, mut rest) = (Vec::new(), from);
        while let Some(team) = rest.pop() {
            if in_figures(team) {
                found.push(team);
            } else {
                rest.extend(chart.children(team).iter().map(|child| child.id));
            }
        }
        found
    };
    let fits = |size: usize| size == 0 || size >= minimum;
    let mut shown = HashSet::new();
    let mut rest: Vec<TeamId> = nearest(vec![root.id]).into_iter().filter(|team| fits(size(*team))).collect();
    while let Some(team) = rest.pop() {
        shown.insert(team);
        let below_of = |team| nearest(chart.children(team).iter().map(|child| child.id).collect());
        let mut below = below_of(team);
        loop {
            let (known, mut other): (Vec<TeamId>, Vec<TeamId>) = below.into_iter().partition(|child| size(*child) == 0);
            let sizes: Vec<usize> = other.iter().map(|child| size(*child)).collect();
            let own = size(team) - sizes.iter().sum::<usize>();
            let Some(unsafe_at) = shown_below(own, &sizes, minimum).iter().position(|safe| !safe) else {
                rest.extend(known.into_iter().chain(other));
                break;
            };
            // What is not shown gives way to what lies below it.
            let hidden = other.remove(unsafe_at);
            below = known.into_iter().chain(other).chain(below_of(hidden)).collect();
        }
    }
    shown
}
