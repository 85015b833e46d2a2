"""The Azure Functions app of rp-connect: wiring only, deployed as docs/functions.md says."""

from blueprints import hours, people, queue, timers, web

app = web.app()
for each in (queue, timers, people, hours):
    app.register_functions(each.blueprint)
