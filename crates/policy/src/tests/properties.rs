//! What must hold whoever asks: over every person with every combination of grants, and tokens with few scopes and with
//! all but few, asking everything of everything.

use hearten_ids::{PersonId, TeamId};
use uuid::Uuid;

use super::{
    matrix::rows,
    village::{
        ADAM, ALL, CARL, DORA, EMIL, GONE, LINA, MIA, NORTH, OLGA, OURS, PAUL, PERSONS, PETRA, SALES, SOUTH, SVEN,
        TEAM_A, TEAMS, THEIRS, chart_of, signed_in, token,
    },
};
use crate::{
    Action, Actor, AssignmentFacts, Audience, ConversationFacts, CutScope, Decision, ExpectationFacts, FrictionFacts,
    GoalFacts, GoalLevel, GoalVisibility, HeldRole, Openness, Origin, PriorityFacts, QueueFacts, RecognitionFacts,
    RedemptionFacts, RequestFacts, Resource, ResponsibilityFacts, Role, RoleSet, Scope, SurveyFacts, SurveyStage,
    decide, reads_every_active_person, roles_of,
};

const GRANTS: [(Role, Option<TeamId>); 6] = [
    (Role::Admin, None),
    (Role::PeoplePartner, None),
    (Role::PeoplePartner, Some(NORTH)),
    (Role::PeoplePartner, Some(SOUTH)),
    (Role::Executive, None),
    (Role::Manager, None),
];

/// Every person with every subset of grants.
fn people() -> impl Iterator<Item = (usize, Actor)> {
    PERSONS.into_iter().flat_map(|person| {
        (0..1_usize << GRANTS.len()).map(move |mask| {
            let held = (0..GRANTS.len()).filter(|bit| mask >> bit & 1 == 1).map(|bit| GRANTS[bit]);
            (mask, signed_in(person, &held.collect::<Vec<_>>()))
        })
    })
}

/// Tokens: without scopes, with each, with every two, and with all but these. No rule asks for three at once.
fn tokens() -> impl Iterator<Item = Actor> {
    let count = Scope::ALL.len();
    let few = (0..count).flat_map(move |one| (one..count).map(move |other| vec![Scope::ALL[one], Scope::ALL[other]]));
    few.chain([Vec::new()]).flat_map(|few| {
        let rest = Scope::ALL.iter().copied().filter(|scope| !few.contains(scope)).collect();
        [token(few.into_iter().collect()), token(rest)]
    })
}

fn actors() -> impl Iterator<Item = Actor> {
    people().map(|(_, actor)| actor).chain(tokens())
}

/// All roles in the notice or none, every stage, several audiences.
fn surveys() -> Vec<SurveyFacts<'static>> {
    use SurveyStage::{Draft, Launched, Published};
    let every: RoleSet = Role::ALL.into_iter().collect();
    let audiences = [
        Audience::WholeOrganization,
        Audience::Teams(&[]),
        Audience::Teams(&[NORTH]),
        Audience::Teams(&[SALES, SOUTH]),
    ];
    let mut surveys = Vec::new();
    for stage in [Draft, Launched, Published] {
        for audience in audiences {
            for (results_visible_to, comments_visible_to) in
                [(RoleSet::NONE, RoleSet::NONE), (RoleSet::NONE, every), (every, RoleSet::NONE), (every, every)]
            {
                let facts = SurveyFacts {
                    organization: OURS,
                    stage,
                    audience,
                    results_visible_to,
                    comments_visible_to,
                    invited: false,
                };
                surveys.extend([facts, SurveyFacts { invited: true, ..facts }]);
            }
        }
    }
    surveys
}

/// Of every level, for several teams and persons, as widely visible as can be and as narrowly.
fn goals() -> Vec<GoalFacts> {
    let mut goals = Vec::new();
    for level in [GoalLevel::Organization, GoalLevel::Team, GoalLevel::Person] {
        for visibility in [GoalVisibility::Public, GoalVisibility::Team, GoalVisibility::Private] {
            for (team, owner) in
                [(None, None), (Some(SALES), None), (Some(TEAM_A), Some(EMIL)), (Some(SOUTH), Some(SVEN))]
            {
                goals.push(GoalFacts { organization: OURS, level, team, owner, visibility });
            }
        }
    }
    goals
}

fn cut_scopes() -> Vec<CutScope> {
    let plain = TEAMS.into_iter().map(CutScope::team).chain([CutScope::WHOLE]);
    plain.flat_map(|cut| [cut, cut.by_attribute()]).collect()
}

/// From somebody to somebody in another division, opened to whomever, there or taken back.
fn thanks() -> Vec<RecognitionFacts<'static>> {
    let mut all = Vec::new();
    for openness in [Openness::Everybody, Openness::Teams, Openness::Concerned] {
        for withdrawn in [false, true] {
            let given = |giver, receivers, teams| RecognitionFacts {
                organization: OURS,
                giver,
                receivers,
                teams,
                openness,
                withdrawn,
            };
            all.push(given(EMIL, &[SVEN], &[SOUTH]));
            all.push(given(SVEN, &[EMIL, CARL], &[TEAM_A]));
            all.push(given(ADAM, &[GONE], &[]));
        }
    }
    all
}

/// Conversations of every two persons, with and without a host.
fn talks() -> impl Iterator<Item = Resource<'static>> {
    PERSONS.windows(2).zip([None, Some(EMIL), Some(GONE)].into_iter().cycle()).map(|(pair, host)| {
        let participants: &'static [PersonId] = pair.to_vec().leak();
        Resource::Conversation(ConversationFacts { participants, host })
    })
}

fn resources() -> Vec<Resource<'static>> {
    let mut all = vec![Resource::Organization];
    all.extend(PERSONS.map(Resource::Person));
    all.extend(PERSONS.map(|person| Resource::Invitation { person }));
    all.extend(TEAMS.map(Resource::Team));
    all.extend(PERSONS.map(|author| Resource::PrivateNote { author }));
    all.extend(talks());
    all.extend(goals().into_iter().map(Resource::Goal));
    for survey in surveys() {
        all.push(Resource::Survey(survey));
        all.extend(cut_scopes().into_iter().map(|cut| Resource::Cut { survey, cut }));
    }
    all.extend(thanks().into_iter().map(Resource::Recognition));
    for person in [EMIL, SVEN, ADAM, GONE] {
        let of = |approved| RedemptionFacts { organization: OURS, person, approved };
        all.extend([false, true].map(|approved| Resource::Redemption(of(approved))));
    }
    for action in [
        Action::ReadRequest,
        Action::ReadRequestQueue,
        Action::VoteFriction,
        Action::ReadPriorityRound,
        Action::ReadPriorityCut,
    ] {
        all.extend(rows(action, Some(EMIL)).into_iter().map(|(_, resource)| resource));
    }
    for from in PERSONS {
        for (to, visible_to_manager) in [(EMIL, true), (EMIL, false), (CARL, true), (SVEN, false)] {
            all.push(Resource::Expectation(ExpectationFacts { from, to, visible_to_manager }));
        }
    }
    all.extend(TEAMS.map(|team| Resource::Responsibility(ResponsibilityFacts { home: Some(team) })));
    all.push(Resource::Responsibility(ResponsibilityFacts { home: None }));
    all.extend(TEAMS.map(|team| Resource::Assignment(AssignmentFacts { person: None, team: Some(team) })));
    all.extend(PERSONS.map(|person| Resource::Assignment(AssignmentFacts { person: Some(person), team: None })));
    all
}

/// What two people agree on is seen by them and by whom they know of, whatever somebody's office.
#[test]
fn no_office_opens_an_expectation() {
    let chart = chart_of(OURS);
    for actor in actors() {
        for (visible_to_manager, manager) in [(false, None), (true, Some(MIA))] {
            let facts = ExpectationFacts { from: SVEN, to: EMIL, visible_to_manager };
            let may = |action| decide(&actor, action, Resource::Expectation(facts), &chart).is_allowed();
            let party = [Some(SVEN), Some(EMIL)].contains(&actor.person());
            assert_eq!(may(Action::MoveExpectation), party && actor.person().is_some(), "{actor:?}");
            let reads = actor.person().is_some_and(|me| party || Some(me) == manager);
            assert_eq!(may(Action::ReadExpectation), reads, "{actor:?}");
        }
        let load = decide(&actor, Action::ReadWorkload, Resource::Person(EMIL), &chart).is_allowed();
        assert_eq!(load, actor.person().is_some_and(|me| [EMIL, MIA, DORA].contains(&me)), "{actor:?}");
    }
}

#[test]
fn nothing_is_there_across_organizations() {
    let (ours, theirs) = (chart_of(OURS), chart_of(THEIRS));
    let unknown_person = PersonId(Uuid::from_u128(999));
    let unknown_team = TeamId(Uuid::from_u128(999));
    let foreign = |resource| match resource {
        Resource::Organization => None,
        Resource::Person(_) => Some(Resource::Person(unknown_person)),
        Resource::Team(_) => Some(Resource::Team(unknown_team)),
        Resource::Invitation { .. } => Some(Resource::Invitation { person: unknown_person }),
        Resource::Survey(survey) => Some(Resource::Survey(SurveyFacts { organization: THEIRS, ..survey })),
        Resource::Cut { survey, cut } => {
            Some(Resource::Cut { survey: SurveyFacts { organization: THEIRS, ..survey }, cut })
        }
        Resource::Recognition(thanks) => {
            Some(Resource::Recognition(RecognitionFacts { organization: THEIRS, ..thanks }))
        }
        Resource::Redemption(redemption) => {
            Some(Resource::Redemption(RedemptionFacts { organization: THEIRS, ..redemption }))
        }
        Resource::ServiceRequest(facts) => {
            Some(Resource::ServiceRequest(RequestFacts { organization: THEIRS, ..facts }))
        }
        Resource::RequestQueue(facts) => Some(Resource::RequestQueue(QueueFacts { organization: THEIRS, ..facts })),
        Resource::Friction(facts) => Some(Resource::Friction(FrictionFacts { organization: THEIRS, ..facts })),
        Resource::PriorityRound(facts) => {
            Some(Resource::PriorityRound(PriorityFacts { organization: THEIRS, ..facts }))
        }
        Resource::PriorityCut { round, cut } => {
            Some(Resource::PriorityCut { round: PriorityFacts { organization: THEIRS, ..round }, cut })
        }
        Resource::Expectation(facts) => Some(Resource::Expectation(ExpectationFacts { from: unknown_person, ..facts })),
        Resource::Responsibility(_) => Some(Resource::Responsibility(ResponsibilityFacts { home: Some(unknown_team) })),
        Resource::Assignment(_) => {
            Some(Resource::Assignment(AssignmentFacts { person: Some(unknown_person), team: None }))
        }
        Resource::Conversation(talk) => {
            let participants: &'static [PersonId] = vec![unknown_person].leak();
            Some(Resource::Conversation(ConversationFacts { participants, ..talk }))
        }
        Resource::PrivateNote { .. } => Some(Resource::PrivateNote { author: unknown_person }),
        Resource::Goal(goal) => Some(Resource::Goal(GoalFacts { organization: THEIRS, ..goal })),
    };
    let sample: Vec<_> = resources().into_iter().step_by(31).chain([Resource::Organization]).collect();
    for actor in actors().step_by(11) {
        let elsewhere = Actor { organization: THEIRS, ..actor.clone() };
        assert!(roles_of(&elsewhere, &ours).is_empty());
        for action in Action::ALL {
            for resource in &sample {
                assert_eq!(decide(&elsewhere, *action, *resource, &ours), Decision::Hidden);
                assert_eq!(decide(&actor, *action, *resource, &theirs), Decision::Hidden);
                if let Some(resource) = foreign(*resource) {
                    assert_eq!(decide(&actor, *action, resource, &ours), Decision::Hidden, "{action} {resource:?}");
                }
            }
        }
    }
}

#[test]
fn what_is_hidden_is_closed_to_every_action() {
    let chart = chart_of(OURS);
    for actor in actors() {
        for person in PERSONS {
            let decision = |action| decide(&actor, action, Resource::Person(person), &chart);
            if decision(Action::ReadPerson) == Decision::Hidden {
                for action in Action::ALL {
                    assert_eq!(decision(*action), Decision::Hidden, "{actor:?} {action} {person}");
                }
            }
            assert!(decision(Action::ReadPerson) != Decision::Forbidden, "who is visible can be read");
        }
    }
}

#[test]
fn who_reads_comments_reads_the_cut_and_who_reads_a_cut_reads_the_publication() {
    let chart = chart_of(OURS);
    let comments_only = |actor: &Actor| actor.has_scope(Scope::CommentsRead) && !actor.has_scope(Scope::ResultsRead);
    // 7 has no factor in common with the number of subsets: each subset is met, with some person.
    for actor in actors().step_by(7) {
        for survey in surveys().into_iter().filter(|survey| survey.audience != Audience::Teams(&[])) {
            let survey_decision = |action| decide(&actor, action, Resource::Survey(survey), &chart).is_allowed();
            for cut in cut_scopes() {
                let may = |action| decide(&actor, action, Resource::Cut { survey, cut }, &chart).is_allowed();
                if may(Action::ReadComments) {
                    assert!(may(Action::ReadCut) || comments_only(&actor), "{actor:?} {survey:?} {cut:?}");
                    assert!(!cut.attribute, "comments are never narrowed by an attribute");
                }
                if may(Action::ReadCut) {
                    assert!(may(Action::ReadParticipation) && survey.stage == SurveyStage::Published);
                }
                // A cut of a team the survey never asked is empty; no partner needs its publication.
                if may(Action::ReadCut) && survey.audience == Audience::WholeOrganization {
                    assert!(survey_decision(Action::ReadPublication), "{actor:?} {survey:?} {cut:?}");
                    assert!(survey_decision(Action::ReadSurvey) || actor.person().is_none());
                }
            }
        }
    }
}

#[test]
fn a_grant_takes_nothing_away() {
    let chart = chart_of(OURS);
    let sample: Vec<_> = resources().into_iter().step_by(29).collect();
    for (mask, actor) in people().filter(|(mask, _)| mask.count_ones() <= 1) {
        for (bit, grant) in GRANTS.iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 0) {
            let mut more = actor.clone();
            more.grants.extend(signed_in(EMIL, &[*grant]).grants);
            for action in Action::ALL {
                for resource in &sample {
                    let before = decide(&actor, *action, *resource, &chart);
                    let after = decide(&more, *action, *resource, &chart);
                    assert!(!before.is_allowed() || after.is_allowed(), "{bit} {actor:?} {action} {resource:?}");
                }
            }
        }
    }
}

#[test]
fn an_action_that_does_not_fit_its_resource_is_never_allowed() {
    let chart = chart_of(OURS);
    let kind = std::mem::discriminant::<Resource<'static>>;
    for actor in [signed_in(EMIL, &GRANTS), token(Scope::ALL.iter().copied().collect())] {
        for action in Action::ALL {
            let fitting: Vec<_> = rows(*action, Some(EMIL)).iter().map(|(_, resource)| kind(resource)).collect();
            for resource in resources().iter().filter(|resource| !fitting.contains(&kind(resource))) {
                assert!(!decide(&actor, *action, *resource, &chart).is_allowed(), "{action} {resource:?}");
            }
        }
    }
}

#[test]
fn a_notice_that_names_nobody_leaves_people_partners_and_tokens_only() {
    let chart = chart_of(OURS);
    let survey = SurveyFacts {
        organization: OURS,
        stage: SurveyStage::Published,
        audience: Audience::WholeOrganization,
        results_visible_to: RoleSet::NONE,
        comments_visible_to: Role::ALL.into_iter().collect(),
        invited: true,
    };
    for (_, actor) in people().filter(|(_, actor)| actor.grants.iter().all(|grant| grant.role != Role::PeoplePartner)) {
        for cut in cut_scopes() {
            for action in [Action::ReadCut, Action::ReadComments] {
                assert!(!decide(&actor, action, Resource::Cut { survey, cut }, &chart).is_allowed(), "{actor:?}");
            }
        }
    }
}

#[test]
fn private_thanks_are_closed_to_everybody_but_giver_and_receivers_whatever_their_office() {
    let chart = chart_of(OURS);
    let mut read = 0;
    for actor in actors() {
        for facts in thanks().into_iter().filter(|facts| facts.openness == Openness::Concerned) {
            let concerned = actor.person() == Some(facts.giver)
                || (!facts.withdrawn && actor.person().is_some_and(|person| facts.receivers.contains(&person)));
            for action in [Action::ReadRecognition, Action::ReactToRecognition, Action::WithdrawRecognition] {
                let decision = decide(&actor, action, Resource::Recognition(facts), &chart);
                assert!(concerned || decision == Decision::Hidden, "{actor:?} {action} {facts:?}");
                read += usize::from(decision.is_allowed());
            }
        }
    }
    assert!(read > 100, "those concerned read theirs: {read}");
}

#[test]
fn nobody_serves_himself_from_the_till() {
    let chart = chart_of(OURS);
    for (_, actor) in people() {
        let person = actor.person().unwrap();
        let own = Resource::Redemption(RedemptionFacts { organization: OURS, person, approved: true });
        for action in [Action::DecideRedemption, Action::FulfilRedemption] {
            assert!(!decide(&actor, action, own, &chart).is_allowed(), "{actor:?} {action}");
        }
        for action in [Action::AdjustPoints, Action::GiveRecognition] {
            assert!(!decide(&actor, action, Resource::Person(person), &chart).is_allowed(), "{actor:?} {action}");
        }
    }
}

#[test]
fn nobody_raises_himself_and_nobody_acts_as_one_who_has_left() {
    let chart = chart_of(OURS);
    let adam = signed_in(ADAM, &[(Role::Admin, None)]);
    assert_eq!(decide(&adam, Action::GrantRole, Resource::Person(ADAM), &chart), Decision::Forbidden);
    assert_eq!(decide(&adam, Action::GrantRole, Resource::Person(EMIL), &chart), Decision::Allow);
    let gone = signed_in(GONE, &GRANTS);
    assert!(roles_of(&gone, &chart).is_empty());
    for resource in resources() {
        assert!(Action::ALL.iter().all(|action| decide(&gone, *action, resource, &chart) == Decision::Hidden));
    }
}

#[test]
fn grants_that_cannot_be_made_count_for_nothing() {
    let chart = chart_of(OURS);
    let nowhere = TeamId(Uuid::from_u128(999));
    let odd = [
        (Role::Admin, Some(NORTH)),
        (Role::Executive, Some(NORTH)),
        (Role::Manager, None),
        (Role::Employee, None),
        (Role::PeoplePartner, Some(nowhere)),
    ];
    for person in PERSONS {
        let (plain, adorned) = (signed_in(person, &[]), signed_in(person, &odd));
        assert_eq!(roles_of(&plain, &chart), roles_of(&adorned, &chart));
        for resource in resources().into_iter().step_by(11) {
            for action in Action::ALL {
                assert_eq!(decide(&plain, *action, resource, &chart), decide(&adorned, *action, resource, &chart));
            }
        }
    }
}

#[test]
fn roles_follow_from_the_chart() {
    let chart = chart_of(OURS);
    let roles = |person, grants: &[_]| {
        let held = roles_of(&signed_in(person, grants), &chart);
        held.into_iter().map(|HeldRole { role, team, origin }| (role, team, origin)).collect::<Vec<_>>()
    };
    let employee = (Role::Employee, None, Origin::Derived);
    assert_eq!(roles(EMIL, &[]), [employee]);
    assert_eq!(roles(CARL, &[]), [employee]);
    assert_eq!(roles(MIA, &[]), [(Role::Manager, Some(SALES), Origin::Derived), employee]);
    assert_eq!(roles(LINA, &[]), [(Role::Manager, None, Origin::Derived), employee]);
    assert_eq!(roles(OLGA, &[]), [(Role::Executive, None, Origin::Derived)]);
    let north = (Role::PeoplePartner, Some(NORTH));
    assert_eq!(roles(PAUL, &[north, north]), [(Role::PeoplePartner, Some(NORTH), Origin::Granted), employee]);
    assert!(roles_of(&token(Scope::ALL.iter().copied().collect()), &chart).is_empty());
}

#[test]
fn a_manager_reaches_by_team_and_by_reporting_line() {
    let chart = chart_of(OURS);
    let contact =
        |actor, person| decide(&signed_in(actor, &[]), Action::ReadPersonContact, Resource::Person(person), &chart);
    // By team: carl reports to lina, but sits in a team under North Sales. By line: mia reports to dora.
    assert_eq!(contact(MIA, CARL), Decision::Allow);
    assert_eq!(contact(LINA, CARL), Decision::Allow);
    assert_eq!(contact(DORA, MIA), Decision::Allow);
    assert_eq!(contact(MIA, DORA), Decision::Forbidden);
    assert_eq!(contact(LINA, EMIL), Decision::Forbidden);
    assert_eq!(contact(MIA, SVEN), Decision::Forbidden);
    assert_eq!(contact(MIA, GONE), Decision::Hidden);
}

#[test]
fn a_partner_launches_inside_the_own_scope_only() {
    let chart = chart_of(OURS);
    let launch = |actor: &Actor, audience| {
        let survey = SurveyFacts {
            organization: OURS,
            stage: SurveyStage::Draft,
            audience,
            results_visible_to: RoleSet::NONE,
            comments_visible_to: RoleSet::NONE,
            invited: false,
        };
        decide(actor, Action::LaunchSurvey, Resource::Survey(survey), &chart)
    };
    let paul = signed_in(PAUL, &[(Role::PeoplePartner, Some(NORTH))]);
    let petra = signed_in(PETRA, &[(Role::PeoplePartner, None)]);
    assert_eq!(launch(&paul, Audience::Teams(&[SALES, TEAM_A])), Decision::Allow);
    assert_eq!(launch(&paul, Audience::Teams(&[NORTH])), Decision::Allow);
    for outside in [Audience::Teams(&[ALL]), Audience::Teams(&[NORTH, SOUTH]), Audience::WholeOrganization] {
        assert_eq!(launch(&paul, outside), Decision::Hidden);
        assert_eq!(launch(&petra, outside), Decision::Allow);
    }
    // Nobody to ask: it can be written, not launched.
    assert_eq!(launch(&paul, Audience::Teams(&[])), Decision::Forbidden);
    assert_eq!(launch(&petra, Audience::Teams(&[])), Decision::Forbidden);
}

#[test]
fn names_are_read_back() {
    for scope in Scope::ALL {
        assert_eq!(scope.as_str().parse(), Ok(*scope));
    }
    for role in Role::ALL {
        assert_eq!(role.as_str().parse(), Ok(role));
    }
    assert!("identity:write".parse::<Scope>().is_err() && "OWNER".parse::<Role>().is_err());
}

#[test]
fn who_reads_every_active_person_would_be_allowed_each_of_them() {
    let chart = chart_of(OURS);
    let mut said = [0; 2];
    for actor in actors() {
        let each = chart
            .persons()
            .iter()
            .all(|person| decide(&actor, Action::ReadPerson, Resource::Person(person.id), &chart) == Decision::Allow);
        let all = reads_every_active_person(&actor, &chart);
        assert!(each || !all, "{actor:?}");
        said[usize::from(all)] += 1;
        let elsewhere = Actor { organization: THEIRS, ..actor };
        assert!(!reads_every_active_person(&elsewhere, &chart));
    }
    assert!(said.iter().all(|count| *count > 50), "{said:?}");
}

#[test]
fn conversations_are_of_those_who_take_part_whatever_else_somebody_is() {
    use crate::Principal;
    let chart = chart_of(OURS);
    let inside = [Action::ReadConversation, Action::WriteConversation, Action::ManageConversation];
    for actor in actors() {
        for talk in talks() {
            let Resource::Conversation(ConversationFacts { participants, .. }) = talk else { unreachable!() };
            let takes_part =
                matches!(actor.principal, Principal::Person(me) if participants.contains(&me) && me != GONE);
            for action in inside {
                let decision = decide(&actor, action, talk, &chart);
                assert_eq!(decision == Decision::Hidden, !takes_part, "{actor:?} {action} {talk:?}");
            }
            assert_eq!(decide(&actor, Action::ReadConversation, talk, &chart).is_allowed(), takes_part);
        }
        for author in PERSONS {
            for action in [Action::ReadPrivateNote, Action::WritePrivateNote] {
                let own = actor.person() == Some(author) && author != GONE;
                let expected = if own { Decision::Allow } else { Decision::Hidden };
                assert_eq!(decide(&actor, action, Resource::PrivateNote { author }, &chart), expected);
            }
        }
    }
}

/// Whatever may count in a goal is there for everybody who sees that goal: what the goals area adds up shows through to
/// nobody. (The rule itself is `hearten_goals::contributes`; here is what it rests on.)
#[test]
fn who_sees_a_narrow_goal_sees_what_may_count_in_it() {
    let chart = chart_of(OURS);
    let goal = |level, team, owner, visibility| GoalFacts { organization: OURS, level, team, owner, visibility };
    let mut pairs = Vec::new();
    for team in TEAMS {
        let of_team = |owner, visibility| goal(GoalLevel::Team, Some(team), owner, visibility);
        for person in PERSONS {
            let of_person = |visibility| goal(GoalLevel::Person, Some(team), Some(person), visibility);
            for parent in [of_team(Some(person), GoalVisibility::Team), of_team(None, GoalVisibility::Private)] {
                pairs.push((of_person(GoalVisibility::Team), parent));
                pairs.push((of_team(None, GoalVisibility::Team), parent));
            }
            pairs.push((of_person(GoalVisibility::Team), of_person(GoalVisibility::Private)));
            pairs.push((of_person(GoalVisibility::Private), of_person(GoalVisibility::Private)));
        }
        pairs.push((of_team(None, GoalVisibility::Private), of_team(Some(EMIL), GoalVisibility::Private)));
    }
    for actor in people().map(|(_, actor)| actor).chain(tokens()) {
        for (child, parent) in &pairs {
            let sees = |goal| decide(&actor, Action::ReadGoal, Resource::Goal(goal), &chart).is_allowed();
            assert!(!sees(*parent) || sees(*child), "{actor:?} sees {parent:?} and not {child:?}");
        }
    }
}
