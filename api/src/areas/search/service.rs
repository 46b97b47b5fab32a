//! Finding: the index narrows down, and each hit is then asked for as by `node`.

use std::sync::Arc;

use hearten_ids::{AnyId, PersonId, TeamId};
use hearten_orgchart::OrgChart;
use hearten_policy::{Action, Resource};

use super::{Audience, SearchKind, index, words};
use crate::graphql::{
    context::{Asker, RequestContext},
    error::Exception,
    node::{self, Node},
};

/// Hits beyond these are not looked at: whoever has so many says more.
const MOST_HITS: usize = 100;
/// Words of a question that count.
const MOST_WORDS: usize = 8;
/// The longest question.
const LONGEST_TEXT: usize = 200;
/// Teams a lead finds things of, beside those above. Who leads more finds the rest by looking there.
const MOST_TEAMS: usize = 500;

/// Everything that has the words of `text` and that the asker may see, best first, up to a hundred.
///
/// # Errors
/// BAD_USER_INPUT when the text holds no word of two letters or is too long.
pub async fn find(ctx: &RequestContext, text: &str, kinds: &[SearchKind]) -> Result<Vec<Node>, Exception> {
    let asker = ctx.asker()?;
    if text.chars().count() > LONGEST_TEXT {
        return Err(Exception::bad_input(format!("text: at most {LONGEST_TEXT} characters")));
    }
    let words = words::of_query(text, MOST_WORDS);
    if !words.iter().any(|word| word.chars().count() >= 2) {
        return Err(Exception::bad_input("text: give at least one word of two letters or more"));
    }
    let wanted = |kind| kinds.is_empty() || kinds.contains(&kind);
    let mut ids: Vec<AnyId> = Vec::new();
    if wanted(SearchKind::Team) {
        ids.extend(teams(&asker, &words).map(AnyId::TeamId).take(MOST_HITS));
    }
    if wanted(SearchKind::Person) {
        ids.extend(persons(&asker, &words).map(AnyId::PersonId).take(MOST_HITS));
    }
    if kinds.is_empty() || kinds.iter().any(|kind| !matches!(kind, SearchKind::Person | SearchKind::Team)) {
        let readers = readers(&asker);
        let found =
            index::look_up(ctx.db.read(), asker.organization(), &words, &readers, kinds, MOST_HITS as u64).await?;
        ids.extend(found.iter().filter_map(|subject| subject.parse::<AnyId>().ok()));
    }
    ids.truncate(MOST_HITS);
    let mut found = Box::pin(node::find_all(ctx, &ids)).await?;
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// The words under which the asker is named in the index. An API token finds what is everybody's, as far as its scopes let it.
fn readers(asker: &Asker) -> Vec<String> {
    let organization = asker.organization();
    let chart = &asker.snapshot.chart;
    let mut audiences = vec![Audience::Everybody];
    if let Some(person) = asker.person() {
        audiences.push(Audience::Person(person));
        audiences.extend(teams_of(chart, person).into_iter().map(Audience::Team));
    }
    audiences.into_iter().map(|audience| audience.word(organization)).collect()
}

/// The person's team and all above it, and the teams below those the person leads.
fn teams_of(chart: &OrgChart, person: PersonId) -> Vec<TeamId> {
    let own = chart.person(person).and_then(|record| record.team);
    let mut teams: Vec<TeamId> = own.into_iter().collect();
    if let Some(own) = own {
        teams.extend(chart.ancestors(own).iter().map(|team| team.id));
    }
    let mut below: Vec<TeamId> = chart.teams_led_by(person).iter().map(|team| team.id).collect();
    let mut at = 0;
    while at < below.len() && below.len() < MOST_TEAMS {
        below.extend(chart.children(below[at]).iter().map(|team| team.id));
        at += 1;
    }
    teams.extend(below);
    teams.sort_unstable();
    teams.dedup();
    teams
}

fn matches(name: &str, words: &[String]) -> bool {
    let known = words::of_text(name, MOST_WORDS * 2);
    words.iter().all(|word| known.split(' ').any(|known| known.starts_with(word)))
}

fn persons<'a>(asker: &'a Arc<Asker>, words: &'a [String]) -> impl Iterator<Item = PersonId> + 'a {
    let all = asker.snapshot.chart.persons().iter();
    all.filter(|person| person.is_active() && matches(&person.display_name, words) && asker.may_read(person))
        .map(|person| person.id)
}

fn teams<'a>(asker: &'a Arc<Asker>, words: &'a [String]) -> impl Iterator<Item = TeamId> + 'a {
    let all = asker.snapshot.chart.teams().iter();
    all.filter(|team| {
        !team.archived && matches(&team.name, words) && asker.may(Action::ReadTeam, Resource::Team(team.id))
    })
    .map(|team| team.id)
}
