"""Pay by the unit: counted once, of what is shown, and refused where nothing can be counted."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.catalog import Catalog, RateCard, TaskType
from services.intake.decide import admit
from services.intake.pay import with_units
from shared.contracts.errors import Reason, Refused
from shared.contracts.events.asked import Asked, Candidate, Media, PaidUnit, Units
from shared.contracts.events.parts import Output
from shared.contracts.events.tasks import TaskCreated
from tests.services.intake.in_memory import CATALOG
from tests.services.intake.test_audio import wav, webm
from tests.services.intake.test_decide import an_arrival, only
from tests.support.builders import NOW, an_output

ROW = CATALOG.task_types["transcript-check"]
REF = "https://recordings.example.com/1.wav"


def a_card(per: PaidUnit | None = "audio_minute", **more: int) -> RateCard:
    bounds = {} if per is None else {"minimum_minor": 10, "units_max": 5}
    return RateCard(currency="USD", amount_minor=40, per=per, **{**bounds, **more})


def an_output_with(media: Media | None = None, text: str | None = "one two  three") -> Output:
    return an_output().model_copy(update={"media": media, "text": text})


def inline(data: bytes, duration_ms: int | None = None) -> Media:
    text = base64.b64encode(data).decode()
    return Media(type="audio/wav", data=text, duration_ms=duration_ms)


def units(
    output: Output, *, card: RateCard | None = None, asked: Asked | None = None, row: TaskType = ROW
) -> Units | None:
    paid = with_units(asked, row, card or a_card(), output)
    return paid.units if paid else None


def refusal(output: Output, card: RateCard) -> Refused:
    with pytest.raises(Refused) as caught:
        units(output, card=card)
    return caught.value


def test_inline_audio_is_paid_by_its_measured_length() -> None:
    counted = units(an_output_with(inline(wav(12_000), duration_ms=9_000)))
    assert counted == Units(per="audio_minute", count=1500, rate_minor=40, minimum_minor=10)


def test_audio_by_reference_is_paid_by_its_stated_length() -> None:
    counted = units(an_output_with(Media(ref=REF, duration_ms=90_000)))
    assert counted is not None
    assert counted.amount_minor == 60


def test_a_recording_that_does_not_say_how_long_it_is_takes_the_stated_length() -> None:
    counted = units(an_output_with(inline(webm(None), duration_ms=4_000)))
    assert counted is not None
    assert counted.count == 4_000


@pytest.mark.parametrize(
    ("media", "field"),
    [
        (None, "media: "),
        (Media(ref=REF), "media.duration_ms: the recording is not fetched"),
        (inline(webm(None)), "media.duration_ms: the recording does not say how long it lasts"),
        (inline(b"no sound at all"), "media.duration_ms: the recording does not say"),
    ],
)
def test_audio_without_a_length_is_refused_with_the_field_to_send(
    media: Media | None, field: str
) -> None:
    refused = refusal(an_output_with(media), a_card())
    assert refused.reason is Reason.MISSING
    assert refused.detail.startswith(field)


def test_more_than_the_rate_card_pays_is_refused() -> None:
    within, above = (Media(ref=REF, duration_ms=300_000 + more) for more in (0, 1))
    assert units(an_output_with(within)) is not None
    refused = refusal(an_output_with(above), a_card())
    assert refused.reason is Reason.INVALID_FIELD
    assert "300001 milliseconds, and the rate card pays 300000" in refused.detail
    assert "6 words, and the rate card pays 5" in refusal(
        an_output_with(text="a b c d e f"), a_card("word")
    ).detail  # fmt: skip


def test_words_are_those_that_are_shown() -> None:
    candidates = (Candidate(id="c1", text="one two"), Candidate(id="c2", text="three"))
    shown = an_output_with()
    card = a_card("word", units_max=100)
    counts = {
        "the output's": units(shown, card=card),
        "the text to mark": units(shown, card=card, asked=Asked(text="a b")),
        "the candidates'": units(shown, card=card, asked=Asked(candidates=candidates)),
    }
    assert {name: found.count if found else None for name, found in counts.items()} == {
        "the output's": 3,
        "the text to mark": 2,
        "the candidates'": 3,
    }
    assert refusal(an_output_with(text=None), card).reason is Reason.MISSING


def test_candidates_are_counted_and_what_else_is_asked_stays() -> None:
    asked = Asked(candidates=tuple(Candidate(id=f"c{n}", text="x") for n in range(3)))
    paid = with_units(asked, ROW, a_card("candidate"), an_output_with())
    assert paid == asked.model_copy(
        update={"units": Units(per="candidate", count=3, rate_minor=40, minimum_minor=10)}
    )


def test_recordings_to_compare_are_paid_together() -> None:
    media = [Media(ref=REF, duration_ms=length) for length in (20_000, 40_000)]
    asked = Asked(candidates=tuple(Candidate(id=f"c{m.duration_ms}", media=m) for m in media))
    counted = units(an_output_with(), asked=asked)
    assert counted is not None
    assert counted.count == 60_000


@given(st.none() | st.builds(Asked, text=st.text()))
def test_pay_by_the_answer_leaves_what_is_asked_alone(asked: Asked | None) -> None:
    assert with_units(asked, ROW, a_card(None), an_output_with()) is asked


def test_a_task_carries_its_units_and_its_policy_the_minimum() -> None:
    cards = {**CATALOG.rate_cards, "glance-usd": a_card("word", units_max=100)}
    catalog = CATALOG.model_copy(update={"rate_cards": cards, "_policies": {}})
    arrival = an_arrival(0.7)
    words = arrival.output.model_copy(update={"text": "two words"})
    task = only(admit(catalog, arrival.model_copy(update={"output": words}), None, NOW))
    assert isinstance(task, TaskCreated)
    assert task.asked is not None
    assert task.policy.quote.amount_minor == 10
    assert task.policy.quote.of_task(task.asked).amount_minor == 80


def test_the_shipped_catalog_is_digested_as_it_was_before_pay_by_the_unit() -> None:
    card = CATALOG.rate_cards["glance-usd"]
    assert card.model_dump(mode="json") == {"currency": "USD", "amount_minor": 5}
    assert isinstance(CATALOG, Catalog)
