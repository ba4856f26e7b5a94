"""The contract as TypeScript declarations, from which the JSDoc of the static files takes its types.

`make typedefs` writes them to static/shared/contract.d.ts. The names, the optional fields and the aliases are those of
pydantic's JSON schema; this module only spells the schema in another language.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from pydantic_core.core_schema import DataclassField, ModelField, TypedDictField

from app.contract import (
    agreement,
    base,
    cameras,
    comparing,
    dataset,
    deletion,
    figures,
    labelling,
    probes,
    review,
    rounds,
    sheet,
    simulation,
    team,
    work,
    workers,
)
from app.contract.base import Message

MODULES = (
    base,
    labelling,
    review,
    sheet,
    cameras,
    rounds,
    comparing,
    dataset,
    simulation,
    workers,
    team,
    probes,
    work,
    agreement,
    figures,
    deletion,
)
"""Whose models travel between server and browser."""
FILE = Path(__file__).parents[2] / "static/shared/contract.d.ts"
HEAD = "// Written from app/contract by `make typedefs`, never by hand."


class WholeAnswers(GenerateJsonSchema):
    """An answer has all of its fields, also those with a default; only of a TypedDict some may be missing."""

    def field_is_required(self, field: ModelField | DataclassField | TypedDictField, total: bool) -> bool:
        """Whether a field is always there."""
        if field["type"] == "typed-dict-field":
            return field.get("required", total)
        return self.mode == "serialization" or super().field_is_required(field, total)


def contract() -> str:
    """The declarations of every model of the contract."""
    return declarations([model for module in MODULES for model in models_in(module)])


def models_in(module: ModuleType) -> list[type[BaseModel]]:
    """The models that a module defines, in its order."""
    own = (value for value in vars(module).values() if isinstance(value, type) and value.__module__ == module.__name__)
    return [value for value in own if issubclass(value, BaseModel) and value.model_fields]


def declarations(models: Sequence[type[BaseModel]]) -> str:
    """One interface a model, by name. A message's fields with a default may be left out; an answer has all of its."""
    modes = [(model, "validation" if issubclass(model, Message) else "serialization") for model in models]
    _, document = models_json_schema(modes, ref_template="{model}", schema_generator=WholeAnswers)  # type: ignore[arg-type]
    parts = [HEAD, *(_interface(name, schema) for name, schema in document["$defs"].items())]
    return "\n\n".join(parts) + "\n"


def type_of(schema: Mapping[str, Any]) -> str:
    """The TypeScript type of one piece of JSON schema. Raises TypeError for a form that no model had before."""
    match schema:
        case {"$ref": name}:
            return str(name)
        case {"const": value}:
            return json.dumps(value)
        case {"enum": values}:
            return " | ".join(json.dumps(value) for value in values)
        case {"anyOf": choices}:
            return " | ".join(dict.fromkeys(type_of(choice) for choice in choices))
        case {"type": "array", "items": item, "minItems": least, "maxItems": most} if least == most:
            return f"[{', '.join([type_of(item)] * least)}]"
        case {"type": "array", "items": item}:
            return f"({type_of(item)})[]" if " | " in type_of(item) else f"{type_of(item)}[]"
        case {"type": "object", "additionalProperties": dict(value)}:
            return f"Record<string, {type_of(value)}>"
        case {"type": "object"}:
            return "Record<string, unknown>"
        case {"type": "integer"}:
            return "number"
        case {"type": "string" | "number" | "boolean" | "null" as name}:
            return str(name)
    raise TypeError(f"the schema {dict(schema)} has no TypeScript type here; wanted a known form. Add its case.")


def _interface(name: str, schema: Mapping[str, Any]) -> str:
    return "\n".join([*_comment(schema), f"export interface {name} {{", *_fields(schema), "}"])


def _comment(schema: Mapping[str, Any]) -> Iterator[str]:
    lines = schema.get("description", "").splitlines()
    if len(lines) == 1:
        yield f"/** {lines[0]} */"
    elif lines:
        yield from ["/**", *(f" * {line}".rstrip() for line in lines), " */"]


def _fields(schema: Mapping[str, Any]) -> Iterator[str]:
    required = schema.get("required", [])
    for name, value in schema["properties"].items():
        yield f"  {name}{'' if name in required else '?'}: {type_of(value)};"


def main(arguments: Sequence[str]) -> None:
    """Write the declarations to the file named, by default where the static files look for them."""
    path = Path(arguments[0]) if arguments else FILE
    path.write_text(contract())


if __name__ == "__main__":
    main(sys.argv[1:])
