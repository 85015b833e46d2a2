"""The pages and the API, behind their own sign-in."""

import azure.functions as func

from blueprints.instance import cloud
from rp_connect.wiring.cloud import Pages


def app(level: func.AuthLevel) -> func.AsgiFunctionApp:
    return func.AsgiFunctionApp(Pages(cloud), http_auth_level=level)
