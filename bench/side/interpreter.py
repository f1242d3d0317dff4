"""How this process's Python was built: an unoptimised one makes every figure worse."""

import platform
import sys
import sysconfig

UNOPTIMISED = "not optimised"
WORTH = "one built with --enable-optimizations --with-lto takes 1.1 to 1.3 times less CPU a record"


def interpreter() -> dict[str, str]:
    """Its version, and how it was built."""
    arguments = sysconfig.get_config_var("CONFIG_ARGS")
    return {"Python": platform.python_version(), "Python built": built(arguments, sys.base_prefix)}


def built(arguments: str | None, prefix: str) -> str:
    """Say how an interpreter was built, by what `configure` was told and where it lies.

    Example: `built("'--enable-shared'", "/opt/python")` begins with "not optimised". A
    distribution's own interpreter may be optimised by rules that `configure` knows nothing of.
    """
    if arguments is None:
        return "unknown"
    if "--enable-optimizations" in arguments:
        return "with PGO and LTO" if "--with-lto" in arguments else "with PGO, without LTO"
    if prefix == "/usr":
        return "by the distribution, which does not say whether optimised"
    return f"{UNOPTIMISED}: {WORTH}"
