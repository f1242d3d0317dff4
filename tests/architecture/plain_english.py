"""Rules about words: how docstrings begin, how much is explained, and names that say something."""

import ast
import re
from collections.abc import Iterable, Iterator

from tests.architecture.source import Function, Module, code_and_comments
from tests.architecture.verbs import is_verb

PRODUCT = frozenset({"shared", "services", "sentuh"})

BARE = frozenset({"found", "said", "given", "told", "seen", "known"})

PROPERTIES = frozenset({"property", "cached_property", "computed_field"})

# Beginnings that hide the thing that is spoken of, for properties too.
HIDES_THE_THING = re.compile(
    r"(?:What|Whatever|That|Which|It|They|Those|These|All|Everything|So many|How many)\b", re.ASCII
)

# After a word that could be a verb these make it a noun: "Name of the topic".
NOUN_GOES_ON = frozenset({"of", "is", "are", "was", "were", "who", "which", "whose"})
# So do these after the plural of a noun: "Records not yet handled", "Names in the environment".
PLURALS = frozenset(
    {"answers", "counts", "labels", "marks", "names", "offers", "places", "records", "requests"}
)
PLURAL_GOES_ON = NOUN_GOES_ON | {"in", "on", "not", "that", "from", "with", "without", "by"}

# In keys.py a docstring documents the value of a Redis key, and may begin with its type.
REDIS_TYPES = re.compile(r"(?:Hash|Set|Sorted set|String|List|Field|Prefix|Hash tag)\b")

COMMENT_SHARE_MIN = {"shared": 0.015, "services/router": 0.015}


def docstrings_begin_with_a_verb(module: Module) -> Iterator[str]:
    """A docstring says what the function does: verb first, then the thing.

    "Return the lane's name", "Refuses other versions"; `Whether ...` for a bool; a property may
    name what it is: "Records not yet handled".
    """
    if module.parts[0] not in PRODUCT:
        return
    for function in module.functions():
        docstring = ast.get_docstring(function)
        if not docstring or is_dunder(function.name):
            continue
        if wrong := wrong_beginning(function, docstring, in_keys=module.parts[-1] == "keys"):
            beginning = " ".join(docstring.split()[:4])
            yield f"{module.path}:{function.lineno}: {function.name} ({beginning} ...): {wrong}"


def wrong_beginning(function: Function, docstring: str, *, in_keys: bool) -> str:
    """What is wrong with how the docstring begins; empty where nothing is."""
    words = re.findall(r"[\w'-]+", docstring)
    if not words:
        return "say in words what it does"
    if words[0] == "Whether":
        return "" if answers_yes_or_no(function) else "'Whether' is for what returns a bool"
    if is_property(function):
        hides = HIDES_THE_THING.match(docstring)
        return f"name the thing, not {hides[0]!r}" if hides else ""
    if in_keys and REDIS_TYPES.match(docstring):
        return ""
    return no_verb([word.lower() for word in words[:2]])


def no_verb(words: list[str]) -> str:
    """What is wrong where the first of these words is no verb; empty where it is one."""
    if not is_verb(words[0]):
        return (
            "begin with a verb (Return, Load, Refuse ...); if it is one, add it to"
            " tests/architecture/verbs.py"
        )
    goes_on = PLURAL_GOES_ON if words[0] in PLURALS else NOUN_GOES_ON
    if words[1:] and words[1] in goes_on:
        return "that reads as a noun: begin with a verb (Return ...)"
    return ""


def has_no_bare_participle(module: Module) -> Iterator[str]:
    """A name says which thing it holds: `missing_topics`, never `found`. Tests and bench too."""
    for line, name in public_names(module):
        if name in BARE:
            yield f"{module.path}:{line}: {name}: name the thing (records, settings, answer, ...)"


def public_names(module: Module) -> Iterator[tuple[int, str]]:
    """Line and name of every function and class of the module, and of every parameter."""
    for node in module.tree.body:
        if isinstance(node, Function | ast.ClassDef):
            yield node.lineno, node.name
    for inner in ast.walk(module.tree):
        if isinstance(inner, ast.arg):
            yield inner.lineno, inner.arg


def classes_of_one_name(modules: Iterable[Module]) -> list[str]:
    """Each class name that more than one class of the product has, with their places."""
    places: dict[str, list[str]] = {}
    for module in modules:
        if module.parts[0] not in PRODUCT:
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(f"{module.path}:{node.lineno}")
    return [
        f"class {name} is defined {len(where)} times ({', '.join(where)}): name each for what it is"
        for name, where in sorted(places.items())
        if len(where) > 1
    ]


def comment_share(modules: Iterable[Module]) -> float:
    """Lines of comment to lines of code; docstrings and blank lines are neither."""
    code = comments = 0
    for module in modules:
        counts = code_and_comments(module)
        code, comments = code + counts[0], comments + counts[1]
    return comments / code if code else 0.0


def is_dunder(name: str) -> bool:
    """Whether Python itself calls it."""
    return name.startswith("__") and name.endswith("__")


def is_property(function: Function) -> bool:
    """Whether it is read like an attribute."""
    names = {
        node.id if isinstance(node, ast.Name) else node.attr
        for decorator in function.decorator_list
        for node in ast.walk(decorator)
        if isinstance(node, ast.Name | ast.Attribute)
    }
    return not PROPERTIES.isdisjoint(names)


def answers_yes_or_no(function: Function) -> bool:
    """Whether its return type has a bool in it."""
    returns = ast.unparse(function.returns) if function.returns else ""
    return bool(re.search(r"\bbool\b|\bTypeGuard\b|\bTypeIs\b", returns))
