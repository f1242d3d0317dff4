"""Records wait in Redis packed, and are published as they were decided, byte for byte."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from services.router.tokens import Keys, sign
from shared.contracts import envelope
from shared.contracts.events.offers import OfferMade
from shared.contracts.packing import pack, packed, unpack
from shared.contracts.record import Outgoing
from shared.contracts.topics import OFFERS
from tests.contracts.samples import sample

texts = st.text(max_size=12)
token_like = st.from_regex(
    rb'\{"token":"[A-Za-z0-9_-]{1,9}\.[A-Za-z0-9_-]{36,70}[.~"]', fullmatch=True
)
values = st.none() | st.binary(max_size=60) | token_like
headers = st.lists(st.tuples(texts, st.binary(max_size=12)), max_size=4).map(tuple)
records = st.builds(Outgoing, texts, st.none() | st.binary(max_size=9), values, headers)


@given(st.lists(records, max_size=4))
def test_every_record_comes_back_byte_for_byte(sent: list[Outgoing]) -> None:
    assert unpack(pack(sent)) == tuple(sent)


def an_offer(secret: str) -> bytes:
    stored = sample(OfferMade.TYPE)
    _, event = envelope.decode(stored.record(), OFFERS)
    assert isinstance(event, OfferMade)
    token = sign(event.claims, Keys.of(f"k1={secret * 32}"))
    return envelope.json_of(event.model_copy(update={"token": token}))


def test_an_offer_keeps_the_token_it_was_signed_with() -> None:
    """Nothing is signed again: a build with another secret publishes the same token."""
    value = an_offer("a")

    kept = pack([Outgoing("offers", b"w", value, ())])

    assert unpack(kept) == (Outgoing("offers", b"w", value, ()),)
    assert value != an_offer("b")


def test_the_claims_of_a_token_take_no_room_of_their_own() -> None:
    value = an_offer("a")
    stated = base64.urlsafe_b64encode(b'{"pool":"main",').rstrip(b"=")

    assert stated in value
    assert stated not in packed([Outgoing("offers", b"w", value, ())])
