"""The router's core job on Quix Streams, in an environment of its own (bench/peers/README.md).

Each task is offered to the next free worker, or waits; each answer frees its worker, who is offered
the task that has waited longest. Who is free, who holds what and what waits is kept in the
library's own store (RocksDB and a changelog topic), as its tutorials do; everything else is its
default, but for what is given on the command line.
"""

import argparse
from collections.abc import Iterator, Sequence
from typing import Any

TOPICS = ("tasks", "responses", "offers")
WORKERS: list[str] = []


def route(value: dict[str, Any], state: Any) -> Iterator[dict[str, Any]]:
    """Decide one record; yields the offer it leads to, if any."""
    found = offered(value["task"], state) if "task" in value else freed(value["answer"], state)
    if found is not None:
        yield found


def offered(task: dict[str, Any], state: Any) -> dict[str, Any] | None:
    """Offer a task to the worker who has been free longest; without one it waits."""
    worker = next_free(state, WORKERS)
    if worker is not None:
        return offer(task, worker, state)
    put(state, "waits", task)
    return None


def freed(answer: dict[str, Any], state: Any) -> dict[str, Any] | None:
    """Free the worker of an answer; an answer that came before changes nothing."""
    worker = answer["worker_id"]
    if state.get(f"holds:{worker}") != answer["task_id"]:
        return None
    task = taken(state, "waits")
    if task is not None:
        return offer(task, worker, state)
    state.delete(f"holds:{worker}")
    put(state, "free", worker)
    return None


def next_free(state: Any, workers: Sequence[str]) -> str | None:
    """Take the worker out who has been free longest: at first all are, in their order."""
    begun: int = state.get("begun", 0)
    if begun < len(workers):
        state.set("begun", begun + 1)
        return workers[begun]
    worker: str | None = taken(state, "free")
    return worker


def put(state: Any, queue: str, what: Any) -> None:
    """Append to a queue in the store: an entry each, and the numbers of its ends."""
    tail = state.get(f"{queue}.tail", 0)
    state.set(f"{queue}:{tail}", what)
    state.set(f"{queue}.tail", tail + 1)


def taken(state: Any, queue: str) -> Any:
    """Take the oldest entry out of a queue; None from an empty one."""
    head = state.get(f"{queue}.head", 0)
    if head >= state.get(f"{queue}.tail", 0):
        return None
    state.set(f"{queue}.head", head + 1)
    what = state.get(f"{queue}:{head}")
    state.delete(f"{queue}:{head}")
    return what


def offer(task: dict[str, Any], worker: str, state: Any) -> dict[str, Any]:
    """What the worker is shown, as ours is, but for reasons, quote and token."""
    state.set(f"holds:{worker}", task["task_id"])
    shown = {name: task[name] for name in ("pool", "task_id", "output", "policy", "ref")}
    return {**shown, "worker_id": worker, "id": f"{task['task_id']}/{worker}"}


def main() -> None:
    """Run until ended."""
    options = arguments(__doc__).parse_args()
    WORKERS.extend(named(options.workers))
    app = application(options)
    tasks, answers, offers = (app.topic(options.prefix + name) for name in TOPICS)
    asked = app.dataframe(tasks).apply(lambda value: {"task": value})
    said = app.dataframe(answers).apply(lambda value: {"answer": value})
    asked.concat(said).apply(route, stateful=True, expand=True).to_topic(offers)
    app.run()


def named(count: int) -> list[str]:
    """Name so many workers, all of them free at first."""
    return [f"w-{number:04}" for number in range(count)]


def application(options: argparse.Namespace) -> Any:
    """Make the library's application, with its defaults but for what is given."""
    from quixstreams import Application

    return Application(
        broker_address=options.bootstrap,
        consumer_group=options.prefix + "job",
        auto_offset_reset="earliest",
        state_dir=options.state,
        processing_guarantee=options.guarantee,
        consumer_extra_config={"session.timeout.ms": 6000},
        loglevel="WARNING",
    )


def arguments(description: str | None) -> argparse.ArgumentParser:
    """Make the parser of what every job on this library is given."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--state", required=True)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--guarantee", default="at-least-once")
    return parser


if __name__ == "__main__":
    main()
