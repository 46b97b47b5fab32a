//! What can be done. A new area adds its actions here, and the compiler asks for their rules.

macro_rules! actions {
    ($( $(#[$doc:meta])* $name:ident, )*) => {
        /// One thing an actor may want to do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action { $( $(#[$doc])* $name, )* }

        impl Action {
            /// Every action, in reading order.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name, for audit and documents.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }
        }
    };
}

actions! {
    /// A person's basics: name, title, team, manager, relationship. (Person)
    ReadPerson,
    /// A person's e-mail address. (Person)
    ReadPersonContact,
    /// A person's dates, attributes and history. (Person; Team: of all its members and of the teams below; Organization:
    /// of everybody. Filters and orders by them ask so)
    ReadPersonEmployment,
    /// A team's name, place and lead. (Team)
    ReadTeam,
    /// How many people there are. (Organization, Team)
    ReadHeadcount,
    /// Creating and changing persons and teams. (Person: that person; Team: that team, and what is created in it or
    /// moved to it; Organization: what is in no team, and the root team)
    WriteDirectory,
    /// Importing a file. (Organization; Team: rows inside that sub-tree only)
    ImportDirectory,
    /// Which roles somebody was granted. (Person, Organization: everybody's)
    ReadRoles,
    /// Granting a role, also by a relationship that carries one. (Person who is to hold it; Organization: somebody who is
    /// not there yet)
    GrantRole,
    /// Revoking a role, or a relationship that carries one. (Person who holds it)
    RevokeRole,
    /// Ending all sessions of a person. (Person)
    SignOutPerson,
    /// Creating, rotating, revoking and listing API tokens. (Organization)
    ManageApiTokens,
    /// Registering trusted documents. (Organization)
    ManageDocuments,
    /// A launched survey: questions, audience, notice. (Survey)
    ReadSurvey,
    /// A survey before launch. (Survey)
    ReadSurveyDraft,
    /// Writing a survey. (Survey; Organization: whether any survey can be written)
    WriteSurvey,
    /// Launching a survey. (Survey)
    LaunchSurvey,
    /// Closing a wave early, reminding. (Survey)
    CloseSurvey,
    /// Publishing a closed wave. (Survey)
    PublishSurvey,
    /// What a survey could ever show. (Survey)
    PreviewPlan,
    /// One's own invitation. (Invitation)
    ReadInvitation,
    /// Answering. (Invitation)
    AnswerInvitation,
    /// That a publication exists, its plan and date. (Survey)
    ReadPublication,
    /// The results of one group. (Cut)
    ReadCut,
    /// The comments of one group. (Cut)
    ReadComments,
    /// How many of a group took part, in bands. (Cut)
    ReadParticipation,
    /// Asking for something. (Organization)
    OpenRequest,
    /// Whether there are requests to be listed. (Organization)
    ListRequests,
    /// A request, its messages and its history. (ServiceRequest)
    ReadRequest,
    /// Doing what the asker does: replying, withdrawing, reopening, letting it climb. (ServiceRequest)
    AskRequest,
    /// Doing what owners do: answering, declining, fulfilling, asking back, assigning, transferring. (ServiceRequest)
    WorkRequest,
    /// A queue. (RequestQueue)
    ReadRequestQueue,
    /// Creating and changing a queue. (RequestQueue)
    WriteRequestQueue,
    /// How requests of a team were answered, with the group minimum. (Team)
    ReadRequestStats,
    /// What a team was told: asked, said, done. (Team)
    ReadTeamResponses,
    /// Telling a team: asked, said, done. (Team)
    WriteTeamResponse,
    /// Reporting a friction. (Organization)
    ReportFriction,
    /// A friction, its votes as numbers, and its roadmap. (Organization: whether there are any; Friction)
    ReadFriction,
    /// Saying that it affects oneself. (Friction)
    VoteFriction,
    /// Changing what a friction says. (Friction)
    EditFriction,
    /// Merging, planning, resolving and rejecting frictions; the steps of their roadmap. (Friction)
    TriageFriction,
    /// Asking what matters most. (Organization: whether anybody can be asked; PriorityRound)
    WritePriorityRound,
    /// A round of priorities: its options, dates and state. (PriorityRound)
    ReadPriorityRound,
    /// Ranking as somebody who is asked. (PriorityRound)
    RankPriorities,
    /// What a group ranks highest. (PriorityCut)
    ReadPriorityCut,
    /// A conversation, its agenda and what came of it; a series. (Conversation)
    ReadConversation,
    /// Writing what belongs to a conversation: moving it, its agenda, the shared note. (Conversation)
    WriteConversation,
    /// Changing a series and who takes part in it, and ending it. (Conversation)
    ManageConversation,
    /// Beginning a conversation with somebody. (Person)
    StartConversation,
    /// A private note. (PrivateNote)
    ReadPrivateNote,
    /// Writing and removing a private note. (PrivateNote)
    WritePrivateNote,
    /// When somebody last talked with their manager, and nothing else of it. (Person)
    ReadConversationGap,
    /// The share of a team's people who talked with their manager. (Team)
    ReadConversationCoverage,
    /// Templates of conversations. (Organization)
    ReadConversationTemplates,
    /// Making, changing and archiving templates of conversations. (Organization)
    ManageConversationTemplates,
    /// The addresses at which a calendar reads one's own conversations. (Person)
    ManageCalendarFeeds,
    /// Expecting something of somebody. (Person)
    ProposeExpectation,
    /// A single expectation with its history. (Expectation)
    ReadExpectation,
    /// Answering, withdrawing, reporting or judging it: what exactly depends on the side and the state. (Expectation)
    MoveExpectation,
    /// What expectations add up to. (Person; Team: as a group, where the group is large enough)
    ReadWorkload,
    /// Saying how much time somebody has for expectations. (Person)
    WriteWorkCapacity,
    /// Areas of responsibility, and who has which part in them. (Organization, Responsibility)
    ReadResponsibility,
    /// Writing an area, assigning and ending parts. (Responsibility)
    WriteResponsibility,
    /// Giving back a part one has. (Assignment)
    HandBackResponsibility,
    /// Importing areas from a file. (Organization)
    ImportResponsibilities,
    /// How many parts somebody has. (Person)
    ReadResponsibilityLoad,
    /// The cycles goals are set for. (Organization)
    ReadGoalCycles,
    /// Planning, opening and closing cycles. (Organization)
    ManageGoalCycles,
    /// A goal and all that belongs to it. (Goal)
    ReadGoal,
    /// Writing a goal, its key results and what it supports, closing it and rolling it over. (Goal)
    WriteGoal,
    /// Saying how far a goal has come. (Goal)
    CheckInGoal,
    /// Importing a file of goals. (Organization)
    ImportGoals,
    /// Settings. (Organization)
    ReadOrganizationSettings,
    /// Changing settings. (Organization)
    WriteOrganizationSettings,
    /// The audit trail. (Organization; Person: who looked at what is that person's)
    ReadAudit,
    /// The values of the company. (Organization)
    ReadCompanyValues,
    /// Creating and changing values of the company. (Organization)
    ManageCompanyValues,
    /// Thanks. (Recognition)
    ReadRecognition,
    /// Thanking. (Organization: whether at all; Person who is to be thanked)
    GiveRecognition,
    /// Reacting to thanks. (Recognition)
    ReactToRecognition,
    /// Taking thanks back. (Recognition)
    WithdrawRecognition,
    /// How thanks are spread in a team. (Team)
    ReadRecognitionBalance,
    /// That somebody was not thanked for long. (Person)
    ReadUnthanked,
    /// Whose day it is, as far as the person lets others know. (Person)
    ReadCelebration,
    /// What somebody holds, and how it came about. (Person)
    ReadPoints,
    /// Correcting what somebody holds. (Person)
    AdjustPoints,
    /// The books of points as a whole. (Organization)
    ReadLedger,
    /// What a team's budget holds. (Team)
    ReadTeamBudget,
    /// Adding to a team's budget. (Team)
    GrantTeamBudget,
    /// Giving from a team's budget. (Team)
    SpendTeamBudget,
    /// Rewards and the rules for points. (Organization)
    ReadRewards,
    /// Creating and changing rewards and the rules. (Organization)
    ManageRewards,
    /// Spending one's own points. (Organization)
    RedeemReward,
    /// Somebody's redemption. (Redemption; Organization: everybody's)
    ReadRedemption,
    /// Taking back one's own redemption before it is approved. (Redemption)
    CancelRedemption,
    /// Approving, declining and refunding. (Redemption)
    DecideRedemption,
    /// Saying that a reward was handed over. (Redemption)
    FulfilRedemption,
    /// How many left, as a group, and how long people stay. (Organization, Team)
    ReadTurnover,
    /// What the retention model may know of anybody. (Organization)
    ReadRetentionFeatures,
    /// The card of the retention model. (Organization)
    ReadRetentionModel,
    /// How many may leave, as a group. (Organization, Team)
    ReadRetentionRisk,
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
