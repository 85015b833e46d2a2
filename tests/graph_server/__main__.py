"""`python -m tests.graph_server`: says its two addresses as a line of JSON, and ends with its input."""

from __future__ import annotations

import argparse
import json
import signal
import sys

from tests.graph_server.control import Control
from tests.graph_server.listener import Listener
from tests.graph_server.server import GraphServer


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.graph_server", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the faults that strike by chance")
    parser.add_argument("--check-every", type=int, default=1, help="n: each n-th request; 0: none")
    asked = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests, which then close our input
    with GraphServer(seed=asked.seed, check_every=asked.check_every) as server:
        control = Listener(Control(server).answer, lambda: None)
        control.start()
        addresses = {"url": server.url, "control": f"http://127.0.0.1:{control.port}"}
        sys.stdout.write(json.dumps(addresses) + "\n")
        sys.stdout.flush()
        sys.stdin.read()
        control.stop()


if __name__ == "__main__":
    main()
