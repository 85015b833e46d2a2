"""Who was matched, who is there twice and what a month would have brought, for whoever connects a school."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rp_connect.cli.output import count
from rp_connect.services.forecast_month import Forecast
from rp_connect.services.preview_school import Preview
from rp_connect.services.survey_school import Survey

SHOWN = 5


def matched_line(pupils: Mapping[str, int]) -> str:
    """What this reading made of the pupils."""
    known, by_upn, new = pupils["known"], pupils["by_upn"], pupils["new"]
    return f"{count(new, 'pupil')} new, {known:,} known, {by_upn:,} known by UPN from the former MIS."


def notes_of(survey: Survey) -> Iterator[str]:
    """What is good to know and asks for nothing."""
    if survey.of_former_mis:
        yield f"{count(survey.of_former_mis, 'pupil')} only of the former MIS: no UPN led to the new one."
    if survey.without_upn:
        yield (
            f"{count(survey.without_upn, 'pupil')} without a UPN: after a change of MIS "
            "nobody could know them again."
        )
    if survey.staff and not survey.strangers and survey.roles:
        yield "Everybody who holds a role is known to the MIS as staff."
    if survey.strangers:
        yield f"Not all who hold these roles are staff in the MIS: {_roles(survey)}."
    if survey.categories:
        yield f"Kinds of suspension that make no case: {_some(survey.categories)}."
    if survey.reasons:
        yield f"Reasons that are not the school census's: {_some(survey.reasons)}."


def doubles_of(survey: Survey) -> Iterator[str]:
    """Two records that may be one person, by their keys: somebody at the school knows which."""
    for what, groups in (
        ("The same UPN", survey.same_upn),
        ("The same name and date of birth", survey.namesakes),
        ("The same e-mail address of staff", survey.same_email),
    ):
        if groups:
            shown = "; ".join(" and ".join(ids) for ids in groups[:SHOWN])
            more = f"; and {len(groups) - SHOWN} more" if len(groups) > SHOWN else ""
            yield f"{what} more than once: {shown}{more}."


def month_lines(forecast: Forecast) -> Iterator[str]:
    """What thirty days would have brought, by duty and by case."""
    since = f"{forecast.since.day} {forecast.since:%B %Y}"
    if not forecast.tasks:
        yield f"Since {since} nothing was decided that would have made a task."
        return
    days = forecast.days
    due = f", due from {days[0]:%d %b %Y} to {days[1]:%d %b %Y}" if days else ""
    yield (
        f"Live since {since} it would have {count(len(forecast.by_case), 'case')} "
        f"with {count(len(forecast.tasks), 'task')}{due}."
    )
    yield f"By duty: {_counted(forecast.by_duty)}."
    yield f"By case: {_counted(forecast.by_case)}."


def preview_lines(pupils: Mapping[str, int], preview: Preview) -> Iterator[str]:
    yield matched_line(pupils)
    yield from notes_of(preview.survey)
    yield from doubles_of(preview.survey)
    if preview.unmapped:
        yield f"Words of the MIS that mean nothing here: {_some(preview.unmapped)}."
    if preview.not_granted:
        yield f"Not granted by the MIS, or not there: {', '.join(preview.not_granted)}."
    yield from month_lines(preview.forecast)


def _roles(survey: Survey) -> str:
    return ", ".join(role.value for role in survey.strangers)


def _some(words: Sequence[str]) -> str:
    more = f" and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
    return ", ".join(words[:SHOWN]) + more


def _counted(found: Mapping[str, int]) -> str:
    named = [f"{name} {number}" for name, number in found.items()]
    return _some(named)
