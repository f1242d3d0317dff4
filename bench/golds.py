"""Golds in a town in memory: python -m bench.golds [--seeds 4] [--outputs 300].

Three tables. Whether anybody can tell golds from other offers, beside offers in which a fault is
planted that would tell. What golds say of people who tell each other the answers. After how many
answers a gold that states a wrong answer is taken out, and whether right ones are.
"""

import argparse
from collections.abc import Iterable, Sequence
from statistics import mean

from bench.gold_town import RIGHT, Events, Plan, live
from bench.telling_apart import told_apart, with_gaps

GOSSIPS = 4
PLACED = (2, 6, 100)
WRONG = 3
RATES = {"people wait for work": 0.7, "work waits for people": 2.5}
WARM_SECONDS = 900.0
"""The first offers are left out: people get them one after the other, and no golds yet."""


def main() -> None:
    """Print the three tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.golds", description=__doc__)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--outputs", type=int, default=300)
    options = parser.parse_args()
    seeds = range(1, options.seeds + 1)
    for name, rate in RATES.items():
        plan = Plan(outputs=options.outputs, rate=rate)
        print("\n".join(apart(name, [live(plan, seed) for seed in seeds])))
    print()
    print("\n".join(gossip(seeds, options.outputs)))
    print()
    plan = Plan(outputs=options.outputs, golds=10, wrong=WRONG)
    print("\n".join(contradicted([live(plan, seed) for seed in seeds], plan)))


def apart(name: str, towns: Sequence[Events]) -> Iterable[str]:
    """Yield how well golds are told from other offers, as they are and with a fault planted."""
    offers = [
        (row, offer.event.claims.task_id, offer.event.claims.task_id in town.placed)
        for town in towns
        for offer, row in zip(town.offers, with_gaps(town.offers), strict=True)
        if offer.at > WARM_SECONDS
    ]
    rows, tasks = [row for row, _, _ in offers], [task for _, task, _ in offers]
    golds = [gold for _, _, gold in offers]
    yield f"{name}: {sum(golds)} golds among {len(rows)} offers; area under the ROC curve"
    yield f"  as they are (0.5 is chance)        {told_apart(rows, golds, tasks)}"
    more = [{**row, "asks for": row["asks for"] + gold} for row, _, gold in offers]
    yield f"  planted: golds say one thing more  {told_apart(more, golds, tasks)}"
    longer = [{**row, "bytes": row["bytes"] + 12 * gold} for row, _, gold in offers]
    yield f"  planted: golds are 12 bytes longer {told_apart(longer, golds, tasks)}"


def gossip(seeds: Iterable[int], outputs: int) -> Iterable[str]:
    """Yield what people who share golds and guess at the rest are taken for."""
    yield f"{GOSSIPS} of 12 workers tell each other the answers to golds, and guess at all else"
    yield "  golds asked at most     their rating    they are right    others' rating    are right"
    for most in PLACED:
        plan = Plan(outputs=outputs, gossips=GOSSIPS, placed_max=most, golds=12)
        towns = [live(plan, seed) for seed in seeds]
        cheats = [f"w-{number:02}" for number in range(GOSSIPS)]
        honest = [f"w-{number:02}" for number in range(GOSSIPS, plan.workers)]
        cells = (*_people(towns, cheats), *_people(towns, honest))
        yield f"  {most:>10} times" + "".join(f"{cell:>18.0%}" for cell in cells)


def _people(towns: Sequence[Events], names: Sequence[str]) -> tuple[float, float]:
    rated = [town.rated[name].mean for town in towns for name in names if name in town.rated]
    right = [one for town in towns for name in names for one in town.answered.get(name, ())]
    return mean(rated), mean(right)


def contradicted(towns: Sequence[Events], plan: Plan) -> Iterable[str]:
    """Yield after how many answers wrong golds were taken out, and how many right ones were."""
    wrong = {f"g-{number:03}" for number in range(plan.wrong)}
    answers = [town.answers.get(gold, 0) for town in towns for gold in wrong & set(town.suspended)]
    asked = [gold for town in towns for gold in wrong if town.answers.get(gold, 0) >= 10]
    caught = [gold for town in towns for gold in wrong & set(town.suspended)]
    false = [gold for town in towns for gold in set(town.suspended) - wrong]
    right = sum(plan.golds - plan.wrong for _ in towns)
    yield f"golds that state a wrong answer, people right {RIGHT:.0%} of the time"
    yield f"  taken out: {len(caught)} of {plan.wrong * len(towns)}; not, after 10 answers:" + (
        f" {len(set(asked) - set(caught))}"
    )
    if answers:
        yield f"  after {mean(answers):.1f} answers on average, {max(answers)} at most"
    yield f"  right ones taken out: {len(false)} of {right}"


if __name__ == "__main__":
    main()
