"""Limits that Planner reports as 403: the thing is full, and no permission helps."""

from __future__ import annotations

from rp_connect.errors import RpConnectError


class LimitError(RpConnectError):
    """A limit of the service is reached: parked, until a person makes room and sends it again."""


class PlanFullError(LimitError):
    """The plan takes no further task."""


SEND_AGAIN = "send it again: “rp-connect effect retry ID”, with its id from “rp-connect effect list”"
_FULL_PLAN = ("MaximumTasksInProject", "MaximumActiveTasksInProject")
_WORDS = {
    # [D:planner-overview], "Common Planner error conditions", limit codes of 403.
    "MaximumTasksAssignedToUser": "the person has as many tasks as Planner allows; assign it to someone else",
    "MaximumActiveTasksAssignedToUser": "the person has as many open tasks as Planner allows",
    "MaximumTasksCreatedByUser": "this app has created as many tasks as Planner allows; delete old plans",
    "MaximumAssigneesInTasks": "a task cannot have so many people",
    "MaximumChecklistItemsOnTask": "a task cannot have so many steps",
    "MaximumReferencesOnTask": "a task cannot have so many links",
    "MaximumBucketsInProject": "the plan cannot have another bucket; delete one that is not used",
    "MaximumProjectsOwnedByUser": "the group cannot own another plan; delete an old one",
    "MaximumProjectsSharedWithUser": "the group cannot have another plan; delete an old one",
    "MaximumPlannerPlans": "the group cannot own another plan; delete an old one",
    "MaximumUsersSharedWithProject": "the plan cannot be shared with so many people",
    "MaximumContextsOnPlan": "the plan cannot have another link to what it belongs to",
    "MaximumFavoritePlansForUser": "a person cannot have another favourite plan",
    "MaximumRecentPlansForUser": "a person cannot have another recent plan",
}


def limit_error(code: str) -> LimitError | None:
    """What a 403 with this code means, if it is a limit."""
    if code in _FULL_PLAN:
        return PlanFullError(
            f"Microsoft 365: plan full ({code}). Make room in the plan or let a new one be set up with"
            f" “rp-connect setup microsoft365”. Then {SEND_AGAIN}."
        )
    if code in _WORDS or code.startswith("Maximum"):
        words = _WORDS.get(code, "a limit of Planner is reached")
        return LimitError(f"Microsoft 365: {words} ({code}). Then {SEND_AGAIN}.")
    return None
