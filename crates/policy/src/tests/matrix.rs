//! Who may do what, as one table: read it against the rules in `docs/AUTHORIZATION.md`, which carries the same table.

use std::fmt::Write as _;

use hearten_ids::PersonId;

use super::village::{
    ADAM, ALL, BERT, CARL, ELLA, EMIL, GONE, LINA, MIA, NORTH, OLGA, OURS, PAUL, PETRA, SALES, SOUTH, SVEN, TEAM_A,
    chart_of, signed_in, token,
};
use crate::{
    Action, Actor, Audience, CutScope, Decision, GoalFacts, GoalLevel, GoalVisibility, Resource, Role, RoleSet, Scope,
    ScopeSet, SurveyFacts, SurveyStage, decide,
};

/// Who stands at the head of the columns.
fn columns() -> Vec<(&'static str, Actor)> {
    use Scope::{
        AuditRead, CommentsRead, DirectoryContact, DirectoryRead, DirectoryWrite, GoalsRead, GoalsWrite, ResultsRead,
        SurveysRead, SurveysWrite,
    };
    let scoped = |scopes: &[Scope]| token(scopes.iter().copied().collect::<ScopeSet>());
    vec![
        ("emil", signed_in(EMIL, &[])),
        ("carl", signed_in(CARL, &[])),
        ("lina", signed_in(LINA, &[])),
        ("mia", signed_in(MIA, &[])),
        ("paul", signed_in(PAUL, &[(Role::PeoplePartner, Some(NORTH))])),
        ("petra", signed_in(PETRA, &[(Role::PeoplePartner, None)])),
        ("adam", signed_in(ADAM, &[(Role::Admin, None)])),
        ("ella", signed_in(ELLA, &[(Role::Executive, None)])),
        ("olga", signed_in(OLGA, &[])),
        ("bert", signed_in(BERT, &[])),
        ("d:read", scoped(&[DirectoryRead])),
        ("d:cont", scoped(&[DirectoryContact])),
        ("d:writ", scoped(&[DirectoryWrite, DirectoryRead])),
        ("s:read", scoped(&[SurveysRead])),
        ("s:writ", scoped(&[SurveysWrite])),
        ("r:read", scoped(&[ResultsRead])),
        ("c:read", scoped(&[CommentsRead])),
        ("a:read", scoped(&[AuditRead])),
        ("g:read", scoped(&[GoalsRead])),
        ("g:writ", scoped(&[GoalsWrite, GoalsRead])),
    ]
}

fn survey(stage: SurveyStage, audience: Audience<'_>, notice: RoleSet) -> SurveyFacts<'_> {
    SurveyFacts {
        organization: OURS,
        stage,
        audience,
        results_visible_to: notice,
        comments_visible_to: notice,
        invited: false,
    }
}

type Row = (&'static str, Resource<'static>);

fn persons(me: Option<PersonId>) -> Vec<Row> {
    let mut rows = vec![
        ("emil, in Sales Team A", Resource::Person(EMIL)),
        ("carl, there, reports to lina", Resource::Person(CARL)),
        ("mia, leads North Sales", Resource::Person(MIA)),
        ("sven, in South", Resource::Person(SVEN)),
        ("olga, owner, in no team", Resource::Person(OLGA)),
        ("gone, left Sales Team A", Resource::Person(GONE)),
    ];
    if let Some(me) = me {
        rows.push(("oneself", Resource::Person(me)));
    }
    rows
}

fn surveys() -> Vec<Row> {
    use SurveyStage::{Draft, Launched, Published};
    const NORTH_ONLY: Audience<'static> = Audience::Teams(&[NORTH]);
    let everybody = Role::ALL.into_iter().collect();
    let launched = survey(Launched, Audience::WholeOrganization, everybody);
    vec![
        ("draft for North", Resource::Survey(survey(Draft, NORTH_ONLY, everybody))),
        ("draft for all", Resource::Survey(survey(Draft, Audience::WholeOrganization, everybody))),
        ("launched in North", Resource::Survey(survey(Launched, NORTH_ONLY, everybody))),
        ("launched in South", Resource::Survey(survey(Launched, Audience::Teams(&[SOUTH]), everybody))),
        ("launched for all", Resource::Survey(launched)),
        ("the same, invited", Resource::Survey(SurveyFacts { invited: true, ..launched })),
        ("published, notice: no role", Resource::Survey(survey(Published, Audience::WholeOrganization, RoleSet::NONE))),
        ("published, notice: every role", Resource::Survey(survey(Published, Audience::WholeOrganization, everybody))),
    ]
}

fn cuts() -> Vec<Row> {
    let of = |notice: RoleSet, cut| Resource::Cut {
        survey: survey(SurveyStage::Published, Audience::WholeOrganization, notice),
        cut,
    };
    let every = Role::ALL.into_iter().collect();
    let open = survey(SurveyStage::Launched, Audience::WholeOrganization, every);
    vec![
        ("North Sales, while first open", Resource::Cut { survey: open, cut: CutScope::team(SALES) }),
        ("everybody, notice: no role", of(RoleSet::NONE, CutScope::WHOLE)),
        ("North Sales, notice: no role", of(RoleSet::NONE, CutScope::team(SALES))),
        ("everybody, notice: EMPLOYEE", of(RoleSet::NONE.with(Role::Employee), CutScope::WHOLE)),
        ("North Sales, notice: EMPLOYEE", of(RoleSet::NONE.with(Role::Employee), CutScope::team(SALES))),
        ("North Sales, notice: MANAGER", of(RoleSet::NONE.with(Role::Manager), CutScope::team(SALES))),
        ("North, notice: MANAGER", of(RoleSet::NONE.with(Role::Manager), CutScope::team(NORTH))),
        ("South, notice: EXECUTIVE", of(RoleSet::NONE.with(Role::Executive), CutScope::team(SOUTH))),
        ("South, notice: ADMIN", of(RoleSet::NONE.with(Role::Admin), CutScope::team(SOUTH))),
        ("everybody, notice: every role", of(every, CutScope::WHOLE)),
        ("All, notice: every role", of(every, CutScope::team(ALL))),
        ("North Sales, notice: every role", of(every, CutScope::team(SALES))),
        ("South, notice: every role", of(every, CutScope::team(SOUTH))),
        ("site, notice: every role", of(every, CutScope::WHOLE.by_attribute())),
        ("North Sales by site, every role", of(every, CutScope::team(SALES).by_attribute())),
    ]
}

fn goals(me: Option<PersonId>) -> Vec<Row> {
    use GoalVisibility::{Private, Public};
    let goal = |level, team, owner, visibility| {
        Resource::Goal(GoalFacts { organization: OURS, level, team, owner, visibility })
    };
    let of_team = |team, owner, visibility| goal(GoalLevel::Team, Some(team), owner, visibility);
    let of_person = |team, owner, visibility| goal(GoalLevel::Person, team, Some(owner), visibility);
    let mut rows = vec![
        ("the organization's", goal(GoalLevel::Organization, None, None, Public)),
        ("the organization's, bert's", goal(GoalLevel::Organization, None, Some(BERT), Public)),
        ("North Sales', public", of_team(SALES, None, Public)),
        ("North Sales', team", of_team(SALES, None, GoalVisibility::Team)),
        ("North Sales', team, by emil", of_team(SALES, Some(EMIL), GoalVisibility::Team)),
        ("North Sales', private", of_team(SALES, None, Private)),
        ("North Sales', private, by emil", of_team(SALES, Some(EMIL), Private)),
        ("South's, team, by emil", of_team(SOUTH, Some(EMIL), GoalVisibility::Team)),
        ("emil's, public", of_person(Some(TEAM_A), EMIL, Public)),
        ("emil's, team", of_person(Some(TEAM_A), EMIL, GoalVisibility::Team)),
        ("emil's, private", of_person(Some(TEAM_A), EMIL, Private)),
        ("sven's, team", of_person(Some(SOUTH), SVEN, GoalVisibility::Team)),
        ("olga's, in no team, team", of_person(None, OLGA, GoalVisibility::Team)),
    ];
    rows.extend(me.map(|me| ("one's own, private", of_person(Some(TEAM_A), me, Private))));
    rows
}

/// The rows under an action, as this actor meets them. No wildcard: a new action needs its rows.
pub(super) fn rows(action: Action, me: Option<PersonId>) -> Vec<Row> {
    let organization = ("the organization", Resource::Organization);
    let teams = [("North Sales", Resource::Team(SALES)), ("South", Resource::Team(SOUTH))];
    match action {
        Action::ReadPerson | Action::ReadPersonContact | Action::RevokeRole | Action::SignOutPerson => persons(me),
        Action::ReadTeam => teams.to_vec(),
        Action::ReadHeadcount | Action::ImportDirectory => [&[organization], &teams[..]].concat(),
        Action::WriteDirectory | Action::ReadPersonEmployment => [&[organization], &teams[..], &persons(me)].concat(),
        Action::ReadRoles | Action::GrantRole | Action::ReadAudit => [&[organization], &persons(me)[..]].concat(),
        Action::ManageApiTokens
        | Action::ManageDocuments
        | Action::ReadOrganizationSettings
        | Action::WriteOrganizationSettings => vec![organization],
        Action::WriteSurvey => [&[organization], &surveys()[..]].concat(),
        Action::ReadSurvey
        | Action::ReadSurveyDraft
        | Action::LaunchSurvey
        | Action::CloseSurvey
        | Action::PublishSurvey
        | Action::PreviewPlan
        | Action::ReadPublication => surveys(),
        Action::ReadInvitation | Action::AnswerInvitation => {
            let mut rows = vec![("sven's", Resource::Invitation { person: SVEN })];
            rows.extend(me.map(|person| ("one's own", Resource::Invitation { person })));
            rows
        }
        Action::ReadCut | Action::ReadComments | Action::ReadParticipation => cuts(),
        Action::ReadGoalCycles | Action::ManageGoalCycles | Action::ImportGoals => vec![organization],
        Action::ReadGoal | Action::WriteGoal | Action::CheckInGoal => goals(me),
    }
}

fn table() -> String {
    let (chart, columns) = (chart_of(OURS), columns());
    let mut text = String::new();
    for action in Action::ALL {
        let _ = write!(text, "{:<36}", action.as_str());
        columns.iter().for_each(|(name, _)| write!(text, "{name:<7}").unwrap());
        text.truncate(text.trim_end().len());
        text.push('\n');
        for (place, (label, _)) in rows(*action, Some(EMIL)).into_iter().enumerate() {
            let _ = write!(text, "  {label:<34}");
            for (_, actor) in &columns {
                // A token has no self: the row is empty there.
                let cell = match rows(*action, actor.person()).get(place) {
                    None => "",
                    Some((_, resource)) => match decide(actor, *action, *resource, &chart) {
                        Decision::Allow => "yes",
                        Decision::Forbidden => "no",
                        Decision::Hidden => ".",
                    },
                };
                let _ = write!(text, "{cell:<7}");
            }
            text.truncate(text.trim_end().len());
            text.push('\n');
        }
        text.push('\n');
    }
    text.trim_end().to_owned()
}

#[test]
fn who_may_do_what() {
    insta::assert_snapshot!("who_may_do_what", table());
}

#[test]
fn the_manual_shows_the_same_table() {
    let manual = include_str!("../../../../docs/AUTHORIZATION.md");
    assert!(manual.contains(&table()), "docs/AUTHORIZATION.md: replace its table by the reviewed snapshot");
}
