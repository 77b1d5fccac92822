"""How long a bearer token lasts, as far as it says so itself (RFC 7519): nothing of it is believed, nothing is sent."""

import base64
import binascii
import json


def token_life_s(token: str | None) -> float | None:
    """Seconds from a JSON web token's issue to its end; None where it is none, or says neither."""
    pieces = (token or "").split(".")
    if len(pieces) != 3:
        return None
    try:
        padded = pieces[1] + "=" * (-len(pieces[1]) % 4)
        claims = json.loads(base64.urlsafe_b64decode(padded))
        life = float(claims["exp"]) - float(claims["iat"])
    except (binascii.Error, ValueError, KeyError, TypeError):
        return None
    return life if life > 0 else None
