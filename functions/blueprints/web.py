"""The pages and the API, behind their own sign-in."""

import azure.functions as func

from blueprints.instance import cloud
from rp_connect.wiring.cloud import Pages


def app() -> func.AsgiFunctionApp:
    return func.AsgiFunctionApp(Pages(cloud.office), func.AuthLevel.ANONYMOUS, function_name="pages")
