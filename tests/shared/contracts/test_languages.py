"""Language tags are taken as people write them, and a wider one is served by a narrower one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from sentuh.audit import people as audit
from services.router.state import Profile
from shared.contracts.events.parts import Requirement
from shared.contracts.fixes import taken_by
from shared.contracts.languages import LanguageTag, canonical, serves
from tests.support.builders import NOW
from tests.support.people import a_profile

TAGS: TypeAdapter[str] = TypeAdapter(LanguageTag)


@pytest.mark.parametrize(
    "tag", ["en", "EN", "en-US", "zh-Hans", "de-DE-1996", "pt_BR", "sr-Latn-RS", "x-klingon", "yue"]
)
def test_a_tag_is_taken_and_kept_as_it_was_sent(tag: str) -> None:
    assert TAGS.validate_python(tag) == tag


@pytest.mark.parametrize(
    "tag", ["", "e n", "en,de", "*", "en-*", "en\n", "\u202een", "日本語", "a" * 65]
)
def test_no_tag_is_refused_in_plain_words(tag: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TAGS.validate_python(tag)
    (fault,) = caught.value.errors()
    assert "as en, en-US or zh-Hans" in (taken_by(fault["type"], fault["ctx"]) or "")


@pytest.mark.parametrize(
    ("tag", "wanted", "is_served"),
    [
        ("en-US", "en", True), ("en_us", "EN", True), ("en", "en", True), ("en", "en-US", False),
        ("eng", "en", False), ("zh-Hans-CN", "zh-hans", True), ("zh-Hant", "zh-Hans", False),
        ("lang:id", "lang:id", True), ("pt-BR", "pt_BR", True),
    ],
)  # fmt: skip
def test_who_speaks_a_narrower_language_serves_the_wider(
    tag: str, wanted: str, *, is_served: bool
) -> None:
    assert _router(tag, wanted) == is_served
    assert _audit(tag, wanted) == is_served


PARTS = st.sampled_from(["en", "EN", "us", "US", "e", "u", "Latn"])
WRITTEN = st.builds(
    lambda parts, dash: dash.join(parts),
    st.lists(PARTS, min_size=1, max_size=3),
    st.sampled_from("-_"),
)


@given(tag=WRITTEN, wanted=WRITTEN)
def test_router_and_audit_agree_on_who_serves(tag: str, wanted: str) -> None:
    assert _router(tag, wanted) == _audit(tag, wanted)
    assert serves((canonical(tag),), canonical(tag))


def _router(tag: str, wanted: str) -> bool:
    profile = Profile({}, frozenset({canonical(tag)}), 1, active=True)
    return profile.meets(_required(wanted))


def _audit(tag: str, wanted: str) -> bool:
    return audit._meets(a_profile("w-1", {"languages": [tag]}, at=NOW), _required(wanted), "main")


def _required(wanted: str) -> Requirement:
    return Requirement(languages=(canonical(wanted),))
