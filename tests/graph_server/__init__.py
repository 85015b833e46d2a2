"""A Graph server for our tests: stateful, over loopback HTTP, strict as the contract, unkind as a network.

    def test_a_task_arrives(graph_server):            # the fixture is everywhere: tests/conftest.py has it
        settings = {..., "graph_url": graph_server.url}      # "http://127.0.0.1:PORT/v1.0"
        ...
        assert [task["title"] for task in graph_server.state.tasks.values()] == ["RP-1 Ring home"]

**Strict.** Every request needs `Authorization: Bearer …` and is laid beside the contract of Microsoft Graph
(with each request of a batch) when it comes, whatever befalls it then; so is every answer, those that a fault
gives too, but for what `malform` spoils. What breaks it is in `log.violations`, and the
fixture then fails the test; a test that means to ask wrongly calls `log.take_violations()`. Tests that use
the server carry `@pytest.mark.facts`. The token endpoint is not here.

**The tenant** (`state`, a `Tenant`) starts with the group `GROUP`, its members `LEAD`
(lead@northwick.example) and `HEAD` (head@northwick.example), the site `SITE` (also found by `HOST`, which
stands alone: the contract has no `/sites/{host}:/{path}`) with the library `b!documents`; no plan, no list,
no event (constants in `tenant.py`). Its tables are plain dictionaries by id: `events`, `cancelled_events`,
`deleted_events`, `meetings`, `plans`, `buckets`, `tasks`, `task_details`, `lists`, `columns`, `items` (by
"list id/number", values in `["fields"]`), `files`, `contents` (bytes), `members`, `notifications`, `busy`.
An event's `_start` and `_end` are UTC. Change them as a person would (hold `server.lock` while a client is
at work); `people.py` has what people do to a task so that its etag changes as well.
`state.duplicates(state.items.values(), "fields", "Reference")` counts what stands twice.

`server.configure(...)` sets what the tenant is like (`Options`): `page_size`, `online_meetings=False` (a
silent downgrade), `visible_after=0.5` (404, and in no collection, for so long after its creation;
`state.reveal()` ends that at once), `max_tasks`, `max_active_tasks`, `max_buckets`, `max_plans`,
`max_assigned`, `outlook_limit`, `duplicate_status` and `duplicate_code` (of a unique column),
`cancelled_events_stay`, `etag_header`.

**Faults** (`faults`). Each takes whom and when: `service` ("calendar", "online_meetings", "planner",
"lists", "files", "directory"), `method`, `path` (a regular expression), `chance=0.05` or `nth=3`,
`times=2`, and `whole=True` (judged once for the HTTP request, and strikes all of its batch; else each
request of a batch alone):
    faults.throttle(2.0)            429 with Retry-After: 2    faults.throttle(None)      429 without
    faults.throttle(2, as_date=True)  as an HTTP date          faults.busy(2.0)           503 (None: without)
    faults.limit("MaximumTasksInProject")    403 with a limit  faults.refuse(409, "x")    any refusal
    faults.lack("Tasks.ReadWrite.All")       403 permission    faults.sign_out()          401
    faults.lose_answers("cut"), ("504"), ("403")  done, not heard
    faults.slow(0.04)               latency, then done
    faults.hang()                            never answered, not done
    faults.malform("html"), ("truncated"), ("reordered"), ("no_body"), ("no_headers"), ("no_id"), ("absent")
`faults.remove(fault)`, `faults.clear()`; a fault counts how often it `struck`. `server.go_away()` cuts and
refuses connections, `server.come_back()` takes the same port with the same state.

**The log** (`log`): `requests` (HTTP), `batches`, `connections`; by service and logical request `logical`,
`writes`, `statuses`; `outlook_peak` (most at once), `outlook_refused` (429 because of more than four) and
`outlook_longest_s` (how long Outlook was at one HTTP request); `entries`; `count("POST /planner/tasks")`;
`operations()`; `too_early()`: requests of a service that came before its last Retry-After was over (R12: must
be empty).

**In its own process** (crash trials, benchmarks): `with OwnProcess(check_every=0) as server`
(`own_process.py`) has the same `url`, `faults`, `configure`, `go_away`, `come_back`; its `state` and `log`
are copies taken when you ask. `python -m tests.graph_server` starts one by hand, `python -m
tests.graph_server.speed` says how fast it is. Only there may checks be sampled (`check_every=n`, 0: none).

**What a whole run exercised**: each process writes the operations that it answered well into one folder. A
run of all tests fails where one of `must_exercise.py` is missing, and any run where one is not in there
(`recording.py`). Only requests with the product's own User-Agent count, and of those none whose token says
that a test wrote them (`BY_HAND` in `operations.py`).
"""
