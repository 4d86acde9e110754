"""Refusals in the words of graphql-ruby, which clients look for."""

from typing import Any

from graphql import (
    ASTValidationRule,
    FieldNode,
    GraphQLError,
    GraphQLNonNull,
    Undefined,
    specified_rules,
)
from graphql.validation import (
    FieldsOnCorrectTypeRule,
    KnownArgumentNamesRule,
    ProvidedRequiredArgumentsRule,
    ValidationRule,
)


class RubyFields(ValidationRule):
    """Unknown fields, unknown arguments and missing ones."""

    def enter_field(self, node: FieldNode, *_args: Any) -> None:
        parent, name = self.context.get_parent_type(), node.name.value
        field = self.context.get_field_def()
        if parent is None or name.startswith("__"):
            return
        if field is None:
            self._report(
                node, f"Field '{name}' doesn't exist on type '{parent.name}'",
                code="undefinedField", typeName=parent.name, fieldName=name,
            )  # fmt: skip
            return
        given = {one.name.value for one in node.arguments or ()}
        for unknown in sorted(given - set(field.args)):
            self._report(
                node, f"Field '{name}' doesn't accept argument '{unknown}'",
                code="argumentNotAccepted", name=name, typeName="Field", argumentName=unknown,
            )  # fmt: skip
        required = [
            key for key, one in field.args.items()
            if isinstance(one.type, GraphQLNonNull) and one.default_value is Undefined and key not in given
        ]  # fmt: skip
        if required:
            self._report(
                node, f"Field '{name}' is missing required arguments: {', '.join(required)}",
                code="missingRequiredArguments", className="Field", name=name, arguments=", ".join(required),
            )  # fmt: skip

    def _report(self, node: FieldNode, message: str, **extensions: str) -> None:
        self.report_error(GraphQLError(message, node, extensions=extensions))


_REPLACED = (FieldsOnCorrectTypeRule, KnownArgumentNamesRule, ProvidedRequiredArgumentsRule)
RULES: tuple[type[ASTValidationRule], ...] = (
    RubyFields,
    *(rule for rule in specified_rules if rule not in _REPLACED),
)
