"""The demo's upstream: publishes every model output, some of them twice, and lists what it sent.

A process of its own that uses nothing but Kafka: `python -m sentuh.demo.publisher --help`.
"""

import argparse
import asyncio
import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TextIO

from sentuh.demo import digits, kinds, samples
from sentuh.demo.chance import chance
from sentuh.demo.material import MODES, ModelOutput, Wire, truth_of, write_truths
from sentuh.demo.wire import Link, link_arguments, producer
from shared.contracts.topics import MODEL_OUTPUTS

SAMPLE_SHARE = 0.05
"""Of all outputs, at most this share in each of the four other formats."""
KIND_SHARE, KIND_MAX = 0.026, 40
"""Of all outputs, at most this share and number of each kind of question beside choices."""
SENT_TWICE = 0.01
LATER = 25
"""A duplicate follows the first after this many other outputs."""
TICKS_PER_SECOND = 10
LOOK_SECONDS = 0.1


def available() -> int:
    """Count the outputs that can be published."""
    return digits.available() + 4 * samples.available()


def material(seed: int, count: int) -> list[ModelOutput]:
    """Return `count` outputs, mixed: digits, up to 20 of each other format and 40 of each kind.

    Takes half a second of CPU for each recording that is among them.
    """
    each = min(samples.available(), int(count * SAMPLE_SHARE))
    others = samples.outputs(seed, each)
    others += kinds.outputs(seed, min(KIND_MAX, int(count * KIND_SHARE)))
    mixed = digits.outputs(seed, count - len(others)) + others
    return sorted(mixed, key=lambda output: chance("order", seed, output.source, output.id))


def wires(outputs: Sequence[ModelOutput], seed: int) -> Iterator[tuple[ModelOutput, Wire]]:
    """Yield outputs with their records, in each mode in turn; a few again, byte for byte."""
    again: dict[int, tuple[ModelOutput, Wire]] = {}
    for at, output in enumerate(outputs):
        sent = output, output.wire(MODES[at % len(MODES)])
        if chance("twice", seed, output.source, output.id) < SENT_TWICE:
            again[at + LATER] = sent
        yield sent
        if at in again:
            yield again.pop(at)
    yield from again.values()


async def publish(
    link: Link, outputs: Iterator[tuple[ModelOutput, Wire]], sent: TextIO, *, rate: int
) -> None:
    """Publish at `rate` a second; a line of `sent` is written when its record is acknowledged."""
    topic = link.names.of(MODEL_OUTPUTS)
    clock = asyncio.get_running_loop()
    async with producer(link) as upstream:
        due = clock.time()
        while batch := list(islice(outputs, max(1, rate // TICKS_PER_SECOND))):
            futures = [
                await upstream.send(topic, value, key=output.id.encode(), headers=list(headers))
                for output, (value, headers) in batch
            ]
            acks = await asyncio.gather(*futures)
            sent.writelines(
                _line(output, wire, partition=ack.partition, offset=ack.offset)
                for ack, (output, wire) in zip(acks, batch, strict=True)
            )
            sent.flush()
            due += len(batch) / rate
            await asyncio.sleep(max(0.0, due - clock.time()))


def _line(output: ModelOutput, wire: Wire, *, partition: int, offset: int) -> str:
    """Return a line for the audit about one record that was sent."""
    digest = hashlib.sha256(wire[0]).hexdigest()
    named = {"source": output.source, "id": output.id, "digest": digest}
    return json.dumps({**named, "partition": partition, "offset": offset}) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the outputs, write down the truth, then publish."""
    parser = argparse.ArgumentParser(description=__doc__)
    link_arguments(parser)
    parser.add_argument("--outputs", type=int, required=True)
    parser.add_argument("--rate", type=int, required=True, help="outputs a second")
    parser.add_argument("--truth", type=Path, required=True, help="file for what is right")
    parser.add_argument("--sent", type=Path, required=True, help="file for what was sent")
    parser.add_argument("--begin", type=Path, help="file to wait for before the first output")
    options = parser.parse_args(arguments)
    outputs = material(options.seed, options.outputs)
    write_truths(options.truth, [truth_of(output) for output in outputs])
    while options.begin and not options.begin.exists():
        time.sleep(LOOK_SECONDS)
    print(f"publishing {len(outputs)} outputs, {options.rate} a second", flush=True)
    with options.sent.open("w") as sent:
        asyncio.run(
            publish(Link.of(options), wires(outputs, options.seed), sent, rate=options.rate)
        )
    print("published all of them", flush=True)


if __name__ == "__main__":
    main()
