"""Languages have one tag, by whichever name or code a program calls them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.language_names import tag_of
from shared.contracts.languages import canonical, serves


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("english", "en"), ("English", "en"), ("EN", "en"), ("eng", "en"), ("en_US", "en-US"),
        ("en-us", "en-US"), ("eng_Latn", "en-Latn"), ("Indonesian", "id"), ("in", "id"),
        ("id-ID", "id-ID"), ("Bahasa Indonesia", "id"), ("haitian creole", "ht"),
        ("Norwegian Nynorsk", "nn"), ("mandarin", "zh"), ("cmn-Hans-CN", "zh-Hans-CN"),
        ("iw", "he"), ("es-419", "es-419"), ("castilian", "es"), ("yue", "yue"),
    ],
)  # fmt: skip
def test_a_language_has_one_tag(name: str, tag: str) -> None:
    assert tag_of(name) == tag
    assert tag_of(tag) == tag
    assert serves([canonical(tag_of(name))], tag.partition("-")[0])


@pytest.mark.parametrize(
    "name", ["Klingon", "", "lang:id", "x-en", "no one", "english-and-more-words", "qq"]
)
def test_an_unknown_name_stays_as_it_was_sent_and_is_no_known_language(name: str) -> None:
    assert tag_of(name) == name
    assert not any(serves([canonical(tag_of(name))], known) for known in ("en", "id", "no"))


@given(st.text(max_size=30))
def test_a_tag_is_its_own_tag(name: str) -> None:
    assert tag_of(tag_of(name)) == tag_of(name)
