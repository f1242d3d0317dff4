"""Shows the progress of the demo: bars on a terminal, a line now and then elsewhere."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from sentuh.demo.processes import HOST, RunPlace, ServiceProcess
from sentuh.demo.progress import Counts, ServiceHealth

LINE_EVERY_SECONDS = 5.0
BAR_WIDTH, BAR_WIDTH_MIN = 40, 8
BESIDE_WIDTH = 34
"""The width beside a bar: its name, its numbers, the blanks between."""


class Screen:
    """Prints the progress of a run; on a terminal the live part redraws itself."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.monotonic()

    def say(self, what: str) -> None:
        """Print one line with the seconds since the start; a long one goes on below."""
        if not self._console.is_terminal:
            self._console.print(f"[dim]{self._seconds():5.1f} s[/]  {what}", soft_wrap=True)
            return
        line = Table.grid(padding=(0, 2, 0, 0))
        line.add_column(no_wrap=True)
        line.add_row(f"[dim]{self._seconds():5.1f} s[/]", what)
        self._console.print(line)

    def stay(self, place: RunPlace, services: Sequence[ServiceProcess]) -> None:
        """Print where everything is that runs on, and how to use it and to end it."""
        settings = {
            "SENTUH_KAFKA_BOOTSTRAP_SERVERS": place.link.bootstrap,
            "SENTUH_REDIS_URL": place.redis.url,
            "SENTUH_TOPIC_PREFIX": place.link.names.prefix,
            "SENTUH_KAFKA_IDEMPOTENT": "" if not place.embedded else "false",
        }
        lines = [f"export {name}={value}" for name, value in settings.items() if value]
        lines += [f"# {one.name}: http://{HOST}:{one.port}/metrics" for one in services]
        lines += [f"# catalog: {place.catalog}; logs: {place.home}; Ctrl-C ends everything"]
        self.say("open for you: publish outputs, be a worker, trace, audit")
        self._console.print("\n".join(lines), soft_wrap=True, markup=False)

    @contextmanager
    def live(self, counts: Counts, health: Sequence[ServiceHealth], outputs: int) -> Iterator[None]:
        """Show the counts as they grow."""
        view = _View(counts, health, outputs)
        if self._console.is_terminal:
            with Live(view, console=self._console, refresh_per_second=4, transient=True):
                yield
        else:
            with self._lines(view):
                yield
        self.say(view.line())

    @contextmanager
    def _lines(self, view: "_View") -> Iterator[None]:
        over = Event()

        def tell() -> None:
            while not over.wait(LINE_EVERY_SECONDS):
                self.say(view.line())

        teller = Thread(target=tell, daemon=True)
        teller.start()
        try:
            yield
        finally:
            over.set()
            teller.join()

    def _seconds(self) -> float:
        return time.monotonic() - self._began


class _View:
    """The live part, drawn from the counts each time."""

    def __init__(self, counts: Counts, health: Sequence[ServiceHealth], outputs: int) -> None:
        self._counts, self._health, self._outputs = counts, health, outputs

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw."""
        counts = self._counts
        table = Table(box=None, show_header=False, padding=(0, 1, 0, 0))
        width = max(BAR_WIDTH_MIN, min(BAR_WIDTH, options.max_width - BESIDE_WIDTH))
        bars = {
            "outputs sent": (counts.sent, self._outputs),
            "decided": (counts.decided, self._outputs),
            "answers payable": (counts.paid, max(counts.answers, 1)),
        }
        for name, (done, of) in bars.items():
            bar = ProgressBar(total=of, completed=min(done, of), width=width)
            table.add_row(f"  {name}", bar, f"{done} of {of}")
        yield table
        yield Text.from_markup(
            f"  waived [bold]{counts.waived}[/]  people asked [bold]{counts.asked}[/]"
            f"  seats open [bold]{len(counts.open - counts.ended)}[/]"
            f"  dead letters [bold]{counts.dead_letters}[/]"
        )
        yield Text.from_markup("  " + "  ".join(self._lights()))

    def line(self) -> str:
        """Return the counts in one line."""
        counts = self._counts
        return (
            f"{counts.sent} of {self._outputs} sent, {counts.decided} decided"
            f" ({counts.waived} waived), {counts.answers} answers, {counts.paid} payable,"
            f" {counts.dead_letters} dead letters; {', '.join(self._lights())}"
        )

    def _lights(self) -> Iterator[str]:
        for health in self._health:
            yield f"[green]●[/] {health.process}" if health.well else f"[red]○[/] {health.process}"
