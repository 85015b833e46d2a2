"""An invented trust of two schools, for the demonstration and for tests: nobody in it exists."""

from rp_connect.testing.invented_trust.export import Personal
from rp_connect.testing.invented_trust.timeline import demo_clock
from rp_connect.testing.invented_trust.trust import InventedTrust, write_trust

__all__ = ["InventedTrust", "Personal", "demo_clock", "write_trust"]
