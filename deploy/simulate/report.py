"""What the simulation has to say: tables in Markdown, and plots."""

from collections.abc import Iterable, Sequence

from deploy.simulate import budget, known, limits
from deploy.simulate.assumed import CROWD, HOUR, MACHINES, PEOPLE
from deploy.simulate.chart import Line, Panel, svg
from deploy.simulate.demand import Demand
from deploy.simulate.prices import AS_OF, PRICES, REGION, requests_cost
from deploy.simulate.scenarios import (
    FOR_THE_MEAN,
    FOR_THE_PEAK,
    ON_DEMAND,
    SIZES,
    STEERED,
    TRACKED,
    Day,
    day,
    percentiles,
)

COMPARED = (STEERED, ON_DEMAND, TRACKED, FOR_THE_PEAK, FOR_THE_MEAN)
PLOTTED_DAY = 100_000
EVERY, NONE = 2, 0.5
BOUNDS = (25, 50, 100, 200, 400)
COMPARED_SIZES = (1_000, 100_000, 1_000_000)

Row = Sequence[object]


def text() -> str:
    """Everything that stands below the mark in docs/scaling.md."""
    return "\n\n".join(
        [
            f"Seed 1; prices of {REGION} as of {AS_OF}, assumed. {_begun_with()}",
            "### From ten users to ten million\n\n"
            + _table(_head("users"), [[f"{d.users:,}", *_waits(d)] for d in _usual(crowd=False)])
            + "\n\nA usual day, without a crowd. And with one, while Spot has nobody:\n\n"
            + _table(_head("users"), [[f"{d.users:,}", *_waits(d)] for d in _usual(crowd=True)]),
            "### Against other ways, with the crowd\n\n" + _table(_head("users, way"), _against()),
            f"### What a group's most buys: {PLOTTED_DAY:,} users, with the crowd\n\n"
            + _table(_head("most workers of media"), _bounded()),
            "### Limits\n\n" + _limits(),
            "### Requests\n\n" + _requests(),
        ]
    )


def plots() -> dict[str, str]:
    """By the name of the file."""
    return {
        "day.svg": svg(_of_a_day(), describes="One day with a crowd: what comes, waits and works"),
        "waits.svg": svg(_of_waits(), describes="Time until photos are seen and videos play"),
        "costs.svg": svg(_of_costs(), describes="Cost of 1,000 photos and of an hour of video"),
        "limits.svg": svg(_of_limits(), describes="How much of each limit so many users take"),
    }


def _usual(*, crowd: bool) -> list[Day]:
    return [day(STEERED, users, crowd=crowd) for users in SIZES]


def _head(first: str) -> Row:
    return (
        *(first, "photo seen, s: p50", "p95", "p99", "video plays, s: p50", "p95", "p99"),
        *("most workers: interactive", "media", "interrupted", "work lost, s"),
        *("$ for 1,000 photos", "$ for 1 h of video"),
    )


def _waits(one: Day) -> Row:
    outcome, each = one.outcome, one.each
    return (
        *(_round(value) for value in percentiles(outcome.photos)),
        *(_round(value) for value in percentiles(outcome.playable)),
        f"{one.most_workers('interactive'):,}",
        f"{one.most_workers('media'):,}",
        f"{round(outcome.interrupted * each):,}",
        f"{round(outcome.lost_seconds * each):,}",
        f"{one.bill.thousand_photos:,.3f}",
        f"{one.bill.video_hour:,.2f}",
    )


def _against() -> list[Row]:
    return [
        (f"{users:,}, {name}", *_waits(day(name, users)))
        for users in COMPARED_SIZES
        for name in COMPARED
    ]


def _bounded() -> list[Row]:
    return [(f"{most:,}", *_waits(day(STEERED, PLOTTED_DAY, media_most=most))) for most in BOUNDS]


def _slots_at_once(*, crowd: bool) -> float:
    """For each user, at most."""
    one = day(STEERED, PLOTTED_DAY, crowd=crowd)
    return one.outcome.most_in_flight * one.each / one.users


def _limits() -> str:
    rows = []
    for limit in limits.LIMITS:
        usual, crowd = (
            limits.users_at(limit, _slots_at_once(crowd=crowd), crowd=crowd)
            for crowd in (False, True)
        )
        rows.append(
            (limit.name, f"{limit.most:,}", _users(usual), _users(crowd), limit.then, limit.page)
        )
    head = ("limit", "is", "met at users, usual", "in the crowd", "what is done", "AWS's page")
    return _table(head, rows)


def _requests() -> str:
    rows = [
        (
            f"photo, `UPLOAD_METHOD={method}`",
            budget.ASKED[method],
            budget.QUERIES[method],
            *_counts(asked),
            f"{1000 * requests_cost(asked + budget.PHOTO):.4f}",
        )
        for method, asked in budget.UPLOAD.items()
    ]
    rows.append(
        (
            "small file of a synced folder; and one LIST for each commit",
            "",
            "",
            *_counts(budget.SYNCED),
            f"{1000 * requests_cost(budget.SYNCED):.4f}",
        )
    )
    rows.append(("each further part", 0, 0, *_counts(budget.PART), ""))
    rows.append(("processing of a photo, in the above", 0, "", *_counts(budget.PHOTO), ""))
    head = (
        *("upload of", "service", "queries", "STS", "S3: PUT, POST, LIST", "GET, HEAD"),
        "$ for 1,000",
    )
    return _table(head, rows)


def _counts(asked: budget.Requests) -> Row:
    return asked.sts, asked.dear, asked.cheap


def _begun_with() -> str:
    work, crowd = known.work(), CROWD
    return " ".join(
        [
            f"Of `make bench`: {work.photo:.3f} s of a core for a photo of {PEOPLE.megapixels:g}",
            f"megapixels; for a second of 1080p {work.first_rung:.2f} s until it plays,",
            f"{work.whole_ladder:.2f} s in all; {known.uploads_per_second():g} uploads a second",
            f"and web process. An instance ({PRICES.instance}) has {MACHINES.slots} slots and is",
            f"${PRICES.on_demand} an hour, on Spot ${PRICES.spot}. The crowd does {crowd.times:g}",
            f"times the usual for {crowd.seconds / 60:g} minutes from {crowd.begins / HOUR:g} h.",
        ]
    )


def _of_a_day() -> list[Panel]:
    one = day(STEERED, PLOTTED_DAY)
    asked = one.outcome.samples
    per_minute = limits.uploads_a_second(PLOTTED_DAY, crowd=False) / (1 + PEOPLE.swing) * 60

    def over_time(lane: str, what: str) -> list[tuple[float, float]]:
        samples = [sample for sample in asked[lane] if sample.at <= 24 * HOUR][::EVERY]
        # On an axis by decades there is no place for none.
        return [(s.at / HOUR, max(getattr(s, what), NONE)) for s in samples]

    demand = Demand(PLOTTED_DAY)
    comes = [(m / 60, demand.times(m * 60.0) * per_minute) for m in range(0, 24 * 60, EVERY)]
    return [
        Panel(
            f"Uploads a minute, {PLOTTED_DAY:,} users",
            [Line("photos and videos", comes)],
            log_y=True,
        ),
        Panel(
            f"Jobs that wait; none is drawn as {NONE}",
            [Line(lane, over_time(lane, "waiting")) for lane in asked],
            log_y=True,
        ),
        Panel(
            f"Workers; none is drawn as {NONE}",
            [
                *(Line(lane, over_time(lane, "workers")) for lane in asked),
                Line("media's reserve on demand", over_time("media", "on_demand")),
            ],
            log_y=True,
        ),
    ]


def _of_waits() -> list[Panel]:
    def panel(title: str, days: list[Day], what: str) -> Panel:
        of_days = [percentiles(getattr(one.outcome, what)) for one in days]
        lines = [
            Line(name, [(one.users, of[n]) for one, of in zip(days, of_days, strict=True)])
            for n, name in enumerate(("p50", "p95", "p99"))
        ]
        return Panel(title, lines, log_x=True, log_y=True)

    usual, crowd = _usual(crowd=False), _usual(crowd=True)
    return [
        panel("Seconds until a photo is seen, by users; usual day", usual, "photos"),
        panel("The same, with the crowd", crowd, "photos"),
        panel("Seconds until a video plays, by users; usual day", usual, "playable"),
        panel("The same, with the crowd", crowd, "playable"),
    ]


def _of_costs() -> list[Panel]:
    def lines(what: str) -> list[Line]:
        return [
            Line(name, [(users, getattr(day(name, users).bill, what)) for users in SIZES])
            for name in COMPARED
        ]

    return [
        Panel("Dollars for 1,000 photos, by users", lines("thousand_photos"), True, True),
        Panel("Dollars for an hour of video, by users", lines("video_hour"), True, True),
    ]


def _of_limits() -> list[Panel]:
    def panel(title: str, *, crowd: bool) -> Panel:
        slots = _slots_at_once(crowd=crowd)
        lines = [
            Line(
                limit.name.split(",")[0],
                [
                    (
                        users,
                        limit.taken(
                            limits.Use(limits.uploads_a_second(users, crowd=crowd), users * slots)
                        )
                        / limit.most,
                    )
                    for users in SIZES[3:]
                ],
            )
            for limit in limits.LIMITS
        ]
        return Panel(title, lines, log_x=True, log_y=True, rule=1.0)

    return [
        panel("Share of each limit, busiest minute of a usual day", crowd=False),
        panel("The same, with the crowd", crowd=True),
    ]


def _users(number: float) -> str:
    return f"{float(f'{number:.2g}'):,.0f}"


def _round(seconds: float) -> str:
    return f"{seconds:,.1f}" if seconds < 100 else f"{seconds:,.0f}"


def _table(head: Row, rows: Iterable[Row]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
