"""A tiny OpenID Connect provider on this machine: whoever it is told to be next signs in without a question."""

import base64
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "athlete-intelligence", "a-secret-of-the-provider"


class Provider:
    """What the provider knows: its key, who signs in next, and the codes that it gave out."""

    def __init__(self) -> None:
        self.next: dict[str, Any] = {}
        """Claims of who signs in next, such as `email`."""
        self.issuer = ""
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.codes: dict[str, dict[str, Any]] = {}

    def metadata(self) -> dict[str, Any]:
        """The document that tells clients where everything is."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Sign in whoever is next; returns the address to go back to, with a code."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = {"nonce": asked["nonce"], **self.next}
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, asked: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """A signed token for a code, once, for the client that knows the secret."""
        expected = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        claims = self.codes.pop(asked.get("code", ""), None)
        if claims is None or authorization != f"Basic {expected}":
            return None
        now = int(time.time())
        about = {"iss": self.issuer, "aud": CLIENT, "sub": claims.get("email", "?"), "iat": now, "exp": now + 300}
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, about | claims, self.key)
        return {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "id_token": signed}


@contextmanager
def provider() -> Iterator[Provider]:
    """The provider on a free port."""
    known = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            if address.path == "/authorize":
                self.send_response(302)
                asked = {name: values[0] for name, values in parse_qs(address.query).items()}
                self.send_header("Location", known.authorize(asked))
                self.end_headers()
            elif address.path == "/jwks":
                self._answer({"keys": [known.key.as_dict(private=False)]})
            elif address.path == "/.well-known/openid-configuration":
                self._answer(known.metadata())
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked = {name: values[0] for name, values in parse_qs(body).items()}
            told = known.token(asked, self.headers.get("Authorization", ""))
            self._answer(told or {"error": "invalid_grant"}, 200 if told else 400)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the tests need no log."""

        def _answer(self, told: dict[str, Any], status: int = 200) -> None:
            data = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        thread.join()


def secrets_file(known: Provider) -> str:
    """What stands in `secrets.toml` of an app that signs in here; Streamlit puts its own port in."""
    return f"""
[auth]
redirect_uri = "http://localhost:{{port}}/oauth2callback"
cookie_secret = "{secrets.token_hex(32)}"
client_id = "{CLIENT}"
client_secret = "{SECRET}"
server_metadata_url = "{known.issuer}/.well-known/openid-configuration"
"""
