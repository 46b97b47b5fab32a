//! How each object type is reached. `…` stands for the fields that are asked, `<name>` for an id of the scene, and `at`
//! points at the object in the answer.

/// A way to an object.
pub struct Way {
    /// The object type.
    pub of: &'static str,
    /// Which object, by which road.
    pub title: &'static str,
    pub document: &'static str,
    pub at: &'static str,
}

/// A way to the object at `at` in the answer to `document`.
pub const fn way(of: &'static str, title: &'static str, document: &'static str, at: &'static str) -> Way {
    Way { of, title, document, at }
}

pub const WAYS: &[Way] = &[
    way("Query", "the root", "{ … }", ""),
    way("Viewer", "oneself", "{ viewer { … } }", "/viewer"),
    way("RoleInfo", "first of oneself", "{ viewer { roles { … } } }", "/viewer/roles/0"),
    // The organization.
    way("Organization", "at the root", "{ organization { … } }", "/organization"),
    way("Organization", "by node", "{ node(id: <org>) { ... on Organization { … } } }", "/node"),
    way("RoleGrantConnection", "of all", "{ organization { roleGrants { … } } }", "/organization/roleGrants"),
    way(
        "RoleGrantEdge",
        "of all",
        "{ organization { roleGrants { edges { … } } } }",
        "/organization/roleGrants/edges/0",
    ),
    way("RoleGrant", "of all", "{ organization { roleGrants { nodes { … } } } }", "/organization/roleGrants/nodes/0"),
    way("RoleGrant", "of North", "{ organization { roleGrants { nodes { … } } } }", "/organization/roleGrants/nodes/3"),
    // Persons.
    way("Person", "emil, in North A", "{ node(id: <emil>) { ... on Person { … } } }", "/node"),
    way("Person", "carl, in South A", "{ node(id: <carl>) { ... on Person { … } } }", "/node"),
    way("Person", "bert, of the board", "{ node(id: <bert>) { ... on Person { … } } }", "/node"),
    way("Person", "gone, who has left", "{ node(id: <gone>) { ... on Person { … } } }", "/node"),
    way("Person", "oneself", "{ viewer { person { … } } }", "/viewer/person"),
    way("Person", "leads North A", "{ node(id: <team_a>) { ... on Team { lead { … } } } }", "/node/lead"),
    way(
        "PersonPermissionInfo",
        "emil",
        "{ node(id: <emil>) { ... on Person { viewerCan { … } } } }",
        "/node/viewerCan",
    ),
    way(
        "PersonPermissionInfo",
        "carl",
        "{ node(id: <carl>) { ... on Person { viewerCan { … } } } }",
        "/node/viewerCan",
    ),
    way("PersonPermissionInfo", "oneself", "{ viewer { person { viewerCan { … } } } }", "/viewer/person/viewerCan"),
    way(
        "PersonAttributeInfo",
        "emil",
        "{ node(id: <emil>) { ... on Person { attributes { … } } } }",
        "/node/attributes/0",
    ),
    way("PersonConnection", "all", "{ persons(first: 100) { … } }", "/persons"),
    way("PersonConnection", "of South", "{ persons(first: 100, filter: { team: <south> }) { … } }", "/persons"),
    way(
        "PersonConnection",
        "members of North A",
        "{ node(id: <team_a>) { ... on Team { members(first: 100) { … } } } }",
        "/node/members",
    ),
    way(
        "PersonConnection",
        "who have left",
        "{ persons(first: 100, filter: { active: { eq: false } }) { … } }",
        "/persons",
    ),
    way(
        "PersonConnection",
        "of North A by first day",
        "{ persons(first: 100, filter: { team: <team_a> }, orderBy: { field: HIRED_ON }) { … } }",
        "/persons",
    ),
    way(
        "PersonConnection",
        "all, since 2020",
        "{ persons(first: 100, filter: { hiredOn: { gte: \"2020-01-01\" } }) { … } }",
        "/persons",
    ),
    way("PersonEdge", "first of all", "{ persons(first: 1) { edges { … } } }", "/persons/edges/0"),
    way("PageInfo", "of two persons", "{ persons(first: 2) { pageInfo { … } } }", "/persons/pageInfo"),
    way("PageInfo", "of two teams", "{ teams(first: 2) { pageInfo { … } } }", "/teams/pageInfo"),
    way("PageInfo", "of two surveys", "{ surveys(first: 2) { pageInfo { … } } }", "/surveys/pageInfo"),
    way(
        "DirectoryChangeConnection",
        "emil",
        "{ node(id: <emil>) { ... on Person { history { … } } } }",
        "/node/history",
    ),
    way(
        "DirectoryChangeEdge",
        "emil",
        "{ node(id: <emil>) { ... on Person { history { edges { … } } } } }",
        "/node/history/edges/0",
    ),
    way(
        "DirectoryChange",
        "emil",
        "{ node(id: <emil>) { ... on Person { history { nodes { … } } } } }",
        "/node/history/nodes/0",
    ),
    // Teams.
    way("Team", "North A", "{ node(id: <team_a>) { ... on Team { … } } }", "/node"),
    way("Team", "South A", "{ node(id: <team_far>) { ... on Team { … } } }", "/node"),
    way("Team", "the root", "{ organization { rootTeam { … } } }", "/organization/rootTeam"),
    way("TeamConnection", "all", "{ teams(first: 100) { … } }", "/teams"),
    way("TeamConnection", "of South", "{ teams(first: 100, filter: { within: <south> }) { … } }", "/teams"),
    way("TeamEdge", "first of all", "{ teams(first: 1) { edges { … } } }", "/teams/edges/0"),
    // API tokens.
    way("ApiTokenConnection", "all", "{ apiTokens { … } }", "/apiTokens"),
    way("ApiTokenEdge", "newest", "{ apiTokens { edges { … } } }", "/apiTokens/edges/0"),
    way("ApiToken", "with all scopes, by node", "{ node(id: <token>) { ... on ApiToken { … } } }", "/node"),
    way("ApiToken", "old, by node", "{ node(id: <old_token>) { ... on ApiToken { … } } }", "/node"),
    way("ApiToken", "oneself", "{ viewer { actor { ... on ApiToken { … } } } }", "/viewer/actor"),
    // Surveys.
    way("SurveyConnection", "all", "{ surveys(first: 100) { … } }", "/surveys"),
    way("SurveyEdge", "newest", "{ surveys(first: 1) { edges { … } } }", "/surveys/edges/0"),
    way("Survey", "a draft for all", "{ node(id: <draft>) { ... on Survey { … } } }", "/node"),
    way("Survey", "a draft for North", "{ node(id: <draft_north>) { ... on Survey { … } } }", "/node"),
    way("Survey", "open to all", "{ node(id: <open>) { ... on Survey { … } } }", "/node"),
    way("Survey", "open to South", "{ node(id: <open_south>) { ... on Survey { … } } }", "/node"),
    way("Survey", "published to everybody", "{ node(id: <wide>) { ... on Survey { … } } }", "/node"),
    way("Survey", "published to few", "{ node(id: <narrow>) { ... on Survey { … } } }", "/node"),
    way(
        "SurveyPermissionInfo",
        "a draft for all",
        "{ node(id: <draft>) { ... on Survey { viewerCan { … } } } }",
        "/node/viewerCan",
    ),
    way(
        "SurveyPermissionInfo",
        "a draft for North",
        "{ node(id: <draft_north>) { ... on Survey { viewerCan { … } } } }",
        "/node/viewerCan",
    ),
    way(
        "SurveyPermissionInfo",
        "open to all",
        "{ node(id: <open>) { ... on Survey { viewerCan { … } } } }",
        "/node/viewerCan",
    ),
    way(
        "AudienceTeamInfo",
        "of a draft for North",
        "{ node(id: <draft_north>) { ... on Survey { audience { … } } } }",
        "/node/audience/0",
    ),
    way(
        "PrivacyNoticeInfo",
        "published to few",
        "{ node(id: <narrow>) { ... on Survey { privacyNotice { … } } } }",
        "/node/privacyNotice",
    ),
    way(
        "SurveySection",
        "open to all",
        "{ node(id: <open>) { ... on Survey { sections { … } } } }",
        "/node/sections/0",
    ),
    way(
        "RatingQuestion",
        "open to all",
        "{ node(id: <open>) { ... on Survey { sections { questions { ... on RatingQuestion { … } } } } } }",
        "/node/sections/0/questions/0",
    ),
    way(
        "EnpsQuestion",
        "open to all",
        "{ node(id: <open>) { ... on Survey { sections { questions { ... on EnpsQuestion { … } } } } } }",
        "/node/sections/0/questions/2",
    ),
    way(
        "CommentQuestion",
        "open to all",
        "{ node(id: <open>) { ... on Survey { sections { questions { ... on CommentQuestion { … } } } } } }",
        "/node/sections/0/questions/3",
    ),
    way("WaveConnection", "open to all", "{ node(id: <open>) { ... on Survey { waves { … } } } }", "/node/waves"),
    way(
        "WaveEdge",
        "open to all",
        "{ node(id: <open>) { ... on Survey { waves { edges { … } } } } }",
        "/node/waves/edges/0",
    ),
    way("Wave", "open to all", "{ node(id: <open_wave>) { ... on Wave { … } } }", "/node"),
    way("Wave", "open to South", "{ node(id: <open_south_wave>) { ... on Wave { … } } }", "/node"),
    way("Wave", "published to few", "{ node(id: <narrow_wave>) { ... on Wave { … } } }", "/node"),
    // Invitations.
    way("InvitationConnection", "one's own", "{ viewer { invitations { … } } }", "/viewer/invitations"),
    way("InvitationEdge", "one's own", "{ viewer { invitations { edges { … } } } }", "/viewer/invitations/edges/0"),
    way("Invitation", "one's own", "{ viewer { invitations { nodes { … } } } }", "/viewer/invitations/nodes/0"),
    way("Invitation", "emil's, by node", "{ node(id: <invitation>) { ... on Invitation { … } } }", "/node"),
    // Plans.
    way(
        "ReleasePlan",
        "preview of a draft for all",
        "{ node(id: <draft>) { ... on Survey { planPreview { … } } } }",
        "/node/planPreview",
    ),
    way(
        "ReleasePlan",
        "preview of a draft for North",
        "{ node(id: <draft_north>) { ... on Survey { planPreview { … } } } }",
        "/node/planPreview",
    ),
    way(
        "ReleasePlan",
        "preview, open to all",
        "{ node(id: <open>) { ... on Survey { planPreview { … } } } }",
        "/node/planPreview",
    ),
    way(
        "ReleasePlan",
        "published to few",
        "{ node(id: <narrow_pub>) { ... on Publication { plan { … } } } }",
        "/node/plan",
    ),
    way(
        "ReleasePlan",
        "published to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { plan { … } } } }",
        "/node/plan",
    ),
    way(
        "PlannedCutConnection",
        "published to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { plan { cuts(first: 100) { … } } } } }",
        "/node/plan/cuts",
    ),
    way(
        "PlannedCutEdge",
        "published to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { plan { cuts { edges { … } } } } } }",
        "/node/plan/cuts/edges/0",
    ),
    way(
        "PlannedCut",
        "published to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { plan { cuts { nodes { … } } } } } }",
        "/node/plan/cuts/nodes/0",
    ),
    way(
        "PlannedCut",
        "the root, published to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { plan { cuts { nodes { … } } } } } }",
        "/node/plan/cuts/nodes/1",
    ),
    // Publications and cuts.
    way("Publication", "to everybody", "{ node(id: <wide_pub>) { ... on Publication { … } } }", "/node"),
    way("Publication", "to few", "{ node(id: <narrow_pub>) { ... on Publication { … } } }", "/node"),
    way(
        "Publication",
        "latest of the survey to few",
        "{ node(id: <narrow>) { ... on Survey { latestPublication { … } } } }",
        "/node/latestPublication",
    ),
    way(
        "CutConnection",
        "teams, to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { cuts(first: 100) { … } } } }",
        "/node/cuts",
    ),
    way(
        "CutConnection",
        "sites, to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { cuts(axis: { attribute: \"site\" }) { … } } } }",
        "/node/cuts",
    ),
    way(
        "CutConnection",
        "teams, to few",
        "{ node(id: <narrow_pub>) { ... on Publication { cuts(first: 100) { … } } } }",
        "/node/cuts",
    ),
    way(
        "CutConnection",
        "sites, to few",
        "{ node(id: <narrow_pub>) { ... on Publication { cuts(axis: { attribute: \"site\" }) { … } } } }",
        "/node/cuts",
    ),
    way(
        "CutEdge",
        "first, to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { cuts(first: 1) { edges { … } } } } }",
        "/node/cuts/edges/0",
    ),
    way(
        "Cut",
        "all, to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { cut(key: { everyone: true }) { … } } } }",
        "/node/cut",
    ),
    way(
        "Cut",
        "all, to few",
        "{ node(id: <narrow_pub>) { ... on Publication { cut(key: { everyone: true }) { … } } } }",
        "/node/cut",
    ),
    way(
        "Cut",
        "North A, to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { cut(key: { team: <team_a> }) { … } } } }",
        "/node/cut",
    ),
    way(
        "Cut",
        "North A, to few",
        "{ node(id: <narrow_pub>) { ... on Publication { cut(key: { team: <team_a> }) { … } } } }",
        "/node/cut",
    ),
    way(
        "Cut",
        "South A, to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { cut(key: { team: <team_far> }) { … } } } }",
        "/node/cut",
    ),
    way(
        "Cut",
        "a site, to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { cut(key: { attribute: { name: \"site\", value: <site> } }) { … } } } }",
        "/node/cut",
    ),
    way(
        "Heatmap",
        "to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { heatmap { … } } } }",
        "/node/heatmap",
    ),
    way("Heatmap", "to few", "{ node(id: <narrow_pub>) { ... on Publication { heatmap { … } } } }", "/node/heatmap"),
    way(
        "HeatmapRowConnection",
        "to few",
        "{ node(id: <narrow_pub>) { ... on Publication { heatmap { rows { … } } } } }",
        "/node/heatmap/rows",
    ),
    way(
        "HeatmapRowEdge",
        "to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { heatmap { rows { edges { … } } } } } }",
        "/node/heatmap/rows/edges/0",
    ),
    way(
        "HeatmapRow",
        "to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { heatmap { rows { nodes { … } } } } } }",
        "/node/heatmap/rows/nodes/0",
    ),
    way(
        "ReleasedScore",
        "all, to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { cut(key: { everyone: true }) {
            score(question: \"recommend\") { ... on ReleasedScore { … } } } } } }",
        "/node/cut/score",
    ),
    way(
        "ReleasedScore",
        "North A, to few",
        "{ node(id: <narrow_pub>) { ... on Publication { cut(key: { team: <team_a> }) {
            score(question: \"clear\") { ... on ReleasedScore { … } } } } } }",
        "/node/cut/score",
    ),
    way(
        "EnpsStats",
        "all, to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { cut(key: { everyone: true }) {
            score(question: \"recommend\") { ... on ReleasedScore { enps { … } } } } } } }",
        "/node/cut/score/enps",
    ),
    way(
        "EstimateStats",
        "all, to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { cut(key: { everyone: true }) {
            score(question: \"clear\") { ... on ReleasedScore { favourable { … } } } } } } }",
        "/node/cut/score/favourable",
    ),
    way(
        "OptionSharePoint",
        "all, to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { cut(key: { everyone: true }) {
            score(question: \"clear\") { ... on ReleasedScore { distribution { … } } } } } } }",
        "/node/cut/score/distribution/0",
    ),
    way(
        "Suppressed",
        "all alike, to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { cut(key: { everyone: true }) {
            score(question: \"load\") { ... on Suppressed { … } } } } } }",
        "/node/cut/score",
    ),
    way(
        "UnanimityInfo",
        "all alike, to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { cut(key: { everyone: true }) {
            score(question: \"load\") { ... on Suppressed { atLeast { … } } } } } } }",
        "/node/cut/score/atLeast",
    ),
    way(
        "ParticipationStats",
        "all, to few",
        "{ node(id: <narrow_pub>) { ... on Publication { participation { ... on ParticipationStats { … } } } } }",
        "/node/participation",
    ),
    way(
        "ParticipationStats",
        "all, to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { participation { ... on ParticipationStats { … } } } } }",
        "/node/participation",
    ),
    // Comments.
    way(
        "ReleasedComments",
        "all, to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { comments(question: \"why\") { ... on ReleasedComments { … } } } } }",
        "/node/comments",
    ),
    way(
        "ReleasedComments",
        "all, to few",
        "{ node(id: <narrow_pub>) { ... on Publication { comments(question: \"why\") { ... on ReleasedComments { … } } } } }",
        "/node/comments",
    ),
    way(
        "ReleasedComments",
        "North, to few",
        "{ node(id: <narrow_pub>) { ... on Publication { comments(cut: { team: <north> }, question: \"why\") {
            ... on ReleasedComments { … } } } } }",
        "/node/comments",
    ),
    way(
        "ReleasedComments",
        "a site, to everybody",
        "{ node(id: <wide_pub>) { ... on Publication {
            comments(cut: { attribute: { name: \"site\", value: <site> } }, question: \"why\") {
            ... on ReleasedComments { … } } } } }",
        "/node/comments",
    ),
    way(
        "CommentConnection",
        "all, to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { comments(question: \"why\") {
            ... on ReleasedComments { comments(first: 100) { … } } } } } }",
        "/node/comments/comments",
    ),
    way(
        "CommentEdge",
        "all, to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { comments(question: \"why\") {
            ... on ReleasedComments { comments { edges { … } } } } } } }",
        "/node/comments/comments/edges/0",
    ),
    way(
        "Comment",
        "all, to everybody",
        "{ node(id: <wide_pub>) { ... on Publication { comments(question: \"why\") {
            ... on ReleasedComments { comments { nodes { … } } } } } } }",
        "/node/comments/comments/nodes/0",
    ),
];
