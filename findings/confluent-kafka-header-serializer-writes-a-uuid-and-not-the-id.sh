#!/usr/bin/env bash
# confluent-kafka 2.16.1: the serializer that puts the schema's id into a header puts another id there than the prefix has.
#
# Expected: `header_schema_id_serializer` moves the number that stands before the value (a zero byte and 4 bytes, as
# `/schemas/ids/NUMBER` has it) into a header.
# Seen: the header `__value_schema_id` has 17 bytes: a byte of one and the schema's UUID, under which a registry must have
# `/schemas/guids/UUID`; the number is nowhere. Registries that know no UUIDs cannot be used with it.
# What helps: read both forms, by the first byte; ask for the UUID at an address of its own.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install --quiet --disable-pip-version-check 'confluent-kafka[avro,schemaregistry]==2.16.1'
cat > "$dir/ask.py" <<'PY'
from confluent_kafka.schema_registry import (
    SchemaRegistryClient,
    header_schema_id_serializer,
    prefix_schema_id_serializer,
)
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

client = SchemaRegistryClient.new_client({"url": "mock://"})
for where in (prefix_schema_id_serializer, header_schema_id_serializer):
    headers = []
    serializer = AvroSerializer(client, '"long"', conf={"schema.id.serializer": where})
    value = serializer(7, SerializationContext("outputs", MessageField.VALUE, headers=headers))
    print(value.hex(), [(name, len(held), held[0]) for name, held in headers])
PY
seen=$("$dir/venv/bin/python" "$dir/ask.py" | tr '\n' ' ')
[ "$seen" = "00000000010e [] 0e [('__value_schema_id', 17, 1)] " ] || { echo "changed: $seen"; exit 1; }
echo "confluent-kafka 2.16.1: in the prefix the number 1 in 5 bytes; in the header __value_schema_id 17 bytes, a UUID, and no number"
