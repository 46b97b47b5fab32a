//! The enums of the schema.

use async_graphql::Enum;

/// Whose goal a goal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "GoalLevel", remote = "hearten_goals::GoalLevel")]
pub enum GoalLevelName {
    /// The whole organization's.
    Organization,
    /// A team's.
    Team,
    /// A person's.
    Person,
}

/// Who may see a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "hearten_goals::Visibility")]
pub enum GoalVisibility {
    /// Everybody who works here; goals of the organization and of teams also owners and the board.
    Public,
    /// The team and the teams below it, who leads it or a team above, the people partners who look after it, and of a
    /// person's goal that person and who they report to.
    Team,
    /// Of a person's goal that person alone; of a team's goal who leads the team or a team above.
    Private,
}

/// Where a goal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "GoalState", remote = "hearten_goals::GoalState")]
pub enum GoalStateName {
    /// It is worked on.
    Open,
    /// It is scored and done with.
    Closed,
    /// It was given up: kept for history, and counts nowhere.
    Archived,
}

/// Where a cycle stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "hearten_goals::CycleState")]
pub enum GoalCycleState {
    /// Goals are written for it; nobody checks in yet.
    Planned,
    /// Goals are worked on.
    Open,
    /// Every goal is scored; nothing changes any more.
    Closed,
}

/// How a key result is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "KeyResultKind", remote = "hearten_goals::KeyResultKind")]
pub enum KeyResultKindName {
    /// By a number, from a start to a target above or below it.
    Metric,
    /// Done, or not.
    Binary,
    /// By milestones with weights.
    Milestones,
}

/// Where the progress of a goal comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "hearten_goals::ProgressSource")]
pub enum GoalProgressSource {
    /// Its key results.
    KeyResults,
    /// The goals that support it and may count in it.
    RolledUp,
    /// Both.
    Mixed,
    /// Somebody said so: it has neither key results nor goals that count.
    Manual,
    /// Nowhere: there is nothing to tell it by, or nothing with a weight.
    None,
}

/// Where the progress of a key result comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "hearten_goals::KeyResultSource")]
pub enum KeyResultProgressSource {
    /// Its own measure.
    Measured,
    /// The goals that support it, as long as it was never measured itself.
    RolledUp,
    /// Nowhere yet: it stands at its start.
    None,
}

/// How sure somebody is that a goal will be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "hearten_goals::Confidence")]
pub enum GoalConfidence {
    /// It will be.
    OnTrack,
    /// It may not be.
    AtRisk,
    /// It will not be, as things are.
    OffTrack,
}

/// How a score reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "hearten_goals::ScoreHealth")]
pub enum GoalScoreHealth {
    /// Below 0.6: less was reached than a good goal lets expect.
    Low,
    /// 0.6 to 0.8: ambitious and well worked on.
    Healthy,
    /// Above 0.8: reached, perhaps because it was set low.
    High,
}

macro_rules! fields {
    ($( $(#[$doc:meta])* $name:ident = $text:literal, )*) => {
        /// What of a goal changed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
        pub enum GoalField { $( $(#[$doc])* $name, )* }

        impl GoalField {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name it is stored under.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

fields! {
    /// The title.
    Title = "TITLE",
    /// The description.
    Description = "DESCRIPTION",
    /// Who may see it.
    Visibility = "VISIBILITY",
    /// Who answers for it: ids of persons.
    Owner = "OWNER",
    /// How many days may pass between check-ins.
    CheckInEveryDays = "CHECK_IN_EVERY_DAYS",
    /// Where it stands.
    State = "STATE",
    /// The score.
    Score = "SCORE",
    /// A key result: in words.
    KeyResult = "KEY_RESULT",
}
