"""Asks a schema registry for schemas by their ids, over the REST API that registries share.

Confluent's, Apicurio's (`/apis/ccompat/v7`) and Karapace speak it. The standard library is enough;
a sender chooses a number or a UUID, and nothing else of what is asked.
"""

import base64
import ssl
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import HTTPSHandler, Request, build_opener

from pydantic import JsonValue

from services.intake.schemas.schema import AVRO, Schema, SchemaText
from shared.connect.redirects import NoRedirects
from shared.connect.tls import TlsFiles
from shared.contracts.errors import Reason, Refused, TransientError
from shared.contracts.framing import SchemaId
from shared.contracts.strictjson import JsonObject, parse

ANSWER_SECONDS = 5.0
ANSWER_BYTES_MAX = 1024 * 1024
NUMBER_MAX = 2**31 - 1
"""Registries count their schemas in 31 bits; some answer a higher number with a fault of theirs."""
REFERENCES_MAX = 32
REFERENCES_DEPTH_MAX = 8
_NONE_SUCH = frozenset({40401, 40402, 40403})
"""What a registry's 404 says if it knows no such subject, version or schema."""
_SETTING = "SENTUH_INTAKE_SCHEMA_REGISTRY_"
_BIG = f"is over {ANSWER_BYTES_MAX} bytes"
_TANGLED = (
    f"refers to schemas that are missing, more than {REFERENCES_MAX} or deeper than"
    f" {REFERENCES_DEPTH_MAX}"
)


@dataclass(frozen=True, slots=True)
class RegistryAccess:
    """Where a schema registry is, and how a client logs in there; no user means without a login."""

    url: str
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""


class _BadAnswerError(Exception):
    """The registry has such a schema, and it can be read by nobody; the message says why."""


class Registry:
    """Gets schemas from one registry. Safe to use from many threads."""

    def __init__(self, access: RegistryAccess) -> None:
        """Raise SettingError if the file of the authority cannot be used."""
        self._url = access.url.rstrip("/")
        self._headers = {"Accept": "application/vnd.schemaregistry.v1+json, application/json"}
        if access.user:
            pair = f"{access.user}:{access.password}".encode()
            self._headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        tls_files = TlsFiles("INTAKE_SCHEMA_REGISTRY", ca=access.ca_file)
        self._opener = build_opener(NoRedirects(), HTTPSHandler(context=tls_files.context()))

    def schema(self, schema_id: SchemaId) -> Schema | None:
        """Return the schema of this id, with those it refers to; None if there is none.

        Raises TransientError, whose message names the setting where it may be wrong, if the
        registry does not answer as one does.
        """
        if isinstance(schema_id, str):
            path = f"schemas/guids/{schema_id}"
        elif schema_id <= NUMBER_MAX:
            path = f"schemas/ids/{schema_id}"
        else:
            return None
        try:
            answer = self._ask(path)
            return None if answer is None else Schema.of(self._whole(answer))
        except _BadAnswerError as bad:
            return Schema.refused(Reason.BAD_SCHEMA, str(bad), fix="correct it there")

    def _whole(self, answer: JsonObject) -> SchemaText:
        texts: dict[tuple[str, str], str] = {}
        self._follow(answer, texts, depth=0)
        return SchemaText(
            _text_of(answer), _kind_of(answer), tuple(texts.values()), tuple(_rules_of(answer))
        )

    def _follow(self, answer: JsonObject, texts: dict[tuple[str, str], str], *, depth: int) -> None:
        """Add the schemas that this one refers to, each behind those that it needs itself."""
        for subject, version in _references_of(answer):
            if (subject, version) in texts:
                continue
            path = f"subjects/{quote(subject, safe='')}/versions/{quote(version, safe='')}"
            if depth == REFERENCES_DEPTH_MAX or len(texts) == REFERENCES_MAX:
                raise _BadAnswerError(_TANGLED)
            inner = self._ask(path)
            if inner is None:
                raise _BadAnswerError(_TANGLED)
            self._follow(inner, texts, depth=depth + 1)
            texts[subject, version] = _text_of(inner)

    def _ask(self, path: str) -> JsonObject | None:
        """Return the registry's answer; None if it knows no such thing."""
        try:
            answer = self._get(path)
        except HTTPError as failure:
            with failure:
                if failure.code == 404 and (_says_none_such(failure) or self._is_registry()):
                    return None
                raise self._refusal(failure) from failure
        if isinstance(answer, dict) and isinstance(answer.get("schema"), str):
            return answer
        raise self._no_registry("200, without a schema")

    def _is_registry(self) -> bool:
        """Return whether it answers what every registry does.

        Some say nothing more than 404 of an id that they do not know, as a wrong address does.
        """
        try:
            return isinstance(self._get("schemas/types"), list)
        except (HTTPError, TransientError, _BadAnswerError):
            return False

    def _get(self, path: str) -> JsonValue:
        request = Request(f"{self._url}/{path}", headers=self._headers)  # noqa: S310 - the setting takes http and https alone
        try:
            with self._opener.open(request, timeout=ANSWER_SECONDS) as answer:
                body = answer.read(ANSWER_BYTES_MAX + 1)
        except HTTPError:
            raise
        except (OSError, HTTPException, ValueError) as failure:
            raise self._away(failure) from failure
        if len(body) > ANSWER_BYTES_MAX:
            raise _BadAnswerError(_BIG)
        try:
            return parse(body)
        except Refused as refused:
            raise self._no_registry("200, with no JSON") from refused

    def _away(self, failure: Exception) -> TransientError:
        cause = failure.reason if isinstance(failure, URLError) else failure
        if isinstance(cause, ssl.SSLCertVerificationError):
            fix = "name the file of the authority that signed it"
            return TransientError(
                f"{_SETTING}CA_FILE: the certificate of {self._url} is not trusted"
                f" ({cause.verify_message}): {fix}"
            )
        words = str(cause) or type(cause).__name__
        return TransientError(f"the schema registry {self._url}: {words}")

    def _refusal(self, failure: HTTPError) -> TransientError:
        if failure.code >= 500 or failure.code in (408, 425, 429):
            return TransientError(f"the schema registry {self._url}: it answers {failure.code}")
        if failure.code in (401, 403):
            return TransientError(
                f"{_SETTING}USER, {_SETTING}PASSWORD: the registry {self._url} lets nobody read"
                f" schemas with them (it answers {failure.code}): correct them"
            )
        return self._no_registry(str(failure.code))

    def _no_registry(self, shown: str) -> TransientError:
        return TransientError(
            f"{_SETTING}URL: {self._url} is no schema registry (it answers {shown}): give the URL"
            " under which /schemas/ids is"
        )


def _says_none_such(failure: HTTPError) -> bool:
    try:
        answer = parse(failure.read(ANSWER_BYTES_MAX))
    except (OSError, HTTPException, Refused):
        return False
    return isinstance(answer, dict) and answer.get("error_code") in _NONE_SUCH


def _text_of(answer: JsonObject) -> str:
    return str(answer["schema"])


def _kind_of(answer: JsonObject) -> str:
    return str(answer.get("schemaType") or AVRO).upper()


def _references_of(answer: JsonObject) -> list[tuple[str, str]]:
    listed = answer.get("references")
    return [
        (str(one.get("subject")), str(one.get("version")))
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict)
    ]


def _rules_of(answer: JsonObject) -> list[str]:
    """Return the types of a schema's rules that are not switched off."""
    rules = answer.get("ruleSet")
    every = rules.values() if isinstance(rules, dict) else ()
    return [
        str(rule.get("type"))
        for listed in every
        if isinstance(listed, list)
        for rule in listed
        if isinstance(rule, dict) and not rule.get("disabled")
    ]
