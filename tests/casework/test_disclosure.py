from casework.disclosure import (
    SUPPRESSED,
    Audience,
    Narrowed,
    Quantity,
    Release,
    Shown,
    Table,
    band,
    publish,
    total,
)

UNIT, NORTH, SOUTH, EAST = (Quantity("children", area) for area in ("unit", "n", "s", "e"))
TOWNSHIPS = (NORTH, SOUTH, EAST)


def unit_of(*counts: int) -> Table:
    townships = dict(zip(TOWNSHIPS, counts, strict=False))
    return Table({**townships, UNIT: sum(counts)}, (total(UNIT, townships),))


def nothing_leaks(_: Release) -> tuple[Narrowed, ...]:
    return ()


def test_zero_is_none_and_one_to_four_are_one_band_inside_the_federation():
    assert band(0, 5) == Shown(0, 0)
    assert {band(count, 5) for count in range(1, 5)} == {Shown(1, 4)}
    assert band(5, 5) == Shown(5, 9)


def test_outside_the_federation_nine_is_still_in_the_small_band():
    assert band(9, 10) == Shown(1, 9)
    assert band(10, 10) == Shown(10, 19)


def test_the_largest_band_is_open_at_the_top():
    assert band(100_000, 5) == Shown(100_000, None)


def test_whoever_sees_the_rows_gets_exact_figures():
    release = publish(unit_of(1, 2, 3), Audience.OWN_ROWS, nothing_leaks)
    assert release.shown[NORTH] == Shown(1, 1)


def test_totals_are_exact_and_townships_in_bands_where_nothing_leaks():
    release = publish(unit_of(3, 12, 0), Audience.FEDERATION, nothing_leaks)
    assert release.shown == {
        UNIT: Shown(15, 15),
        NORTH: Shown(1, 4),
        SOUTH: Shown(10, 19),
        EAST: Shown(0, 0),
    }
    assert release.small == {NORTH}


def test_a_small_total_is_a_band_too():
    assert publish(unit_of(1, 2), Audience.FEDERATION, nothing_leaks).shown[UNIT] == Shown(1, 4)


def test_what_leaks_is_coarsened_totals_first():
    seen = []

    def exact_totals_leak(release: Release) -> tuple[Narrowed, ...]:
        seen.append(release.shown[UNIT])
        return (Narrowed(NORTH, 3, 3),) if release.shown[UNIT].is_exact else ()

    release = publish(unit_of(3, 12), Audience.FEDERATION, exact_totals_leak)
    assert seen == [Shown(15, 15), Shown(10, 19)]
    assert release.shown[SOUTH] == Shown(10, 19)


def test_an_audit_that_is_never_content_ends_with_nothing_told():
    def never(_: Release) -> tuple[Narrowed, ...]:
        return (Narrowed(NORTH, 2, 3),)

    release = publish(unit_of(3, 12), Audience.FEDERATION, never)
    assert set(release.shown.values()) == {SUPPRESSED}
    assert release.informative_share == 0.0


def test_an_empty_release_is_informative():
    assert publish(Table({}), Audience.OUTSIDE, nothing_leaks).informative_share == 1.0


def test_the_audit_reads_the_release_before_as_well():
    before = unit_of(3, 12)
    told = publish(before, Audience.FEDERATION, nothing_leaks)
    read = []
    now = unit_of(4, 12)

    def audit(release: Release) -> tuple[Narrowed, ...]:
        read.append(release)
        return ()

    publish(now, Audience.FEDERATION, audit, [(before, told)])
    alone, together = read
    assert SOUTH in alone.shown, "what was known without the new release"
    assert together.shown[Quantity("children@0", "n")] == Shown(1, 4)
    assert together.shown[SOUTH] == Shown(10, 19), "did not change: one quantity in both"
    assert len(together.lines) == 2
