"""By the clock, for the installation as a whole: what was given up, what nobody asks for again."""

import azure.functions as func

from blueprints.instance import cloud

blueprint = func.Blueprint()


@blueprint.timer_trigger("tick", schedule="45 */10 * * * *")
def aside(tick: func.TimerRequest) -> None:
    cloud.look_aside()


@blueprint.timer_trigger("tick", schedule="0 40 2 * * *")
def retention(tick: func.TimerRequest) -> None:
    cloud.retire()
