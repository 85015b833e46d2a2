"""The bell rang: one errand for one school."""

import azure.functions as func

from blueprints.instance import cloud

blueprint = func.Blueprint()


@blueprint.queue_trigger("message", queue_name="rp-connect-work", connection="RP_CONNECT_QUEUE")
def work(message: func.QueueMessage) -> None:
    cloud.work(message.get_body().decode())
