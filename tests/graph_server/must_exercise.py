"""The operations of Graph that the product is made of: a run of all tests has to exercise every one.

When the product asks for something new, it is entered here: a run in which it exercised another one fails.
"""

from __future__ import annotations

MUST_EXERCISE = frozenset(
    {
        "POST /$batch",
        "GET /drives/{drive-id}/root:/{path}",
        "PUT /drives/{drive-id}/root:/{path}:/content",
        "GET /groups/{group-id}",
        "GET /groups/{group-id}/planner/plans",
        "POST /planner/buckets",
        "POST /planner/plans",
        "DELETE /planner/plans/{plannerPlan-id}",
        "GET /planner/plans/{plannerPlan-id}/buckets",
        "GET /planner/plans/{plannerPlan-id}/details",
        "PATCH /planner/plans/{plannerPlan-id}/details",
        "GET /planner/plans/{plannerPlan-id}/tasks",
        "POST /planner/tasks",
        "GET /planner/tasks/{plannerTask-id}",
        "PATCH /planner/tasks/{plannerTask-id}",
        "GET /planner/tasks/{plannerTask-id}/details",
        "PATCH /planner/tasks/{plannerTask-id}/details",
        "GET /sites/{site-id}",
        "GET /sites/{site-id}/drives",
        "GET /sites/{site-id}/lists",
        "POST /sites/{site-id}/lists",
        "GET /sites/{site-id}/lists/{list-id}/columns",
        "POST /sites/{site-id}/lists/{list-id}/columns",
        "GET /sites/{site-id}/lists/{list-id}/items",
        "POST /sites/{site-id}/lists/{list-id}/items",
        "GET /sites/{site-id}/lists/{list-id}/items/{listItem-id}",
        "PATCH /sites/{site-id}/lists/{list-id}/items/{listItem-id}/fields",
        "GET /users",
        "GET /users/{user-id}",
        "POST /users/{user-id}/calendar/getSchedule",
        "GET /users/{user-id}/events",
        "POST /users/{user-id}/events",
        "DELETE /users/{user-id}/events/{event-id}",
        "GET /users/{user-id}/events/{event-id}",
        "PATCH /users/{user-id}/events/{event-id}",
        "POST /users/{user-id}/events/{event-id}/cancel",
        "GET /users/{user-id}/onlineMeetings",
        "PATCH /users/{user-id}/onlineMeetings/{onlineMeeting-id}",
    }
)
