"""How often a sign is met at other salespeople's customers."""

from collections import Counter
from collections.abc import Collection

Pair = tuple[str, str]


def share_of_others(chances: Collection[Pair], met: Collection[Pair], *, prior: float) -> dict[str, float]:
    """Return for each salesperson the share of the others' chances at which the sign is met.

    `chances` and `met` are pairs of salesperson and customer. Half a case with the sign and `prior` without are added: where nobody
    else shows it, the share is as small as the number of others' chances allows.
    """
    seen, hits = Counter(one for one, _ in chances), Counter(one for one, _ in met)
    everybody, all_hits = sum(seen.values()), sum(hits.values())
    return {one: (0.5 + all_hits - hits[one]) / (0.5 + prior + everybody - seen[one]) for one in sorted(seen | hits)}
