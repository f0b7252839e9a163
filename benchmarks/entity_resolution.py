"""How fast and how well people are linked: a dictionary against Splink, on generated Chinese names.

`uv run python benchmarks/entity_resolution.py --theirs 1000000`. Names follow the surname shares of the engine's floor and an
invented skew of given names, so namesakes are as common as the floor allows. One in ten of ours stands in the register, half of
them under the firm's phone, one in twenty with a sign of the same reading. Prints times, and precision and recall of the true
links by least weight.
"""

import argparse
import random
import resource
import time
from collections import Counter
from collections.abc import Sequence

from mingdan.engine.methods.name_frequency import SURNAMES, NameFrequency
from mingdan.engine.methods.person_links import Link, Person, links, links_by_splink

GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红鹏辉波斌宇浩凯倩婷雪琳晨阳欣怡嘉俊文博子轩梓涵雨泽思远志宏建国"
SAME_READING = {
    "静": "婧",
    "明": "铭",
    "伟": "玮",
    "宇": "羽",
    "嘉": "佳",
    "洋": "扬",
    "文": "雯",
    "俊": "峻",
    "宏": "鸿",
    "志": "智",
}


def name_of(dice: random.Random) -> str:
    [surname] = dice.choices(list(SURNAMES), weights=list(SURNAMES.values()))
    skew = [1 / (n + 3) for n in range(len(GIVEN))]
    return surname + "".join(dice.choices(GIVEN, weights=skew, k=1 if dice.random() < 0.15 else 2))


def world(ours: int, theirs: int, seed: int) -> tuple[list[Person], list[Person]]:
    """Return our people and the register's; `T<n>` is the same person as `O<n>`."""
    dice = random.Random(seed)  # noqa: S311  # nothing secret: a benchmark that repeats itself
    mine = [Person(f"O{n}", name_of(dice), phone=f"p{n}") for n in range(ours)]
    strangers = [Person(f"S{n}", name_of(dice), phone=f"q{n}") for n in range(theirs)]
    linked = []
    for n in range(0, ours, 10):
        name = mine[n].name or ""
        if dice.random() < 0.05:
            name = "".join(SAME_READING.get(sign, sign) for sign in name)
        linked.append(Person(f"T{n}", name, phone=f"p{n}" if dice.random() < 0.5 else f"r{n}"))
    return mine, strangers + linked


def quality(found: Sequence[Link], true: int, least: float) -> tuple[float, float]:
    kept = [one for one in found if one.weight >= least]
    right = sum(one.ours[1:] == one.theirs[1:] and one.theirs.startswith("T") for one in kept)
    return right / max(1, len(kept)), right / true


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", type=int, default=500)
    parser.add_argument("--theirs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    ours, theirs = world(asked.ours, asked.theirs, asked.seed)
    frequency = NameFrequency(Counter(one.name or "" for one in theirs), len(theirs))
    results = []
    for label, link in (("dictionary", links), ("Splink", links_by_splink)):
        begun = time.perf_counter()
        results.append(link(ours, theirs, frequency))
        print(f"{label}: {len(results[-1])} pairs in {time.perf_counter() - begun:.1f} s")
    same = [(one.ours, one.theirs) for one in results[0]] == [(one.ours, one.theirs) for one in results[1]]
    apart = max((abs(a.weight - b.weight) for a, b in zip(*results, strict=False)), default=0.0)
    print(f"same pairs: {same}; weights differ by {apart:.1e} at most")
    for least in (2.5, 3.5, 4.5, 5.5, 6.5):
        precision, recall = quality(results[0], -(-asked.ours // 10), least)
        print(f"weight >= {least}: precision {precision:.2f}, recall {recall:.2f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
