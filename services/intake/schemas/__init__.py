"""Reads values that are written by a schema of a registry: Avro, and JSON with a schema."""

from services.intake.schemas.in_json import NO_REGISTRY, NoRegistry, Schemas, in_json
from services.intake.schemas.kept import KeptSchemas
from services.intake.schemas.registry import Registry, RegistryAccess
from services.intake.schemas.schema import OneSchema, Schema, SchemaText

__all__ = [
    "NO_REGISTRY",
    "KeptSchemas",
    "NoRegistry",
    "OneSchema",
    "Registry",
    "RegistryAccess",
    "Schema",
    "SchemaText",
    "Schemas",
    "in_json",
]
