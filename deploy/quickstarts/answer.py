"""A worker app in one file: people join, are shown what they are offered, and their answers sent.

    pip install aiokafka
    python answer.py --skill image.digits=1 w-ann w-ben        asks here for each answer
    python answer.py --answer right w-ann w-ben w-cho          answers so, whatever is shown
    python answer.py --decline no_time w-ann                   declines so, whatever is shown

Where it asks, an option is the answer; of many options those that hold what you write are shown.
Questions of other kinds say how their answer is written; JSON is always taken.
A reason declines, with a note after it if you like:
`media_unusable the recording is only noise`.

KAFKA_BOOTSTRAP_SERVERS (or SENTUH_KAFKA_BOOTSTRAP_SERVERS) names the broker (127.0.0.1:9092),
SENTUH_TOPIC_PREFIX what goes before every topic's name (nothing). It works until Ctrl-C or SIGTERM,
and then says that its people are away: else work would be offered that nobody sees.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError

SERVERS = (
    os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    or os.environ.get("SENTUH_KAFKA_BOOTSTRAP_SERVERS")
    or "127.0.0.1:9092"
)
PREFIX = os.environ.get("SENTUH_TOPIC_PREFIX", "")
IDEMPOTENT = os.environ.get("SENTUH_KAFKA_IDEMPOTENT", "true") == "true"
"""Off only for the broker inside `sentuh demo`, which knows no idempotent producer."""
REASONS = (
    "media_unusable", "output_unreadable", "question_unclear", "no_option_fits", "wrong_language",
    "not_my_skill", "conflict_of_interest", "personal_data", "harmful_content", "no_time", "other",
)  # fmt: skip
"""Why an offer may be declined; without a reason is fine, too."""
HOW = {
    "choices": "all that are right, with commas between them; - for none",
    "rating": "a number",
    "preference": "ids, best first, as c2 > c1 = c3; or none",
    "transcript": "what is said",
    "text": "the text",
    "spans": 'as [{"start": 0, "end": 4, "label": "name"}]',
    "record": 'as {"field": "value"}',
}
"""How the answer to each kind of question is written here; `choice` is one of its options."""
TEXTS = ("transcript", "text")
"""Kinds whose answer is what was written. A reason alone declines these, one with a note does not.
"""


async def main() -> None:
    """Listen to `offers` before anybody joins, so that no offer is missed."""
    given = arguments()
    consumer = AIOKafkaConsumer(f"{PREFIX}offers", bootstrap_servers=SERVERS)
    producer = AIOKafkaProducer(
        bootstrap_servers=SERVERS, acks="all", enable_idempotence=IDEMPOTENT
    )
    try:
        await consumer.start()
        await producer.start()
        await work(consumer, producer, given)
    except KafkaConnectionError:
        sys.exit(f"no broker at {SERVERS}: name yours in KAFKA_BOOTSTRAP_SERVERS")
    finally:
        await producer.stop()
        await consumer.stop()
    os._exit(0)  # a question that still waits for its line would hold the process


async def work(
    consumer: AIOKafkaConsumer, producer: AIOKafkaProducer, given: argparse.Namespace
) -> None:
    """Attend to every offer until told to stop; then nobody is there any more."""
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asyncio.current_task().cancel)
    try:
        await consumer.seek_to_end()
        for partition in consumer.assignment():
            await consumer.position(partition)
        for worker in given.workers:
            await join(producer, worker, given)
        async for record in consumer:
            if event_type(record) == "offer.made.v1" and record.key.decode() in given.workers:
                await attend(producer, json.loads(record.value), given.answer or given.decline)
    except asyncio.CancelledError:
        for worker in given.workers:
            await be(producer, worker, given.pool, "away")


def arguments() -> argparse.Namespace:
    """Who works here, and what they can do."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("workers", nargs="+", metavar="WORKER", help="who works here")
    parser.add_argument("--pool", default="main")
    parser.add_argument("--skill", action="append", default=[], metavar="NAME=LEVEL", type=skill_of)
    parser.add_argument("--language", action="append", default=[], metavar="CODE")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--answer", help="answer so, instead of asking here")
    instead.add_argument("--decline", metavar="REASON", choices=REASONS, help="decline so")
    return parser.parse_args()


def skill_of(text: str) -> tuple[str, int]:
    """A skill and its level, 1 to 5: `image.digits=3`."""
    name, _, level = text.partition("=")
    if not (name and level.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text}: write it as NAME=LEVEL, such as image.digits=3")
    return name, int(level)


async def join(producer: AIOKafkaProducer, worker: str, given: argparse.Namespace) -> None:
    """A whole profile (elsewhere that is an operator's), and a whole presence."""
    profile = {"skills": dict(given.skill), "languages": given.language, "capacity": 1}
    who = {"pool": given.pool, "at": now(), "worker_id": worker}
    await say(producer, "workers", "worker.profiled.v1", worker, who | profile)
    await be(producer, worker, given.pool, "available")
    print(f"{worker} is there", flush=True)


async def be(producer: AIOKafkaProducer, worker: str, pool: str, presence: str) -> None:
    """Whether somebody is there: `available`, `paused` or `away`."""
    body = {"pool": pool, "at": now(), "worker_id": worker, "presence": presence}
    body["kinds"] = ["choice", *HOW]  # without it the app would be offered choices alone
    await say(producer, "presence", "presence.changed.v1", worker, body)


async def attend(producer: AIOKafkaProducer, offer: Mapping, answer: str | None) -> None:
    """Show one offer and send what is answered, with the offer's token: it is the right to answer.

    A worker app may first send `offer.accepted.v1`, which gives the time to answer besides the time
    to accept; an answer implies acceptance. `offer.declined.v1` gives the seat back.
    """
    claims = offer["claims"]
    print(f"{claims['worker_id']}: {offer['question']}", flush=True)
    if answer is None:
        answer = await asyncio.to_thread(ask, offer)
    about = {
        "pool": claims["pool"],
        "at": now(),
        "task_id": claims["task_id"],
        "worker_id": claims["worker_id"],
        "token": offer["token"],
    }
    kind, words = response_of(answer, claims["options"])
    await say(producer, "responses", f"offer.{kind}.v1", claims["task_id"], about | words)
    print(f"{claims['worker_id']} {kind} {answer}", flush=True)


def response_of(line: str, question: list | Mapping) -> tuple[str, Mapping]:
    """What was written answers; a reason declines, with what stands behind it as a note."""
    reason, _, note = line.partition(" ")
    if reason not in REASONS or is_meant(line, question):
        return "answered", {"answer": answer_in(line, question)}
    return "declined", {"reason": reason} | ({"note": note.strip()} if note.strip() else {})


def is_meant(line: str, question: list | Mapping) -> bool:
    """Whether what begins as a reason is an answer: an option, or a text such as `other people`."""
    options, kind = options_of(question), "" if isinstance(question, list) else question["kind"]
    if kind == "choices":
        return set(answer_in(line, question)) <= {*options}
    return line in options or (kind in TEXTS and " " in line)


def options_of(question: list | Mapping) -> list:
    """The options; only `choice` and `choices` have some."""
    return question if isinstance(question, list) else question.get("options", [])


def answer_in(line: str, question: list | Mapping) -> object:
    """The answer as JSON; ValueError where what was written is none."""
    if isinstance(question, list):
        return line
    kind = question["kind"]
    if kind in TEXTS and line[:1] != "{":  # `[silence]` is a text
        return {"text": line}
    if line[:1] in ("{", "["):
        return json.loads(line)
    if kind == "choices":
        return [] if line == "-" else [option.strip() for option in line.split(",")]
    if kind == "preference":
        ranked = [[id_.strip() for id_ in place.split("=")] for place in line.split(">")]
        return {"none": True} if line == "none" else {"ranking": ranked}
    return json.loads(line)


def ask(offer: Mapping) -> str:
    """Show what is asked about and wait for an answer to it, or a reason to decline."""
    question = offer["claims"]["options"]
    show(offer["output"], offer.get("asked", {}))
    if isinstance(question, list):
        return ask_for_option(question, searched=bool(offer.get("search")))
    facts = {name: fact for name, fact in question.items() if name != "kind"}
    print(f"  {json.dumps(facts, ensure_ascii=False)}")
    while True:
        said = input(f"  {HOW.get(question['kind'], 'as JSON')}? ").strip()
        try:
            if said and response_of(said, question):
                return said
        except ValueError:
            print(f"  write it so, please; to decline: {', '.join(REASONS)}")


def show(output: Mapping, asked: Mapping) -> None:
    """What the model's side sent, and what this one task is about."""
    for name, label in (("request", "asked"), ("text", "text"), ("answer", "the model says")):
        if name in output:
            print(f"  {label}: {output[name]}")
    for candidate in asked.get("candidates", []):
        print(f"  {candidate['id']}: {candidate.get('text', '(not shown here)')}")
    if "text" in asked:
        print(f"  to mark: {asked['text']}")
    if "draft" in asked:
        print(f"  to begin from: {json.dumps(asked['draft'], ensure_ascii=False)}")
    if "media" in output:
        print("  (picture or sound: not shown here)")


def ask_for_option(options: list, *, searched: bool) -> str:
    """Wait for one of the options."""
    shown = f"one of {len(options)}: write a part of it" if searched else " / ".join(options)
    while (said := input(f"  {shown}? ").strip()) not in options:
        if said.partition(" ")[0] in REASONS:
            break
        if searched:
            print(f"  {search(said, options)}")
        else:
            print(f"  one of these, please; to decline: {', '.join(REASONS)}")
    return said


def search(part: str, options: list) -> str:
    """The options that hold what was written, in whichever case: twenty at most."""
    found = [option for option in options if part.casefold() in option.casefold()]
    more = f" / and {len(found) - 20} more" if len(found) > 20 else ""
    return " / ".join(found[:20]) + more or f"none; to decline: {', '.join(REASONS)}"


async def say(producer: AIOKafkaProducer, topic: str, kind: str, key: str, body: Mapping) -> None:
    """One event: its type is a header, its key the worker or the task."""
    value = json.dumps(body).encode()
    headers = [("ce_type", kind.encode())]
    await producer.send_and_wait(PREFIX + topic, value, key=key.encode(), headers=headers)


def event_type(record: object) -> str:
    """The type of the event a record says."""
    return dict(record.headers).get("ce_type", b"").decode()


def now() -> str:
    """The moment as RFC 3339 writes it."""
    return datetime.now(UTC).isoformat()


if __name__ == "__main__":
    asyncio.run(main())
