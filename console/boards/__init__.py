"""What each pane shows, as typed rows: reads history and ports, calls insight, knows no screen.

A board is a frozen value that msgspec turns into JSON as it stands; panes, `console show` and reports share it.
Functions take Services; times in a board are aware and UTC, spans are timedeltas, ratios 0..1, None is no data.
"""
