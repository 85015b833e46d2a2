"""What a preview tells of a school beside the counts of its sync."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rp_connect.services.forecast_month import Forecast, forecast_month
from rp_connect.services.survey_school import Survey, survey_school
from rp_connect.services.sync_pass import SyncPass


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """`not_granted` and `unmapped` are the vendor's words."""

    survey: Survey
    forecast: Forecast
    not_granted: Sequence[str]
    unmapped: Sequence[str]

    def to_json(self) -> dict[str, object]:
        return {
            "people": self.survey.to_json(),
            "unmapped": list(self.unmapped),
            "not_granted": list(self.not_granted),
            "last_30_days": self.forecast.to_json(),
        }


def preview_school(sync: SyncPass) -> Preview:
    """After a rehearsed pass that ended well. Raises what the MIS raises when it is asked what it grants."""
    with sync.begin() as work:
        survey = survey_school(work, sync.school, sync.today)
    return Preview(
        survey=survey,
        forecast=forecast_month(sync),
        not_granted=sync.adapter.probe().not_granted,
        unmapped=sorted(sync.unmapped),
    )
