"""Forty invoices of our own making, and what a model read in them: up to three fields are wrong."""

import base64
from datetime import date, timedelta

from pydantic import JsonValue

from sentuh.demo.chance import chance, pick
from sentuh.demo.kinds.terms import Material, Measured, an_output
from sentuh.demo.material import ModelOutput
from shared.contracts.question import Answer

TASK_TYPE = "invoice"
SELLERS = (
    "Toko Kayu Jati", "Harbour Lights Ltd", "Kedai Kopi Senja", "Blue Kettle Bakery",
    "Bengkel Roda Dua", "Northside Print Works", "Warung Ibu Sari", "Old Mill Timber",
)  # fmt: skip
CURRENCIES = ("EUR", "IDR", "JPY", "USD")
PAID = 0.5
"""The share of invoices that say when they were paid."""
FIRST_DAY = date(2026, 1, 5)


def outputs(seed: int, count: int) -> list[ModelOutput]:
    """Return so many invoices with the model's records of them."""
    return [_output(seed, at) for at in range(count)]


def _output(seed: int, at: int) -> ModelOutput:
    about = ("invoice", seed, at)
    day = FIRST_DAY + timedelta(days=int(chance("day", *about) * 300))
    net = 20 + int(chance("net", *about) * 2_000)
    tax = round(net * 0.11, 2)
    truth: dict[str, JsonValue] = {
        "seller": pick(SELLERS, "seller", *about),
        "currency": pick(CURRENCIES, "currency", *about),
        "total": f"{net + tax:.2f}",
        "issued_on": day.isoformat(),
    }
    if chance("paid", *about) < PAID:
        truth["paid_on"] = (day + timedelta(days=9)).isoformat()
    read = truth | _misread(truth, net=net, about=about, wrong=at % 4)
    page = base64.b64encode(_page(truth, day=day, net=net, tax=tax).encode()).decode()
    media: JsonValue = {"inline": {"type": "text/plain", "data": page}}
    made = an_output(TASK_TYPE, f"invoice-{seed}-{at:02}", {"answer": read}, media=media)
    return made(truth, read)


def _page(truth: dict[str, JsonValue], *, day: date, net: float, tax: float) -> str:
    paid = f"Paid with thanks on {truth['paid_on']}\n" if "paid_on" in truth else ""
    return (
        f"{truth['seller']}\nIssued {day:%d %B %Y}, to be paid by"
        f" {day + timedelta(days=14):%d %B %Y}\nGoods {net:.2f}\nTax 11 % {tax:.2f}\n"
        f"Total {truth['currency']} {truth['total']}\n{paid}"
    )


def _misread(
    truth: dict[str, JsonValue], *, net: int, about: tuple[str | int, ...], wrong: int
) -> dict[str, JsonValue]:
    """Return so many fields as models misread them: the sum without tax, the last day to pay.

    Which ones is drawn.
    """
    day = date.fromisoformat(str(truth["issued_on"]))
    mistakes: dict[str, JsonValue] = {
        "seller": str(truth["seller"]).split()[0],
        "currency": next(one for one in CURRENCIES if one != truth["currency"]),
        "total": f"{net:.2f}",
        "issued_on": (day + timedelta(days=14)).isoformat(),
    }
    drawn = sorted(mistakes, key=lambda name: chance("misread", *about, name))
    return {name: mistakes[name] for name in drawn[:wrong]}


def fields_right(answer: Answer, truth: Answer) -> Measured:
    """Count the fields that are as they should be; none of an answer that is no record."""
    right = truth if isinstance(truth, dict) else {}
    read = answer if isinstance(answer, dict) else {}
    return Measured(sum(read.get(name) == value for name, value in right.items()), len(right))


MATERIAL = Material(outputs, fields_right, "fields right")
