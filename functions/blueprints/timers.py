"""What is due for each school by the clock: it only rings, and the queue spreads the work."""

import azure.functions as func

from blueprints.instance import cloud

blueprint = func.Blueprint()


@blueprint.timer_trigger("tick", schedule="0 */5 * * * *")
def syncs(tick: func.TimerRequest) -> None:
    cloud.start_syncs()


@blueprint.timer_trigger("tick", schedule="30 */10 * * * *")
def pulls(tick: func.TimerRequest) -> None:
    cloud.start_pulls()
