"""Users as the configuration names them."""

from cstagw.aor import user_key


def check_user(text: str) -> str:
    """The user as users are compared, or "*". Raises ValueError."""
    if text.strip() == "*":
        return "*"
    key = user_key(text)
    if not key:
        raise ValueError("no user")
    return key
