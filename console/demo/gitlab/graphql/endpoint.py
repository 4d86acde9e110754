"""`POST /api/graphql`: parsing, limits, execution, and errors with HTTP 200."""

import json
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
    parse,
    validate,
)
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ..answers import ApiError, json_answer
from ..auth import READS, Token, need, presented, token_of
from ..call import Call
from .complexity import Meter
from .roots import Mutation, Query
from .rules import RULES
from .schema import resolve, schema

LONGEST = 10_000
NOBODY = Token(0, "anonymous", (), 1)


async def graphql(request: Request) -> Response:
    state, now = request.app.state, request.app.state.clock.now()
    token = NOBODY
    if presented(request) is not None:
        try:
            token = token_of(request, expired="expired-token" in state.faults.active)
            need(token, READS)
        except ApiError:
            return json_answer({"errors": [{"message": "Invalid token"}]}, 401)
    call = Call(state.server, request, token, now, await request.body())
    try:
        body = json.loads(call.body)
        text, variables = str(body["query"]), body.get("variables") or {}
    except (ValueError, KeyError, TypeError):
        return json_answer({"errors": [{"message": "Unexpected end of document", "locations": []}]}, 200)
    old = "old" in state.faults.active
    answer = await run_in_threadpool(run, call, text, variables, body.get("operationName"), old)
    response = json_answer(answer)
    response.headers.update(state.quota.headers(now))
    return response


def run(call: Call, text: str, variables: dict[str, Any], name: str | None, old: bool) -> dict[str, Any]:
    """The answer's body: `data`, or `errors`, or both."""
    if len(text) > LONGEST:
        return _refused("Query too large")
    try:
        document = parse(text)
    except GraphQLError as error:
        return {"errors": [{"message": error.message, "locations": _locations(error)}]}
    kind, anonymous = schema(old), call.token is NOBODY
    errors = validate(kind, document, RULES)
    if errors:
        return {"errors": [_error(error) for error in errors]}
    operation = _operation(document, name)
    if operation is None:
        return _refused(f'No operation named "{name}"' if name else "An operation name is required")
    cost = Meter(kind, document, variables).measure(operation)
    refusals = cost.refusals(anonymous)
    if refusals:
        return {"errors": [{"message": text} for text in refusals]}
    mutation = operation.operation is OperationType.MUTATION
    root = Mutation(call, anonymous) if mutation else Query(call, cost.score, anonymous)

    def executed() -> Any:
        return execute_sync(
            kind, document, root, variable_values=variables, operation_name=name, field_resolver=resolve
        )

    if mutation:
        with call.server.records.writing:
            result = executed()
    else:
        result = executed()
    faults = [_error(error) for error in result.errors or ()]
    if result.data is None and not any("path" in fault for fault in faults):
        return {"errors": faults}  # variables that do not fit: nothing was run
    return {"data": result.data, "errors": faults} if faults else {"data": result.data}


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    """The operation to run; None when it is not clear which, or there is none of that name."""
    found = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    if name:
        return next((one for one in found if one.name and one.name.value == name), None)
    return found[0] if len(found) == 1 else None


def _refused(message: str) -> dict[str, Any]:
    return {"errors": [{"message": message}]}


def _locations(error: GraphQLError) -> list[dict[str, int]]:
    return [{"line": one.line, "column": one.column} for one in error.locations or ()]


def _error(error: GraphQLError) -> dict[str, Any]:
    if error.original_error is not None and not isinstance(error.original_error, (GraphQLError, ApiError)):
        raise error.original_error  # a mistake of ours must not look like an answer
    found: dict[str, Any] = {"message": error.message, "locations": _locations(error)}
    if error.path:
        found["path"] = error.path
    if error.extensions:
        found["extensions"] = error.extensions
    return found
