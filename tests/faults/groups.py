"""Committed offsets of the services' groups: read, compared with the ends, set back to 0."""

from collections.abc import Mapping
from importlib import import_module

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from sentuh.demo.wire import Link
from shared.contracts.card import Card
from tests.faults.replica import SERVICES

ASK_SECONDS = 15.0
_LATEST: OffsetSpec = OffsetSpec.latest()  # type: ignore[no-untyped-call]


class Groups:
    """The consumer groups of a run."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._admin = AdminClient({"bootstrap.servers": link.bootstrap, "log_level": 0})

    def committed(self, service: str) -> Mapping[str, int]:
        """`topic:partition` of its inputs: the committed offset, where there is one."""
        asked = ConsumerGroupTopicPartitions(self._group(service), self._inputs(service))
        told = self._admin.list_consumer_group_offsets([asked])[self._group(service)]
        parts = told.result(ASK_SECONDS).topic_partitions
        return {_name(part): part.offset for part in parts if part.offset >= 0}

    def members(self, service: str) -> set[str]:
        """Client ids of its group's members."""
        told = self._admin.describe_consumer_groups([self._group(service)])[self._group(service)]
        return {member.client_id for member in told.result(ASK_SECONDS).members}

    def forget(self, service: str) -> None:
        """Delete its group with every committed offset; it may have no member."""
        self._admin.delete_consumer_groups([self._group(service)])[self._group(service)].result(
            ASK_SECONDS
        )

    def read_again(self) -> None:
        """Set every group back to the beginning; none may have a member."""
        for service in SERVICES:
            parts = [TopicPartition(p.topic, p.partition, 0) for p in self._inputs(service)]
            asked = ConsumerGroupTopicPartitions(self._group(service), parts)
            done = self._admin.alter_consumer_group_offsets([asked])[self._group(service)]
            done.result(ASK_SECONDS)

    def behind(self) -> Mapping[str, int]:
        """Records no group has committed behind yet, by service and partition."""
        left: dict[str, int] = {}
        for service in SERVICES:
            committed, ends = self.committed(service), self._ends(service)
            for name, end in ends.items():
                if end > committed.get(name, 0):
                    left[f"{service} {name}"] = end - committed.get(name, 0)
        return left

    def _ends(self, service: str) -> Mapping[str, int]:
        asked = dict.fromkeys(self._inputs(service), _LATEST)
        told = self._admin.list_offsets(asked)
        return {_name(part): told[part].result(ASK_SECONDS).offset for part in asked}

    def _inputs(self, service: str) -> list[TopicPartition]:
        card: Card = import_module(f"services.{service}").CARD
        return [
            TopicPartition(self._link.names.of(topic), number)
            for topic in card.consumes
            for number in range(topic.partitions)
        ]

    def _group(self, service: str) -> str:
        return self._link.names.prefix + service


def _name(part: TopicPartition) -> str:
    return f"{part.topic}:{part.partition}"
