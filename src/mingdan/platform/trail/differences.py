"""Say what happened to a list of entries, by comparing the hashes they should have with those they have."""

from mingdan.platform.trail.doubts import Doubt

MOST = 10
"""After so many differences the reader knows enough."""


def differences(should: list[bytes], have: list[bytes]) -> list[Doubt]:
    """Return the first differences between the entries that were recorded and those that are there, in order.

    One change of one entry (altered, removed, inserted, two swapped, the end cut off) is named as what it is; many at
    once are each named by place.
    """
    should, present = list(should), set(have)
    places = {leaf: at for at, leaf in enumerate(should)}
    doubts: list[Doubt] = []
    at = there = 0
    while at < len(should) and there < len(have) and len(doubts) < MOST:
        place = places.get(have[there], -1)
        if place == at:
            at, there = at + 1, there + 1
        elif place < at and should[at] in present:
            doubts.append(Doubt("inserted", index=at))
            there += 1
        elif place < at:
            doubts.append(Doubt("altered", index=at))
            at, there = at + 1, there + 1
        elif should[at] not in present:
            doubts.append(Doubt("removed", index=at))
            at += 1
        else:
            doubts.append(Doubt("swapped", index=at, next=place))
            should[at], should[place] = should[place], should[at]
            places[should[at]], places[should[place]] = at, place
    return doubts or _ends(at, len(should), there, len(have))


def _ends(at: int, should: int, there: int, have: int) -> list[Doubt]:
    if at < should:
        return [Doubt("cut", size=should, found=at)]
    return [Doubt("added", size=should, found=have)] if there < have else []
