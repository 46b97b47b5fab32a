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
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
