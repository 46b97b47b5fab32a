//! What can happen, one list for all areas.

use std::str::FromStr;

use async_graphql::Enum;

macro_rules! happening_kinds {
    ($( $(#[$doc:meta])* $name:ident = $text:literal, )*) => {
        /// What happened. More kinds will come: show one you do not know by the object it is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enum)]
        pub enum HappeningKind { $( $(#[$doc])* $name, )* }

        impl HappeningKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name it is stored and told under: area, dot, what happened.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

happening_kinds! {
    /// A survey asks you.
    SurveyOpened = "survey.opened",
    /// Somebody thanks you.
    RecognitionReceived = "recognition.received",
    /// Somebody reacts to your thanks.
    RecognitionReacted = "recognition.reacted",
    /// Your allowance of points for this month is there.
    AllowanceGranted = "allowance.granted",
    /// A reward is asked for, and waits for approval.
    RewardRequested = "reward.requested",
    /// A reward you asked for was approved.
    RewardApproved = "reward.approved",
    /// A reward you asked for was handed over.
    RewardFulfilled = "reward.fulfilled",
    /// A reward you asked for was declined or refunded: the points are back.
    RewardRefunded = "reward.refunded",
    /// Somebody asks you, or your queue, for something.
    RequestOpened = "request.opened",
    /// Somebody wrote about a request, or asked back.
    RequestMessage = "request.message",
    /// A request was given to you.
    RequestAssigned = "request.assigned",
    /// A request came to another queue.
    RequestTransferred = "request.transferred",
    /// A request was answered.
    RequestAnswered = "request.answered",
    /// A request was declined.
    RequestDeclined = "request.declined",
    /// A request was fulfilled.
    RequestFulfilled = "request.fulfilled",
    /// A request was taken back.
    RequestWithdrawn = "request.withdrawn",
    /// A request was opened again.
    RequestReopened = "request.reopened",
    /// A request climbed because the asker wanted it.
    RequestEscalated = "request.escalated",
    /// A request got no answer in time, and climbed.
    RequestOverdue = "request.overdue",
    /// Your team is told what came of its wishes.
    TeamResponsePublished = "request.responded",
    /// A friction was reported in a team you lead.
    FrictionReported = "friction.reported",
    /// A friction that affects you was merged into this one.
    FrictionMerged = "friction.merged",
    /// A step was planned against a friction that affects you.
    FrictionPlanned = "friction.planned",
    /// A step against a friction that affects you was done, and measured.
    FrictionStepDone = "friction.step_done",
    /// A friction that affects you is no more.
    FrictionResolved = "friction.resolved",
    /// Nothing will be done about a friction that affects you, for a reason.
    FrictionRejected = "friction.rejected",
    /// A friction that affects you is one after all.
    FrictionReopened = "friction.reopened",
    /// A conversation with you was planned, or its series changed.
    ConversationPlanned = "conversation.planned",
    /// A conversation of yours takes place at another time, or was skipped.
    ConversationMoved = "conversation.moved",
    /// A conversation of yours was marked as held.
    ConversationHeld = "conversation.held",
    /// A conversation of yours does not take place: its series ended.
    ConversationCancelled = "conversation.cancelled",
    /// You are to do something that came of a conversation.
    ActionItemAssigned = "action_item.assigned",
    /// What you are to do is due.
    ActionItemDue = "action_item.due",
    /// Somebody expects something of you.
    ExpectationProposed = "expectation.proposed",
    /// The other side of an expectation made a counter-proposal.
    ExpectationNegotiated = "expectation.negotiated",
    /// What is expected was accepted.
    ExpectationAccepted = "expectation.accepted",
    /// What is expected was declined.
    ExpectationDeclined = "expectation.declined",
    /// What was expected is expected no more.
    ExpectationWithdrawn = "expectation.withdrawn",
    /// What you expect was reported as done: judge it.
    ExpectationReported = "expectation.reported",
    /// What was expected was met. To whoever expected it, this is an occasion to say thank you.
    ExpectationMet = "expectation.met",
    /// More was done than expected. To whoever expected it, this is an occasion to say thank you.
    ExpectationExceeded = "expectation.exceeded",
    /// What was expected was not met.
    ExpectationMissed = "expectation.missed",
    /// What you accepted is due in three days, tomorrow, or today.
    ExpectationDue = "expectation.due",
    /// With what you accepted you have more work than time in a week. Only you are told.
    ExpectationOverload = "expectation.overload",
    /// Somebody who reports to you has had more work than time for three days.
    ExpectationOverloadLasts = "expectation.overload_lasts",
    /// You were given a part in an area of responsibility.
    ResponsibilityAssigned = "responsibility.assigned",
    /// Your part in an area of responsibility ended.
    ResponsibilityEnded = "responsibility.ended",
    /// Somebody gave back a part in an area of responsibility that you keep.
    ResponsibilityHandedBack = "responsibility.handed_back",
    /// A goal of yours was written.
    GoalCreated = "goal.created",
    /// Somebody checked in on a goal of yours, or on one that supports it.
    GoalCheckedIn = "goal.checked_in",
    /// A goal of yours, or one that supports it, was closed.
    GoalClosed = "goal.closed",
    /// A goal of yours has gone without a check-in for too long.
    GoalStale = "goal.stale",
    /// A goal supports another now.
    GoalAligned = "goal.aligned",
    /// A cycle in which you had goals was closed.
    GoalCycleClosed = "goal.cycle_closed",
    /// You are asked what matters most to you.
    PrioritiesOpened = "priorities.opened",
    /// What matters most to those who were asked can be read.
    PrioritiesClosed = "priorities.closed",
}

/// A text that names no kind.
#[derive(Debug, thiserror::Error)]
#[error("unknown kind of happening {0:?}")]
pub struct UnknownKind(String);

impl FromStr for HappeningKind {
    type Err = UnknownKind;
    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text).ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

impl HappeningKind {
    /// The area it belongs to, such as "goal".
    pub fn area(self) -> &'static str {
        self.as_str().split('.').next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_name_of_its_own_with_an_area() {
        for kind in HappeningKind::ALL {
            assert_eq!(kind.as_str().parse::<HappeningKind>().unwrap(), *kind);
            assert_eq!(kind.as_str().matches('.').count(), 1, "{}", kind.as_str());
        }
    }
}
