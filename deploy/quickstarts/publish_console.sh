#!/usr/bin/env bash
# Publishes one model output with kafka-console-producer.sh and waits for its verdict.
#
#   PATH=/opt/kafka/bin:$PATH ./publish_console.sh      (or deploy/kafka/bin, beside `make kafka`)
#
# KAFKA_BOOTSTRAP_SERVERS names the broker (127.0.0.1:9092), SENTUH_TOPIC_PREFIX what goes before
# every topic's name (nothing).
set -euo pipefail

servers=${KAFKA_BOOTSTRAP_SERVERS:-127.0.0.1:9092}
prefix=${SENTUH_TOPIC_PREFIX:-}
source=/models/quickstart
id=console-$(date +%s)-$$
wait_seconds=120

# One line is one record. Source and id name the output: sent again with the same content it is
# still one output. The record's key is free, and there is none here.
kafka-console-producer.sh --bootstrap-server "$servers" --topic "${prefix}model-outputs" <<JSON
{"source": "$source", "id": "$id", "task_type": "canonical", "format": "sentuh.output", "request": "What is the capital of Australia?", "response": {"answer": "Canberra", "text": "The capital of Australia is Canberra.", "confidence": {"value": 0.55}}}
JSON
echo "published $id"

# Reads every verdict that is kept and stops at its own, or after two minutes, whatever others come.
exec 3< <(exec kafka-console-consumer.sh --bootstrap-server "$servers" --topic "${prefix}verdicts" \
  --from-beginning 2>/dev/null)
consumer=$!
set -m # a process group of its own, so that its sleep ends with it
(sleep "$wait_seconds"; kill "$consumer") >/dev/null 2>&1 3<&- &
clock=$!
set +m
trap 'kill -- "$consumer" "-$clock" 2>/dev/null || true' EXIT

verdict=$(grep --max-count=1 "\"ref\":{\"source\":\"$source\",\"id\":\"$id\"" <&3) || {
  echo "no verdict yet: sentuh trace --kafka $servers --source $source --id $id" >&2
  exit 1
}
sed 's/.*"by":"[a-z]*","answer":"\([^"]*\)","probability":\([0-9.]*\),.*"stop_reason":"\([a-z]*\)".*/verdict: \1 (probability \2, \3)/' <<<"$verdict"
