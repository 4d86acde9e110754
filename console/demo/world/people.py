"""Who pushes, reviews and deploys."""

from .nouns import User

_NAMES = (
    "Mara Lindqvist", "Tomasz Wilk", "Aiko Tanabe", "Jonas Brandt", "Priya Raman", "Elena Costa", "Samuel Okafor",
    "Chloé Martin", "Daniel Weiss", "Noor Haddad", "Ivan Petrov", "Lucía Fernández", "Oskar Nyman", "Grace Kim",
)  # fmt: skip


def _username(name: str) -> str:
    plain = name.lower().translate(str.maketrans("éíá", "eia"))
    first, _, last = plain.partition(" ")
    return f"{first[0]}{last}"


PEOPLE = tuple(User(21 + number, _username(name), name) for number, name in enumerate(_NAMES))
RENOVATE = User(40, "renovate-bot", "Renovate Bot")
SCHEDULER = PEOPLE[3]
OPERATOR = User(2, "operator", "Platform Operator")
"""The user whose token the console holds."""
USERS = {user.id: user for user in (*PEOPLE, RENOVATE, OPERATOR)}
