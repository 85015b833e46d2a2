"""In the place of functions/blueprints/instance.py: whatever is asked of store or queue fails as nothing of
ours would, with a child's name in its words, and a library says that name to the log.

The file that FELL names gets a line for each time.
"""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from rp_connect.services.office import Office
from rp_connect.wiring.cloud import Cloud
from rp_connect.wiring.once import Once


class Pupil(BaseModel):
    number: int


class Broken:
    def __getattr__(self, name: str) -> Any:
        return fall


def fall(*_: object, **__: object) -> None:
    with Path(os.environ["FELL"]).open("a") as file:
        file.write("fell\n")
    library = logging.getLogger("azure.core.pipeline.policies.http_logging_policy")
    library.info("Request URL: 'https://example.test/Wobblethorpe'")
    try:
        Pupil.model_validate({"number": "Wobblethorpe Quagmirefeather"})
    except ValueError:
        library.exception("Wobblethorpe")
        logging.getLogger("rp_connect.of_ours").exception("one of ours, with a traceback")
        raise


def opened() -> Office:
    broken: Any = Broken()
    return replace(as_ever(), store=broken, bell=broken)


cloud = Cloud()
as_ever = cloud.office
cloud.office = Once(opened)
