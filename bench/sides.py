"""Two builds side by side: a process for each, under its own interpreter and on its own code."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from bench.throughput import Tell, prefixed

HERE = Path(__file__).parents[1]
END_SECONDS = 60.0
BOOT = """
import importlib.util, sys
import bench
spec = importlib.util.spec_from_file_location(
    "bench.side", sys.argv[1] + "/__init__.py", submodule_search_locations=[sys.argv[1]])
sys.modules["bench.side"] = module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
from bench.side.serve import main
main()
"""
"""`bench` is that of the checkout, `bench.side` that of the one that measures."""


class SideError(RuntimeError):
    """A build could not be measured; the message holds what went wrong in its process."""


class Side:
    """One build's process, asked one thing after the other.

    Example: `with Side("before", Path("/srv/older")) as side: side.ask("interpreter")`.
    """

    def __init__(self, name: str, root: Path, tell: Tell = lambda _: None) -> None:
        self.name = name
        self.root = root
        self._tell = prefixed(tell, name)
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Side":
        python = _interpreter(self.root)
        self._process = subprocess.Popen(
            [str(python), "-c", BOOT, str(HERE / "bench" / "side")],
            cwd=self.root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            process_group=0,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is None:
            return
        _pipe(self._process.stdin).close()  # at the end of its input it ends what it has started
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        _pipe(self._process.stdout).close()

    def ask(self, what: str, **how: Any) -> Any:
        """Have something done and return what came of it. Raises SideError where it failed."""
        if self._process is None:
            raise SideError(f"{self.name} does not run: enter it first")
        _pipe(self._process.stdin).write(json.dumps({"do": what, "with": how}) + "\n")
        for line in _pipe(self._process.stdout):
            answer = json.loads(line)
            if "says" not in answer:
                if "failed" in answer:
                    raise SideError(f"{self.name}, {what}: {answer['failed']}")
                return answer["done"]
            self._tell(answer["says"])
        raise SideError(f"{self.name} ended while it was to do {what}")


@contextmanager
def sides(against: Path | None, tell: Tell) -> Iterator[dict[str, Side]]:
    """Start the build before, if one is named, and this one: `before` and `now`."""
    roots = {"now": HERE} if against is None else {"before": against, "now": HERE}
    with ExitStack() as stack:
        yield {name: stack.enter_context(Side(name, root, tell)) for name, root in roots.items()}


def commit_of(root: Path) -> str:
    """Name the commit of a checkout; empty without git."""
    command = ["git", "-C", str(root), "rev-parse", "--short", "HEAD"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    return told.stdout.strip()


def _interpreter(root: Path) -> Path:
    """The interpreter of a checkout's own environment; of this one the one that runs."""
    if root == HERE:
        return Path(sys.executable)
    python = root / ".venv" / "bin" / "python"
    if not python.is_file():
        raise SideError(f"{root} has no .venv: run make .venv/.ready there first")
    return python


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None  # noqa: S101 - both were asked for
    return pipe
