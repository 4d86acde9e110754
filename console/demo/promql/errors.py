"""The two ways in which a query fails, worded as Prometheus words them."""


class QueryParseError(ValueError):
    """The query is not PromQL (of our subset); the API answers 400 `bad_data`.

    `str()` gives `LINE:COLUMN: parse error: reason`, both counted from 1, as Prometheus does.
    """

    def __init__(self, query: str, position: int, reason: str) -> None:
        self.query, self.position, self.reason = query, position, reason
        super().__init__(f"{place(query, position)}: parse error: {reason}")


class ExecutionError(RuntimeError):
    """The query is well formed, yet the series do not allow it; the API answers 422 `execution`."""


def place(query: str, position: int) -> str:
    """`LINE:COLUMN` of a character offset."""
    before = query[:position]
    return f"{before.count(chr(10)) + 1}:{position - before.rfind(chr(10))}"
