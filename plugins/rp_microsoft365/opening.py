"""Opens the way to Graph for one school. Nothing of msal, requests or office365 is loaded before a call."""

from __future__ import annotations

from pathlib import Path

from rp_connect.ports.secrets import Secrets
from rp_connect.ports.workspace import WorkspaceSettings
from rp_microsoft365.asking import AskingGraph
from rp_microsoft365.clouds import authority, graph_base
from rp_microsoft365.pauses import shared_pauses
from rp_microsoft365.sending import Exchanges, Sender, Tokens
from rp_microsoft365.settings import Microsoft365Settings
from rp_microsoft365.traffic import shared_traffic
from rp_microsoft365.turns import outlook_turns


def open_graph(settings: WorkspaceSettings, *, patience_s: float = 0) -> AskingGraph:
    """`patience_s` is for how long a call may wait for Graph before it is asked again (0: never; the wait is
    then kept in the store). Its traffic is counted in `.sender.traffic`."""
    own = Microsoft365Settings.model_validate(settings.own.model_dump())
    return AskingGraph(open_sender(own, settings.folder, settings.secrets), patience_s=patience_s)


def open_sender(own: Microsoft365Settings, folder: Path, secrets: Secrets) -> Sender:
    base = graph_base(own.cloud, own.graph_url)
    whose = authority(own.cloud, own.authority_url, own.tenant), own.client_id
    tokens = _LaterTokens(own, folder, secrets)
    turns, pauses, traffic = outlook_turns(*whose), shared_pauses(base, *whose), shared_traffic(base, *whose)
    return Sender(
        base, tokens, lambda: _open_wire(base, own.timeout_s), turns, traffic, pauses, own.lands_within_s
    )


def _open_wire(base: str, timeout_s: float) -> Exchanges:
    from rp_microsoft365.wire import Wire  # noqa: PLC0415 - requests takes 73 ms

    return Wire(base, timeout_s)


class _LaterTokens:
    """The sign-in, looked up when the first call asks for it."""

    def __init__(self, own: Microsoft365Settings, folder: Path, secrets: Secrets) -> None:
        self._own, self._folder, self._secrets = own, folder, secrets
        self._found: Tokens | None = None

    def token(self) -> str:
        return self._tokens().token()

    def forget(self) -> None:
        self._tokens().forget()

    def _tokens(self) -> Tokens:
        from rp_microsoft365.sign_in import sign_in  # noqa: PLC0415 - loaded with the first call

        if self._found is None:
            self._found = sign_in(self._own, self._folder, self._secrets)
        return self._found
