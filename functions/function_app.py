"""The Azure Functions app of rp-connect: wiring only, from the folder that is deployed as it stands."""

import azure.functions as func

from blueprints import hours, queue, timers, web

app = web.app(func.AuthLevel.ANONYMOUS)
for each in (queue, timers, hours):
    app.register_functions(each.blueprint)
