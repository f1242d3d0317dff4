"""The rules of the house about one module: each yields what is wrong and what to do."""

import ast
import re
from collections.abc import Callable, Iterator

from tests.architecture.plain_english import docstrings_begin_with_a_verb, has_no_bare_participle
from tests.architecture.source import Function, Module

LINES_MAX = 300
BODY_LINES_MAX = 40
PARAMETERS_MAX = 5
VAGUE = frozenset(
    {"util", "utils", "helper", "helpers", "common", "base", "core", "manager", "managers", "misc"}
)
PURE_ROOMS = frozenset({"decide", "fold", "state", "to_state"})
IMPURE_CALLS = frozenset({"now", "utcnow", "today", "uuid1", "uuid4", "monotonic", "getenv"})
PRIVATE_PARTS = "shared/kafka/internals.py"
TOPIC_NAME = re.compile(r"model-outputs|[a-z]+\.(?:timers|dead-letters)")

FIX = re.compile(
    r"\b(?:send|answer|use|declare|leave|correct|name|flatten|convert|add|give|report|look)\b"
)

Rule = Callable[[Module], Iterator[str]]


def opens_with_a_docstring(module: Module) -> Iterator[str]:
    """`head -1` of every file is a map of the house."""
    first = module.text.partition("\n")[0]
    if not re.match(r'r?"""\w', first):
        yield f"{module.path}:1: open it with one line in triple quotes that says what lives there"
    elif len(first) < 15:
        yield f"{module.path}:1: say in that first line what lives there, not only its name"


def is_short(module: Module) -> Iterator[str]:
    """A file is read in one go."""
    lines = module.text.count("\n")
    if lines > LINES_MAX:
        yield (
            f"{module.path}: {lines} lines, {LINES_MAX} at most: split it by what its parts do"
            " (decide.py becomes a folder of one file per decision)"
        )


def has_short_functions(module: Module) -> Iterator[str]:
    """A function does one thing."""
    for function in module.functions():
        lines = body_lines(function)
        if lines > BODY_LINES_MAX:
            yield (
                f"{module.path}:{function.lineno}: {function.name} has {lines} lines in its body,"
                f" {BODY_LINES_MAX} at most: give its steps names of their own"
            )


def has_few_parameters(module: Module) -> Iterator[str]:
    """What comes together is one thing; fixtures of a test are no parameters in this sense."""
    if module.is_test:
        return
    for function in module.functions():
        count = parameters(function)
        if count > PARAMETERS_MAX:
            yield (
                f"{module.path}:{function.lineno}: {function.name} takes {count} parameters,"
                f" {PARAMETERS_MAX} at most: those that belong together become a dataclass"
            )


def has_no_vague_name(module: Module) -> Iterator[str]:
    """A name says what is inside."""
    for part in module.parts:
        for word in VAGUE & set(part.split("_")):
            yield f"{module.path}: '{word}' says nothing: name it for what it does"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef) and VAGUE & camel_words(node.name):
            yield f"{module.path}:{node.lineno}: class {node.name}: name it for what it does"


def decides_without_clock_or_chance(module: Module) -> Iterator[str]:
    """A decision gets everything and touches nothing, so that it can be decided again."""
    if module.parts[0] != "services" or not PURE_ROOMS & set(module.parts):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and called(node) in IMPURE_CALLS:
            yield (
                f"{module.path}:{node.lineno}: {called(node)}() in a pure room: take `now` as a"
                " parameter, and make ids by uuid5 of what the event is about"
            )


def leaves_topic_names_to_their_rows(module: Module) -> Iterator[str]:
    """A topic is written once, in shared/contracts/topics.py, and used by its row."""
    if module.parts[0] not in {"services", "shared"} or module.path == "shared/contracts/topics.py":
        return
    for constant in module.strings():
        if TOPIC_NAME.fullmatch(str(constant.value)):
            yield (
                f"{module.path}:{constant.lineno}: {constant.value!r}: use the row of"
                " shared/contracts/topics.py, not the name"
            )


def refuses_with_the_fix(module: Module) -> Iterator[str]:
    """A dead letter says what its sender is to do. What is put behind a colon says so itself."""
    if module.is_test:
        return
    for function in module.functions():
        texts = {t.id: n.value for n in ast.walk(function) if isinstance(n, ast.Assign)
                 for t in n.targets if isinstance(t, ast.Name)}  # fmt: skip
        for node in ast.walk(function):
            if not isinstance(node, ast.Call) or called(node) not in {"Refused", "refuse", "bad"}:
                continue
            detail = node.args[-1] if node.args else node
            if isinstance(detail, ast.Name):
                detail = texts.get(detail.id, detail)
            said = "".join(
                str(part.value) for part in ast.walk(detail) if isinstance(part, ast.Constant)
            )
            if said and not said.endswith(": ") and not FIX.search(said):
                yield f"{module.path}:{node.lineno}: {said!r}: say also what the sender is to do"


def makes_changes_by_keyword(module: Module) -> Iterator[str]:
    """Guards and writes are tuples of the same shape: named, nobody takes one for the other."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call) or called(node) != "Change":
            continue
        names = [keyword.arg for keyword in node.keywords]
        if names != ["aggregate", "guards", "writes"]:
            yield (
                f"{module.path}:{node.lineno}: write Change(aggregate=…, guards=…, writes=…),"
                " in the order in which the function library reads them"
            )


def leaves_private_parts_alone(module: Module) -> Iterator[str]:
    """What is private may change with any release; of the Kafka client one file knows it.

    Attributes are held by ruff (SLF001); this looks at what is imported.
    """
    if module.parts[0] not in {"shared", "services"} or module.path == PRIVATE_PARTS:
        return
    for node in ast.walk(module.tree):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            if any(part.startswith("_") and not part.endswith("__") for part in name.split(".")):
                yield f"{module.path}: {name} is private: what needs it belongs in {PRIVATE_PARTS}"


ALL: tuple[Rule, ...] = (
    leaves_private_parts_alone,
    opens_with_a_docstring,
    is_short,
    has_short_functions,
    has_few_parameters,
    has_no_vague_name,
    decides_without_clock_or_chance,
    leaves_topic_names_to_their_rows,
    refuses_with_the_fix,
    docstrings_begin_with_a_verb,
    has_no_bare_participle,
    makes_changes_by_keyword,
)


def body_lines(function: Function) -> int:
    """Lines of the body without the docstring."""
    body = function.body
    if len(body) > 1 and ast.get_docstring(function, clean=False) is not None:
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def parameters(function: Function) -> int:
    """Parameters a caller gives; `self` and `cls` are not given."""
    given = function.args
    named = [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return sum(name not in {"self", "cls"} for name in named)


def camel_words(name: str) -> set[str]:
    """The words of a class name in lower case."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]+", name)}


def called(call: ast.Call) -> str:
    """The last part of what is called: `datetime.now()` is `now`."""
    target = call.func
    if isinstance(target, ast.Attribute):
        return target.attr
    return target.id if isinstance(target, ast.Name) else ""
