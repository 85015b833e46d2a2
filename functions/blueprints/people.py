"""What people wait for: reminders on a school day, and what the bell missed."""

import azure.functions as func

from blueprints.instance import cloud

blueprint = func.Blueprint()


@blueprint.timer_trigger("tick", schedule="0 20 * * * *")
def reminders(tick: func.TimerRequest) -> None:
    cloud.start_reminders()


@blueprint.timer_trigger("tick", schedule="15 * * * * *")
def missed(tick: func.TimerRequest) -> None:
    cloud.sweep()
