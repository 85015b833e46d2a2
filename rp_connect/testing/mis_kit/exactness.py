"""A reading gives exactly the school: nothing lost, doubled, made up, cut short or counted wrongly."""

from __future__ import annotations

from rp_connect.ports.mis import Kind
from rp_connect.testing.mis_kit.checks import LISTED, check
from rp_connect.testing.mis_kit.invented import awkward, large
from rp_connect.testing.mis_kit.readings import changes, everything
from rp_connect.testing.mis_kit.rig import Can, MisUnderTest
from rp_connect.testing.mis_kit.school import differences
from rp_connect.testing.mis_kit.words import UNKNOWN_CATEGORY, UNKNOWN_CODE, UNKNOWN_ROLE

LONGEST_PAGE = 1_000


@check(*Kind)
def a_whole_reading_gives_exactly_the_school(rig: MisUnderTest, kind: Kind) -> None:
    """Namesakes stay two, a leading zero stays, and what the MIS does not say is not made up."""
    school = rig.hold(awkward(rig.can))
    taken = everything(rig.open(), kind)

    assert taken.refusals == [], "a good record was refused"
    assert differences(taken.records, school.of(kind)) == [], "the records are not those of the school"


@check(*Kind)
def a_first_reading_of_changes_gives_exactly_the_school(rig: MisUnderTest, kind: Kind) -> None:
    """Where nothing was read before, everything is new."""
    school = rig.hold(awkward(rig.can))
    taken = changes(rig.open(), kind, None)

    assert differences(taken.records, school.of(kind)) == [], "the records are not those of the school"


@check(*LISTED)
def at_the_border_of_a_page_nothing_is_lost_or_doubled(rig: MisUnderTest, kind: Kind) -> None:
    """The child whose record is the last of a page is lost first, and nobody misses a row."""
    for count in (rig.page - 1, rig.page, rig.page + 1, 2 * rig.page):
        school = rig.hold(large(kind, count, rig.can))
        found = differences(everything(rig.open(), kind).records, school.of(kind))
        assert found == [], f"of {count} records, pages of {rig.page} did not give exactly those"


@check(Kind.ATTENDANCE, Kind.PUPIL)
def a_page_holds_no_more_than_a_thousand_records(rig: MisUnderTest, kind: Kind) -> None:
    """A page is stored in one transaction, and nobody else writes meanwhile."""
    rig.hold(large(kind, LONGEST_PAGE + 1, rig.can))
    sizes = [len(page.records) for page in rig.open().everything(kind).pages()]

    assert max(sizes) <= LONGEST_PAGE, "a page holds more than a thousand records"


@check(*LISTED)
def the_keys_of_a_whole_reading_are_counted_right(rig: MisUnderTest, kind: Kind) -> None:
    """By this number a school that lost a tenth of its records overnight is held for a person."""
    school = rig.hold(large(kind, rig.page + 1, rig.can))
    keys = rig.open().everything(kind).keys

    assert keys == rig.count_keys(kind, school), "the keys are not as many as the school has"


@check(*LISTED)
def an_empty_school_is_given_and_has_no_keys(rig: MisUnderTest, kind: Kind) -> None:
    """No suspension at all is good news, and not the same as no permission to read them."""
    rig.hold(awkward(rig.can).having(kind, ()))
    taken = everything(rig.open(), kind)

    assert taken.reading.given, "what is empty is told as not given"
    assert taken.reading.keys == 0, "an empty school has keys"
    assert taken.records == [], "an empty school has records"


def _is_named(rig: MisUnderTest, kind: Kind, word: str) -> None:
    rig.hold(awkward(rig.can))
    unmapped = everything(rig.open(), kind).reading.unmapped
    assert word in unmapped, "a word that nobody mapped is not named"


@check(needs=[Can.UNKNOWN_CATEGORIES])
def a_category_that_nobody_mapped_is_named(rig: MisUnderTest) -> None:
    """A suspension under the school's own word makes no case, and somebody must be told of the word."""
    _is_named(rig, Kind.SUSPENSION, UNKNOWN_CATEGORY)


@check(needs=[Can.UNKNOWN_ROLES])
def a_role_that_nobody_mapped_is_named(rig: MisUnderTest) -> None:
    """Whoever was harmed under the school's own word must not be taken for somebody who looked on."""
    _is_named(rig, Kind.INCIDENT, UNKNOWN_ROLE)


@check(needs=[Can.UNKNOWN_CODES])
def a_code_that_nobody_mapped_is_named(rig: MisUnderTest) -> None:
    """A new code of the register must not be counted as presence."""
    _is_named(rig, Kind.ATTENDANCE, UNKNOWN_CODE)


@check()
def two_objects_at_a_time_do_not_disturb_each_other(rig: MisUnderTest) -> None:
    """A trust reads several schools at once; one's page in another's reading would be a breach."""
    school = rig.hold(awkward(rig.can))
    one, other = rig.open(), rig.open()
    kinds = [kind for kind in LISTED if kind in rig.kinds]
    readings = {(which, kind): of.everything(kind) for kind in kinds for which, of in enumerate((one, other))}
    pages = {key: reading.pages() for key, reading in readings.items()}
    taken: dict[tuple[int, Kind], list[object]] = {key: [] for key in pages}
    while pages:
        for key in list(pages):
            page = next(pages[key], None)
            if page is None:
                del pages[key]
            else:
                taken[key].extend(page.records)

    found = {key: differences(records, school.of(key[1])) for key, records in taken.items()}  # type: ignore[arg-type]
    assert not any(found.values()), "two readings side by side are not both as the school has it"
