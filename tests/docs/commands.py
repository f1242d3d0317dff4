"""What becomes of each command of the documentation: run here, run by a named test, or not run.

A new command in a page needs a row in one of the three tables; a row without a command goes.
"""

from collections.abc import Mapping

HERE: Mapping[str, str] = {
    "make": "make",
    "make doctor": "make --silent doctor",
    "make docs": 'make --silent docs ARGS="--out {tmp}/docs"',
    "head -1 */*.py": "head -1 */*.py",
    "cp .env.example .env": "cp .env.example {tmp}/.env",
    "echo k1=$(openssl rand -hex 32)": "echo k1=$(openssl rand -hex 32)",
    "set -a; . ./.env; set +a": "cp .env.example {tmp}/.env; cd {tmp}; set -a; . ./.env; set +a",
    "sentuh catalog check deploy/catalog.yaml": "sentuh catalog check deploy/catalog.yaml",
    "sentuh check output.json": (
        "sentuh check tests/services/intake/formats/outputs/llama-one-token-answer.json"
    ),
    "sentuh check --format-help": "sentuh check --format-help",
    "sentuh schemas": "sentuh schemas",
    "sentuh schemas --out DIR": "sentuh schemas --out {tmp}/schemas",
    "sentuh asyncapi": "sentuh asyncapi",
    "sentuh asyncapi --out deploy/asyncapi.json": "sentuh asyncapi --out {tmp}/asyncapi.json",
    "sentuh metrics": "sentuh metrics",
    "sentuh metrics > deploy/prometheus/metrics.md": "sentuh metrics > {tmp}/metrics.md",
    "sentuh dashboards": "sentuh dashboards --out {tmp}/dashboards",
    "sentuh topics acls": "sentuh topics acls",
    "sentuh topics acls --script": "sentuh topics acls --script",
    "sentuh topics acls --script --principal 'User:CN={role}'": (
        "sentuh topics acls --script --principal 'User:CN={role}'"
    ),
    "sentuh redis users": "sentuh redis users",
}
"""Command → what is run of it, in the root of the repository; `{tmp}` is a fresh folder."""

_COMMAND_LINE = "tests/sentuh/test_command_line.py"
_QUICKSTARTS = (
    "tests/journeys/test_quickstarts.py::test_a_quickstart_publishes_and_reads_its_own_verdict"
)
_OVER_A_BROKER = f"{_COMMAND_LINE}::test_topics_and_audit_over_a_broker"
_COMPOSE = "tests/compose/test_compose.py::"
_THOUSAND = f"{_COMPOSE}test_a_thousand_outputs_and_a_service_killed_among_them"
_LETTERS = "tests/journeys/test_dead_letters.py::"
_LISTED = f"{_LETTERS}test_a_refused_output_is_listed_with_place_and_fix_and_without_its_payload"
_SAVED = f"{_LETTERS}test_saved_letters_are_sent_by_somebody_else"
_PROCESS = "tests/journeys/test_formats.py::test_output_reaches_a_verdict_and_an_earning"
_STORY = "tests/journeys/test_trace.py::test_a_task_with_all_that_can_happen_reads_as_a_story"
_GOLDS = "tests/sentuh/golds/test_commands.py::test_golds_are_published_listed_and_taken_back"
_UNREAD = "tests/journeys/test_unread.py::"
_MOVED = f"{_UNREAD}test_a_topic_in_use_is_moved_without_loss"
_RULES = "tests/deploy/test_alerts.py::test_each_alert_fires_and_falls_silent"

THERE: Mapping[str, str] = {
    "sentuh topics plan": _OVER_A_BROKER,
    "sentuh topics apply": _OVER_A_BROKER,
    "sentuh audit": _OVER_A_BROKER,
    "sentuh audit --allow-open": _OVER_A_BROKER,
    "sentuh audit --allow-open --redis": _OVER_A_BROKER,
    "sentuh audit --kafka HOST:PORT --redis --allow-open": _OVER_A_BROKER,
    "sentuh audit --watch": (
        "tests/sentuh/audit/watch/test_run.py::"
        "test_its_process_tells_the_health_check_and_stops_when_told"
    ),
    "sentuh trace": _STORY,
    "sentuh trace --kafka HOST:PORT --source S --id I": _STORY,
    "sentuh trace --kafka HOST:PORT --source /models/storyteller --id o-story": _STORY,
    "sentuh explain": _STORY,
    "sentuh explain --kafka HOST:PORT TASK": _STORY,
    "sentuh golds publish deploy/catalog.yaml": _GOLDS,
    "sentuh golds list": _GOLDS,
    "sentuh golds resume ID": _GOLDS,
    "sentuh dead-letters --kafka HOST:PORT --since 2h": _LISTED,
    "sentuh letters": _LISTED,
    "sentuh dead-letters --service intake": _LISTED,
    "sentuh dead-letters --json --show": _SAVED,
    "sentuh dead-letters replay --from FILE --yes": _SAVED,
    "sentuh dead-letters replay --service intake --reason unknown_task_type": (
        f"{_LETTERS}test_what_was_refused_is_sent_again_to_its_verdict_and_twice_is_once"
    ),
    "sentuh check output.avro --schema output.avsc": (
        "tests/sentuh/check/test_command.py::test_avro_is_read_by_the_schema_that_is_named"
    ),
    "sentuh redis empty SERVICE": (
        "tests/sentuh/broker/test_redis_state.py::"
        "test_its_keys_are_deleted_with_the_rights_of_its_user"
    ),
    "sentuh topics check": _MOVED,
    "sentuh topics apply --keep-all": _MOVED,
    "sentuh redis losses SERVICE": f"{_UNREAD}test_a_loss_that_was_looked_into_is_forgotten",
    "python -m services.intake": _PROCESS,
    "python -m services.router": _PROCESS,
    "python -m services.qa": _PROCESS,
    "python -m services.payout": _PROCESS,
    "python publish_aiokafka.py": _QUICKSTARTS,
    "python publish_confluent.py": _QUICKSTARTS,
    "publish_console.sh": _QUICKSTARTS,
    "python answer.py --answer right w-ann w-ben w-cho": _QUICKSTARTS,
    'java -cp "$(../kafka/start --where)/*" Publish.java': _QUICKSTARTS,
    'make redis ARGS="--port 6379"': (
        "tests/sentuh/embedded/test_valkey.py::test_it_serves_until_it_is_told_to_stop"
    ),
    "make up": _THOUSAND,
    "make down": f"{_COMPOSE}test_down_leaves_nothing",
    "docker compose run --rm sentuh audit --allow-open --redis": _THOUSAND,
    "docker run --rm -v \"$PWD/deploy/prometheus:/rules:ro\" -w /rules --entrypoint promtool"
    " prom/prometheus:v3.5.0 test rules alerts_test.yml": _RULES,
    "make fuzz": "tests/fuzz/test_fuzz.py::test_whatever_comes_ends_as_a_task_a_waiver_or_a_reason",
    "make reported": "tests/reported/test_on_broker.py::test_what_comes_of_a_report_is_right",
    "make simulate SEEDS=300": "tests/simulation/test_seeds.py::test_seeds_are_clean",
}  # fmt: skip
"""Command → the test that runs it, with names and places of its own."""

_BY_HAND = "takes minutes and a machine to itself; run before a release, and its page says of when"
_TESTS = "runs these tests; that its paths are there is looked at here"

NOT_RUN: Mapping[str, str] = {
    "python answer.py --skill image.digits=1 --answer 1 w-dee w-eve": (
        "another form of the command that a test runs"
    ),
    "sentuh --install-completion": "writes into the shell's own settings",
    "make demo": "two minutes; its parts are under tests/sentuh/demo, and it audits itself",
    'make demo ARGS="--outputs 200 --workers 30 --seed 7 --report report.json"': "as `make demo`",
    'make demo ARGS="--kafka HOST:PORT --redis URL"': "as `make demo`",
    'make demo ARGS="--outputs 60 --workers 20 --stay"': "as `make demo`; stays until Ctrl-C",
    "sentuh demo --kafka --redis": "as `make demo`",
    "make test": "runs this very test",
    "make test-fast": "runs this very test",
    "make lint": "continuous integration runs it just before the tests",
    "make lint test": "continuous integration is this command",
    "make format": "changes the working tree",
    'make test ARGS="-k lanes"': "runs tests",
    'make test ARGS="tests/services/intake tests/docs tests/journeys/test_formats.py"': _TESTS,
    'make test ARGS="tests/architecture tests/contracts tests/shared/contracts'
    ' tests/sentuh/published tests/throwaway_kind tests/kinds"': _TESTS,
    'make test ARGS="tests/contracts tests/shared/contracts tests/sentuh/published"': _TESTS,
    'make test ARGS="tests/architecture tests/shared/connect"': _TESTS,
    'make test ARGS="tests/sentuh/published tests/deploy"': _TESTS,
    'make test ARGS="tests/deploy tests/docs"': _TESTS,
    "make bench": _BY_HAND,
    "python -m bench.golds": f"five minutes; its parts are under tests/bench, {_BY_HAND}",
    'make bench ARGS="--against DIR"': f"an hour, and another checkout; {_BY_HAND}",
    "make peers": f"ten minutes, and packages of its own; {_BY_HAND}",
    "make faults": _BY_HAND,
    'make faults ARGS="--only redis"': _BY_HAND,
    "make alerts": f"needs a Docker engine; {_BY_HAND}",
    "sentuh topics acls --apply": (
        "needs a broker that asks who is there; tests/secure/test_rights.py grants the same"
    ),
    "make acls": "tests/secure/test_rights.py tries the same rights on a broker of its own",
    "make test-compose": "needs a Docker engine, and has a target of its own for that",
    'make up PROFILES="demo observability"': "needs a Docker engine and fetches Prometheus",
    "docker compose restart intake": "needs a Docker engine",
    "docker build --secret id=pip_conf,src=FILE": "needs a mirror with a password",
    "make kafka": "serves until it is stopped; the tests start Kafka by the same script",
    'make kafka ARGS="--port 9092"': "as `make kafka`",
    "java -cp '/opt/kafka/libs/*' Publish.java": "needs an installed Kafka; run with its jars here",
    "python -m tests.contracts.forms": "changes the working tree; tests/contracts holds its file",
    "python -m tests.kinds.stored": "changes the working tree; tests/kinds holds its files",
    "python -m tests.docs.formats": "changes the working tree; tests/docs holds its table",
    "python -m bench --part counts --against DIR": "needs another checkout; tests/bench counts one",
    "python -m bench --part formats --against DIR --name formats": (
        "needs another checkout; tests/bench measures one"
    ),
    "python -m bench.gate": "half an hour; tests/bench/test_gate.py runs some of it",
    "python -m bench.witness": "ten minutes; tests/bench/test_witness.py judges fewer tasks",
    "python -m bench.floods": "three minutes, and no test holds to a time",
    "python -m bench.agreement FOLDER": "needs sets of answers that are not part of this project",
    "python -m bench.agreement FOLDER --steps": "as `python -m bench.agreement FOLDER`",
    "python -m bench.integrity FOLDER": "as `python -m bench.agreement FOLDER`",
    "python -m bench.causes": "half a minute; tests of qa's agreement name fewer planted causes",
    "python -m bench.dashboard": "needs the compose stack under load",
}
"""Command → why nothing runs it."""
