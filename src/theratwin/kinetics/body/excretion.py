r"""Ways out of the body: bladder and urine, bile, gut and feces.

A bladder that fills steadily and is voided every :math:`T` hours holds on average what came in
over :math:`T / 2`. First-order emptying at :math:`2 / T` has that mean, and so the same
time-integrated activity; six voids a day make ICRP's 12 per day. Voids at given times need the
option ``scheduled``, in which the rate is a switch.
"""

from __future__ import annotations

from theratwin.kinetics.body.draft import Draft

URINE, BLADDER, FECES = "urine", "bladder", "feces"
#: The way from the liver to the gut, each with the rate (1/h) at which it empties into the next.
BILE, SMALL, LARGE = "gallbladder_contents", "small_intestine_contents", "colon_contents"


def add_urine(draft: Draft) -> str:
    """Add urine, and the bladder if there is one; returns where the kidneys excrete to."""
    draft.place(URINE)
    if draft.plan.bladder == "none":
        return URINE
    draft.place(BLADDER, region=BLADDER)
    if draft.plan.bladder == "scheduled":
        rate = draft.builder.switch("bladder.emptying_rate", 0.0, "1/h")
    else:
        interval = draft.values.of("bladder.voiding_interval")
        rate = draft.builder.rule("bladder.emptying_rate", 2.0 / interval, "1/h")
    draft.transfer("bladder.voiding", BLADDER, URINE, lambda label: rate)
    return BLADDER


def add_bile(draft: Draft) -> None:
    """Add the path from the liver's interstitium through bile and gut to the feces."""
    if not draft.plan.hepatobiliary:
        return
    for place in (BILE, SMALL, LARGE):
        draft.place(place, region=place)
    draft.place(FECES)
    draft.move(
        "liver.bile",
        "liver.interstitial",
        BILE,
        lambda label: draft.own_of(label, "liver", "biliary_clearance"),
    )
    for source, target in ((BILE, SMALL), (SMALL, LARGE), (LARGE, FECES)):
        rate = draft.own(source, "emptying_rate")
        draft.transfer(f"{source}.emptying", source, target, lambda label, rate=rate: rate)
