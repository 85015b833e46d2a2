"""How the pages are reached from other computers: the table `[web]` with its way of signing in."""

from __future__ import annotations

from functools import partial

from rp_connect.hooks.host import PluginHost
from rp_connect.ports.secrets import Secrets
from rp_connect.ports.sign_in import Entrance, SignInSettings
from rp_connect.settings import Settings, validate_own_web
from rp_connect.wiring.once import Once

CALLBACK = "/sign-in/back"


def build_entrance(settings: Settings, host: PluginHost, secrets: Secrets) -> Entrance | None:
    """None without `[web]`. Raises ConfigError for a way of signing in that nobody brings, or its table."""
    web = settings.web
    if web is None:
        return None
    way = None
    if web.sign_in is not None:
        spec = host.sign_in(web.sign_in)
        own = validate_own_web(settings.file, web, spec.name, spec.settings)
        given = SignInSettings(f"{web.public_url}{CALLBACK}", settings.folder, own, secrets)
        way = Once(partial(spec.build, given))
    return Entrance(origin=web.public_url, bind=web.bind, proxies=web.proxies, hours=web.hours, sign_in=way)
