"""One client that writes the cases of the job to a Graph server, in a process of its own.

python -m tests.benchmarks.graph_clients ours|ours-after-setup FOLDER
python -m tests.benchmarks.graph_clients plain|office365|office365-batch URL CASES PLAN LIST

`ours` delivers an outbox of bare effects; `ours-after-setup` sets the tenant up first, in the same process,
which loads office365. The others are the baselines of the reference: (f) a plain `$batch` of 20 by 4 threads
that repeats what was throttled, (a) `execute_query()` as the README of office365 shows it, (b4)
`execute_batch(concurrency=4)`. Whatever ends one of these is an end: what is lost is counted there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

TASKS = 8
AT_ONCE, IN_A_BATCH = 4, 20


def main(words: Sequence[str]) -> None:
    name, *more = words
    clients: dict[str, Callable[..., None]] = {
        "ours": ours,
        "ours-after-setup": ours_after_setup,
        "plain": plain,
        "office365": one_by_one,
        "office365-batch": in_batches,
    }
    clients[name](*more)


def ours(folder: str, *, set_up: bool = False) -> None:
    """A worker from its start until nothing is left; where all have to wait, it does."""
    import time

    from rp_connect.services.deliver_effects import deliver_effects
    from rp_connect.wiring.office import build_office

    office = build_office(Path(folder) / "rp-connect.toml", now="2026-11-12T09:40")
    if set_up:
        for school in office.schools.values():
            school.workspace().setup()
        if "office365" not in sys.modules:
            sys.exit("setup has not loaded office365")
    for school in office.schools.values():
        workspace: Any = school.workspace()
        workspace.tasks = Bare(workspace.tasks)
    while (report := deliver_effects(office)).waiting:
        time.sleep(0.05)
    if report.parked:
        sys.exit(f"{report.parked} effects are parked")
    office.store.close()


def ours_after_setup(folder: str) -> None:
    ours(folder, set_up=True)


class Bare:
    """The shelf of tasks without their notes, checklist and link, which no baseline writes either."""

    def __init__(self, shelf: Any) -> None:
        self._shelf = shelf

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shelf, name)

    def find_all(self, keys: Sequence[str]) -> Any:
        return self._shelf.find_all(keys)

    def create_all(self, items: Sequence[Any]) -> Any:
        return self._shelf.create_all([bare(item) for item in items])

    def update_all(self, changes: Sequence[tuple[str, Any]]) -> Any:
        return self._shelf.update_all([(held, bare(item)) for held, item in changes])


def bare(item: Any) -> Any:
    return replace(item, details="", link="", steps=())


def job(cases: int, plan: str, listed: str) -> Iterator[dict[str, Any]]:
    from tests.graph_server.client import event
    from tests.graph_server.tenant import LEAD, SITE

    for number in range(cases):
        name = f"RP-{number:04}"
        yield {
            "url": f"/users/{LEAD}/events",
            "body": event(name, transactionId=name),
        }
        yield {"url": f"/sites/{SITE}/lists/{listed}/items", "body": {"fields": {"Title": name}}}
        for task in range(TASKS):
            yield {"url": "/planner/tasks", "body": {"planId": plan, "title": f"{name} {task}"}}


def plain(url: str, cases: str, plan: str, listed: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    import requests

    session = requests.Session()
    session.trust_env = False
    writes = list(job(int(cases), plan, listed))
    lots = [writes[first : first + IN_A_BATCH] for first in range(0, len(writes), IN_A_BATCH)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda lot: send(session, url, lot), lots))


def send(session: Any, url: str, lot: list[dict[str, Any]]) -> None:
    import time

    while lot:
        asked = [
            {"id": str(n), "method": "POST", "headers": {"Content-Type": "application/json"}, **each}
            for n, each in enumerate(lot)
        ]
        answer = session.post(
            f"{url}/$batch", json={"requests": asked}, headers={"Authorization": "Bearer x"}, timeout=60
        )
        answer.raise_for_status()
        again = [each for each in answer.json()["responses"] if each["status"] in (429, 503, 504)]
        if again:
            time.sleep(max(float(each.get("headers", {}).get("Retry-After", 1)) for each in again))
        lot = [lot[int(each["id"])] for each in again]


def client_at(url: str) -> Any:
    """A GraphClient as the README has it, with the address of the server in the place of Graph's."""
    from office365.graph_client import GraphClient
    from office365.graph_request import GraphRequest

    GraphRequest.service_root_url = property(lambda self: url)  # type: ignore[assignment]
    return GraphClient(token_callback=lambda: {"access_token": "x", "token_type": "Bearer"})


def ask_for(client: Any, cases: int, plan: str, listed: str) -> Iterator[None]:
    from office365.entity_collection import EntityCollection

    from tests.graph_server.client import event
    from tests.graph_server.tenant import LEAD, SITE

    events = client.users[LEAD].calendar.events
    items = client.sites[SITE].lists[listed].items
    for number in range(cases):
        name = f"RP-{number:04}"
        # Its own `events.add` writes an offset into the time, which Graph refuses.
        EntityCollection.add(events, **event(name, transactionId=name))
        yield
        items.add(Title=name)
        yield
        for task in range(TASKS):
            client.planner.tasks.add(title=f"{name} {task}", plan=plan)
            yield


def one_by_one(url: str, cases: str, plan: str, listed: str) -> None:
    client = client_at(url)
    for _ in ask_for(client, int(cases), plan, listed):
        client.execute_query()


def in_batches(url: str, cases: str, plan: str, listed: str) -> None:
    client = client_at(url)
    for _ in ask_for(client, int(cases), plan, listed):
        pass
    client.execute_batch(concurrency=4)


if __name__ == "__main__":
    main(sys.argv[1:])
