//! Who may do what, as one table: read it against the rules in `docs/AUTHORIZATION.md`, which carries the same table.

use std::fmt::Write as _;

use hearten_ids::PersonId;

use super::village::{
    ADAM, ALL, BERT, CARL, ELLA, EMIL, GONE, LINA, MIA, NORTH, OLGA, OURS, PAUL, PETRA, SALES, SOUTH, SUE, SVEN,
    TEAM_A, chart_of, signed_in, token,
};
use crate::{
    Action, Actor, AssignmentFacts, Audience, CutScope, Decision, ExpectationFacts, FrictionFacts, GoalFacts,
    GoalLevel, GoalVisibility, Openness, PriorityFacts, QueueFacts, RecognitionFacts, RedemptionFacts, RequestFacts,
    Resource, ResponsibilityFacts, Role, RoleSet, Scope, ScopeSet, SurveyFacts, SurveyStage, decide,
};

/// Who stands at the head of the columns.
fn columns() -> Vec<(&'static str, Actor)> {
    use Scope::{
        AuditRead, CommentsRead, DirectoryContact, DirectoryRead, DirectoryWrite, FrictionRead, GoalsRead, GoalsWrite,
        RecognitionRead, RequestsRead, RequestsWrite, ResponsibilitiesRead, ResponsibilitiesWrite, ResultsRead,
        RewardsFulfil, SurveysRead, SurveysWrite,
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
        ("d:only", scoped(&[DirectoryWrite])),
        ("s:read", scoped(&[SurveysRead])),
        ("s:writ", scoped(&[SurveysWrite])),
        ("r:read", scoped(&[ResultsRead])),
        ("c:read", scoped(&[CommentsRead])),
        ("a:read", scoped(&[AuditRead])),
        ("rc:rd", scoped(&[RecognitionRead])),
        ("rw:ful", scoped(&[RewardsFulfil])),
        ("q:read", scoped(&[RequestsRead])),
        ("q:writ", scoped(&[RequestsWrite, RequestsRead])),
        ("f:read", scoped(&[FrictionRead])),
        ("p:read", scoped(&[ResponsibilitiesRead, DirectoryRead])),
        ("p:writ", scoped(&[ResponsibilitiesWrite])),
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

fn thanks() -> Vec<Row> {
    // From emil, in Sales Team A, to mia, who leads North Sales, and to sven, in South.
    let given = |receivers, teams, openness| RecognitionFacts {
        organization: OURS,
        giver: EMIL,
        receivers,
        teams,
        openness,
        withdrawn: false,
    };
    let public = given(&[MIA], &[SALES], Openness::Everybody);
    vec![
        ("public, emil to mia", Resource::Recognition(public)),
        ("public, emil to sven", Resource::Recognition(given(&[SVEN], &[SOUTH], Openness::Everybody))),
        ("team, emil to mia", Resource::Recognition(given(&[MIA], &[SALES], Openness::Teams))),
        ("team, emil to sven", Resource::Recognition(given(&[SVEN], &[SOUTH], Openness::Teams))),
        ("private, emil to mia", Resource::Recognition(given(&[MIA], &[SALES], Openness::Concerned))),
        ("taken back, emil to mia", Resource::Recognition(RecognitionFacts { withdrawn: true, ..public })),
    ]
}

fn redemptions(me: Option<PersonId>) -> Vec<Row> {
    let of = |person, approved| Resource::Redemption(RedemptionFacts { organization: OURS, person, approved });
    let mut rows = vec![("sven's, requested", of(SVEN, false)), ("sven's, approved", of(SVEN, true))];
    rows.extend(me.map(|person| ("one's own, requested", of(person, false))));
    rows
}

fn requests(me: Option<PersonId>) -> Vec<Row> {
    let queue = |team, integrations| QueueFacts { organization: OURS, team, owned: false, integrations };
    let by_emil = RequestFacts {
        organization: OURS,
        asker: EMIL,
        assignee: None,
        escalated_to: None,
        queue: Some(queue(Some(SOUTH), false)),
        shown_to: None,
    };
    let mut rows = vec![
        ("emil's, to South's queue", by_emil),
        ("the same, shown to Sales Team A", RequestFacts { shown_to: Some(TEAM_A), ..by_emil }),
        ("emil's, to a queue of North", RequestFacts { queue: Some(queue(Some(NORTH), false)), ..by_emil }),
        ("emil's, to sven directly", RequestFacts { queue: None, assignee: Some(SVEN), ..by_emil }),
        ("the same, climbed to lina", RequestFacts { queue: None, escalated_to: Some(LINA), ..by_emil }),
        ("emil's, open to integrations", RequestFacts { queue: Some(queue(Some(SOUTH), true)), ..by_emil }),
    ];
    rows.extend(me.map(|asker| ("one's own", RequestFacts { asker, ..by_emil })));
    rows.into_iter().map(|(title, facts)| (title, Resource::ServiceRequest(facts))).collect()
}

fn queues() -> Vec<Row> {
    let of = |team, owned, integrations| {
        Resource::RequestQueue(QueueFacts { organization: OURS, team, owned, integrations })
    };
    vec![
        ("a queue of North Sales", of(Some(SALES), false, false)),
        ("a queue of South", of(Some(SOUTH), false, false)),
        ("a queue of persons", of(None, false, false)),
        ("one's own queue", of(None, true, false)),
        ("one open to integrations", of(Some(SOUTH), false, true)),
    ]
}

fn frictions() -> Vec<Row> {
    let of = |team, reporter| Resource::Friction(FrictionFacts { organization: OURS, team, reporter });
    vec![
        ("in North Sales, anonymous", of(Some(SALES), None)),
        ("in North Sales, by emil", of(Some(SALES), Some(EMIL))),
        ("in South", of(Some(SOUTH), None)),
        ("everywhere", of(None, None)),
    ]
}

fn priorities() -> [(&'static str, PriorityFacts<'static>); 9] {
    use SurveyStage::{Draft, Launched, Published};
    let of = |audience, stage, invited| PriorityFacts { organization: OURS, audience, stage, invited };
    const NORTH_ONLY: Audience<'static> = Audience::Teams(&[NORTH]);
    [
        ("planned for North", of(NORTH_ONLY, Draft, true)),
        ("open in North", of(NORTH_ONLY, Launched, false)),
        ("open to all", of(Audience::WholeOrganization, Launched, false)),
        ("the same, asked", of(Audience::WholeOrganization, Launched, true)),
        ("closed, of all", of(Audience::WholeOrganization, Published, false)),
        ("the same, asked", of(Audience::WholeOrganization, Published, true)),
        ("closed, of North", of(NORTH_ONLY, Published, false)),
        ("closed, of North Sales", of(Audience::Teams(&[SALES]), Published, false)),
        ("closed, of North Sales and South", of(Audience::Teams(&[SALES, SOUTH]), Published, false)),
    ]
}

fn rounds() -> Vec<Row> {
    priorities().into_iter().map(|(title, facts)| (title, Resource::PriorityRound(facts))).collect()
}

fn priority_cuts() -> Vec<Row> {
    let [_, _, _, (_, open), (_, closed), (_, asked), (_, north), (_, sales), (_, both)] = priorities();
    let of =
        |round, team: Option<_>| Resource::PriorityCut { round, cut: team.map_or(CutScope::WHOLE, CutScope::team) };
    vec![
        ("everybody, while open, asked", of(open, None)),
        ("everybody, not asked", of(closed, None)),
        ("everybody, asked", of(asked, None)),
        ("North Sales, not asked", of(closed, Some(SALES))),
        ("North Sales, asked", of(asked, Some(SALES))),
        ("South, not asked", of(closed, Some(SOUTH))),
        ("everybody of a round of North", of(north, None)),
        ("North Sales in it", of(north, Some(SALES))),
        ("everybody of one of North Sales", of(sales, None)),
        ("everybody of one of it and South", of(both, None)),
    ]
}

fn conversations() -> Vec<Row> {
    use crate::ConversationFacts;
    const TALK: ConversationFacts<'static> = ConversationFacts { participants: &[EMIL, MIA], host: None };
    const MEETING: ConversationFacts<'static> = ConversationFacts { participants: &[EMIL, CARL, MIA], host: Some(MIA) };
    const HOSTLESS: ConversationFacts<'static> =
        ConversationFacts { participants: &[EMIL, CARL, GONE], host: Some(GONE) };
    const FAR: ConversationFacts<'static> = ConversationFacts { participants: &[SUE, SVEN], host: None };
    vec![
        ("1:1 of emil and mia", Resource::Conversation(TALK)),
        ("meeting of both and carl, by mia", Resource::Conversation(MEETING)),
        ("of emil and carl; host has left", Resource::Conversation(HOSTLESS)),
        ("1:1 of sue and sven", Resource::Conversation(FAR)),
    ]
}

fn expectations(me: Option<PersonId>) -> Vec<Row> {
    let of = |from, to, visible_to_manager| Resource::Expectation(ExpectationFacts { from, to, visible_to_manager });
    let mut rows = vec![
        ("sven's of emil", of(SVEN, EMIL, true)),
        ("sven's of emil, between them", of(SVEN, EMIL, false)),
        ("sven's of carl", of(SVEN, CARL, true)),
        ("emil's of sven", of(EMIL, SVEN, true)),
    ];
    rows.extend(me.map(|me| ("one's own of olga", of(me, OLGA, false))));
    rows
}

fn responsibilities() -> Vec<Row> {
    let of = |home| Resource::Responsibility(ResponsibilityFacts { home });
    vec![("at home in North Sales", of(Some(SALES))), ("at home in South", of(Some(SOUTH))), ("of the whole", of(None))]
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
        Action::ReadCompanyValues
        | Action::ManageCompanyValues
        | Action::ReadLedger
        | Action::ReadRewards
        | Action::ManageRewards
        | Action::RedeemReward => vec![organization],
        Action::ReadRecognition | Action::ReactToRecognition | Action::WithdrawRecognition => thanks(),
        Action::GiveRecognition => [&[organization], &persons(me)[..]].concat(),
        Action::ReadUnthanked | Action::ReadCelebration | Action::ReadPoints | Action::AdjustPoints => persons(me),
        Action::ReadRecognitionBalance | Action::ReadTeamBudget | Action::GrantTeamBudget | Action::SpendTeamBudget => {
            teams.to_vec()
        }
        Action::ReadRedemption => [&[organization], &redemptions(me)[..]].concat(),
        Action::CancelRedemption | Action::DecideRedemption | Action::FulfilRedemption => redemptions(me),
        Action::OpenRequest | Action::ListRequests | Action::ReportFriction => vec![organization],
        Action::ReadRequest | Action::AskRequest | Action::WorkRequest => requests(me),
        Action::ReadRequestQueue | Action::WriteRequestQueue => queues(),
        Action::ReadRequestStats | Action::ReadTeamResponses | Action::WriteTeamResponse => teams.to_vec(),
        Action::ReadFriction => [&[organization], &frictions()[..]].concat(),
        Action::VoteFriction | Action::EditFriction | Action::TriageFriction => frictions(),
        Action::ReadPriorityRound | Action::RankPriorities => rounds(),
        Action::WritePriorityRound => [&[organization], &rounds()[..]].concat(),
        Action::ReadPriorityCut => priority_cuts(),
        Action::ReadConversation | Action::WriteConversation | Action::ManageConversation => conversations(),
        Action::StartConversation | Action::ReadConversationGap | Action::ManageCalendarFeeds => persons(me),
        Action::ReadPrivateNote | Action::WritePrivateNote => {
            let mut rows = vec![
                ("emil's", Resource::PrivateNote { author: EMIL }),
                ("mia's, his manager", Resource::PrivateNote { author: MIA }),
            ];
            rows.extend(me.map(|author| ("one's own", Resource::PrivateNote { author })));
            rows
        }
        Action::ReadConversationCoverage => teams.to_vec(),
        Action::ReadConversationTemplates | Action::ManageConversationTemplates => vec![organization],
        Action::ProposeExpectation | Action::WriteWorkCapacity | Action::ReadResponsibilityLoad => persons(me),
        Action::ReadExpectation | Action::MoveExpectation => expectations(me),
        Action::ReadWorkload => [&teams[..], &persons(me)].concat(),
        Action::ReadResponsibility => [&[organization], &responsibilities()[..]].concat(),
        Action::WriteResponsibility => responsibilities(),
        Action::HandBackResponsibility => {
            let part = |person, team| Resource::Assignment(AssignmentFacts { person, team });
            let mut rows = vec![("emil's", part(Some(EMIL), None)), ("of North Sales", part(None, Some(SALES)))];
            rows.extend(me.map(|me| ("one's own", part(Some(me), None))));
            rows
        }
        Action::ImportResponsibilities => vec![organization],
        Action::ReadGoalCycles | Action::ManageGoalCycles | Action::ImportGoals => vec![organization],
        Action::ReadGoal | Action::WriteGoal | Action::CheckInGoal => goals(me),
        Action::ReadRetentionFeatures | Action::ReadRetentionModel => vec![organization],
        Action::ReadTurnover | Action::ReadRetentionRisk => [&[organization], &teams[..]].concat(),
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
