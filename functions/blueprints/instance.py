"""The one thing that all functions of this instance share."""

from rp_connect.wiring.cloud import Cloud

cloud = Cloud()
