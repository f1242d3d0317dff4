"""The bench of the model beside people: what it says, on a few planted tasks."""

import random

from bench.witness import Came, bars_of, run
from bench.witness_desk import Desk
from bench.witness_planted import MODELS, tasks_of

BETTER = next(at for at, one in enumerate(MODELS) if one.name.startswith("better"))
AT_CHANCE = next(at for at, one in enumerate(MODELS) if "chance of two" in one.name)


def test_both_sides_are_asked_the_same() -> None:
    once, again = (tasks_of(MODELS[BETTER], 3, count=20, most=7) for _ in range(2))

    assert once == again
    assert {len(task.answers) for task in once} == {7}
    assert all(len(dict(task.answers)) == 7 for task in once)


def test_a_good_model_saves_answers_once_it_has_shown_what_it_is_worth() -> None:
    desk, alone = (
        Desk(MODELS[BETTER].options, blind_share=0.5),
        Desk(MODELS[BETTER].options, blind_share=None),
    )
    ended = [
        (desk.judge(task, at), alone.judge(task, at))
        for at, task in enumerate(tasks_of(MODELS[BETTER], 1, count=240, most=7))
    ]
    heard = [(one, other) for one, other in ended if one.counted]

    assert len(heard) > 40
    assert sum(one.answers for one, _ in heard) < sum(other.answers for _, other in heard)


def test_a_model_at_chance_costs_nothing() -> None:
    came = run(AT_CHANCE, 1, count=120)

    assert [bar for bar in bars_of(MODELS[AT_CHANCE], [came]) if not bar.met] == []
    lost = Came(0.9, 4.0, right=0.8, answers=5.0, at_equal=4.0, heard=0.5)
    assert not any(bar.met for bar in bars_of(MODELS[AT_CHANCE], [lost]))


def test_each_model_says_one_of_its_options_and_how_sure_it_is() -> None:
    chance = random.Random(1)
    for planted in MODELS:
        for number in range(50):
            said = planted.speak(chance, planted.options[1], planted.options, number)
            assert said.answer in planted.options
            assert 0 <= said.confidence <= 1
