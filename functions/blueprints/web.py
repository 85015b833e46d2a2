"""The pages and the API, behind their own sign-in."""

import azure.functions as func

from blueprints.instance import cloud
from rp_connect.wiring.cloud_pages import Pages


def app() -> func.AsgiFunctionApp:
    pages = Pages(cloud.office, cloud.close)
    return func.AsgiFunctionApp(pages, func.AuthLevel.ANONYMOUS, function_name="pages")
